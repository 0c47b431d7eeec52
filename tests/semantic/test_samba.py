"""Samba's dialect: what becomes NDR, what is refused, and how a file is told apart."""

from __future__ import annotations

import pytest

import midlpy
from midlpy.frontend.dialect import evidence
from midlpy.runtime import ndr, rpc
from midlpy.semantic import ir
from midlpy.semantic.ir import Base, BaseKind, PointerKind
from midlpy.semantic.options import Options
from tests.semantic.snippets import errors, findings, found, model, wrap

SAMBA = Options(dialect="samba")


def parameters(body: str) -> dict[str, ir.Type]:
    """The parameters of the last operation of *body*."""
    (interface,) = model(body, options=SAMBA).interfaces
    return {p.name: p.type for p in interface.operations[-1].parameters}


def refusals(body: str) -> dict[str, str | None]:
    (interface,) = model(body, options=SAMBA).interfaces
    return {o.name: o.refusal for o in interface.operations}


# Which dialect it is


@pytest.mark.parametrize(
    "body",
    [
        "typedef bitmap { A = 1 } B;",
        "typedef [bitmap8bit] bitmap { A = 1 } B;",
        "typedef bitmap B B; typedef bitmap { A } B;",
        "void f([in,string,charset(UTF16)] uint16 *name);",
        "[todo] void f();",
        "[noopnum] void f(); [todo] void g();",
        "typedef [public,gensize] struct { long a; } S;",
        "typedef [ nopush , nopull ] struct { long a; } S;",
        "typedef [enum8bit] enum { A } E;",
        "typedef [nodiscriminant] union { [case(1)] long a; } U;",
        "typedef struct { [flag (NDR_PAHEX)] long a; [relative] long *p; } S;",
        "typedef struct { [subcontext(4)] long a; [subcontext_size(2)] long b; } S;",
        "typedef [max_recursion(9)] struct { long a; } S;",
        "typedef [switch_type(uint16)] union { [case(1)] long a; } U;",
        "void f([in] uint32 a);",
        "void f([in] uint8 *a, [in] NTTIME b, [in] DATA_BLOB\nc);",
        "typedef struct { policy_handle h; } S;",
        "WERROR f();",
    ],
)
def test_a_file_tells_its_dialect(body: str) -> None:
    assert errors(body, options=Options(dialect="auto")) == []
    assert model(body, options=Options(dialect="auto")).is_samba
    module = midlpy.load_text(wrap(body))
    assert module.T.name == "t"


@pytest.mark.parametrize(
    "include",
    ['#include "idl_types.h"', ' #  include  "idl_types.h"', '#include "x.h"'],
)
def test_what_a_file_includes_tells_its_dialect(include: str) -> None:
    told = evidence("t.idl", f"{include}\n{wrap('void f([in] long a);')}")
    assert (told.word is not None) == ("idl_types" in include)


@pytest.mark.parametrize(
    "body",
    [
        "typedef unsigned long uint32; void f([in] uint32 a);",
        "/* [charset(UTF16)] bitmap { } */ void f([in] long todo);",
        'const char *FLAGS = "[todo], bitmap { }"; void f([in] long flag);',
        "typedef [public] struct { long charset; } S; void f([in] S s);",
        "typedef struct { long int64; long uint32, uint8[2]; } S; void f([in] S s);",
        "void f([in] long uint32, [in, size_is(uint32)] long *dom_sid2);",
        "typedef struct _WERROR { long a; } DATA_BLOB; void f([in] DATA_BLOB *b);",
        "interface bitmap; typedef long todo; [id(1)] long relative([in] todo noprint);",
    ],
)
def test_words_that_mean_something_else_are_no_evidence(body: str) -> None:
    warnings = [rule for _, rule, _ in found(body, options=Options(dialect="auto"))]
    assert "samba-dialect" not in [
        rule for _, rule, _ in found(body, options=Options(dialect="midl"))
    ]
    assert "operation-refused" not in warnings


