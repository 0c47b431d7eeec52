"""The stub data of one operation in one transfer syntax and byte order."""

from __future__ import annotations

from collections.abc import Sequence

from midlpy.runtime.ndr import ByteOrder, Syntax
from midlpy.runtime.ndr.buffers import Buffer
from midlpy.runtime.ndr.coding import source_of_coder
from midlpy.runtime.ndr.parameters import Codecs, Coder, Parameters


class Stub:
    """The stub data of one operation in one transfer syntax and byte order."""

    __slots__ = ("_counts", "_request", "_response", "byte_order", "syntax")

    def __init__(
        self,
        name: str,
        method: str,
        request: Codecs,
        outcome: Codecs,
        syntax: Syntax,
        byte_order: ByteOrder,
        *,
        counts: Sequence[str] = (),
        pipes_come_first: bool,
    ) -> None:
        self.syntax = syntax
        self.byte_order: ByteOrder = byte_order
        self._request = Coder(
            Parameters(f"{name} request", request),
            syntax,
            byte_order,
            where=method,
            where_read=f"{name} request",
        )
        response = Parameters(f"{name} response", outcome, tuple(request))
        named = response.named_arguments()
        self._counts = [
            index
            for index, argument in enumerate(request)
            if argument in named and argument in counts
        ]
        self._response = Coder(
            response,
            syntax,
            byte_order,
            where=f"{method} result",
            where_read=f"{name} response",
            is_first=not pipes_come_first,
        )

    def write_request(self, values: Sequence[object]) -> tuple[list[Buffer], int]:
        """[in] parameters in IDL order as buffers, and their octets in all.

        Raises:
            MarshalError: a value does not fit.
        """
        return self._request.write(values)

    def read_request(
        self, stub: bytes, complete: bool = True
    ) -> tuple[list[object], int]:
        """The [in] parameters, and the offset behind them.

        Unless *complete*, more octets may come: ``StubDataTruncated`` says that they are
        needed, any other error that they cannot help.

        Raises:
            UnmarshalError: the octets do not fit.
        """
        del complete  # truncated is truncated; only the caller can do something about it
        return self._request.read(stub)

    def write_response(
        self,
        results: Sequence[object],
        offset: int = 0,
        arguments: Sequence[object] | None = None,
    ) -> tuple[list[Buffer], int]:
        """Results as buffers, and their octets in all.

        *offset* is how much of the stub data went before, in pipes. *arguments* are the
        values of the request, which counts and discriminants of results may name.

        Raises:
            MarshalError: a value does not fit.
        """
        parts, end = self._response.write(results, offset, arguments)
        return parts, end - offset

    def read_response(
        self,
        stub: bytes,
        offset: int = 0,
        arguments: Sequence[object] | None = None,
    ) -> list[object]:
        """The results. *stub* begins at *offset* of the stub data, behind the pipes.

        Raises:
            UnmarshalError: the octets do not fit.
        """
        if arguments is not None and not all(arguments[n] for n in self._counts):
            # A count left to the data is zero here, though not on the wire.
            arguments = None
        # Alignment counts from the start of the stub data, and repeats every 8 octets.
        before = offset % 8
        if before:
            stub = bytes(before) + stub
        return self._response.read(stub, before, arguments)[0]

    def source(self) -> str:
        """What is generated for the operation, as text."""
        return "\n\n".join(
            source_of_coder(coder, self.syntax, self.byte_order)
            for coder in (self._request, self._response)
        )
