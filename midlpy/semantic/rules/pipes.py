"""Pipes and asynchronous operations."""

from typing import Final

from midlpy.semantic.rules.row import ERROR, WARNING, Rule

_P = "typedef pipe byte BP; "
_ASYNC = "interface t { [async] f(); }"
_SOURCE = "MIDL reference, pipe and [async]"

RULES: Final = (
    Rule(
        "pipe-needs-async",
        None,
        ERROR,
        "an operation with a pipe that is not [async]",
        "There are no synchronous pipes: a stream is awaited, chunk by chunk. The wire "
        "is the same, so an asynchronous side talks to a synchronous one.",
        "Add [async] to the ACF, or compile with --async-pipes imply.",
        _P + "void f([in] handle_t h, [in] BP *p);",
        source=_SOURCE,
    ),
    Rule(
        "pipe-by-value",
        2388,
        WARNING,
        "an asynchronous pipe by value",
        "Asynchronous pipes go by reference only. MIDL documents both an error and a "
        "silent reference for this; it is taken as a reference.",
        "Declare the parameter as a pointer.",
        _P + "void f([in] handle_t h, [in] BP p);",
        acf=_ASYNC,
        strict=ERROR,
        source=_SOURCE,
    ),
    Rule(
        "pipe-element",
        2317,
        ERROR,
        "a pipe of something that has no fixed size",
        "Chunks hold any number of elements, each of the same size wherever it comes "
        "from: base types, v1_enum enums, and structs of these.",
        "Change the element type; an array goes into a struct.",
        "typedef pipe void VP;",
        source=_SOURCE,
    ),
    Rule(
        "pipe-member",
        2321,
        ERROR,
        "a pipe in a struct or union",
        "A pipe is a stream beside the parameters, not a part of one.",
        "Make it a parameter.",
        _P + "struct B10 { BP p; };",
        source=_SOURCE,
    ),
    Rule(
        "pipe-array",
        2390,
        ERROR,
        "an array of pipes",
        "A parameter is one pipe.",
        "Use one parameter per pipe.",
        _P + "void f([in] handle_t h, [in] BP p[2]);",
        acf=_ASYNC,
        source=_SOURCE,
    ),
    Rule(
        "pipe-use",
        2322,
        ERROR,
        "a pipe where none can be",
        "A pipe type stands only as the type of a remote operation's parameter, by "
        "value or behind one reference, and in its own representation.",
        "Declare it as '[in] P *p' or '[out] P *p'.",
        _P + "BP f([in] handle_t h);",
        source=_SOURCE,
    ),
    Rule(
        "pipe-attribute",
        2072,
        ERROR,
        "a parameter attribute that pipes have not",
        "A stream ends when it ends: it has no size, length or selector.",
        "Leave the attribute out; [range] bounds the elements of a chunk.",
        _P + "void f([in] handle_t h, [in] long n, [in, size_is(n)] BP *p);",
        acf=_ASYNC,
        source=_SOURCE,
    ),
    Rule(
        "pipe-serialization",
        2342,
        ERROR,
        "a pipe in a serialized procedure",
        "Encoding a procedure makes one buffer; a pipe has no end to wait for.",
        "Leave encode and decode out.",
        _P + "void f([in] handle_t h, [in] BP *p);",
        acf="interface t { [async, encode, decode] f(); }",
        source=_SOURCE,
    ),
    Rule(
        "pipe-beside-text",
        2352,
        WARNING,
        "a pipe beside data of any size",
        "Over datagrams such an operation may fault; connections are fine.",
        "Nothing needs to be done over ncacn_* and ncalrpc.",
        _P + "void f([in] handle_t h, [in, string] char *s, [in] BP *p);",
        acf=_ASYNC,
        source=_SOURCE,
    ),
    Rule(
        "async-auto-handle",
        2357,
        ERROR,
        "[async] with [auto_handle]",
        "An asynchronous call knows its binding; none is looked for on its way.",
        "Write explicit_handle, or add a handle_t parameter.",
        "void f([in] long a);",
        acf="[auto_handle] interface t { [async] f(); }",
        source=_SOURCE,
    ),
    Rule(
        "async-implicit-handle",
        2357,
        WARNING,
        "[async] with [implicit_handle]",
        "MIDL documents that asynchronous operations take explicit handles, and is "
        "silent about implicit ones elsewhere.",
        "Write explicit_handle, or add a handle_t parameter.",
        "void f([in] long a);",
        acf="[implicit_handle(handle_t ih)] interface t { [async] f(); }",
        strict=ERROR,
        source=_SOURCE,
    ),
    Rule(
        "async-on-object",
        2304,
        ERROR,
        "[async] on a COM interface",
        "COM has its own way: async_uuid.",
        "Leave [async] out.",
        "[object, uuid(12345678-1234-1234-1234-123456789abc)] "
        "interface t : IUnknown { HRESULT m(); }",
        acf="[async] interface t { }",
        source=_SOURCE,
    ),
    Rule(
        "async-on-object-method",
        2305,
        ERROR,
        "[async] on a COM method",
        "COM has its own way: async_uuid.",
        "Leave [async] out.",
        "[object, uuid(12345678-1234-1234-1234-123456789abc)] "
        "interface t : IUnknown { HRESULT m(); }",
        acf="interface t { [async] m(); }",
        source=_SOURCE,
    ),
    Rule(
        "async-under-osf",
        None,
        ERROR,
        "[async] under /osf",
        "Asynchronous calls are Microsoft's addition to DCE.",
        "Compile without /osf.",
        source=_SOURCE,
    ),
)
