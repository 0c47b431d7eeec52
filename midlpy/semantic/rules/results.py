"""Results: what an operation may return."""

from typing import Final

from midlpy.semantic.rules.row import ERROR, Rule

_S = "typedef struct { long n; [size_is(n)] char a[]; } S; "
_U = "typedef [switch_type(long)] union { [case(1)] long a; [default]; } U; "
_C = "typedef [context_handle] void *CH; "

RULES: Final = (
    Rule(
        "returns-ref",
        2177,
        ERROR,
        "a [ref] pointer as result",
        "A result may be null.",
        "Write [unique].",
        "[ref] long *f([in] handle_t h);",
    ),
    Rule(
        "returns-union",
        2198,
        ERROR,
        "a union as result",
        "Nothing beside a result could say which arm it is.",
        "Return it as an [out] parameter with [switch_is].",
        _U + "U f([in] handle_t h);",
    ),
    Rule(
        "returns-open-structure",
        2199,
        ERROR,
        "a struct of unknown size as result",
        "A result has a size of its own.",
        "Return a pointer to it.",
        _S + "S f([in] handle_t h);",
    ),
    Rule(
        "returns-handle",
        2238,
        ERROR,
        "a handle_t as result",
        "A handle_t never travels.",
        "Return a context handle.",
        "handle_t f(void);",
    ),
    Rule(
        "returns-context-pointer",
        2268,
        ERROR,
        "a pointer to a context handle as result",
        "A context handle is a pointer already.",
        "Return the handle itself.",
        _C + "CH *f([in] handle_t h);",
    ),
    Rule(
        "returns-const",
        2280,
        ERROR,
        "a result that is const",
        "A result is the caller's own.",
        "Leave const out.",
        "const long f([in] handle_t h);",
    ),
    Rule(
        "returns-void-pointer",
        2145,
        ERROR,
        "a pointer to nobody knows what as result",
        "What void * points to has no size, so it cannot be sent.",
        "Give it a type.",
        "void *f([in] handle_t h);",
    ),
    Rule(
        "returns-bit-fields",
        2146,
        ERROR,
        "bit-fields as result",
        "NDR has no bit-fields.",
        "Return the whole integer.",
        "struct B1 { unsigned long x : 3; }; struct B1 f([in] handle_t h);",
    ),
    Rule(
        "returns-c-union",
        2147,
        ERROR,
        "a C union as result",
        "Nobody can tell which member of a C union is in it.",
        "Return a struct with a discriminant.",
        "typedef union { long a; short b; } CU; CU f([in] handle_t h);",
    ),
    Rule(
        "returns-function-pointer",
        2148,
        ERROR,
        "a function as result",
        "Code stays where it is.",
        "Return something else.",
        "typedef long (*FP)(long x); FP f([in] handle_t h);",
    ),
)
