"""Packs requests and responses by python3-samba; run by the interpreter it belongs to.

One line of JSON in, one out. ``{"module", "operation", "code", "direction", "ndr64"}`` gives
the octets in hex, or the error; *code* fills ``q``, the operation of Samba's. With
``"request"`` in the place of *code*, octets that are not Samba's are unpacked and packed
again; those of *response* too, if there are any. Without an operation it gives their names.
"""

import importlib
import json
import sys

from samba.dcerpc import misc
from samba.ndr import ndr_pack_in, ndr_pack_out, ndr_unpack_in, ndr_unpack_out


def module(name):
    return importlib.import_module("samba.dcerpc." + name)


NAMES = "drsuapi echo lsa misc netlogon samr security srvsvc svcctl winreg wkssvc atsvc"


def handle():
    made = misc.policy_handle()
    made.handle_type = 7
    made.uuid = misc.GUID("01234567-89ab-cdef-0123-456789abcdef")
    return made


def made(cls, **fields):
    value = cls()
    for name, field in fields.items():
        setattr(value, name, field)
    return value


def packed(request):
    names = {name: module(name) for name in NAMES.split()}
    names.update(handle=handle(), made=made)
    names["q"] = getattr(module(request["module"]), request["operation"])()
    exec(request["code"], names)
    pack = ndr_pack_in if request["direction"] == "in" else ndr_pack_out
    return pack(names["q"], ndr64=request["ndr64"]).hex()


def packed_again(request):
    q = getattr(module(request["module"]), request["operation"])()
    how = {"ndr64": request["ndr64"], "bigendian": request["byte_order"] == "big"}
    ndr_unpack_in(q, bytes.fromhex(request["request"]), **how)
    if request["response"] is None:
        return ndr_pack_in(q, **how).hex()
    ndr_unpack_out(q, bytes.fromhex(request["response"]), **how)
    return ndr_pack_out(q, **how).hex()


def operations(request):
    members = vars(module(request["module"]))
    return [n for n, each in members.items() if hasattr(each, "__ndr_pack_in__")]


def answer(request):
    if "operation" not in request:
        return operations(request)
    return packed_again(request) if "request" in request else packed(request)


for line in sys.stdin:
    try:
        reply = {"answer": answer(json.loads(line))}
    except Exception as error:
        reply = {"error": repr(error)}
    print(json.dumps(reply), flush=True)
