"""String bindings, as they are read and printed."""

from __future__ import annotations

from uuid import UUID

import pytest

from midlpy.runtime.binding import Binding

OBJECT = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")

# Text in canonical form, and what it means: both ways.
CANONICAL = [
    ("ncacn_ip_tcp:", Binding("ncacn_ip_tcp")),
    ("ncacn_ip_tcp:server", Binding("ncacn_ip_tcp", "server")),
    ("ncacn_ip_tcp:server[49664]", Binding("ncacn_ip_tcp", "server", "49664")),
    ("ncacn_ip_tcp:::1[135]", Binding("ncacn_ip_tcp", "::1", "135")),
    ("ncacn_ip_tcp:fe80::1%eth0[0]", Binding("ncacn_ip_tcp", "fe80::1%eth0", "0")),
    (
        r"ncacn_np:server[\pipe\lsarpc]",
        Binding("ncacn_np", "server", r"\pipe\lsarpc"),
    ),
    ("ncalrpc:[epmapper]", Binding("ncalrpc", "", "epmapper")),
    ("memory:[a]", Binding("memory", "", "a")),
    (
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8@ncacn_ip_tcp:10.0.0.1[135]",
        Binding("ncacn_ip_tcp", "10.0.0.1", "135", object_uuid=OBJECT),
    ),
    (
        r"ncacn_np:s[\pipe\x,Security=Identification Dynamic True]",
        Binding(
            "ncacn_np",
            "s",
            r"\pipe\x",
            (("Security", "Identification Dynamic True"),),
        ),
    ),
    (
        "ncacn_http:s[593,RpcProxy=proxy:80,HttpProxy=a=b]",
        Binding(
            "ncacn_http", "s", "593", (("RpcProxy", "proxy:80"), ("HttpProxy", "a=b"))
        ),
    ),
    (
        "ncacn_ip_tcp:s[135,seal,ntlm]",
        Binding("ncacn_ip_tcp", "s", "135", (("seal", None), ("ntlm", None))),
    ),
    ("ncacn_ip_tcp:s[,seal]", Binding("ncacn_ip_tcp", "s", "", (("seal", None),))),
    (
        "ncacn_ip_tcp:s[RpcProxy=p]",
        Binding("ncacn_ip_tcp", "s", "", (("RpcProxy", "p"),)),
    ),
    (r"ncalrpc:[a\,b\]\=c]", Binding("ncalrpc", "", "a,b]=c")),
    (r"ncalrpc:[a\\]", Binding("ncalrpc", "", "a\\")),
    (r"ncalrpc:[a\\\b]", Binding("ncalrpc", "", r"a\\b")),
]

# Other spellings of the same.
LENIENT = [
    (r"ncacn_np:s[\\pipe\\x]", r"ncacn_np:s[\pipe\x]"),
    (r"ncacn_np:\\s[\pipe\x]", r"ncacn_np:s[\pipe\x]"),
    (r"ncacn_np:\\\\s[\pipe\x]", r"ncacn_np:s[\pipe\x]"),
    ("ncacn_ip_tcp:s[endpoint=135]", "ncacn_ip_tcp:s[135]"),
    ("ncacn_ip_tcp:s[Endpoint=135,sign]", "ncacn_ip_tcp:s[135,sign]"),
    ("ncacn_ip_tcp:s[A=b,endpoint=135]", "ncacn_ip_tcp:s[135,A=b]"),
    ("NCACN_IP_TCP:Server[135]", "ncacn_ip_tcp:Server[135]"),
    ("ncacn_ip_tcp:s[]", "ncacn_ip_tcp:s"),
    (
        "6BA7B810-9DAD-11D1-80B4-00C04FD430C8@ncalrpc:",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8@ncalrpc:",
    ),
]

WRONG = [
    ("", "it has no protocol sequence"),
    ("server[135]", "it has no protocol sequence; write it as in"),
    (":server", "'' is no protocol sequence"),
    ("tcp/ip:server", "'tcp/ip' is no protocol sequence"),
    ("x@ncalrpc:", "'x' before '@' is no UUID"),
    ("{6ba7b810-9dad-11d1-80b4-00c04fd430c8}@ncalrpc:", "is no UUID"),
    ("ncacn_ip_tcp:s[135", "'[' is not closed"),
    ("ncacn_ip_tcp:s135]", "']' closes nothing"),
    ("ncacn_ip_tcp:s[135]x", "'x' stands behind ']'"),
    ("ncacn_ip_tcp:[::1][135]", "an IPv6 address is written without brackets"),
    ("ncacn_ip_tcp:s[a[b]", "'[' stands inside brackets"),
    ("ncacn_ip_tcp:s[65536]", "port 65536 is outside 0..65535"),
    ("ncacn_ip_tcp:s[-1]", "the endpoint '-1' is no port number"),
    ("ncacn_ip_tcp:s[\u0661]", "is no port number"),
    ("ncacn_ip_tcp:s[135,]", "nothing stands behind the last ','"),
    ("ncacn_ip_tcp:s[135,=x]", "an option has no name"),
    ("ncacn_ip_tcp:s[135,,sign]", "an option has no name"),
    ("ncacn_ip_tcp:s[135,endpoint=136]", "the endpoint is given twice"),
    ("ncacn_ip_tcp:s[135,Sign,sign]", "the option 'sign' is given twice"),
]


@pytest.mark.parametrize(("text", "binding"), CANONICAL)
def test_canonical_text_is_read(text: str, binding: Binding) -> None:
    assert Binding.parse(text) == binding


@pytest.mark.parametrize(("text", "binding"), CANONICAL)
def test_binding_is_printed_canonically(text: str, binding: Binding) -> None:
    assert str(binding) == text


@pytest.mark.parametrize(("text", "canonical"), LENIENT)
def test_other_spellings_mean_the_same(text: str, canonical: str) -> None:
    assert str(Binding.parse(text)) == canonical


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_what_is_no_binding_says_why(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="string binding ") as caught:
        Binding.parse(text)
    assert repr(text) in str(caught.value)
    assert message in str(caught.value)


def test_options_are_found_whatever_their_case() -> None:
    binding = Binding.parse("ncacn_http:s[593,RpcProxy=p,seal]")
    assert binding.option("rpcproxy") == "p"
    assert binding.option("SEAL") == ""
    assert binding.option("sign") is None


def test_parts_that_do_not_fit_are_refused_without_text_too() -> None:
    with pytest.raises(ValueError, match="is no port number"):
        Binding("ncacn_ip_tcp", "s", "epmapper")
