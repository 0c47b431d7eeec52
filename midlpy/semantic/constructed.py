"""Bodies of named types: members, arms, enumerators, elements, with their types settled."""

from __future__ import annotations

from msgspec import Struct

from midlpy.diagnostics import Note, Span
from midlpy.frontend import ast
from midlpy.semantic import constant_values, constants, ir, types, unions
from midlpy.semantic.arithmetic import SIZES
from midlpy.semantic.attribute_table import ATTRIBUTES
from midlpy.semantic.attributes import AttributeSet, Effect, Place
from midlpy.semantic.declared import Declared
from midlpy.semantic.expressions import Neighbour, Neighbours, is_switchable
from midlpy.semantic.members import member_names
from midlpy.semantic.placement import place
from midlpy.semantic.realize import Position, Use, realize
from midlpy.semantic.scope import Constructed, Kind, Site
from midlpy.semantic.subjects import ArmSubject, FieldSubject

NO_NEIGHBOURS = Neighbours("member", {})


def complete(named: Constructed) -> None:
    """Resolve the body of *named*; reports what is wrong in it."""
    if named.is_done:
        return
    named.is_done = True
    match named.node:
        case ast.StructType():
            named.fields = _members(named, named.node.fields or ())
        case ast.UnionType():
            if not unions.is_plain(named):
                unions.switch_type(named)
                named.arms = _union_arms(named, named.node)
        case ast.EncapsulatedUnion():
            _encapsulated(named, named.node)
        case ast.EnumType():
            for enumerator in named.node.enumerators or ():
                place(
                    enumerator.attributes,
                    Place.ENUMERATOR,
                    named.site.findings,
                    named.site.options,
                )
            constant_values.enumerator_values(named)
        case ast.PipeType():
            named.element = _element(named, named.node)
        case None:
            named.wire = _wire(named)


# Structs


class _Member(Struct, frozen=True):
    """One declarator of a struct body; nested anonymous structs are spread already."""

    name: str
    attributes: AttributeSet
    declared: Declared
    has_bits: bool
    span: Span
    start: int | None = None


def _members(
    named: Constructed, fields: tuple[ast.Field, ...]
) -> tuple[FieldSubject, ...]:
    members = _spread(named, fields)
    _report_repeated([(m.name, m.span) for m in members], "member", named.site)
    neighbours = Neighbours("member", {m.name: _neighbour(m) for m in members})
    subjects: list[FieldSubject] = []
    for member in members:
        use = Use(
            Position.MEMBER,
            member.name,
            member.attributes,
            neighbours,
            named.site,
            member.span,
        )
        type_: ir.Type = realize(member.declared, use)
        if member.has_bits:
            what = f"'{member.name}' is" if member.name else "it has"
            reason = f"{what} a bit-field"
            type_ = ir.Opaque(reason, member.span, "bit-fields-sent")
        subjects.append(
            FieldSubject(
                member.name,
                member.attributes,
                member.declared,
                type_,
                member.has_bits,
                member.span,
                member.start,
            )
        )
    return tuple(subjects)


def _start(initializer: ast.Expression | None, site: Site) -> int | None:
    """What a member of Samba's dialect begins with; in MIDL's it has no such value."""
    if initializer is None or not site.options.is_samba:
        return None
    try:
        return constants.integer(initializer, site)
    except constants.ConstantError as error:
        message = f"[value] is not computed: {error.message}"
        site.findings.report("value-not-computed", message, initializer.span)
    except constants.Silent:
        pass
    return None


def _neighbour(member: _Member) -> Neighbour:
    levels = member.declared.levels
    is_pointer = bool(levels) and levels[0].is_pointer
    is_ignored = is_pointer and "ignore" in member.attributes
    return Neighbour(member.declared, member.span, is_ignored)


def _spread(named: Constructed, fields: tuple[ast.Field, ...]) -> list[_Member]:
    """Every declarator as a member; anonymous structs join where the layout allows."""
    site = named.site
    members: list[_Member] = []
    for field, name in zip(fields, member_names(fields), strict=True):
        attributes = place(field.attributes, Place.MEMBER, site.findings, site.options)
        if field.specifiers is None:
            continue
        if not field.declarators:
            members.extend(_anonymous(named, field, attributes, name))
            continue
        for each in field.declarators:
            declarator = each.declarator
            declared = types.declare(
                field.specifiers, declarator, attributes, site, Place.MEMBER
            )
            is_named = declarator.name is not None  # bit-fields that only pad are not
            members.append(
                _Member(
                    declarator.name.text if declarator.name else "",
                    attributes,
                    declared,
                    each.bits is not None,
                    declarator.span if is_named else field.span,
                    _start(each.initializer, site),
                )
            )
    return members


