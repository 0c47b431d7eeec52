"""Operations that are refused by name: what the module says, and what a peer hears."""

from __future__ import annotations

import pickle
from types import ModuleType

import pytest

from midlpy.codegen.present import Options, present
from midlpy.codegen.render import render
from midlpy.layout.lower import lower
from midlpy.runtime import rpc
from midlpy.semantic import ir
from tests.support.models import interface, model, operation, parameter
from tests.support.running import run

LONG = ir.Base(ir.BaseKind.INT32)
REASON = "'blob': [relative] offsets cannot be expressed"
TEXT = 'long GetBlob([in] BLOB *blob); // "C:\\temp"'


def source() -> str:
    double = operation("Double", 1, parameter("x", LONG), returns=LONG)
    refused = operation("GetBlob", 0, refusal=REASON, text=TEXT)
    return render(
        present(lower(model(interfaces=(interface("I", refused, double),))), Options())
    )


@pytest.fixture(scope="module")
def module() -> ModuleType:
    made = ModuleType("refused")
    exec(source(), made.__dict__)
    return made


def test_the_interface_tells_what_it_refuses(module: ModuleType) -> None:
    assert module.I.refused == (rpc.Refusal(0, "GetBlob", REASON),)
    assert module.I["Double"].refused is None


def test_a_refused_operation_keeps_its_number(module: ModuleType) -> None:
    assert [(o.opnum, o.name) for o in module.I.operations] == [
        (0, "GetBlob"),
        (1, "Double"),
    ]


def test_its_method_raises_whatever_it_is_given(module: ModuleType) -> None:
    client = module.IClient.__new__(module.IClient)
    with pytest.raises(rpc.OperationNotSupported) as caught:
        client.get_blob(1, flags=2)
    error = caught.value
    assert (error.name, error.opnum, error.reason) == ("GetBlob", 0, REASON)
    assert str(error) == f"GetBlob (opnum 0) is not supported: {REASON}"
    assert error.status == 1764
    assert isinstance(error, rpc.RpcError)
    assert isinstance(error, NotImplementedError)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_it_has_no_octets(module: ModuleType) -> None:
    refused = module.I["GetBlob"]
    for attempt in (
        lambda: refused.encode_request(1),
        lambda: refused.decode_request(b""),
        lambda: refused.encode_response(1),
        lambda: refused.decode_response(b""),
    ):
        with pytest.raises(rpc.OperationNotSupported):
            attempt()


def test_a_server_answers_that_there_is_no_such_operation(module: ModuleType) -> None:
    class Doubles(module.IServer):  # type: ignore[misc, name-defined]
        async def double(self, call: rpc.ServerCall, x: int) -> int:
            return 2 * x

    # What a peer declares that can express the operation.
    plain = operation("GetBlob", 0, parameter("x", LONG), returns=LONG)
    double = operation("Double", 1, parameter("x", LONG), returns=LONG)
    text = render(
        present(lower(model(interfaces=(interface("I", plain, double),))), Options())
    )
    peer = ModuleType("peer")
    exec(text, peer.__dict__)

    async def main() -> None:
        async with rpc.memory_pair(Doubles(), peer.IClient) as client:
            with pytest.raises(rpc.RpcFault) as caught:
                await client.get_blob(1)
            assert caught.value.name == "nca_s_op_rng_error"
            assert await client.double(21) == 42

    run(main())


def test_its_docstring_says_why_and_shows_the_idl(module: ModuleType) -> None:
    text = module.IClient.get_blob.__doc__
    assert text.startswith("GetBlob, opnum 0, is not supported.")
    assert REASON in " ".join(text.split())
    assert "long GetBlob(" in text