def test_a_file_of_sambas_read_as_midl_is_one_mistake() -> None:
    body = (
        "typedef bitmap { A = 1 } B; void f([in,charset(UTF16)] uint16 *s, [in] B b);"
    )
    assert errors(body, options=Options(dialect="midl")) == ["samba-dialect"]


# Types


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("uint8", BaseKind.CHAR),
        ("int8", BaseKind.INT8),
        ("uint16", BaseKind.UINT16),
        ("uint32", BaseKind.UINT32),
        ("hyper", BaseKind.INT64),
        ("uint3264", BaseKind.UINT3264),
        ("NTSTATUS", BaseKind.UINT32),
        ("WERROR", BaseKind.UINT32),
        ("time_t", BaseKind.UINT32),
        ("NTTIME", BaseKind.UDLONG),
        ("dlong", BaseKind.DLONG),
        ("udlongr", BaseKind.UDLONGR),
        ("NTTIME_hyper", BaseKind.UINT64),
    ],
)
def test_base_types_have_their_width(name: str, kind: BaseKind) -> None:
    assert parameters(f"void f([in] {name} a);") == {"a": Base(kind)}


@pytest.mark.parametrize(
    ("head", "octets", "is_flags"),
    [
        ("bitmap", 4, True),
        ("[bitmap8bit] bitmap", 1, True),
        ("[bitmap16bit] bitmap", 2, True),
        ("[bitmap32bit] bitmap", 4, True),
        ("[bitmap64bit] bitmap", 8, True),
        ("[enum8bit] enum", 1, False),
        ("[enum16bit] enum", 2, False),
        ("enum", None, False),
    ],
)
def test_enums_and_bitmaps_have_their_width(
    head: str, octets: int | None, is_flags: bool
) -> None:
    (declared,) = model(f"typedef {head} {{ A = 1 }} E;", options=SAMBA).types
    assert isinstance(declared, ir.EnumDeclaration)
    assert (declared.octets, declared.is_flags) == (octets, is_flags)


def test_a_forward_typedef_says_nothing() -> None:
    body = "typedef bitmap B B; typedef bitmap { A = 1 } B; void f([in] B b);"
    assert errors(body, options=SAMBA) == []
    assert isinstance(parameters(body)["b"], ir.Use)


def test_a_keyword_may_stand_before_the_name_of_a_typedef() -> None:
    body = "typedef struct { uint32 n; } S; void f([in] struct S *s);"
    assert errors(body, options=SAMBA) == []


@pytest.mark.parametrize(
    ("parameter", "type_"),
    [
        (
            "[in,string,charset(UTF16)] uint16 *x",
            ir.Pointer(ir.String(BaseKind.WCHAR), PointerKind.REF),
        ),
        (
            "[in,unique,string,charset(UTF16)] uint16 *x",
            ir.Pointer(ir.String(BaseKind.WCHAR), PointerKind.UNIQUE),
        ),
        ("[in,string,charset(UTF16)] uint16 x[]", ir.String(BaseKind.WCHAR)),
        (
            "[in,string,charset(DOS)] uint8 *x",
            ir.Pointer(ir.String(BaseKind.CHAR), PointerKind.REF),
        ),
        ("[in,charset(UTF16)] uint16 x[8]", ir.Array(Base(BaseKind.WCHAR), bound=8)),
    ],
)
def test_a_charset_makes_text_of_numbers(parameter: str, type_: ir.Type) -> None:
    assert parameters(f"void f({parameter});") == {"x": type_}


def test_counted_characters_are_text_and_counted_numbers_are_numbers() -> None:
    body = """
    typedef struct {
        [value(2*strlen_m(s))] uint16 n;
        [charset(UTF16),size_is(n/2)] uint16 *s;
        uint16 m;
        [size_is(m)] uint16 *numbers;
    } S;
    void f([in] S *s);
    """
    (declared,) = model(body, options=SAMBA).types
    assert isinstance(declared, ir.StructDeclaration)
    text, numbers = declared.fields[1].type, declared.fields[3].type
    assert isinstance(text, ir.Pointer)
    assert isinstance(numbers, ir.Pointer)
    assert isinstance(text.target, ir.Array)
    assert isinstance(numbers.target, ir.Array)
    assert text.target.element == Base(BaseKind.WCHAR)
    assert numbers.target.element == Base(BaseKind.UINT16)


