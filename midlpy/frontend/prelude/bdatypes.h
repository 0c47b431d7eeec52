// Broadcasts.

typedef enum ApplicationTypeType {
    SCTE28_ConditionalAccess = 0,
    SCTE28_POD_Host_Binding_Information = 1,
    SCTE28_IPService = 2,
    SCTE28_NetworkInterface_SCTE55_2 = 3,
    SCTE28_NetworkInterface_SCTE55_1 = 4,
    SCTE28_CopyProtection = 5,
    SCTE28_Diagnostic = 6,
    SCTE28_Undesignated = 7,
    SCTE28_Reserved = 8
} ApplicationTypeType;
