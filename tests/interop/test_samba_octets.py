"""Modules made of Samba's IDL, octet by octet against Samba's own marshalling."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from types import ModuleType
from typing import Any, NamedTuple
from uuid import UUID

import pytest

import midlpy
from midlpy.runtime import ndr, rpc
from tests.support.corpus import corpus_path
from tests.support.samba import Samba

HANDLE = rpc.ContextHandle(7, UUID("01234567-89ab-cdef-0123-456789abcdef"))
SOME = UUID("11223344-5566-7788-99aa-bbccddeeff00")


class Case(NamedTuple):
    """*code* fills Samba's operation ``q``, *values* are ours, made of the module."""

    module: str
    operation: str
    direction: str
    code: str
    values: Callable[[Any], tuple[Any, ...]]
    arguments: tuple[Any, ...] | None = None
    """Those of the request, where the response depends on them."""


CASES = [
    # samr
    Case(
        "samr",
        "Connect2",
        "in",
        r"q.in_system_name = '\\\\srv'; q.in_access_mask = 0x02000000",
        lambda m: ("\\\\srv", 0x02000000),
    ),
    Case(
        "samr",
        "Connect2",
        "out",
        "q.out_connect_handle = handle; q.result = 0xC0000022",
        lambda m: (HANDLE, 0xC0000022),
    ),
    Case("samr", "Close", "in", "q.in_handle = handle", lambda m: (HANDLE,)),
    Case(
        "samr",
        "CreateUser",
        "in",
        "q.in_domain_handle = handle; q.in_access_mask = 5\n"
        "q.in_account_name = made(lsa.String, string='user')",
        lambda m: (HANDLE, m.lsa.lsa_String(8, 8, "user"), 5),
    ),
    Case(
        "samr",
        "CreateUser",
        "out",
        "q.out_user_handle = handle; q.out_rid = 500; q.result = 0",
        lambda m: (HANDLE, 500, 0),
    ),
    Case(
        "samr",
        "OpenDomain",
        "in",
        "q.in_connect_handle = handle; q.in_access_mask = 3\n"
        "q.in_sid = security.dom_sid('S-1-5-21-1-2-3')",
        lambda m: (
            HANDLE,
            3,
            m.lsa.dom_sid2(1, 4, b"\0\0\0\0\0\5", [21, 1, 2, 3]),
        ),
    ),
    Case(
        "samr",
        "LookupNames",
        "in",
        "q.in_domain_handle = handle; q.in_num_names = 2\n"
        "q.in_names = [made(lsa.String, string='a'), made(lsa.String, string='bc')]",
        lambda m: (
            HANDLE,
            2,
            [m.lsa.lsa_String(2, 2, "a"), m.lsa.lsa_String(4, 4, "bc")],
        ),
    ),
    Case(
        "samr",
        "LookupNames",
        "out",
        "q.out_rids = made(samr.Ids, count=2, ids=[1, 2])\n"
        "q.out_types = made(samr.Ids, count=1, ids=[3]); q.result = 0",
        lambda m: (m.samr_Ids(2, [1, 2]), m.samr_Ids(1, [3]), 0),
    ),
    Case(
        "samr",
        "QueryUserInfo",
        "out",
        "q.in_level = 16; q.out_info = made(samr.UserInfo16, acct_flags=0x10)\n"
        "q.result = 0",
        lambda m: (m.samr_UserInfo16(0x10), 0),
    ),
    # lsa
    Case(
        "lsa",
        "OpenPolicy2",
        "in",
        "q.in_system_name = 's'; q.in_access_mask = 0x801\n"
        "q.in_attr = made(lsa.ObjectAttribute, len=24, attributes=9,"
        " sec_qos=made(lsa.QosInfo, len=12, impersonation_level=2,"
        " context_mode=1, effective_only=0))",
        lambda m: (
            "s",
            m.lsa_ObjectAttribute(24, None, None, 9, 0, m.lsa_QosInfo(12, 2, 1, 0)),
            0x801,
        ),
    ),
    Case(
        "lsa",
        "OpenPolicy2",
        "out",
        "q.out_handle = handle; q.result = 0",
        lambda m: (HANDLE, 0),
    ),
    Case(
        "lsa",
        "Close",
        "in",
        "q.in_handle = handle",
        lambda m: (HANDLE,),
    ),
    Case(
        "lsa",
        "EnumPrivs",
        "in",
        "q.in_handle = handle; q.in_resume_handle = 4; q.in_max_count = 100",
        lambda m: (HANDLE, 4, 100),
    ),
    Case(
        "lsa",
        "EnumPrivs",
        "out",
        "q.out_resume_handle = 5; q.result = 0\n"
        "q.out_privs = made(lsa.PrivArray, count=1, privs=[made(lsa.PrivEntry,"
        " name=made(lsa.StringLarge, string='Se'),"
        " luid=made(lsa.LUID, low=3, high=4))])",
        lambda m: (
            5,
            m.lsa_PrivArray(
                1, [m.lsa_PrivEntry(m.lsa_StringLarge(4, 6, "Se"), m.lsa_LUID(3, 4))]
            ),
            0,
        ),
    ),
    Case(
        "lsa",
        "QueryInfoPolicy",
        "out",
        "q.in_level = 3; q.result = 0\n"
        "q.out_info = made(lsa.DomainInfo, name=made(lsa.StringLarge, string='D'),"
        " sid=security.dom_sid('S-1-5-32'))",
        lambda m: (
            m.lsa_DomainInfo(
                m.lsa_StringLarge(2, 4, "D"),
                m.dom_sid2(1, 1, b"\0\0\0\0\0\5", [32]),
            ),
            0,
        ),
        (HANDLE, 3),
    ),
    # srvsvc
    Case(
        "srvsvc",
        "NetShareEnumAll",
        "in",
        "q.in_server_unc = 'x'; q.in_max_buffer = 0xffffffff\n"
        "q.in_info_ctr = made(srvsvc.NetShareInfoCtr, level=1,"
        " ctr=srvsvc.NetShareCtr1())\nq.in_resume_handle = 3",
        lambda m: (
            "x",
            m.srvsvc_NetShareInfoCtr(1, m.srvsvc_NetShareCtr1()),
            0xFFFFFFFF,
            3,
        ),
    ),
    Case(
        "srvsvc",
        "NetShareEnumAll",
        "out",
        "q.out_totalentries = 1; q.out_resume_handle = None; q.result = 0\n"
        "q.out_info_ctr = made(srvsvc.NetShareInfoCtr, level=1,"
        " ctr=made(srvsvc.NetShareCtr1, count=1, array=[made(srvsvc.NetShareInfo1,"
        " name='IPC$', type=3, comment='c')]))",
        lambda m: (
            m.srvsvc_NetShareInfoCtr(
                1,
                m.srvsvc_NetShareCtr1(1, [m.srvsvc_NetShareInfo1("IPC$", 3, "c")]),
            ),
            1,
            None,
            0,
        ),
    ),
    Case(
        "srvsvc",
        "NetShareGetInfo",
        "in",
        "q.in_server_unc = None; q.in_share_name = 'odd'; q.in_level = 1005",
        lambda m: (None, "odd", 1005),
    ),
    Case(
        "srvsvc",
        "NetSrvGetInfo",
        "out",
        "q.in_level = 100; q.result = 0\n"
        "q.out_info = made(srvsvc.NetSrvInfo100, platform_id=500, server_name='n')",
        lambda m: (m.srvsvc_NetSrvInfo100(500, "n"), 0),
    ),
    Case(
        "srvsvc",
        "NetRemoteTOD",
        "in",
        "q.in_server_unc = 'host'",
        lambda m: ("host",),
    ),
    Case(
        "srvsvc",
        "NetRemoteTOD",
        "out",
        "q.result = 0\nq.out_info = made(srvsvc.NetRemoteTODInfo, elapsed=9,"
        " msecs=8, hours=7, mins=6, secs=5, hunds=4, timezone=-60, tinterval=3,"
        " day=2, month=1, year=2024, weekday=4)",
        lambda m: (
            m.srvsvc_NetRemoteTODInfo(9, 8, 7, 6, 5, 4, -60, 3, 2, 1, 2024, 4),
            0,
        ),
    ),
    # winreg
    Case(
        "winreg",
        "OpenHKLM",
        "in",
        "q.in_system_name = 0x5c; q.in_access_mask = 0x02000000",
        lambda m: (0x5C, 0x02000000),
    ),
    Case(
        "winreg",
        "OpenHKLM",
        "out",
        "q.out_handle = handle; q.result = 0",
        lambda m: (HANDLE, 0),
    ),
    Case(
        "winreg",
        "OpenKey",
        "in",
        "q.in_parent_handle = handle; q.in_options = 0; q.in_access_mask = 0x20019\n"
        "q.in_keyname = made(winreg.String, name='Soft')",
        lambda m: (HANDLE, m.winreg_String(10, 10, "Soft"), 0, 0x20019),
    ),
    Case(
        "winreg",
        "EnumKey",
        "in",
        "q.in_handle = handle; q.in_enum_index = 2\n"
        "q.in_name = made(winreg.StringBuf, size=512)\n"
        "q.in_keyclass = None; q.in_last_changed_time = 0x1122334455667788",
        lambda m: (
            HANDLE,
            2,
            m.winreg_StringBuf(0, 512, None),
            None,
            0x1122334455667788,
        ),
    ),
    Case(
        "winreg",
        "QueryValue",
        "in",
        "q.in_handle = handle; q.in_value_name = made(winreg.String, name='v')\n"
        "q.in_type = 1; q.in_data = [1, 2, 3]; q.in_data_size = 3; q.in_data_length = 3",
        lambda m: (HANDLE, m.winreg_String(4, 4, "v"), 1, b"\1\2\3", 3, 3),
    ),
    Case(
        "winreg",
        "CloseKey",
        "in",
        "q.in_handle = handle",
        lambda m: (HANDLE,),
    ),
    # svcctl
    Case(
        "svcctl",
        "OpenSCManagerW",
        "in",
        "q.in_MachineName = 'm'; q.in_DatabaseName = None; q.in_access_mask = 1",
        lambda m: ("m", None, 1),
    ),
    Case(
        "svcctl",
        "OpenServiceW",
        "in",
        "q.in_scmanager_handle = handle; q.in_ServiceName = 'spooler'\n"
        "q.in_access_mask = 0xf01ff",
        lambda m: (HANDLE, "spooler", 0xF01FF),
    ),
    Case(
        "svcctl",
        "QueryServiceStatus",
        "out",
        "q.result = 0\nq.out_service_status = made(svcctl.SERVICE_STATUS,"
        " type=0x10, state=4, controls_accepted=5, win32_exit_code=6,"
        " service_exit_code=7, check_point=8, wait_hint=9)",
        lambda m: (m.SERVICE_STATUS(0x10, 4, 5, 6, 7, 8, 9), 0),
    ),
    Case(
        "svcctl",
        "ControlService",
        "in",
        "q.in_handle = handle; q.in_control = 1",
        lambda m: (HANDLE, 1),
    ),
    # epmapper
    Case(
        "epmapper",
        "epm_LookupHandleFree",
        "in",
        "q.in_entry_handle = handle",
        lambda m: (HANDLE,),
    ),
    Case(
        "epmapper",
        "epm_LookupHandleFree",
        "out",
        "q.out_entry_handle = handle; q.result = 0",
        lambda m: (HANDLE, 0),
    ),
    # drsuapi
    Case(
        "drsuapi",
        "DsUnbind",
        "in",
        "q.in_bind_handle = handle",
        lambda m: (HANDLE,),
    ),
    Case(
        "drsuapi",
        "DsCrackNames",
        "in",
        "q.in_bind_handle = handle; q.in_level = 1\n"
        "q.in_req = made(drsuapi.DsNameRequest1, codepage=1252, language=1033,"
        " format_flags=0, format_offered=1, format_desired=6, count=1,"
        " names=[made(drsuapi.DsNameString, str='dc')])",
        lambda m: (
            HANDLE,
            1,
            m.drsuapi_DsNameRequest1(
                1252, 1033, 0, 1, 6, 1, [m.drsuapi_DsNameString("dc")]
            ),
        ),
    ),
    Case(
        "drsuapi",
        "DsCrackNames",
        "out",
        "q.out_level_out = 1; q.result = 0\n"
        "q.out_ctr = made(drsuapi.DsNameCtr1, count=1, array=[made("
        "drsuapi.DsNameInfo1, status=0, dns_domain_name='d', result_name='r')])",
        lambda m: (
            1,
            m.drsuapi_DsNameCtr1(1, [m.drsuapi_DsNameInfo1(0, "d", "r")]),
            0,
        ),
    ),
    # netlogon
    Case(
        "netlogon",
        "netr_ServerReqChallenge",
        "in",
        "q.in_server_name = 's'; q.in_computer_name = 'client'\n"
        "q.in_credentials = made(netlogon.netr_Credential, data=list(range(8)))",
        lambda m: ("s", "client", m.netr_Credential(bytes(range(8)))),
    ),
    Case(
        "netlogon",
        "netr_ServerAuthenticate3",
        "in",
        "q.in_server_name = None; q.in_account_name = 'acct$'\n"
        "q.in_secure_channel_type = 2; q.in_computer_name = 'c'\n"
        "q.in_credentials = made(netlogon.netr_Credential, data=list(range(8)))\n"
        "q.in_negotiate_flags = 0x612fffff",
        lambda m: (
            None,
            "acct$",
            2,
            "c",
            m.netr_Credential(bytes(range(8))),
            0x612FFFFF,
        ),
    ),
    Case(
        "netlogon",
        "netr_ServerAuthenticate3",
        "out",
        "q.out_return_credentials = made(netlogon.netr_Credential,"
        " data=list(range(8)))\n"
        "q.out_negotiate_flags = 0x4000; q.out_rid = 1001; q.result = 0",
        lambda m: (m.netr_Credential(bytes(range(8))), 0x4000, 1001, 0),
    ),
    Case(
        "netlogon",
        "netr_DsRGetDCName",
        "in",
        "q.in_server_unc = None; q.in_domain_name = 'dom'\n"
        "q.in_domain_guid = misc.GUID('11223344-5566-7788-99aa-bbccddeeff00')\n"
        "q.in_site_guid = None; q.in_flags = 0x40000000",
        lambda m: (None, "dom", SOME, None, 0x40000000),
    ),
    Case(
        "netlogon",
        "netr_GetDcName",
        "out",
        "q.out_dcname = '\\\\\\\\dc'; q.result = 0",
        lambda m: ("\\\\dc", 0),
    ),
    # echo
    Case("echo", "AddOne", "in", "q.in_in_data = 41", lambda m: (41,)),
    Case("echo", "AddOne", "out", "q.out_out_data = 42", lambda m: (42,)),
    Case(
        "echo",
        "TestCall",
        "in",
        "q.in_s1 = 'text'",
        lambda m: ("text",),
    ),
    Case(
        "echo",
        "TestCall2",
        "out",
        "q.in_level = 5; q.result = 0\n"
        "q.out_info = made(echo.info5, v1=1, v2=0x1122334455667788)",
        lambda m: (m.echo_info5(1, 0x1122334455667788), 0),
    ),
    Case(
        "echo",
        "TestCall2",
        "out",
        "q.in_level = 7; q.result = 0\n"
        "q.out_info = made(echo.info7, v1=1, info4=made(echo.info4, v=2))",
        lambda m: (m.echo_info7(1, m.echo_info4(2)), 0),
    ),
    Case(
        "echo",
        "TestEnum",
        "in",
        "q.in_foo1 = 2; q.in_foo2 = made(echo.Enum2, e1=1, e2=2)\n"
        "q.in_foo3 = made(echo.Enum2, e1=2, e2=1)",
        lambda m: (2, m.echo_Enum2(1, 2), m.echo_Enum2(2, 1)),
    ),
    Case(
        "echo",
        "TestSurrounding",
        "in",
        "q.in_data = made(echo.Surrounding, x=2, surrounding=[1, 2])",
        lambda m: (m.echo_Surrounding(2, [1, 2]),),
    ),
    Case(
        "echo",
        "TestSleep",
        "in",
        "q.in_seconds = 2",
        lambda m: (2,),
    ),
    # wkssvc, atsvc
    Case(
        "wkssvc",
        "NetWkstaGetInfo",
        "out",
        "q.in_level = 100; q.result = 0\n"
        "q.out_info = made(wkssvc.NetWkstaInfo100, platform_id=500,"
        " server_name='s', domain_name='d', version_major=10, version_minor=0)",
        lambda m: (m.wkssvc_NetWkstaInfo100(500, "s", "d", 10, 0), 0),
    ),
    Case(
        "atsvc",
        "JobAdd",
        "in",
        "q.in_servername = 's'\nq.in_job_info = made(atsvc.JobInfo, job_time=1,"
        " days_of_month=0x80000000, days_of_week=0x7f, flags=1, command='cmd')",
        lambda m: ("s", m.atsvc_JobInfo(1, 0x80000000, 0x7F, 1, "cmd")),
    ),
]


