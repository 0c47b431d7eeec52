"""IDL of any length, always the same for the same length: what real files have most of.

One unit after the other: an enumeration, a structure with counted arrays, strings and a
pointer to an earlier structure, a union, and an operation. References stay within groups
of units, so that nothing nests deeper as the file grows.
"""

from __future__ import annotations

from typing import Final

UNITS_OF_INTERFACE: Final = 50  # then another interface begins
UNITS_OF_GROUP: Final = 8  # which refer to the first of them

_INTERFACE: Final = """\
[
    uuid(5d2c9f10-6b7e-4a31-9c40-{number:012x}),
    version(1.0),
    pointer_default(unique)
]
interface Bench{number}
{{
"""

_UNIT: Final = """\
    // Unit {number}: what a stock taker knows of one kind of thing.
    typedef [v1_enum] enum _STATE_{number} {{
        STATE_{number}_NEW = 0,
        STATE_{number}_SHIPPED = 1,
        STATE_{number}_LOST = 0x10,
        STATE_{number}_FOUND = STATE_{number}_LOST + 1
    }} STATE_{number};

    typedef struct _PART_{number} {{
        unsigned long Id;
        hyper Weight;
        STATE_{number} State;
        unsigned char Digest[16];
        [string] wchar_t *Label;
    }} PART_{number}, *PPART_{number};

    typedef struct _ITEM_{number} {{
        PART_{number} Main;
        [range(0, 1024)] unsigned long PartCount;
        [size_is(PartCount)] PART_{number} *Parts;
        unsigned short Length;
        unsigned short MaximumLength;
        [size_is(MaximumLength / 2), length_is(Length / 2)] wchar_t *Remark;
        struct _PART_{first} *Spare;
    }} ITEM_{number};

    typedef [switch_type(unsigned long)] union _DETAIL_{number} {{
        [case(1)] ITEM_{number} Item;
        [case(2, 3)] PPART_{number} Part;
        [case(4)] double Price;
        [default] ;
    }} DETAIL_{number};

    long Visit{number}(
        [in] handle_t Binding,
        [in, string] const wchar_t *Name,
        [in] unsigned long Level,
        [in, switch_is(Level)] DETAIL_{number} *Detail,
        [in, range(0, 4096)] unsigned long Count,
        [in, size_is(Count)] const unsigned long *Numbers,
        [out] unsigned long *Found,
        [out, size_is(, *Found)] ITEM_{number} **Items);

"""


def unit_count(lines: int) -> int:
    """How many units a file of about *lines* lines has, at least one."""
    heads = (_INTERFACE.count("\n") + 1) / UNITS_OF_INTERFACE
    return max(1, round(lines / (_UNIT.count("\n") + heads)))


def synthetic(lines: int) -> str:
    """An IDL file of about *lines* lines."""
    parts: list[str] = []
    for number in range(unit_count(lines)):
        if number % UNITS_OF_INTERFACE == 0:
            parts.append("}\n" if parts else "")
            parts.append(_INTERFACE.format(number=number // UNITS_OF_INTERFACE))
        first = number - number % UNITS_OF_GROUP
        parts.append(_UNIT.format(number=number, first=first))
    return "".join((*parts, "}\n"))


def structures(count: int) -> str:
    """An IDL file of *count* structures with six fields each, and one operation."""
    fields = """\
        unsigned long Id;
        hyper Weight;
        unsigned short Kind;
        unsigned char Digest[16];
        [string] wchar_t *Label;
        double Price;
"""
    made = [
        f"    typedef struct _ROW_{number} {{\n{fields}    }} ROW_{number};\n"
        for number in range(count)
    ]
    last = f"    void Put([in] handle_t Binding, [in] ROW_{count - 1} *Row);\n}}\n"
    return "".join((_INTERFACE.format(number=0), *made, last))
