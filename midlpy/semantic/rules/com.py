"""COM interfaces, which are checked and shown, and get no stubs."""

from typing import Final

from midlpy.semantic.rules.row import ERROR, NOTE, WARNING, Rule

_OBJECT = "object, uuid(12345678-1234-1234-1234-123456789abc)"

RULES: Final = (
    Rule(
        "object-interface",
        None,
        NOTE,
        "COM interfaces are left out",
        "COM interfaces are checked, their types are used, and 'midlpy show --stage "
        "model' has them; no client and no server is made for them.",
        "Nothing needs to be done.",
        f"[{_OBJECT}] interface t : IUnknown {{ }}",
    ),
    Rule(
        "unknown-member-number",
        None,
        WARNING,
        "[id] or [entry] with a name that nothing declares",
        "They number the members of type libraries, and mean nothing to remote calls. "
        "Such a member has no number in the model.",
        "Include the header that has the constants, where the numbers matter.",
        f"[{_OBJECT}] interface t : IDispatch {{ [id(DISPID_A)] HRESULT A(); }}",
    ),
    Rule(
        "version-on-object",
        2298,
        WARNING,
        "a version on a COM interface",
        "COM interfaces never change; a new one gets a new UUID.",
        "Leave [version] out.",
        f"[{_OBJECT}, version(1.0)] interface t : IUnknown {{ }}",
    ),
    Rule(
        "derives-from-itself",
        2256,
        ERROR,
        "an interface that is its own base",
        "An interface derives from another one.",
        "Correct the base.",
        f"interface b; [{_OBJECT}] interface b : b {{ }}",
    ),
    Rule(
        "object-without-base",
        2271,
        WARNING,
        "a COM interface without a base",
        "Every COM interface begins with the methods of IUnknown.",
        "Derive it from IUnknown, or from an interface that does.",
        f"[{_OBJECT}] interface t {{ }}",
    ),
    Rule(
        "method-without-hresult",
        2269,
        WARNING,
        "a COM method that returns something else",
        "A call from afar may fail, and a method says so by its HRESULT.",
        "Return HRESULT and the value by an [out, retval] parameter, or make it [local].",
        f"[{_OBJECT}] interface t : IUnknown {{ float f(); }}",
    ),
)
