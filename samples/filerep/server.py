"""Serves the files of one folder through asynchronous pipes."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import time
from io import BufferedIOBase
from pathlib import Path

from midlpy.runtime import rpc, serve

from filerep import (
    ERROR_ACCESS_DENIED,
    ERROR_FILE_NOT_FOUND,
    ERROR_INVALID_NAME,
    ERROR_SUCCESS,
    CloseFileResult,
    FileEntry,
    FileHandle,
    FileList,
    FileMode,
    FileRepServer,
    ListFilesResult,
    OpenFileResult,
    StoreFileResult,
)

BLOCK_OCTETS = 256 * 1024


class Folder(FileRepServer):
    """The files of *folder*; *rate* limits what it takes, in octets a second."""

    def __init__(self, folder: Path, rate: float | None = None) -> None:
        self._folder = folder
        self._rate = rate

    async def open_file(
        self, call: rpc.ServerCall, name: str, mode: FileMode
    ) -> OpenFileResult:
        null = FileHandle(rpc.NULL_CONTEXT)
        if not name or Path(name).name != name:
            return OpenFileResult(null, ERROR_INVALID_NAME)
        path = self._folder / name
        try:
            replace = mode is FileMode.MODE_REPLACE
            file = path.open("wb") if replace else path.open("rb")
        except FileNotFoundError:
            return OpenFileResult(null, ERROR_FILE_NOT_FOUND)
        except OSError:
            return OpenFileResult(null, ERROR_ACCESS_DENIED)
        # The file is closed when the client closes it, or when the client is gone.
        handle = call.new_context(file, on_rundown=BufferedIOBase.close)
        return OpenFileResult(FileHandle(handle), ERROR_SUCCESS)

    async def store_file(
        self, call: rpc.ServerCall, file: FileHandle, data: rpc.Receiver[bytes]
    ) -> StoreFileResult:
        target = self._file(call, file)
        started = time.monotonic()
        async for chunk in data:
            target.write(chunk)
            if self._rate:
                ahead = data.count / self._rate - (time.monotonic() - started)
                await asyncio.sleep(max(0.0, ahead))
        target.flush()
        return StoreFileResult(target.tell(), ERROR_SUCCESS)

    async def fetch_file(
        self,
        call: rpc.ServerCall,
        file: FileHandle,
        offset: int,
        data: rpc.Sender[bytes],
    ) -> int:
        source = self._file(call, file)
        source.seek(offset)
        async with data:  # ends the pipe, unless the body raises
            while block := source.read(BLOCK_OCTETS):
                await data.push(block)  # waits while the client lags
        return ERROR_SUCCESS

    async def close_file(
        self, call: rpc.ServerCall, file: FileHandle
    ) -> CloseFileResult:
        self._file(call, file).close()
        call.close_context(file)
        return CloseFileResult(FileHandle(rpc.NULL_CONTEXT), ERROR_SUCCESS)

    async def list_files(self, call: rpc.ServerCall) -> ListFilesResult:
        entries = [
            FileEntry(name=path.name, size=path.stat().st_size)
            for path in sorted(self._folder.iterdir())
            if path.is_file()
        ]
        return ListFilesResult(FileList(entries=entries), ERROR_SUCCESS)

    def _file(self, call: rpc.ServerCall, handle: FileHandle) -> BufferedIOBase:
        file = call.context(handle)
        assert isinstance(file, BufferedIOBase)
        return file


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--at", default="ncacn_ip_tcp:127.0.0.1[0]", metavar="BINDING")
    parser.add_argument(
        "--rate", type=float, metavar="OCTETS", help="a second, at most"
    )
    options = parser.parse_args()
    async with serve(Folder(options.folder, options.rate), at=options.at) as listener:
        print(listener.binding, flush=True)
        await listener.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
