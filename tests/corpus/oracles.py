"""Other implementations that read IDL, asked what a file declares.

Each is a program or a package of its own, none shares code with the compiler. A test that
asks one that is not installed is skipped, and says so with the words ``oracle absent``.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest

from tests.corpus.inventory import Interface, Operation
from tests.corpus.sets import CorpusFile
from tests.support.corpus import find_in_corpus, find_widl

# widl: Wine's compiler, which writes C


# What its makers build mingw-w64's files with; there the name is defined by no IDL file.
_WIDL_DEFINES: Final = {"mingw-w64": ["-DBOOL=WINBOOL"]}


def widl(file: CorpusFile, header: Path, *, has_client: bool = False) -> str:
    """What widl says against the file, its last error; empty when it takes it.

    It writes *header* in that case, with *has_client* a client beside it, and may write
    other files there. What a set lacks comes from
    where it was fetched to, not from what the machine has.
    """
    path = file.path
    if file.set_name == "published":
        path = _without_reserved(path, header.parent)
    folders = [*file.set.options.includes, path.parent, *_widl_includes(file)]
    options = list(_WIDL_DEFINES.get(file.set_name, ()))
    if has_client:
        options += ["-c", "-C", str(header.with_suffix(".c"))]
    return ask_widl(path, header, folders, options)


def ask_widl(
    path: Path, header: Path, folders: Sequence[Path], options: Sequence[str] = ()
) -> str:
    """What widl says against the file at *path*, its last error; empty when it takes it.

    It looks for other files in *folders* alone, and may leave files beside *header*.
    """
    program = find_widl()
    if program is None or find_in_corpus("headers") is None:
        pytest.skip("oracle absent: widl")
    command = [program, "--nostdinc", "--win64", *options, "-h", "-H", str(header)]
    command += [f"-I{each}" for each in folders]
    ran = subprocess.run(
        [*command, str(path)],
        capture_output=True,
        check=False,
        timeout=60,
        cwd=header.parent,
    )
    if ran.returncode == 0:
        return ""
    said = ran.stderr.decode("latin-1").strip().splitlines()
    errors = [line for line in said if "error" in line]
    return (errors or said or [f"exit status {ran.returncode}"])[-1]


def _widl_includes(file: CorpusFile) -> list[Path]:
    """Where C headers lie, and for files without any of their own Windows' IDL files."""
    names = ["headers/wine"]
    if file.set_name == "mingw-w64":
        names = ["headers/mingw-w64"]
    elif file.set_name == "comtypes":
        names = ["wine/include", "headers/wine"]
    return [found for name in names if (found := find_in_corpus(name))]


_RESERVED: Final = re.compile(rb"typedef[^;{}]*\b(?:wchar_t|error_status_t)\s*;")


def _without_reserved(path: Path, folder: Path) -> Path:
    """A copy of the file in *folder*, with its neighbours.

    They lack what widl stops at before it has read anything: that they declare two names
    which it knows.
    """
    for each in path.parent.glob("*.*"):
        (folder / each.name).write_bytes(_RESERVED.sub(b"", each.read_bytes()))
    return folder / path.name


_INTERFACE: Final = re.compile(
    r"^#ifndef __(\w+)_INTERFACE_DEFINED__\n(.*?)^#endif  /\* __\1_INTERFACE_DEFINED__",
    re.MULTILINE | re.DOTALL,
)
_IFSPEC: Final = re.compile(r"^extern RPC_IF_HANDLE \w+_v(\d+)_(\d+)_c_ifspec;", re.M)
_PROTOTYPE: Final = re.compile(r"^[^\n#]*?(\w+)\(\n((?:    .*\n)+)", re.MULTILINE)

_CLIENT: Final = re.compile(
    r"^static const RPC_CLIENT_INTERFACE (\w+)___RpcClientInterface =\n{\n.*\n"
    r"    {({[^}]*}})",
    re.MULTILINE,
)

_HANDLES: Final = ("handle_t ", "IrotHandle ")  # Wine's is a typedef of the former


def widl_inventory(header: Path) -> list[Interface]:
    """The RPC interfaces of a header that widl wrote, in its order.

    The client beside it has their UUIDs.
    """
    client = header.with_suffix(".c")
    text = client.read_text("latin-1") if client.exists() else ""
    uuids = {match[1]: _uuid(match[2]) for match in _CLIENT.finditer(text)}
    found: list[Interface] = []
    for match in _INTERFACE.finditer(header.read_text("latin-1")):
        spec = _IFSPEC.search(match[2])
        prototypes = _PROTOTYPE.findall(match[2][spec.end() :]) if spec else []
        if spec is None or not prototypes:
            continue
        operations = (
            Operation(opnum, name, _travelling(parameters))
            for opnum, (name, parameters) in enumerate(prototypes)
        )
        version = (int(spec[1]), int(spec[2]))
        uuid = uuids.get(match[1])
        found.append(Interface(match[1], uuid, version, tuple(operations)))
    return found


def _uuid(initializer: str) -> UUID:
    """Out of C: ``{0x367abb81,0x9844,0x35f1,{0xad,...}}``."""
    numbers = re.findall(r"0x([0-9a-f]+)", initializer)
    widths = (8, 4, 4, *[2] * 8)
    return UUID(
        "".join(each.zfill(width) for each, width in zip(numbers, widths, strict=True))
    )


def _travelling(parameters: str) -> tuple[str, ...]:
    """Names out of C parameters, a line each: ``    const char *s,``."""
    names: list[str] = []
    for line in parameters.rstrip().removesuffix(";").removesuffix(")").split(",\n"):
        declared = line.strip()
        if declared != "void" and not declared.startswith(_HANDLES):
            names.append(re.findall(r"\w+", declared.split("[")[0])[-1])
    return tuple(names)


