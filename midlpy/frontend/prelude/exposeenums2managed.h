// How enums are written that are shared with managed code.
#define PUBLIC
#define ENUM typedef [v1_enum] enum
#define ENUM16 typedef enum
#define TAG(name) tag##name
#define FLAGS
#define REM(text)
#define FIELD(name) name