def test_a_policy_handle_among_parameters_is_a_context_handle() -> None:
    body = "void f([in] policy_handle *h); void g([out,ref] policy_handle *h);"
    assert parameters(body)["h"] == ir.Pointer(
        ir.Use("t.idl", "policy_handle"), PointerKind.REF
    )
    module = midlpy.load_text(wrap(body))
    handle = rpc.ContextHandle(1)
    assert module.T["f"].encode_request(handle) == b"\1\0\0\0" + bytes(16)
    assert module.T["g"].decode_response(b"\1\0\0\0" + bytes(16)) == (handle,)


def test_sambas_guid_is_one_though_its_octets_are_split() -> None:
    body = """
    typedef [public,noprint] struct {
        uint32 time_low; uint16 time_mid; uint16 time_hi_and_version;
        uint8 clock_seq[2]; uint8 node[6];
    } GUID;
    void f([in] GUID *g);
    """
    assert parameters(body)["g"] == ir.Pointer(ir.Guid(), PointerKind.REF)


def test_a_pointer_to_a_security_descriptor_travels_while_it_is_null() -> None:
    body = """
    typedef [public] struct { [relative] uint32 *p; } security_descriptor;
    typedef struct { uint32 a; security_descriptor *sd; } S;
    void f([in] S *s);
    """
    module = midlpy.load_text(wrap(body))
    operation = module.T["f"]
    assert operation.encode_request(module.S(1, 0)) == b"\1\0\0\0" + bytes(4)
    assert operation.decode_request(b"\1\0\0\0" + bytes(4)) == (module.S(1, 0),)
    with pytest.raises(rpc.UnmarshalError):
        operation.decode_request(b"\1\0\0\0\0\0\2\0" + bytes(4))


def test_types_that_only_case_tells_apart_keep_the_spelling_of_the_idl() -> None:
    body = """
    typedef enum { A = 1 } t_Delta_Kind;
    typedef struct { t_Delta_Kind k; } t_DELTA_KIND;
    void f([in] t_DELTA_KIND *s);
    [todo] void g();
    """
    module = midlpy.load_text(wrap(body))
    assert issubclass(module.t_Delta_Kind, ndr.Enum16)
    octets = module.T["f"].encode_request(module.t_DELTA_KIND(module.t_Delta_Kind.A))
    assert octets == b"\1\0"


def test_a_result_class_leaves_its_name_to_a_type_that_has_it() -> None:
    body = """
    typedef [public,noprint] struct { uint32 status; } fResult;
    WERROR f([out,ref] fResult *a, [out,ref] uint32 *b);
    """
    module = midlpy.load_text(wrap(body))
    assert module.FResult_(module.FResult(1), 2, 3).return_value == 3


def test_a_type_called_like_a_client_keeps_its_name() -> None:
    body = "typedef struct { uint32 a; } t_client; void f([in] t_client *s);"
    module = midlpy.load_text(wrap(body), dialect="samba")
    assert module.t_client(1).a == 1
    assert issubclass(module.TClient, rpc.Client)


def test_arms_may_be_called_alike() -> None:
    body = "typedef [public] union { [case(1)] uint32 a; [case(2)] uint32 a; } U; "
    assert errors(body + "[todo] void f();", options=SAMBA) == []


def test_types_that_c_calls_otherwise_stay_types() -> None:
    body = (
        'cpp_quote("#define other S") typedef struct { other *x; } T; [todo] void f();'
    )
    assert found(body, options=SAMBA)[0] == ("warning", "unknown-type", 2011)