# pidl: Samba's compiler, which is asked for the tree it parses

_TREE: Final = """
print JSON::PP->new->encode(Parse::Pidl::IDL::parse_file($ARGV[0], [@ARGV[1..$#ARGV]]))
"""

# What it would call them by: worked out by the pass behind its parser.
_OPNUMS: Final = """
my $tree = Parse::Pidl::IDL::parse_file($ARGV[0], [@ARGV[1..$#ARGV]]);
Parse::Pidl::Typelist::LoadIdl($tree);
my %found;
for my $interface (@{Parse::Pidl::NDR::Parse($tree)}) {
    $found{$interface->{NAME}} = {map { $_->{NAME}, $_->{OPNUM} } @{$interface->{FUNCTIONS}}};
}
print JSON::PP->new->encode(\\%found);
"""


@cache
def _has_pidl() -> bool:
    library = find_in_corpus("samba/pidl/lib")
    if library is None or shutil.which("perl") is None or shutil.which("cpp") is None:
        return False
    command = ["perl", f"-I{library}", "-MParse::Pidl::IDL", "-MJSON::PP", "-e1"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def pidl(path: Path, includes: Sequence[Path]) -> list[Interface]:
    """The interfaces with operations of a file, as pidl reads and numbers it.

    Four files its second pass stops at; there the order in the text counts.
    """
    tree, opnums = (
        json.loads(_run_pidl(script, path, includes).stdout.decode("latin-1") or "{}")
        for script in (_TREE, _OPNUMS)
    )
    found = [_of_pidl(each, opnums.get(each["NAME"])) for each in tree if _is_rpc(each)]
    return [each for each in found if each.operations]


def is_taken_by_pidl(file: CorpusFile) -> bool:
    """Whether pidl reads the file to its end, and has nothing to say against it.

    After a syntax error it goes on with an empty tree, and with status 0.
    """
    ran = _run_pidl(_TREE, file.path, file.set.options.includes)
    return not ran.returncode and ran.stdout[:1] == b"[" and b"rror" not in ran.stderr


def _run_pidl(
    script: str, path: Path, includes: Sequence[Path]
) -> subprocess.CompletedProcess[bytes]:
    if not _has_pidl():
        pytest.skip("oracle absent: pidl")
    library = find_in_corpus("samba/pidl/lib")
    modules = [f"-MParse::Pidl::{name}" for name in ("IDL", "NDR", "Typelist")]
    command = ["perl", f"-I{library}", *modules, "-MJSON::PP", "-e", script]
    folders = map(str, (path.parent, *includes))
    return subprocess.run(
        [*command, str(path), *folders],
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "CPP": "cpp -w"},
    )


def _is_rpc(declaration: dict[str, Any]) -> bool:
    if declaration["TYPE"] != "INTERFACE" or declaration.get("BASE"):
        return False
    return "object" not in (declaration.get("PROPERTIES") or {})


def _of_pidl(interface: dict[str, Any], opnums: dict[str, int] | None) -> Interface:
    properties = interface.get("PROPERTIES") or {}
    uuid = properties.get("uuid", "").strip('"')
    major, _, minor = str(properties.get("version", "0.0")).partition(".")
    functions = [
        each
        for each in interface.get("DATA") or []
        if each["TYPE"] == "FUNCTION"
        and not (each.get("PROPERTIES") or {}).keys() & {"noopnum", "local"}
    ]
    return Interface(
        interface["NAME"],
        UUID(uuid) if len(uuid) == 36 else None,
        (int(major, 0), int(minor or 0)) if uuid else None,
        tuple(
            Operation(
                place if opnums is None else int(opnums[each["NAME"]]),
                each["NAME"],
                tuple(
                    element["NAME"]
                    for element in each.get("ELEMENTS") or []
                    if element["TYPE"] != "handle_t"
                ),
            )
            for place, each in enumerate(functions)
        ),
    )


# scapy-rpc: interfaces of the Open Specifications, generated; read as text, not run


@cache
def scapy_rpc() -> dict[UUID, Interface]:
    """Its interfaces by UUID; numbers that are not used on the wire are left out."""
    spec = importlib.util.find_spec("msrpcs")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("oracle absent: scapy-rpc")
    found: dict[UUID, Interface] = {}
    for folder in spec.submodule_search_locations:
        for path in sorted(Path(folder).glob("*.py")):
            found |= _of_scapy(ast.parse(path.read_text("utf-8")))
    return found


def _of_scapy(module: ast.Module) -> dict[UUID, Interface]:
    tables: dict[str, tuple[Operation, ...]] = {}
    found: dict[UUID, Interface] = {}
    for statement in module.body:
        match statement:
            case ast.Assign(targets=[ast.Name(name)], value=ast.Dict() as table):
                if name.endswith("_OPNUMS"):
                    tables[name] = tuple(_scapy_operations(table))
            case ast.Expr(ast.Call(ast.Name("register_dcerpc_interface"), [], words)):
                given = {word.arg: ast.unparse(word.value) for word in words}
                uuid = UUID(re.findall(r"[0-9A-Fa-f-]{36}", given["uuid"])[0])
                major, minor = ast.literal_eval(given["version"]).split(".")
                found[uuid] = Interface(
                    ast.literal_eval(given["name"]),
                    uuid,
                    (int(major), int(minor)),
                    tables.get(given["opnums"], ()),
                )
            case _:
                pass
    return found


def _scapy_operations(table: ast.Dict) -> list[Operation]:
    found: list[Operation] = []
    for key, value in zip(table.keys, table.values, strict=True):
        match key, value:
            case ast.Constant(int(opnum)), ast.Call(_, [ast.Name(request), *_]):
                found.append(Operation(opnum, request.removesuffix("_Request"), None))
            case _:
                pass
    return found
