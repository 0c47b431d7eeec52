// Points, rectangles and matrices of Direct2D.

typedef struct D3DCOLORVALUE { FLOAT r; FLOAT g; FLOAT b; FLOAT a; } D3DCOLORVALUE;
typedef D3DCOLORVALUE D2D_COLOR_F;

typedef struct D2D_POINT_2U { UINT32 x; UINT32 y; } D2D_POINT_2U;
typedef struct D2D_POINT_2F { FLOAT x; FLOAT y; } D2D_POINT_2F;
typedef struct D2D_POINT_2L { LONG x; LONG y; } D2D_POINT_2L;
typedef struct D2D_VECTOR_2F { FLOAT x; FLOAT y; } D2D_VECTOR_2F;
typedef struct D2D_VECTOR_3F { FLOAT x; FLOAT y; FLOAT z; } D2D_VECTOR_3F;
typedef struct D2D_VECTOR_4F { FLOAT x; FLOAT y; FLOAT z; FLOAT w; } D2D_VECTOR_4F;

typedef struct D2D_RECT_F {
    FLOAT left;
    FLOAT top;
    FLOAT right;
    FLOAT bottom;
} D2D_RECT_F;

typedef struct D2D_RECT_U {
    UINT32 left;
    UINT32 top;
    UINT32 right;
    UINT32 bottom;
} D2D_RECT_U;

typedef struct D2D_RECT_L {
    LONG left;
    LONG top;
    LONG right;
    LONG bottom;
} D2D_RECT_L;

typedef struct D2D_SIZE_U { UINT32 width; UINT32 height; } D2D_SIZE_U;
typedef struct D2D_SIZE_F { FLOAT width; FLOAT height; } D2D_SIZE_F;

typedef struct D2D_MATRIX_3X2_F {
    FLOAT _11; FLOAT _12;
    FLOAT _21; FLOAT _22;
    FLOAT _31; FLOAT _32;
} D2D_MATRIX_3X2_F;

typedef struct D2D_MATRIX_4X3_F {
    FLOAT _11; FLOAT _12; FLOAT _13;
    FLOAT _21; FLOAT _22; FLOAT _23;
    FLOAT _31; FLOAT _32; FLOAT _33;
    FLOAT _41; FLOAT _42; FLOAT _43;
} D2D_MATRIX_4X3_F;

typedef struct D2D_MATRIX_4X4_F {
    FLOAT _11; FLOAT _12; FLOAT _13; FLOAT _14;
    FLOAT _21; FLOAT _22; FLOAT _23; FLOAT _24;
    FLOAT _31; FLOAT _32; FLOAT _33; FLOAT _34;
    FLOAT _41; FLOAT _42; FLOAT _43; FLOAT _44;
} D2D_MATRIX_4X4_F;

typedef struct D2D_MATRIX_5X4_F {
    FLOAT _11; FLOAT _12; FLOAT _13; FLOAT _14;
    FLOAT _21; FLOAT _22; FLOAT _23; FLOAT _24;
    FLOAT _31; FLOAT _32; FLOAT _33; FLOAT _34;
    FLOAT _41; FLOAT _42; FLOAT _43; FLOAT _44;
    FLOAT _51; FLOAT _52; FLOAT _53; FLOAT _54;
} D2D_MATRIX_5X4_F;