def test_a_union_without_a_switch_type_has_a_discriminant_of_32_bits() -> None:
    body = """
    typedef union { [case(1)] uint32 a; [default]; } U;
    void f([in] uint16 n, [in,switch_is(n)] U u);
    """
    (union,) = model(body, options=SAMBA).types
    assert isinstance(union, ir.UnionDeclaration)
    assert union.discriminant == Base(BaseKind.UINT32)


@pytest.mark.parametrize(
    "parameter",
    [
        "[in] DATA_BLOB x",
        "[in,unique] DATA_BLOB *x",
        "[in,ref,subcontext(4)] S *x",
        "[in,subcontext(4),subcontext_size(9)] S x",
    ],
)
def test_blocks_behind_their_count_are_octets(parameter: str) -> None:
    body = (
        f"typedef struct {{ [relative] uint32 *p; }} S; [public] void f({parameter});"
    )
    module = midlpy.load_text(wrap(body))
    octets = module.T["f"].encode_request(b"abc")
    assert octets.endswith(b"\3\0\0\0abc")
    assert module.T["f"].decode_request(octets) == (b"abc",)


def test_a_union_without_a_discriminant_whose_arms_are_alike_is_what_they_are() -> None:
    body = """
    typedef [nodiscriminant] union { [case(0)] uint16 a; [default] uint16 b; } U;
    void f([in] uint32 n, [in,size_is(3),switch_is(n)] U *u);
    """
    operation = midlpy.load_text(wrap(body)).T["f"]
    octets = bytes.fromhex("07000000 03000000 0100 0200 0300")
    assert operation.encode_request(7, [1, 2, 3]) == octets
    assert operation.decode_request(octets) == (7, [1, 2, 3])


@pytest.mark.parametrize(
    ("declared", "value", "octets"),
    [
        ("dom_sid28 a", None, "0105 000000000005 15000000" + "00" * 16),
        ("NTTIME_1sec a", 0x1122, "2211000000000000"),
        ("ipv4address a", 0x7F000001, "0100007f"),
        ("[flag(NDR_BIG_ENDIAN)] ipv4address a", 0x7F000001, "7f000001"),
        ("[flag(NDR_BIG_ENDIAN)] ipv6address a", bytes(range(16)), None),
    ],
)
def test_types_whose_octets_are_those_of_ndr_travel(
    declared: str, value: object, octets: str | None
) -> None:
    body = f"typedef [public] struct {{ {declared}; }} S; void f([in] S *s);"
    module = midlpy.load_text(wrap(body), dialect="samba")
    if value is None:
        value = module.DomSid28(1, 5, b"\0\0\0\0\0\5", [21, 0, 0, 0, 0])
    expected = bytes(range(16)) if octets is None else bytes.fromhex(octets)
    assert module.T["f"].encode_request(module.S(value)) == expected
    assert module.T["f"].decode_request(expected) == (module.S(value),)


def test_an_address_in_network_order_keeps_it_in_either_byte_order() -> None:
    body = "typedef [public] struct { [flag(NDR_BIG_ENDIAN)] ipv4address a; } S; "
    module = midlpy.load_text(wrap(body + "void f([in] S *s);"))
    operation, value = module.T["f"], module.S(0x0A000102)
    for order in ("little", "big"):
        octets = operation.encode_request(value, byte_order=order)
        assert octets == bytes([10, 0, 1, 2])
        assert operation.decode_request(octets, byte_order=order) == (value,)
    with pytest.raises(rpc.MarshalError):
        operation.encode_request(module.S(1 << 32))


