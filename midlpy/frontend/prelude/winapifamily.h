// Which programs a declaration is for: those of the desktop and of the store, all of them.

#define WINAPI_PARTITION_DESKTOP 1
#define WINAPI_PARTITION_APP 2
#define WINAPI_PARTITION_PC_APP WINAPI_PARTITION_APP
#define WINAPI_PARTITION_SYSTEM 4
#define WINAPI_PARTITION_GAMES 8
#define WINAPI_FAMILY_PARTITION(partition) 1
