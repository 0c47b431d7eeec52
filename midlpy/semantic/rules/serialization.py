"""Types and procedures that are serialized: encode and decode."""

from typing import Final

from midlpy.semantic.rules.row import ERROR, WARNING, Rule

_F = "void f([in] handle_t h, [in] long a); "

RULES: Final = (
    Rule(
        "serialized-auto-handle",
        2276,
        ERROR,
        "encode or decode beside auto_handle",
        "A handle that is found by itself leads to a server; what is serialized goes "
        "where the program says.",
        "Write explicit_handle or implicit_handle, or leave auto_handle out.",
        "typedef long T1; " + _F,
        acf="[auto_handle] interface t { typedef [encode] T1; }",
    ),
    Rule(
        "serialized-and-called",
        2277,
        ERROR,
        "serialized procedures beside operations",
        "The procedures of an interface are called, or they are serialized: encode and "
        "decode stand on all of them or on none. Types may be serialized beside "
        "operations.",
        "Move the serialized procedures to an interface of their own.",
        _F + "void g([in] handle_t h, [in] long a);",
        acf="interface t { [encode, decode] g(); }",
    ),
    Rule(
        "serialized-open-array",
        2278,
        ERROR,
        "encode or decode on an open array",
        "The count of an open array stands beside it, in a parameter or a member; a "
        "serialized type stands alone.",
        "Serialize a struct that has the count and the array.",
        "typedef long T1[]; " + _F,
        acf="interface t { typedef [encode, decode] T1; }",
    ),
    Rule(
        "serialized-object",
        2300,
        ERROR,
        "encode or decode on a COM interface",
        "Methods of COM interfaces are called.",
        "Leave it out, or put it on types.",
        "[object, uuid(12345678-1234-1234-1234-123456789abc)] "
        "interface t : IUnknown { HRESULT m(); }",
        acf="[encode] interface t { }",
    ),
    Rule(
        "serialized-type",
        None,
        ERROR,
        "encode or decode on a type without data of its own",
        "Handles and pipes belong to calls, a union to what selects its arm; none of "
        "them makes a buffer by itself.",
        "Serialize a struct that holds the data, or an encapsulated union.",
        "typedef [context_handle] void *CH; " + _F,
        acf="interface t { typedef [encode] CH; }",
    ),
    Rule(
        "serialized-procedure",
        None,
        WARNING,
        "a serialized procedure, compiled as a call",
        "MIDL makes a procedure with encode or decode write its parameters to a buffer, "
        "behind a header that names interface and procedure. Here it stays a call; its "
        "descriptor keeps what was asked for, and its codecs make the octets of the "
        "parameters, without that header.",
        "Serialize a type, or use encode_request and decode_request of the descriptor.",
        _F,
        acf="interface t { [encode, decode] f(); }",
    ),
)
