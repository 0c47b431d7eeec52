"""Operations: their attributes, their status, and the names they go by."""

from typing import Final

from midlpy.semantic.rules.row import ERROR, NOTE, WARNING, Rule

RULES: Final = (
    Rule(
        "operation-attributes",
        2054,
        ERROR,
        "operation attributes that contradict",
        "A stream that is half read cannot be sent again, and needs a known binding. "
        "An operation that travels for a [local] one by [call_as] is not [local] itself.",
        "Leave the attribute out.",
        "typedef pipe long LP; [idempotent] void f([in] handle_t h, [in] LP *p);",
        acf="interface t { [async] f(); }",
    ),
    Rule(
        "maybe-with-output",
        2288,
        ERROR,
        "[maybe] with something to come back",
        "A [maybe] call is never answered.",
        "Leave [maybe] out, or return nothing.",
        "[maybe] void f([in] handle_t h, [out] long *p);",
    ),
    Rule(
        "status-twice",
        2069,
        ERROR,
        "a status attribute on two parameters",
        "A status goes to one place.",
        "Keep one.",
        "void f([in] handle_t h, [out] error_status_t *a, [out] error_status_t *b);",
        acf="interface t { f([comm_status] a, [comm_status] b); }",
    ),
    Rule(
        "status-not-out",
        2070,
        ERROR,
        "a status parameter that is not [out]",
        "A status is put into the parameter when the call ends.",
        "Write [out] error_status_t *.",
        "void f([in] handle_t h, [in] error_status_t st);",
        acf="interface t { f([comm_status] st); }",
    ),
    Rule(
        "status-type",
        2097,
        ERROR,
        "a status parameter of another type",
        "A status is an error_status_t.",
        "Write [out] error_status_t *.",
        "void f([in] handle_t h, [out] short *st);",
        acf="interface t { f([comm_status] st); }",
    ),
    Rule(
        "status-on-both",
        2050,
        ERROR,
        "a status attribute on result and parameter",
        "A status goes to one place.",
        "Keep one.",
        "error_status_t f([in] handle_t h, [out] error_status_t *st);",
        acf="interface t { [comm_status] f([comm_status] st); }",
    ),
    Rule(
        "fault-status-on-both",
        2245,
        ERROR,
        "fault_status on result and parameter",
        "A status goes to one place.",
        "Keep one.",
        "error_status_t f([in] handle_t h, [out] error_status_t *st);",
        acf="interface t { [fault_status] f([fault_status] st); }",
    ),
    Rule(
        "status-of-maybe",
        2358,
        WARNING,
        "one status attribute of two on a [maybe] operation",
        "A [maybe] call is never answered, so either kind of failure is all a caller "
        "learns; the kind without an attribute is raised.",
        "Add the other one.",
        "[maybe] void f([in] handle_t h);",
        acf="interface t { f([comm_status] st); }",
    ),
    Rule(
        "two-conventions",
        2282,
        WARNING,
        "two calling conventions",
        "A function is called in one way. None of them changes the wire.",
        "Keep one.",
        "long __stdcall __cdecl f([in] handle_t h);",
    ),
    Rule(
        "prototype-left-out",
        None,
        NOTE,
        "a prototype outside of an interface",
        "Only an interface has stubs; a prototype beside it is C's, and the types it "
        "names are not looked at.",
        "Move it into an interface if it is to be called from afar.",
        "[local] void beside(NOPE *x); [uuid(12345678-1234-1234-1234-123456789abc)] "
        "interface t { void f([in] handle_t h); }",
        source="midlpy",
    ),
    Rule(
        "call-as-target",
        2274,
        ERROR,
        "call_as without a local operation",
        "call_as makes an operation the remote twin of a [local] one.",
        "Name a [local] operation of the same interface.",
        "[call_as(f)] void rf([in] handle_t h, [in] long a); "
        "void f([in] handle_t h, [in] long a);",
    ),
    Rule(
        "call-as-twice",
        2285,
        ERROR,
        "two remote twins of one local operation",
        "The program calls the [local] operation, which stands for one on the wire.",
        "Name another [local] operation.",
        "void z([in] handle_t h); [local] void f(void); "
        "[call_as(f)] void a([in] handle_t h); [call_as(f)] void b([in] handle_t h);",
    ),
    Rule(
        "local-not-counted",
        None,
        WARNING,
        "a local operation ahead of remote ones",
        "A [local] operation has no opnum in an RPC interface, as MIDL counts; pidl and "
        "widl count it, so the operations behind it have other numbers there.",
        "Put it last, or compare the numbers with those of the peer.",
        "[local] void f(void); void g([in] handle_t h);",
    ),
    Rule(
        "operation-refused",
        None,
        WARNING,
        "an operation that is not supported",
        "Its values reach a construct that no transfer syntax can express, or that its "
        "dialect marshals by hand. It keeps its number; calling it raises "
        "OperationNotSupported, and a server answers that there is no such operation.",
        "Nothing, if it is not needed; otherwise describe what is on the wire in other "
        "types, for example octets.",
        "typedef [public,gensize] struct { [relative] uint32 *p; } S; "
        "void f([in] S *s);",
        source="midlpy",
    ),
)
