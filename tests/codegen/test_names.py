from __future__ import annotations

import pytest

from midlpy.codegen import names
from midlpy.codegen.names import Naming


@pytest.mark.parametrize(
    ("idl", "value"),
    [
        ("TagCount", "tag_count"),
        ("GetItem", "get_item"),
        ("dwFlags", "dw_flags"),
        ("GUIDList", "guid_list"),
        ("UserIDs", "user_ids"),
        ("wki100_platform_id", "wki100_platform_id"),
        ("NETR_LOGON_INFO_1", "netr_logon_info_1"),
        ("SAMPR_1X2Y", "sampr_1x2y"),
        ("Level502Info", "level502_info"),
        ("_reserved", "reserved"),
        ("lpwszX", "lpwsz_x"),
    ],
)
def test_values_are_words_in_lower_case(idl: str, value: str) -> None:
    assert names.value_name(idl, Naming.PEP8) == value


@pytest.mark.parametrize(
    ("idl", "class_", "codec"),
    [
        ("ITEM_STATE", "ItemState", "ITEM_STATE"),
        ("_ITEM_STATE", "ItemState", "ITEM_STATE"),
        ("NETR_LOGON_INFO_1", "NetrLogonInfo1", "NETR_LOGON_INFO_1"),
        ("GUIDList", "GuidList", "GUID_LIST"),
        ("SHARE_INFO_502_I", "ShareInfo502I", "SHARE_INFO_502_I"),
        ("FileRep", "FileRep", "FILE_REP"),
    ],
)
def test_types_have_a_class_and_a_codec(idl: str, class_: str, codec: str) -> None:
    assert names.class_name(idl, Naming.PEP8) == class_
    assert names.codec_name(idl, Naming.PEP8) == codec


@pytest.mark.parametrize("idl", ["S", "X1", "_A"])
def test_a_codec_that_would_be_called_as_its_class_says_what_it_is(idl: str) -> None:
    class_ = names.class_name(idl, Naming.PEP8)
    assert names.codec_name(idl, Naming.PEP8) == f"{class_}_CODEC"


@pytest.mark.parametrize(
    "idl", ["Import", "class", "int", "str", "bytes", "list", "rpc"]
)
def test_words_of_python_get_an_underscore(idl: str) -> None:
    assert names.value_name(idl, Naming.PEP8) == f"{idl.lower()}_"


@pytest.mark.parametrize("idl", ["type", "id", "object", "count", "match"])
def test_names_that_hide_nothing_stay(idl: str) -> None:
    assert names.value_name(idl, Naming.PEP8) == idl


def test_a_parameter_makes_way_for_self_and_call() -> None:
    assert names.parameter_name("call", Naming.PEP8) == "call_"
    assert names.parameter_name("Self", Naming.PEP8) == "self_"


def test_a_pipe_makes_way_for_the_result_of_its_call() -> None:
    assert names.pipe_name("result", Naming.PEP8) == "result_"
    assert names.parameter_name("result", Naming.PEP8) == "result"


@pytest.mark.parametrize("idl", ["Count", "index"])
def test_a_result_makes_way_for_what_a_tuple_has(idl: str) -> None:
    assert names.result_name(idl, Naming.PEP8) == f"{idl.lower()}_"


def test_operations_and_interfaces() -> None:
    assert names.operation_name("Import", Naming.PEP8) == "OP_IMPORT"
    assert names.operation_name("GetItem", Naming.PEP8) == "OP_GET_ITEM"
    assert names.result_class_name("GetItem", Naming.PEP8) == "GetItemResult"
    assert names.client_name("FileRep", Naming.PEP8) == "FileRepClient"
    assert names.server_name("inventory", Naming.PEP8) == "InventoryServer"
    assert names.interface_name("FileRep", Naming.PEP8) == "FILE_REP"


@pytest.mark.parametrize(
    ("idl", "python"),
    [
        ("STATE_NEW", "STATE_NEW"),
        ("None", "None_"),
        ("mro", "mro_"),
        ("real", "real_"),
        ("__MIDL_0001", "_MIDL_0001"),
        ("_both_", "_both"),
    ],
)
def test_enumerators_keep_their_spelling_where_an_enum_can(
    idl: str, python: str
) -> None:
    assert names.enumerator_name(idl) == python


def test_idl_naming_keeps_every_spelling() -> None:
    assert names.value_name("dwFlags", Naming.IDL) == "dwFlags"
    assert names.class_name("ITEM_STATE", Naming.IDL) == "ITEM_STATE"
    assert names.codec_name("ITEM_STATE", Naming.IDL) == "ITEM_STATE_CODEC"
    assert names.operation_name("GetItem", Naming.IDL) == "OP_GetItem"
    assert names.client_name("inventory", Naming.IDL) == "inventoryClient"


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("ms-frs2.idl", "ms_frs2"),
        ("some/where/FileRep.IDL", "filerep"),
        ("C:\\idl\\Foo Bar.idl", "foo_bar"),
        ("802.1x.idl", "_802_1x"),
        ("import.idl", "import_"),
    ],
)
def test_a_module_is_called_after_its_file(path: str, module: str) -> None:
    assert names.module_name(path) == module


def test_a_parameter_is_never_called_as_the_return_value_is() -> None:
    assert names.parameter_name("return_value", Naming.PEP8) == "return_value_"
    assert names.parameter_name("ReturnValue", Naming.PEP8) == "return_value_"
    assert names.parameter_name("ReturnValue", Naming.IDL) == "ReturnValue"


@pytest.mark.parametrize("name", ["POINT", "lambda", "str", "UUID"])
def test_the_codec_of_a_kept_name_is_not_its_class(name: str) -> None:
    assert names.codec_name(name, Naming.IDL) == f"{name}_CODEC"
    assert names.class_name(name, Naming.IDL) in (name, f"{name}_")
