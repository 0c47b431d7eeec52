// Motion compensation: kept in memory, so the names are enough.

typedef struct _tag_AMVACompBufferInfo AMVACompBufferInfo;
typedef struct _tag_AMVAUncompBufferInfo AMVAUncompBufferInfo;
typedef struct _tag_AMVAUncompDataInfo AMVAUncompDataInfo, *LPAMVAUncompDataInfo;
typedef struct _tag_AMVAInternalMemInfo AMVAInternalMemInfo, *LPAMVAInternalMemInfo;
typedef struct _tag_AMVABeginFrameInfo AMVABeginFrameInfo, *LPAMVABeginFrameInfo;
typedef struct _tag_AMVAEndFrameInfo AMVAEndFrameInfo, *LPAMVAEndFrameInfo;
typedef struct _tag_AMVABUFFERINFO AMVABUFFERINFO, *LPAMVABUFFERINFO;