@cache
def compiled(name: str) -> ModuleType:
    folder = corpus_path("samba/librpc/idl")
    return midlpy.load(folder / f"{name}.idl", includes=(folder,), naming="idl")


def interface_of(module: ModuleType, name: str) -> rpc.Interface:
    found = [each for each in vars(module).values() if isinstance(each, rpc.Interface)]
    return next(each for each in found if any(o.name == name for o in each.operations))


def operation_of(case: Case) -> Any:
    module = compiled(case.module)
    for name in (f"{case.module}_{case.operation}", case.operation):
        try:
            return interface_of(module, name)[name]
        except StopIteration:
            pass
    raise AssertionError(f"{case.module} has no operation {case.operation}")


def masked(octets: bytes) -> str:
    """*octets* in hex with one referent id for all: which a sender takes is its own."""
    words = [octets[at : at + 4] for at in range(0, len(octets), 4)]
    return b"".join(
        b"\0\0\2\0" if word[2:] == b"\2\0" and word[0] % 4 == 0 else word
        for word in words
    ).hex(" ", 4)


@pytest.mark.parametrize("syntax", [ndr.NDR, ndr.NDR64], ids=str)
@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.module}-{case.operation}-{case.direction}"
)
def test_octets_are_those_of_samba(
    case: Case, syntax: ndr.Syntax, samba: Samba
) -> None:
    request = {
        "module": case.module,
        "operation": case.operation,
        "direction": case.direction,
        "code": case.code,
        "ndr64": syntax is ndr.NDR64,
    }
    expected = bytes.fromhex(samba(request))
    operation = operation_of(case)
    values = case.values(compiled(case.module))
    if case.direction == "in":
        write, read = operation.encode_request, operation.decode_request
    else:
        given = {"arguments": case.arguments}
        write = partial(operation.encode_response, **given)
        read = partial(operation.decode_response, **given)
    made = write(*values, syntax=syntax)
    assert masked(made) == masked(expected)
    assert write(*read(expected, syntax=syntax), syntax=syntax) == made
