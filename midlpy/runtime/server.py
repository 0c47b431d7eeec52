"""What generated servers inherit, and how an instance becomes a table of managers."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable, Iterator
from typing import ClassVar, TypeGuard

from midlpy.runtime.association.negotiation import Offer
from midlpy.runtime.interface import Interface
from midlpy.runtime.pdu.types import SyntaxId
from midlpy.runtime.server_call import ServerCall
from midlpy.runtime.server_connection import Entry, Service


class Server(ABC):
    """The base of generated servers; ``serve`` takes instances.

    It has no public names of its own, so every public attribute is an operation. A class
    may inherit from several generated servers and then serves all their interfaces.
    """

    _interface: ClassVar[Interface]

    def __init_subclass__(
        cls, *, interface: Interface | None = None, **options: object
    ) -> None:
        super().__init_subclass__(**options)
        if interface is not None:
            cls._interface = interface


def interfaces_of(server: Server) -> list[Interface]:
    """The interfaces that *server* implements."""
    found = (vars(cls).get("_interface") for cls in type(server).__mro__)
    return [interface for interface in found if isinstance(interface, Interface)]


def offers_of(servers: Iterable[Server]) -> list[Offer[Service]]:
    """What a listener offers for *servers*.

    Raises:
        ValueError: two implement the same interface, or one implements none.
        TypeError: one is no server, or a class of them.
    """
    offers: dict[SyntaxId, Offer[Service]] = {}
    for server in servers:
        if not _is_server(server):
            raise TypeError(
                f"serve takes instances of generated servers, not {server!r}"
            )
        interfaces = interfaces_of(server)
        if not interfaces:
            raise ValueError(f"{type(server).__name__} implements no interface")
        for interface in interfaces:
            abstract = SyntaxId(interface.uuid, *interface.version)
            if abstract in offers:
                raise ValueError(
                    f"two servers implement {interface.name}; one of them would never "
                    "be called"
                )
            service = _service(server, interface)
            offers[abstract] = Offer(abstract, service, *_transfers(interface))
    return list(offers.values())


def _is_server(value: object) -> TypeGuard[Server]:
    return isinstance(value, Server)


def _transfers(interface: Interface) -> Iterator[tuple[SyntaxId, ...]]:
    """The transfer syntaxes to accept, if the interface was compiled for some."""
    if interface.syntaxes is not None:
        yield tuple(SyntaxId(each.uuid, *each.version) for each in interface.syntaxes)


def _service(server: Server, interface: Interface) -> Service:
    entries: dict[int, Entry] = {
        operation.opnum: Entry(
            operation,
            getattr(server, operation.method),
            getattr(server, operation.notice) if operation.notice else None,
        )
        for operation in interface.operations
        if operation.method is not None
    }
    size = max(entries, default=-1) + 1
    return Service(interface, tuple(entries.get(opnum) for opnum in range(size)))


__all__ = ["Server", "ServerCall", "interfaces_of", "offers_of"]
