#undef PUBLIC
#undef ENUM
#undef ENUM16
#undef TAG
#undef FLAGS
#undef REM
#undef FIELD
