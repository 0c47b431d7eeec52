"""Declared types to types of the model: everything about a use is settled here.

Spec: MIDL reference, pointer_default and "default pointer types" for pointer kinds;
string, size_is and their kin for what a level becomes.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from midlpy.diagnostics import Span
from midlpy.frontend import ast
from midlpy.semantic import expressions, ir, unions
from midlpy.semantic.attributes import AttributeSet
from midlpy.semantic.declared import (
    REFUSED,
    Count,
    Declared,
    Function,
    Incomplete,
    InterfaceName,
    Level,
    Octets,
    Poison,
    Untransmissible,
    Void,
)
from midlpy.semantic.expressions import Neighbours
from midlpy.semantic.guids import is_guid
from midlpy.semantic.pipe_elements import is_pipe
from midlpy.semantic.scope import Constructed, Kind, Site


class Position(Enum):
    """What the type is used for."""

    PARAMETER = "parameter"
    MEMBER = "member"
    ARM = "arm"
    RESULT = "result"
    ELEMENT = "pipe element"
    SERIALIZED = "serialized type"


class Use(Struct, frozen=True):
    """One use of a declared type: where, among which neighbours, called what."""

    position: Position
    name: str
    attributes: AttributeSet
    neighbours: Neighbours
    site: Site
    span: Span


def poison(span: Span) -> ir.Opaque:
    """Stands for a type whose mistake has been reported."""
    return ir.Opaque("", span, "")


def realize(declared: Declared, use: Use) -> ir.Type:
    """The final type of *declared* where it is used."""
    try:
        return _realized(declared, use)
    except expressions.Refused as refused:
        return ir.Opaque(str(refused), use.span, REFUSED)


def _realized(declared: Declared, use: Use) -> ir.Type:
    if "ignore" in use.attributes and use.position is not Position.PARAMETER:
        return _ignored(declared, use)
    _check_iid(declared, use)
    _check_switch(declared, use)
    levels = list(declared.levels)
    type_ = _core(declared, levels, use)
    is_counted = any(level.size or level.is_string for level in levels)
    if declared.range is not None and not is_counted and _takes_range(type_):
        type_ = ir.Ranged(type_, declared.range)
    counted_range = declared.range if is_counted else None
    for index in reversed(range(len(levels))):
        if isinstance(type_, ir.Opaque) and levels[index].is_pointer:
            continue  # a pointer to what cannot travel cannot travel
        type_ = _level(levels[index], index, type_, counted_range, levels, use)
    return type_


def _check_iid(declared: Declared, use: Use) -> None:
    """``iid_is`` says of which interface a pointer is, by what stands beside it."""
    attribute = use.attributes.get("iid_is")
    if attribute is None:
        return
    if isinstance(declared.core, Void | InterfaceName | Poison):
        argument = use.attributes.argument("iid_is")
        expressions.check_sibling(argument, "iid_is", use.neighbours, use.site)
        return
    if is_pipe(declared):
        return  # which has no such attribute: see the rules on pipes
    use.site.findings.report(
        "attribute-not-allowed-here",
        f"[iid_is] belongs on an interface pointer, '{use.name}' is {declared.text}",
        attribute.span,
    )


def _check_switch(declared: Declared, use: Use) -> None:
    """``switch_is`` says what selects the arm of a union, others how it travels."""
    attribute = use.attributes.first_of("switch_is", "switch_type", "ms_union")
    core = declared.core
    if attribute is None or isinstance(core, Poison | Untransmissible):
        return
    if isinstance(core, Constructed) and core.kind in (Kind.UNION, Kind.PIPE):
        return
    word = attribute.name.text
    rule = "switch-is-on-non-union"
    if word != "switch_is":
        rule = "attribute-not-allowed-here"
        if isinstance(core, Constructed) and attribute in core.attributes.all:
            return  # it has its body here, and is looked at by itself
    what = core.label if isinstance(core, Constructed) else declared.text
    use.site.findings.report(
        rule,
        f"[{word}] belongs on a non-encapsulated union, not on {what}",
        attribute.span,
    )


def _ignored(declared: Declared, use: Use) -> ir.Type:
    """What is left of an [ignore] pointer: its slot, as wide as a referent id.

    Spec: MIDL reference, ignore: nothing is sent of what it points to.
    """
    if declared.is_poison:
        return poison(use.span)
    if not declared.levels or not declared.levels[0].is_pointer:
        use.site.findings.report(
            "attribute-not-allowed-here",
            f"[ignore] belongs on a pointer, '{use.name}' is {declared.text}",
            use.attributes.span("ignore", use.span),
        )
        return poison(use.span)
    return ir.Base(ir.BaseKind.UINT3264)


def _takes_range(type_: ir.Type) -> bool:
    return isinstance(type_, ir.Base | ir.Use)


def _core(declared: Declared, levels: list[Level], use: Use) -> ir.Type:
    """The core of *declared*; a pointer that belongs to it leaves *levels*."""
    core = declared.core
    match core:
        case ir.Base() | ir.Guid() | ir.BindingHandle():
            return core
        case Poison():
            return poison(core.span)
        case Octets():
            octets = ir.Array(ir.Base(ir.BaseKind.BYTE))
            return ir.InPlace(octets) if core.is_in_place else octets
        case Untransmissible():
            return ir.Opaque(core.reason, use.span, core.rule)
        case Incomplete():
            return ir.Opaque(
                f"'{core.label}' is never completed", core.span, "never-completed"
            )
        case Void():
            return _void(levels, use)
        case Function():
            rule = "function-pointer" if levels else "function-value"
            is_inner = use.position in (Position.MEMBER, Position.ARM)
            what = f"'{use.name}'" if is_inner else "it"
            return ir.Opaque(f"{what} is a function", core.span, rule)
        case InterfaceName():
            return _interface(core.name, levels, use)
        case Constructed():
            return _constructed(core, use)


def _void(levels: list[Level], use: Use) -> ir.Type:
    if not levels:
        if use.position is Position.RESULT:
            return ir.Void()
        return ir.Opaque("it is void", use.span, "void-value")
    if "iid_is" in use.attributes and levels[-1].is_pointer:
        levels.pop()
        return ir.InterfacePointer("IUnknown")
    return ir.Opaque("what void * points to has no size", use.span, "void-pointer")


def _interface(name: str, levels: list[Level], use: Use) -> ir.Type:
    if not levels or not levels[-1].is_pointer:
        return ir.Opaque(
            f"'{name}' is an interface, of which only pointers travel",
            use.span,
            "not-transmissible",
        )
    levels.pop()
    return ir.InterfacePointer(name)


def _constructed(core: Constructed, use: Use) -> ir.Type:
    if core.kind is Kind.PIPE and use.position is not Position.PARAMETER:
        return poison(use.span)
    if core.kind is Kind.UNION:
        return _union(core, use)
    if is_guid(core):
        return ir.Guid()
    return core.use


def _union(core: Constructed, use: Use) -> ir.Type:
    if unions.is_plain(core):
        if "switch_is" in use.attributes:
            use.site.findings.report(
                "switch-is-on-non-union",
                f"[switch_is] selects nothing: no member of {core.label} has a [case]",
                use.attributes.span("switch_is", use.span),
            )
            return poison(use.span)
        return ir.Opaque(
            f"{core.label} has no [case], so nobody can tell its members apart",
            core.span,
            "union-without-cases",
        )
    argument = use.attributes.argument("switch_is")
    if argument is None:
        return ir.Opaque(
            f"{core.label} is used without [switch_is]", use.span, "no-switch-is"
        )
    if isinstance(argument, ast.TypeName | ast.TypedName):
        use.site.findings.report(
            "wrong-expression", "[switch_is] takes an expression", argument.span
        )
        return poison(use.span)
    bound = expressions.bind_switch(argument, use.neighbours, use.site)
    if bound is None:
        return poison(use.span)
    unions.check_use(core, use.attributes, use.site)
    unions.settle(core, bound.declared, argument.span, use.site)
    return ir.Switch(core.use, bound.expression)


def _level(
    level: Level,
    index: int,
    inner: ir.Type,
    range_: ir.Range | None,
    levels: list[Level],
    use: Use,
) -> ir.Type:
    if level.is_string and isinstance(inner, ir.Base):
        target: ir.Type = _string(level, inner.kind, range_, use)
    elif level.is_pointer and not (level.size or level.length or level.first):
        target = inner
    else:
        target = _array(level, inner, range_, levels, use)
    if level.counts is not ast.Counts.AHEAD and not isinstance(target, ir.Opaque):
        target = ir.InPlace(target, level.counts is ast.Counts.IN_PLACE)
    if level.is_pointer:
        if isinstance(target, ir.Opaque):
            return target
        return ir.Pointer(target, _kind(level, index, use))
    if level.kind in (ir.PointerKind.UNIQUE, ir.PointerKind.FULL):
        return ir.Pointer(target, level.kind)
    return target


def _string(
    level: Level, kind: ir.BaseKind, range_: ir.Range | None, use: Use
) -> ir.Type:
    size = _size(level.size, use) if level.size else None
    return ir.String(kind, bound=level.bound, size=size, range=range_)


def _array(
    level: Level,
    element: ir.Type,
    range_: ir.Range | None,
    levels: list[Level],
    use: Use,
) -> ir.Type:
    if isinstance(element, ir.Opaque):
        return element
    if level.size is None and level.bound is None:
        word = "pointer" if level.is_pointer else "open array"
        return ir.Opaque(
            f"'{use.name}' is an {word} without [size_is]".replace("an p", "a p"),
            level.span,
            "no-size",
        )
    if (
        not level.is_pointer
        and level.is_open
        and level is not levels[0]
        and level.is_own
    ):
        use.site.findings.report(
            "inner-dimension-open",
            f"only the leftmost dimension of '{use.name}' may be open",
            level.span,
        )
    size = _size(level.size, use) if level.size else None
    first = _first(level.first, use) if level.first else None
    length = _length(level.length, first, use) if level.length else None
    if (level.size and size is None) or (level.length and length is None):
        return poison(use.span)
    return ir.Array(
        element,
        bound=level.bound,
        size=size,
        length=length,
        first=first,
        range=range_ if level.size else None,
    )


def _size(count: Count, use: Use) -> ir.Expression | None:
    """The maximum count; ``max_is`` names the last index, which is one less."""
    bound = expressions.bind(count, use.neighbours, use.site)
    return plus_one(bound) if bound and count.attribute == "max_is" else bound


def _first(count: Count, use: Use) -> ir.Expression | None:
    return expressions.bind(count, use.neighbours, use.site)


def _length(
    count: Count, first: ir.Expression | None, use: Use
) -> ir.Expression | None:
    """The actual count; ``last_is`` names the last index sent."""
    bound = expressions.bind(count, use.neighbours, use.site)
    if bound is None or count.attribute == "length_is":
        return bound
    if first is not None:
        bound = ir.Binary("-", bound, first)
    return plus_one(bound)


def plus_one(expression: ir.Expression) -> ir.Expression:
    if isinstance(expression, ir.Constant):
        return ir.Constant(expression.value + 1)
    return ir.Binary("+", expression, ir.Constant(1))


def _kind(level: Level, index: int, use: Use) -> ir.PointerKind:
    """The kind of one pointer: its attribute, its position, its file's default.

    Spec: MIDL reference, "Default pointer types": a parameter's own pointer is a
    reference whatever pointer_default says.
    """
    if level.kind is not None:
        return level.kind
    if index == 0 and use.position is Position.PARAMETER:
        return ir.PointerKind.REF
    is_inside = use.position in (Position.MEMBER, Position.ARM)
    if not level.has_default and is_inside:
        _note_no_default(level, use)
    return level.default


def _note_no_default(level: Level, use: Use) -> None:
    """Once per interface: the first pointer inside a type that nobody gave a kind."""
    site = use.site
    interface = site.home.interface
    for scope in site.scope.visible():
        if scope.path == level.span.path and scope.without_kind is None:
            scope.without_kind = (use.name, level.span)
    if level.span.path != site.scope.path:
        return  # a typedef of another file, which says it of that file
    if interface is None or interface in site.scope.without_default:
        return
    site.scope.without_default.add(interface)
    site.findings.report(
        "no-pointer-default",
        f"'{use.name}' is a pointer without attribute, and '{interface}' has no "
        f"[pointer_default]; it is taken as [{level.default.value}]",
        use.span,
        help=f"add pointer_default({level.default.value}) to the interface",
    )