def _anonymous(
    named: Constructed, field: ast.Field, attributes: AttributeSet, name: str
) -> list[_Member]:
    site = named.site
    specifiers = field.specifiers
    assert specifiers is not None
    inner = site.scope.by_node.get(id(specifiers.type))
    if inner is None or inner.kind not in (Kind.STRUCT, Kind.UNION, Kind.ENCAPSULATED):
        site.findings.report(
            "unnamed-member",
            f"a member of {named.label} has no name",
            field.span,
        )
        return []
    if isinstance(inner.node, ast.StructType):
        spread = _spread(inner, inner.node.fields or ())
        if len({_alignment(member.declared) for member in spread}) == 1:
            inner.is_spread = True
            return spread
    declared = Declared((), inner, inner.name)
    return [_Member(name, attributes, declared, False, field.span)]


def _alignment(declared: Declared) -> object:
    """Members of one alignment in every transfer syntax have one value in common."""
    if any(level.is_pointer for level in declared.levels):
        return "pointer"
    core = declared.core
    if isinstance(core, ir.Base):
        if core.kind in (ir.BaseKind.INT3264, ir.BaseKind.UINT3264):
            return "__int3264"
        return SIZES[core.kind]
    return core  # each named type is a class of its own


def _report_repeated(names: list[tuple[str, Span]], word: str, site: Site) -> None:
    seen: dict[str, Span] = {}
    for name, span in names:
        if name and name in seen:
            site.findings.report(
                "redefinition",
                f"two {word}s are called '{name}'",
                span,
                notes=[Note(f"'{name}' is declared here", seen[name])],
            )
        seen.setdefault(name, span)


# Unions


def _union_arms(named: Constructed, node: ast.UnionType) -> tuple[ArmSubject, ...]:
    arms: list[ArmSubject] = []
    fields = node.fields or ()
    for field, name in zip(fields, member_names(fields), strict=True):
        if field.specifiers is None and not field.attributes:
            continue  # a stray semicolon
        attributes = place(
            field.attributes, Place.ARM, named.site.findings, named.site.options
        )
        case = attributes.get("case")
        labels: list[tuple[int, Span]] = []
        for argument in (case.arguments or (None,)) if case else ():
            if argument is None:
                named.site.findings.report(
                    "case-without-label",
                    "[case] has an empty place",
                    case.span if case else field.span,
                )
                continue
            labels.extend(_label(argument, named))
        is_default = "default" in attributes
        arms.append(
            _arm(named, field, attributes, labels, is_default, case is not None, name)
        )
    _report_repeated_arms(arms, named)
    return tuple(arms)


def _encapsulated(named: Constructed, node: ast.EncapsulatedUnion) -> None:
    site = named.site
    name = node.discriminant
    declarator = ast.Declarator(name, (), name.span)
    attributes = place(
        node.switch_attributes, Place.MEMBER, site.findings, site.options
    )
    declared = types.declare(
        node.switch_type, declarator, attributes, site, Place.MEMBER
    )
    if not declared.is_poison and not is_switchable(declared):
        site.findings.report(
            "switch-type-invalid",
            f"the discriminant '{name.text}' is an integer, char, boolean or enum, "
            f"not {declared.text}",
            node.switch_type.span,
        )
        declared = Declared((), ir.Base(ir.BaseKind.INT32), declared.text)
    named.discriminant = declared
    arms: list[ArmSubject] = []
    fields = tuple(arm.field for arm in node.arms)
    for arm, arm_name in zip(node.arms, member_names(fields), strict=True):
        labels: list[tuple[int, Span]] = []
        for label in arm.labels:
            if label is not None:
                labels.extend(_label(label, named))
        attributes = place(arm.field.attributes, Place.ARM, site.findings, site.options)
        _report_labels(attributes, site)
        is_default = None in arm.labels
        arms.append(
            _arm(named, arm.field, attributes, labels, is_default, True, arm_name)
        )
    _report_repeated_arms(arms, named)
    named.arms = tuple(arms)


def _report_labels(attributes: AttributeSet, site: Site) -> None:
    """An arm of a union switch has its labels ahead of it, as in C."""
    for word in ("case", "default"):
        attribute = attributes.get(word)
        if attribute is not None:
            site.findings.report(
                "attribute-not-allowed-here",
                f"[{word}] belongs on an arm of a non-encapsulated union",
                attribute.span,
                help=f"write '{word} ...:' ahead of the arm, or leave it out",
            )


