"""MIDL's numbers that no rule here has: what they mean, and what becomes of them.

Spec: MIDL reference, "MIDL error and warning messages".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct


class Documented(Struct, frozen=True):
    """Some of MIDL's *numbers* that no rule has.

    *here* tells why midlpy does not say it, or how; *rules* are those that say it.
    """

    numbers: tuple[int, ...]
    meaning: str
    here: str
    rules: tuple[str, ...] = ()


def _several(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split())


_ALL: Final = (
    # Lexis, syntax, files
    Documented(
        (2002, 2005, 2379, 2381, 2389, 2410, 2411, 9008),
        "An internal limit of MIDL is reached.",
        "midlpy has limits of its own, each with a name.",
        (
            "nesting-limit",
            "import-limit",
            "preprocessor-limit",
            "too-large",
            "more-findings",
        ),
    ),
    Documented(
        (2023, 2024),
        "To go on after a syntax error, the compiler put text in or left some out.",
        "The error itself says what to write.",
        ("syntax",),
    ),
    Documented(
        (2007,),
        "A file is imported that was imported before.",
        "A file is read once however often it is imported, and nothing is said.",
    ),
    Documented(
        (2036,),
        "A constant cannot be computed at this point.",
        "Constants are computed when they are asked for; what has no value is told.",
        ("value-not-computed", "not-a-constant", "unknown-name-in-expression"),
    ),
    Documented(
        (2110,),
        "The file ends inside of a string.",
        "A string that is not closed on its line is one error, at the end of a file too.",
        ("unterminated-string",),
    ),
    Documented(
        (2111,),
        "An identifier is longer than 31 characters.",
        "Names are never cut, so only those of more than 255 characters are told.",
        ("long-name",),
    ),
    Documented(
        (2113,),
        "A string is longer than 255 characters.",
        "Strings have no such limit here.",
    ),
    Documented(
        (2117, 2212),
        "A file cannot be opened or written.",
        "A file that cannot be read is an error; one that cannot be written ends the run "
        "with a message.",
        ("unreadable-file", "missing-import"),
    ),
    # Interfaces and their ACF
    Documented(
        (2172,),
        "An embedded pointer has no kind under /osf, where it is taken as ptr.",
        "The same rule says it, whatever the kind is.",
        ("no-pointer-default",),
    ),
    Documented(
        (2210, 2225, 2264),
        "The type of [implicit_handle] is a context handle (2210), is not defined and "
        "taken as generic (2225), or is no handle (2264).",
        "An implicit handle is a handle_t and nothing else.",
        ("implicit-handle-type",),
    ),
    Documented(
        (2257, 2272, 2365),
        "A COM interface breaks a rule about the root interfaces or about asynchronous "
        "interfaces.",
        "COM interfaces are only described; no stub is made of one.",
        ("object-interface", "object-without-base", "derives-from-itself"),
    ),
    Documented(
        (2283,),
        "An attribute is not allowed on a COM interface or a method of one.",
        "COM interfaces are only described; [async] alone has rules, as midlpy makes "
        "everything asynchronous.",
        ("async-on-object", "async-on-object-method"),
    ),
    # Operations and parameters
    Documented(
        (2049,),
        "Under /osf, a handle is not the first parameter.",
        "The handle may stand anywhere: what travels is the same.",
    ),
    Documented(
        (2062, 2063, 2064, 2065),
        "[byte_count] stands on a parameter that it does not fit, or names one.",
        "One rule says it all.",
        ("byte-count",),
    ),
    Documented(
        (2090, 2093, 2281, 2384, 2400, 2401, 2402, 2403, 2404, 2418, 2461),
        "A parameter breaks a rule of automation; 2281 is [retval] without [out].",
        "Automation's attributes change nothing that travels and no Python method, so "
        "they are kept and not checked.",
    ),
    Documented(
        (2156,),
        "A declaration is data, neither const nor extern.",
        "The same rule says it.",
        ("variable",),
    ),
    Documented(
        (2179,),
        "What a parameter is made of holds a non-encapsulated union that contains "
        "itself.",
        "Such values can be sent: they are written and read without recursion.",
    ),
    Documented(
        (2258, 2259, 2260, 2273, 2284),
        "Something is wrong with an interface pointer or its [iid_is].",
        "COM interfaces are only described, and what an interface pointer refers to is "
        "not looked at. [iid_is] on anything else is in the wrong place.",
        ("attribute-not-allowed-here", "object-interface"),
    ),
    Documented(
        (2275, 2286, 2392),
        "The target of [call_as] does not fit.",
        "One rule says it all.",
        ("call-as-target",),
    ),
    Documented(
        (2290,),
        "A parameter is or holds a function pointer.",
        "Where the pointer stands decides which rule says it.",
        ("function-pointer", "function-member"),
    ),
    Documented(
        (2353, 2354, 2355, 2356),
        "An attribute of asynchronous calls stands where it cannot. 2353 to 2355 are "
        "about [async] on parameters and interfaces of COM, as it once was.",
        "[async] on a parameter has no effect, and none on a COM interface.",
        ("attribute-ignored", "async-on-object", "async-on-object-method"),
    ),
    Documented(
        (2465,),
        "A parameter is a structure that ends in an open array.",
        "The same rule says it.",
        ("open-structure-by-value",),
    ),
    # Arrays and strings
    Documented(
        (2081,),
        "The expressions for size and for length have different types.",
        "Both are counts, whatever types they come from.",
    ),
    Documented(
        (2160, 2226),
        "A member (2160) or the element of an array (2226) is an error_status_t.",
        "It travels as the number that it is.",
    ),
    Documented(
        (2219, 2220, 2383),
        "Something is larger than 64 KB.",
        "Memory has no such segments here.",
        ("too-large",),
    ),
    Documented(
        (2293,),
        "[string] stands on a structure that is none of characters.",
        "No structure is a string here.",
        ("string-on-structure",),
    ),
    # Structures and unions
    Documented(
        (2122,),
        "A C union has an attribute other than those of its switch.",
        "The attribute is in the wrong place there.",
        ("attribute-not-allowed-here", "string-on-structure"),
    ),
    Documented(
        (2129,),
        "A member is a function.",
        "What a transmitted type holds is told at the operation that sends it.",
        ("function-member", "function-value"),
    ),
    Documented(
        (2132, 2134, 2413),
        "A bit-field is not of an int or not of an integer, or is not supported.",
        "Bit-fields may be of any integer type where they do not travel.",
        ("bit-field-type", "bit-fields-sent"),
    ),
    Documented(
        (2236,),
        "A case label does not fit the type of the switch.",
        "The same rule says it.",
        ("case-out-of-range",),
    ),
    Documented(
        (2242,),
        "A member is of a type with bit-fields.",
        "The operation that would send it says so.",
        ("bit-fields-sent",),
    ),
    # Constants, handles, other representations
    Documented(
        (2335,),
        "What initializes a constant is no constant expression.",
        "The same rule says it.",
        ("not-a-constant",),
    ),
    Documented(
        (2239,),
        "[handle] stands on a context handle.",
        "The same rule says it.",
        ("handle-and-context",),
    ),
    Documented(
        (2200, 2201, 2228),
        "[transmit_as] presents or sends a handle or an error status.",
        "A handle is an error; an error status is a number as any other.",
        ("transmit-handle", "transmit-context"),
    ),
    Documented(
        (2074, 2158, 2211, 2227, 2248),
        "[allocate] stands on a type that it does not fit, or with options that do not "
        "fit each other.",
        "Memory is Python's, so [allocate] has no effect; only its words are checked.",
        ("attribute-arguments", "conflicting-attributes", "allocate-and-transmit"),
    ),
    Documented(
        (2216,),
        "A pointer is [ptr], and the compiler does not support aliases.",
        "midlpy does: what two [ptr] pointers share is one object.",
    ),
    # Other modes, targets and files
    Documented(
        _several(
            "2000 2008 2012 2013 2051 2068 2073 2125 2128 2137 2141 2151 2153 2165 "
            "2166 2168 2169 2178 2187 2196 2197 2207 2255 2261 2262 2301 2386"
        ),
        "Something needs MIDL's own mode and is used under /osf.",
        "--osf reads most of it all the same; what it does tell has rules.",
        ("async-under-osf", "byte-count-under-osf", "missing-direction"),
    ),
    Documented(
        (2138, 2144, 2240, 2265, 2266, 2302, 2310, 2315, 2367, 2373),
        "It is about 16-bit or Macintosh targets.",
        "There are none of these.",
    ),
    Documented(
        _several(
            "2246 2247 2250 2251 2252 2253 2254 2267 2291 2294 2297 2306 2308 2309 "
            "2318 2319 2320 2323 2324 2329 2330 2331 2332 2341 2363 2369 2370 2374 "
            "2375 2382 2393 2396 2405 2414 2415"
        ),
        "It is about how MIDL makes the code of its stubs.",
        "There is one way to make a module.",
    ),
    Documented(
        _several(
            "2015 2016 2017 2018 2019 2020 2021 2022 2048 2052 2053 2091 2092 2094 "
            "2106 2107 2118 2119 2120 2167 2233 2234 2311 2312 2313 2345 2346 2347 "
            "2349 2350 2359 2361 2366 2368 2387 2391 2395 2408 2409 2412"
        ),
        "It is about type libraries, automation or coclasses.",
        "No type library is made, and automation is only described.",
        ("object-interface",),
    ),
    Documented(
        _several(
            "2333 2334 2338 2364 2397 2398 2399 2406 2407 1000 1001 1002 1004 1005 "
            "1006 1007 1008 1009 1010 1011 1012 1013 1014 1015 1016 1018 1020 1021 "
            "1022 1023"
        ),
        "It is about the command line, the preprocessor program or a file given there.",
        "midlpy tells it in words, and ends with status 2 where it cannot go on.",
        ("preprocessor-failed", "unreadable-file"),
    ),
)

NUMBERS: Final[Mapping[int, Documented]] = {
    number: each for each in _ALL for number in each.numbers
}