def test_a_tower_is_the_struct_its_protocol_publishes() -> None:
    body = """
    typedef [flag(NDR_NOALIGN)] struct { uint16 n; [relative] uint32 *p; } epm_tower;
    typedef [public] struct {
        [value(7)] uint32 tower_length; [subcontext(4)] epm_tower tower;
    } epm_twr_t;
    typedef struct {
        epm_twr_t *tower; [value(0)] uint32 __o; [value(1)] uint32 __l;
        [charset(DOS)] uint8 annotation[__l];
    } epm_entry_t;
    void f([in,ref] epm_twr_t *t);
    void g([in,ref] epm_entry_t *e);
    """
    module = midlpy.load_text(wrap(body))
    # Conformance, then tower_length, then the octets: C706, appendix O.
    expected = bytes.fromhex("03000000 03000000 010203")
    tower = module.EpmTwrT(3, b"\1\2\3")
    assert module.T["f"].encode_request(tower) == expected
    assert module.T["f"].decode_request(expected) == (tower,)
    # A nil UUID, no tower, then offset, actual count and text.
    entry = module.EpmEntryT(annotation="ab")
    assert module.T["g"].encode_request(entry) == bytes.fromhex(
        "00000000000000000000000000000000 00000000 00000000 03000000 616200"
    )


def test_a_struct_with_a_published_name_that_needs_no_other_form_keeps_its_own() -> (
    None
):
    body = "typedef [public] struct { uint16 x; } epm_twr_t; void f([in] epm_twr_t *t);"
    module = midlpy.load_text(wrap(body))
    assert module.T["f"].encode_request(module.EpmTwrT(1)) == b"\1\0"


def test_texts_behind_one_count_are_characters_that_a_sibling_counts() -> None:
    body = """
    typedef [public] struct {
        uint32 _ndr_size; nstring_array string;
    } spoolss_StringArray;
    typedef struct {
        [value(f(names))] uint32 _ndr_size_names; spoolss_StringArray *names;
    } S;
    void f([in] S *s);
    """
    module = midlpy.load_text(wrap(body))
    octets = bytes.fromhex("03000000 00000200 03000000 6100 0000 0000")
    (value,) = module.T["f"].decode_request(octets)
    assert value.names == "a\0\0"


def test_constants_keep_the_value_that_is_written() -> None:
    body = 'const int A = 0xF0000000; const string B = "b"; [todo] void f();'
    module = midlpy.load_text(wrap(body))
    assert (module.A, module.B) == (0xF0000000, "b")


def test_an_endpoint_without_brackets_is_found_when_it_is_needed() -> None:
    body = '[uuid("12345678-1234-1234-1234-123456789abc"),version(1.0),'
    body += 'endpoint("ncacn_np:[\\\\pipe\\\\x]","ncalrpc:")] interface t { [todo] void f(); }'
    assert errors(body, options=SAMBA) == []
    (interface,) = model(body, options=SAMBA).interfaces
    assert interface.endpoints == ("ncacn_np:[\\pipe\\x]",)


def test_operations_with_pipes_are_asynchronous() -> None:
    body = "typedef [flag(NDR_PAHEX)] pipe uint8 P; void f([out,ref] P *p);"
    assert errors(body, options=SAMBA) == []
    (interface,) = model(body, options=SAMBA).interfaces
    assert interface.operations[0].is_async


# What is refused


@pytest.mark.parametrize(
    ("member", "why"),
    [
        ("[relative] uint32 *p", "[relative]"),
        ("[relative_short] uint32 *p", "[relative_short]"),
        ("[flag(NDR_NOALIGN)] uint32 p", "[flag(NDR_NOALIGN)]"),
        ("[subcontext(2)] T p", "[subcontext]"),
        ("[subcontext(4)] T p", "[subcontext]"),
        ("uint8 p[n+m]; uint32 m", "an array in place"),
        ("[flag(NDR_REMAINING)] DATA_BLOB p", "[flag(NDR_REMAINING)]"),
        ("string p", "text in a form that flags choose"),
        ("[switch_is(strlen(n))] U p", "[switch_is]"),
        ("[size_is(x->n)] uint8 *p", "[size_is]"),
    ],
)
def test_what_ndr_has_no_form_for_refuses_its_operations_only(
    member: str, why: str
) -> None:
    body = f"""
    typedef struct {{ uint32 a; }} T;
    typedef union {{ [case(1)] uint32 a; [default]; }} U;
    typedef [public] struct {{ uint32 n; {member}; }} S;
    typedef struct {{ S *s; }} Holder;
    [public] void before([in] uint32 a);
    void refused([in] Holder *x);
    void after([in] uint32 a);
    """
    said = refusals(body)
    assert why in (said["refused"] or "")
    assert said["before"] is None
    assert said["after"] is None
    assert found(body, options=SAMBA) == [("warning", "operation-refused", None)]
    (interface,) = model(body, options=SAMBA).interfaces
    assert [o.opnum for o in interface.operations] == [0, 1, 2]


