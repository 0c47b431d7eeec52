"""Types that travel as others: transmit_as, wire_marshal, user_marshal."""

from typing import Final

from midlpy.semantic.rules.row import ERROR, WARNING, Rule

RULES: Final = (
    Rule(
        "transmit-type",
        2085,
        ERROR,
        "a transmitted type that cannot travel",
        "transmit_as names the type that travels instead.",
        "Name a type with a value.",
        "typedef [transmit_as(void)] long T12;",
    ),
    Rule(
        "transmit-pointer",
        2086,
        ERROR,
        "a transmitted type that is a pointer",
        "What transmit_as names travels without referents.",
        "Name a type without pointers.",
        "typedef long *PT; typedef [transmit_as(PT)] short T13;",
    ),
    Rule(
        "transmit-context",
        2084,
        ERROR,
        "transmit_as and a context handle",
        "A context handle travels as itself, or the server could not know it.",
        "Leave [transmit_as] out.",
        "typedef [context_handle] void *CH; typedef [transmit_as(long)] CH T11;",
    ),
    Rule(
        "context-handle-transmitted",
        2045,
        ERROR,
        "a context handle of a type with transmit_as",
        "A context handle travels as itself, or the server could not know it.",
        "Leave [transmit_as] out of the type.",
        "typedef [transmit_as(long)] void *P; "
        "void f([in] handle_t h, [in, context_handle] P p);",
    ),
    Rule(
        "transmit-untold",
        2188,
        ERROR,
        "a transmitted type that has no form on the wire",
        "transmit_as names the type that travels instead, which has to be able to.",
        "Name a type that can travel.",
        "typedef union { long a; short b; } CU; typedef [transmit_as(CU)] long T12;",
    ),
    Rule(
        "allocate-and-transmit",
        2223,
        WARNING,
        "allocate(all_nodes) with transmit_as",
        "A type that travels as another one is made by the program's own code, so there "
        "is nothing that one allocation could hold.",
        "Leave [allocate] out.",
        "typedef [transmit_as(short), allocate(all_nodes)] long T13;",
    ),
    Rule(
        "transmit-handle",
        2184,
        ERROR,
        "transmit_as and a binding handle",
        "A binding handle says where a call goes, so no data stands for it.",
        "Leave [transmit_as] out.",
        "typedef [transmit_as(long)] handle_t T11;",
    ),
    Rule(
        "transmit-open",
        2087,
        ERROR,
        "a presented type that is open",
        "The stub holds a value of the type that transmit_as presents, whose size it must "
        "know.",
        "Present a type of a known size.",
        "typedef struct { long n; [size_is(n)] long a[]; } S; "
        "typedef [transmit_as(long)] S T14;",
    ),
    Rule(
        "marshal-full-pointer",
        2416,
        ERROR,
        "user code behind a full pointer",
        "What wire_marshal and user_marshal send is the user's octets, which no other "
        "pointer can mean.",
        "Write [unique].",
        "typedef [ptr] long *W; typedef [wire_marshal(W)] short T15;",
    ),
    Rule(
        "marshal-open",
        2417,
        ERROR,
        "user code for a type of no fixed size",
        "The place of a value that wire_marshal or user_marshal sends has a fixed size.",
        "Name a [unique] pointer to the type.",
        "typedef struct { long n; [size_is(n)] long a[]; } S; "
        "typedef [wire_marshal(S)] struct { long a; } T15;",
    ),
)
