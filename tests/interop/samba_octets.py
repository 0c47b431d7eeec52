"""Packs requests and responses by python3-samba; run by the interpreter it belongs to.

One line of JSON in, one out: ``{"module", "operation", "code", "direction", "ndr64"}`` to
the octets in hex, or to the error. *code* fills ``q``, the operation of Samba's.
"""

import json
import sys

from samba.dcerpc import (
    atsvc,
    dnsserver,
    drsuapi,
    echo,
    epmapper,
    lsa,
    mgmt,
    misc,
    netlogon,
    samr,
    security,
    srvsvc,
    svcctl,
    winreg,
    wkssvc,
)
from samba.ndr import ndr_pack_in, ndr_pack_out

MODULES = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        atsvc,
        drsuapi,
        dnsserver,
        echo,
        epmapper,
        lsa,
        mgmt,
        misc,
        netlogon,
        samr,
        security,
        srvsvc,
        svcctl,
        winreg,
        wkssvc,
    )
}


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


def answer(request):
    names = dict(MODULES, handle=handle(), made=made)
    names["q"] = getattr(MODULES[request["module"]], request["operation"])()
    exec(request["code"], names)
    pack = ndr_pack_in if request["direction"] == "in" else ndr_pack_out
    return pack(names["q"], ndr64=request["ndr64"]).hex()


for line in sys.stdin:
    try:
        reply = {"octets": answer(json.loads(line))}
    except Exception as error:
        reply = {"error": repr(error)}
    print(json.dumps(reply), flush=True)
