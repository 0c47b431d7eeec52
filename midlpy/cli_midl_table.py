"""The switches of midl and widl, and what becomes of each: a table and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Treatment: TypeAlias = Literal["same", "mapped", "quiet", "note", "refused"]

# How a value may be joined to the name of its switch.
_ANY: Final = r".+"
_MACRO: Final = r"[A-Za-z_]\w*(?:=.*)?"
_NUMBER: Final = r"[:=]?\d+"
_TARGET: Final = r"dos|win16|win32|win64|x64|amd64|ia64|arm32|arm64"


@dataclass(frozen=True, slots=True)
class Switch:
    """Switches that are treated alike.

    *values* is how many words follow, *joined* what of them may be joined to the name.
    *native* are the words of ``midlpy compile`` it comes to, ``{}`` its value; when it
    takes a way of its own there, *way* says which. *meaning* is for people: what it does
    here, or why nothing.
    """

    names: tuple[str, ...]
    values: int
    treatment: Treatment
    meaning: str
    native: tuple[str, ...] = ()
    way: str = ""
    joined: str = ""


def _row(
    names: str, values: int, treatment: Treatment, meaning: str, *native: str
) -> Switch:
    return Switch(tuple(names.split()), values, treatment, meaning, native)


def _own(names: str, values: int, way: str, meaning: str, joined: str = "") -> Switch:
    return Switch(tuple(names.split()), values, "same", meaning, (), way, joined)


_C: Final = "about C: there are no C stubs"
_RUNTIME: Final = "Windows Runtime IDL is not supported; RPC and COM IDL is"
_GONE: Final = "gone from midl as well"

SWITCHES: Final = (
    _own("I", 1, "folders", "look there for files; several between ';'", _ANY),
    Switch(("D",), 1, "same", "define a macro", ("-D", "{}"), joined=_MACRO),
    Switch(("U",), 1, "same", "forget a macro", ("-U", "{}"), joined=_MACRO),
    _own("no_def_idir", 0, "only-folders", "look along /I only, not along INCLUDE"),
    _row("acf", 1, "same", "the attribute configuration file", "--acf", "{}"),
    _row("out", 1, "same", "the folder of the modules", "--out-dir", "{}"),
    _own("o", 1, "log", "write messages there"),
    _own("client", 1, "client", "stub, or none: no client classes"),
    _own("server", 1, "server", "stub, or none: no server classes"),
    _own("prefix", 0, "prefix", "pairs: client, server or all, and how methods begin"),
    _row(
        "prefix-client", 1, "same", "how client methods begin", "--prefix-client", "{}"
    ),
    _row(
        "prefix-server", 1, "same", "how server methods begin", "--prefix-server", "{}"
    ),
    _row(
        *("prefix-all", 1, "same", "how methods begin"),
        *("--prefix-client", "{}", "--prefix-server", "{}"),
    ),
    _row("app_config", 0, "same", "attributes of an ACF in the IDL", "--app-config"),
    _own("osf", 0, "osf", "keep to what DCE knows"),
    _row("ms_union", 0, "same", "every union is [ms_union]", "--ms-union"),
    _row("protocol", 1, "same", "dce, ndr64 or all", "--protocol", "{}"),
    _own("cpp_cmd", 1, "cpp-command", "run this preprocessor"),
    _own("cpp_opt", 1, "cpp-options", "with these options, and none of /I /D /U", _ANY),
    _row("no_cpp nocpp N", 0, "same", "do not preprocess", "--no-cpp"),
    _row("savePP", 0, "same", "keep the preprocessed text", "--save-preprocessed"),
    _row("E", 0, "same", "print the preprocessed text", "-E"),
    _own("syntax_check Zs", 0, "check", "look for mistakes only"),
    Switch(
        ("W", "warn"), 1, "same", "warning level, 0 to 4", ("-W", "{}"), joined="[0-4]"
    ),
    _row("no_warn", 0, "same", "no warnings", "-W", "0"),
    _row("WX", 0, "same", "warnings are errors", "--werror"),
    _own("confirm", 0, "confirm", "print the command of midlpy that this is"),
    _own("help ?", 0, "help", "print this table"),
    _row("output", 1, "mapped", "the name of the module", "--module-name", "{}"),
    _own("c", 0, "only-client", "client classes only"),
    _own("s", 0, "only-server", "server classes only"),
    _own("V", 0, "version", "print the version"),
    _row("oldnames", 0, "quiet", "names of interfaces never have a version here"),
    _row("ms_ext", 0, "quiet", "always so"),
    _row(
        "c_ext robust no_robust nologo use_epv no_default_epv", 0, "quiet", "always so"
    ),
    _row("error", 1, "quiet", "checks at run time are always on"),
    _row(
        *("cstub sstub h header proxy iid dlldata tlb local-stubs", 1),
        *("quiet", f"a file name {_C}"),
    ),
    Switch(("env",), 1, "quiet", f"a target {_C}", joined=_TARGET),
    _row(
        *("win16 win32 win64 x64 amd64 ia64 arm32 arm64 m32 m64", 0, "quiet"),
        f"a target {_C}",
    ),
    _row("char", 1, "quiet", "about C: char and small are what the IDL says"),
    Switch(("align", "pack", "Zp"), 1, "quiet", _C, joined=_NUMBER),
    _row("msc_ver version_stamp lcid sysroot b d L", 1, "quiet", _C),
    Switch(("O",), 0, "quiet", "one way of stubs", joined="[a-z0-9]+"),
    _row("no_format_opt", 0, "quiet", "one way of stubs"),
    _row("rpcss sal sal_local cstruct_out define_guids", 0, "quiet", _C),
    _row("newtlb oldtlb notlb p t u r dlldata-only nostdinc", 0, "quiet", _C),
    _row("target", 1, "note", "whatever system it is for, the IDL is taken"),
    _row("backward_compat", 1, "note", "counts of null pointers are taken as they are"),
    _row("mktyplib203", 0, "refused", "the language of mktyplib is not supported"),
    _row("winrt winmd nomd nomidl enum_class", 0, "refused", _RUNTIME),
    _row("metadata_dir ns_prefix", 1, "refused", _RUNTIME),
    _row("import caux saux new old", 0, "refused", _GONE),
)

TABLE: Final = {name: switch for switch in SWITCHES for name in switch.names}
