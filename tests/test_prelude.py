"""Stand-ins for Windows files: they compile, and their types have the right octets."""

from __future__ import annotations

from pathlib import Path

import pytest

import midlpy
from midlpy.driver import Options, compile_path, compile_source
from midlpy.frontend import stand_ins

STAND_INS = sorted(stand_ins.FOLDER.iterdir())
HEADER = """[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41), pointer_default(unique)]
interface tried { long Try([in] handle_t h, %s); }
"""


def stub_data(imports: str, parameter: str, value: object) -> str:
    """The octets of one [in] parameter, in hexadecimal; *value* may need the module."""
    module = midlpy.load_text(imports + HEADER % parameter)
    made = value(module) if callable(value) else value
    return module.TRIED["Try"].encode_request(made).hex(" ")


@pytest.mark.parametrize("path", STAND_INS, ids=lambda path: path.name)
def test_a_stand_in_compiles_by_itself(path: Path) -> None:
    if path.suffix == ".idl":
        diagnostics = compile_path(path, Options(werror=True)).diagnostics
        assert [d for d in diagnostics if d.severity.value == "error"] == []
    else:
        midlpy.load_text(f'#include "{path.name}"\n' + HEADER % "[in] long x")
        midlpy.load_text(f'import "{path.name}";\n' + HEADER % "[in] long x")


def test_every_name_for_a_stand_in_is_in_lower_case_and_leads_to_a_file() -> None:
    for name in stand_ins.names():
        path = stand_ins.path_of(name)
        assert name == name.lower()
        assert path is not None
        assert path.is_file()


def test_a_filetime_is_two_words_low_part_first() -> None:
    octets = stub_data(
        'import "wtypes.idl";',
        "[in] FILETIME t",
        lambda m: m.ms_dtyp.Filetime(0x01020304, 0x05060708),
    )
    assert octets == "04 03 02 01 08 07 06 05"


def test_a_bstr_travels_with_its_counts_behind_a_unique_pointer() -> None:
    # MS-OAUT 2.2.23.3: referent, maximum count, octets, characters, text.
    octets = stub_data(
        'import "oaidl.idl";',
        "[in] BSTR s",
        lambda m: m.wtypes.FlaggedWordBlob(4, 2, [0x61, 0x62]),
    )
    assert octets[12:] == "02 00 00 00 04 00 00 00 02 00 00 00 61 00 62 00"
    assert octets[:11] != "00 00 00 00"


def test_a_variant_travels_as_its_size_its_type_and_the_arm_of_that_type() -> None:
    # MS-OAUT 2.2.29.1; VT_I4 is 3. The referent's id, a gap to 8 octets, the struct.
    octets = stub_data(
        'import "oaidl.idl";',
        "[in] VARIANT v",
        lambda m: m.oaidl.WireVariantStr(cl_size=3, rpc_reserved=0, vt=3, var_union=7),
    )
    assert octets[24:] == (
        "03 00 00 00 00 00 00 00 03 00 00 00 00 00 00 00 03 00 00 00 07 00 00 00"
    )


def test_types_of_an_own_file_win_over_those_of_a_stand_in(tmp_path: Path) -> None:
    (tmp_path / "own.idl").write_text("typedef struct { char a; } FILETIME;")
    module = midlpy.load_text(
        'import "own.idl", "wtypes.idl";' + HEADER % "[in] FILETIME t",
        includes=[tmp_path],
    )
    assert module.TRIED["Try"].encode_request(module.own.Filetime(9)) == b"\x09"


@pytest.mark.parametrize("name", ["windows.h", "oaidl.idl"])
def test_an_included_stand_in_is_imported_and_says_nothing(name: str) -> None:
    text = f"#include <{name}>\n" + HEADER % "[in] FILETIME t"
    compilation = compile_source(text, "tried.idl", None, Options())
    assert compilation.diagnostics == ()
    own = compilation.outputs[-1].text
    assert "class TriedClient" in own
    assert "(ndr.Struct" not in own


def test_values_of_a_broadcast_count_up_from_not_set() -> None:
    module = midlpy.load_text('import "bdatypes.h";' + HEADER % "[in] GuardInterval g")
    intervals = module.bdatypes.GuardInterval
    assert intervals.BDA_GUARD_NOT_SET == -1
    assert intervals.BDA_GUARD_1_32 == 1
    assert module.bdatypes.ModulationType.BDA_MOD_256QAM == 11


def test_pointers_to_xml_names_are_known_by_their_headers() -> None:
    text = """import "wsdxmldom.h", "wsdtypes.h";
    [object, local, uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41)]
    interface IContext : IUnknown {
        HRESULT SetTypes([in] PCWSDXML_TYPE p, [in] PCWSDXML_NAMESPACE n);
        HRESULT Ask([in] IWSDMessageParameters *p);
    }"""
    compilation = compile_source(text, "tried.idl", None, Options())
    assert [d for d in compilation.diagnostics if d.severity.value != "note"] == []


def test_constants_of_controls_are_known_by_their_header() -> None:
    module = midlpy.load_text(
        '#include "olectl.h"\nconst long WHERE = DISPID_AMBIENT_CHARSET + 1;'
        + HEADER % "[in] long x"
    )
    assert module.WHERE == -726  # one more than -727


def test_results_of_the_com_catalog_are_known_by_their_header() -> None:
    module = midlpy.load_text(
        '#include "winerror.h"\nconst HRESULT WHY = COMADMIN_E_OBJECTERRORS;'
        + HEADER % "[in] long x"
    )
    assert module.WHY & 0xFFFFFFFF == 0x80110401


def test_what_is_for_programs_of_the_desktop_is_compiled() -> None:
    module = midlpy.load_text("""#include <winapifamily.h>
        #if WINAPI_FAMILY_PARTITION (WINAPI_PARTITION_DESKTOP)
        const long IS_DESKTOP = 1;
        #endif
        """ + HEADER % "[in] long x")
    assert module.IS_DESKTOP == 1


def test_certificates_are_known_by_their_header() -> None:
    text = """import "wincrypt.h", "unknwn.idl";
    [object, local, uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41)]
    interface IStore : IUnknown {
        HRESULT Find([in] HCERTSTORE s, [out] PCCERT_CONTEXT *c);
        HRESULT Add([in] const CERT_CONTEXT *c);
    }"""
    compilation = compile_source(text, "tried.idl", None, Options())
    assert [d for d in compilation.diagnostics if d.severity.value != "note"] == []


def test_types_declared_again_by_the_file_itself_are_its_own() -> None:
    octets = stub_data(
        'import "oaidl.idl"; typedef struct _LUID { DWORD LowPart; LONG HighPart; } LUID;',
        "[in] LUID l",
        lambda m: m.Luid(1, -1),
    )
    assert octets == "01 00 00 00 ff ff ff ff"


def test_a_missing_file_without_a_stand_in_is_an_error_that_names_it() -> None:
    with pytest.raises(midlpy.CompileError) as caught:
        midlpy.load_text('import "nobody-has-this.idl";' + HEADER % "[in] long x")
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.rule == "missing-import"