@pytest.mark.parametrize(
    "type_", ["[nodiscriminant] union", "[nopush,nopull] union", "[nopull] struct"]
)
def test_whole_types_are_refused(type_: str) -> None:
    arms = "[case(1)] uint32 a; [case(2)] uint16 b;"
    body = f"typedef {type_} {{ {arms} }} X; void f([in] X *x);"
    assert refusals(body)["f"] is not None
    assert errors(body, options=SAMBA) == []


def test_an_operation_without_known_parameters_is_refused() -> None:
    body = "[todo] void f(); void g([in] uint32 a);"
    assert refusals(body) == {"f": "its parameters are not known ([todo])", "g": None}


def test_an_operation_marshalled_by_hand_is_what_its_twin_describes() -> None:
    body = """
    [public,noopnum] WERROR _f([in] uint32 level, [in] uint32 size);
    [noopnum] void __f([in] uint32 count);
    [nopush,nopull] WERROR f([in] uint32 level, [out] uint32 *count);
    [nopush] void g([in] uint32 a);
    """
    (interface,) = model(body, options=SAMBA).interfaces
    assert [(o.name, o.opnum) for o in interface.operations] == [("f", 0), ("g", 1)]
    assert [p.name for p in interface.operations[0].parameters] == ["level", "size"]
    assert interface.operations[1].refusal is not None


def test_members_that_are_skipped_are_not_there() -> None:
    body = "typedef [public] struct { uint32 a; [skip] T *b; [noprint] uint32 c; } S;"
    (declared,) = model(body, options=SAMBA).types
    assert isinstance(declared, ir.StructDeclaration)
    assert [field.name for field in declared.fields] == ["a", "c"]


def test_members_with_a_value_are_said_to_be_ordinary_once() -> None:
    body = "typedef [public] struct { [value(a)] uint32 a; [value(f(b))] uint32 b; } S;"
    assert found(body, options=SAMBA) == [("warning", "value-not-computed", None)]


def test_members_begin_with_a_constant_value() -> None:
    body = """
    const uint32 MAGIC = 0x18;
    typedef enum { E_NONE, E_SOME = 3 } E;
    typedef struct {
        [value(1|(2<<16))] uint32 a; [value(MAGIC)] uint16 b; [value(E_SOME)] E c;
        [value(NULL)] uint32 *d; [value(5),range(0,9)] uint32 e;
        [value(2)] uint32 n; [size_is(n)] uint32 *row; [value(-1)] int32 f;
    } S;
    void f([in] S *s);
    """
    assert errors(body, options=SAMBA) == []
    module = midlpy.load_text(wrap(body), dialect="samba", naming="idl")
    value = module.S()
    assert (value.a, value.b, value.c, value.d, value.e) == (0x20001, 0x18, 3, None, 5)
    assert (value.n, value.f) == (0, -1)  # how many there are is the row's to say
    (read,) = module.t["f"].decode_request(module.t["f"].encode_request(value))
    assert (read.a, read.b, read.c, read.e, read.f) == (0x20001, 0x18, 3, 5, -1)


@pytest.mark.parametrize("value", ["UNKNOWN", '"text"', "f(1)", "x->n", ""])
def test_a_value_that_is_not_computed_is_told(value: str) -> None:
    body = f"typedef [public] struct {{ [value({value})] uint32 a; }} S;"
    told = [("warning", "value-not-computed", None)] if value else []
    assert found(body, options=SAMBA) == told