def _report_repeated_arms(arms: list[ArmSubject], named: Constructed) -> None:
    # Samba's unions say the same arm once for each of its labels.
    told: dict[tuple[str, str], Span] = {}
    for arm in arms:
        if arm.name is not None and arm.declared is not None:
            told.setdefault((arm.name, arm.declared.text), arm.span)
    names = [(name, span) for (name, _), span in told.items()]
    _report_repeated(names, "arm", named.site)


def _label(argument: ast.Argument, named: Constructed) -> list[tuple[int, Span]]:
    """The value of one case label.

    Spec: MIDL reference, case: a constant of the discriminant's type.
    """
    site = named.site
    if isinstance(argument, ast.TypeName | ast.TypedName):
        site.findings.report(
            "case-not-constant", "a case label is a constant", argument.span
        )
        return []
    try:
        value = constants.evaluate(argument, site)
    except constants.ConstantError as error:
        _label_error(error, argument, site)
        return []
    except constants.Silent:
        return []
    if not isinstance(value, int):
        site.findings.report(
            "case-not-integer", "a case label is an integer", argument.span
        )
        return []
    return [(value, argument.span)]


def _label_error(
    error: constants.ConstantError, argument: ast.Expression, site: Site
) -> None:
    if error.rule == "not-a-constant" or (
        error.rule == "unknown-name-in-expression"
        and isinstance(argument, ast.NameReference)
    ):
        site.findings.report(
            "case-not-constant", error.message, error.span, notes=error.all_notes()
        )
        return
    error.report(site)


def _arm(
    named: Constructed,
    field: ast.Field,
    attributes: AttributeSet,
    labels: list[tuple[int, Span]],
    is_default: bool,
    has_case: bool,
    given_name: str,
) -> ArmSubject:
    site = named.site
    name: str | None = None
    declared: Declared | None = None
    span = field.span
    if field.specifiers is not None and field.declarators:
        declarator = field.declarators[0].declarator
        span = declarator.span
        name = given_name
        declared = types.declare(
            field.specifiers, declarator, attributes, site, Place.ARM
        )
    elif field.specifiers is not None:
        inner = site.scope.by_node.get(id(field.specifiers.type))
        if inner is not None:
            name = given_name
            declared = Declared((), inner, inner.name)
        elif field.specifiers.type != ast.Words(("void",), field.specifiers.type.span):
            site.findings.report(
                "unnamed-member", f"an arm of {named.label} has no name", field.span
            )
    elif attributes.all and not site.options.is_samba:
        _report_idle(attributes, site)
    for surplus in field.declarators[1:]:
        site.findings.report(
            "several-in-arm",
            f"an arm of {named.label} is one member, this is another",
            surplus.declarator.span,
            help="put the members into a struct",
        )
    type_: ir.Type | None = None
    if declared is not None and name is not None:
        use = Use(Position.ARM, name, attributes, NO_NEIGHBOURS, site, span)
        type_ = realize(declared, use)
        if field.declarators and field.declarators[0].bits is not None:
            type_ = ir.Opaque(f"'{name}' is a bit-field", span, "bit-fields-sent")
    return ArmSubject(
        tuple(value for value, _ in labels),
        tuple(place for _, place in labels),
        is_default,
        has_case or is_default,
        name,
        attributes,
        declared,
        type_,
        span,
    )


def _report_idle(attributes: AttributeSet, site: Site) -> None:
    """What an empty arm has beside its labels speaks of nothing."""
    for attribute in attributes:
        row = ATTRIBUTES[attribute.name.text]
        if row.effect is Effect.USED and row.name not in ("case", "default"):
            site.findings.report(
                "attribute-ignored",
                f"[{row.name}] has no effect on an empty arm",
                attribute.span,
            )


# Pipes and converted types


def _wire(named: Constructed) -> ir.Type | None:
    """What travels for a converted type; it stands for itself, among no neighbours."""
    if named.kind is not Kind.CONVERTED or named.element is None:
        return None
    use = Use(
        Position.MEMBER,
        named.name,
        AttributeSet(),
        NO_NEIGHBOURS,
        named.site,
        named.span,
    )
    return realize(named.element, use)


def _element(named: Constructed, node: ast.PipeType) -> Declared:
    """The element of a pipe, its declarators put back: ``pipe byte *XP`` has none."""
    site = named.site
    attributes = place(node.attributes, Place.TYPEDEF, site.findings, site.options)
    empty = ast.Declarator(None, (), node.element.span)
    return types.declare(node.element, empty, attributes, site, Place.TYPEDEF)