def test_in_midl_a_member_has_no_value() -> None:
    body = "typedef struct { long a = 5; } S; void f([in] handle_t h, [in] S *s);"
    assert midlpy.load_text(wrap(body)).S().a == 0


def test_an_interface_that_nobody_can_bind_to_has_no_stubs() -> None:
    body = "interface t { [todo] void f(); typedef struct { uint32 a; } S; }"
    assert errors(body, options=SAMBA) == []
    found_model = model(body, options=SAMBA)
    assert found_model.interfaces == ()
    assert len(found_model.types) == 1


# Values


def test_a_bitmap_is_flags_that_keep_unknown_bits() -> None:
    body = "typedef [bitmap16bit] bitmap { A = 1, B = 2 } Bits; void f([in] Bits b);"
    module = midlpy.load_text(wrap(body))
    bits = module.Bits.A | module.Bits.B
    assert isinstance(bits, ndr.Flags16)
    assert module.Bits.A in bits
    operation = module.T["f"]
    assert operation.encode_request(bits) == b"\3\0"
    assert operation.encode_request(bits, syntax=ndr.NDR64) == b"\3\0"
    assert operation.decode_request(b"\1\x80") == (0x8001,)
    with pytest.raises(rpc.MarshalError, match="does not fit a bitmap"):
        operation.encode_request(0x10000)


@pytest.mark.parametrize(
    ("type_", "value", "little", "big"),
    [
        ("udlong", 0x1122334455667788, "8877665544332211", "5566778811223344"),
        ("udlongr", 0x1122334455667788, "4433221188776655", "1122334455667788"),
        ("dlong", -2, "feffffffffffffff", "fffffffeffffffff"),
    ],
)
def test_loose_integers_are_two_words_aligned_as_one(
    type_: str, value: int, little: str, big: str
) -> None:
    module = midlpy.load_text(wrap(f"void f([in] uint32 a, [in] {type_} b);"))
    operation = module.T["f"]
    for order, octets in (("little", "01000000" + little), ("big", "00000001" + big)):
        expected = bytes.fromhex(octets)
        assert operation.encode_request(1, value, byte_order=order) == expected
        assert operation.decode_request(expected, byte_order=order) == (1, value)


def test_words_for_samba_alone_may_stand_on_a_coclass() -> None:
    body = "void f([in] uint32 a);"
    text = wrap(body) + (
        "\n[uuid(5e9ddec7-5767-11cf-beab-00aa006c3606), internal]"
        " coclass simple { interface T; };"
    )
    assert "unknown-attribute" not in _rules_of(text)


def _rules_of(text: str) -> list[str]:
    try:
        midlpy.compile_text(text, dialect="samba")
    except midlpy.CompileError as error:
        return [each.rule for each in error.diagnostics]
    return []


def test_types_that_are_left_out_are_named_once() -> None:
    body = (
        "typedef struct { [relative] uint32 *x; } A; typedef struct { A a; } B; "
        "typedef struct { uint32 y; } C; void f([in] C c);"
    )
    said = [
        each.message
        for each in findings(body, None, SAMBA)
        if each.rule == "types-left-out"
    ]
    assert len(said) == 1
    assert said[0].startswith("'A', 'B' cannot travel")
    assert {declared.name for declared in model(body, options=SAMBA).types} >= {"C"}


def test_a_file_without_anything_to_leave_out_does_not_speak_of_it() -> None:
    body = "typedef struct { uint32 y; } C; void f([in] C c);"
    assert "types-left-out" not in [each.rule for each in findings(body, None, SAMBA)]


def test_a_constant_in_the_place_of_a_type_refuses_what_needs_it() -> None:
    body = "const uint32 K = 1; typedef struct { K a; } S; void f([in] S s); void g();"
    refused = refusals(body)
    assert refused["f"] is not None
    assert "'K' is a constant, not a type" in refused["f"]
    assert refused["g"] is None
