"""The table of attributes: one row each, with its places and what becomes of it.

Spec: MIDL reference, "MIDL language reference" attributes; DCE ones from C706 4.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from midlpy.semantic.attributes import LETTERS, Effect, Place, Row, Takes


def _row(
    name: str,
    places: str,
    takes: Takes = Takes.NOTHING,
    effect: Effect = Effect.USED,
    note: str = "",
    idle: str = "",
    quiet: str = "",
    barred: str = "",
) -> Row:
    return Row(
        name,
        _places(places),
        takes,
        effect,
        note,
        _places(idle),
        _places(quiet),
        _places(barred),
    )


def _silent(name: str, places: str, note: str, takes: Takes = Takes.NOTHING) -> Row:
    """One without effect on the wire; *note* is why."""
    return _row(name, places, takes, Effect.SILENT, note)


def _places(letters: str) -> frozenset[Place]:
    return frozenset(LETTERS[letter] for letter in letters)


# Why an attribute is of no consequence here.
_CODE = "says how the code of another compiler is made"
_MEMORY = "says how memory is allocated"
_LIBRARY = "speaks to type libraries and automation"
_ALIGNMENT = "says what NDR says anyway"

_OLD = "belongs to layouts older than NDR 2.0"

_ROWS: Final[tuple[Row, ...]] = (
    # Interfaces
    _row("uuid", "ITLCDO", Takes.ONE, note=_LIBRARY, quiet="T"),
    _row("version", "ITLCDO", Takes.ONE, note=_LIBRARY, quiet="TCDO"),
    _row("endpoint", "I", Takes.SOME),
    _row("pointer_default", "I", Takes.ONE),
    _row("local", "IF"),
    _row("object", "I"),
    _row("ms_union", "ITMP"),
    _silent(
        "strict_context_handle",
        "Ii",
        "a handle is good for the interface that made it, and for no other",
    ),
    _row(
        "type_strict_context_handle",
        "Ii",
        effect=Effect.IGNORED,
        note="of one interface, handles are told apart by what call.context(handle) gives",
    ),
    _row("async_uuid", "I", Takes.ONE),
    _row("extern_exceptions", "IiF", Takes.ANY, Effect.IGNORED),
    _row("exceptions", "IFi", Takes.ANY, Effect.IGNORED),
    _row("binding_callout", "IiF", Takes.ANY, Effect.IGNORED),
    # Operations
    _row("idempotent", "F"),
    _row("broadcast", "F"),
    _row("maybe", "F"),
    _row(
        "message", "F", effect=Effect.REFUSED, note="message queues carry no RPC here"
    ),
    _row("callback", "F"),
    _row("call_as", "Ff", Takes.ONE),
    _row("notify", "Ff"),
    _row("notify_flag", "Ff"),
    _row("nocancel", "IFif", effect=Effect.IGNORED),
    _row("async", "IFPif", idle="P", note="it belongs on operations"),
    _row("comm_status", "FPfp"),
    _row("fault_status", "FPfp"),
    _row("code", "Iif"),
    _row("nocode", "Iif"),
    _row("encode", "IFTift"),
    _row("decode", "IFTift"),
    # Handles
    _row("implicit_handle", "Ii", Takes.ONE),
    _row("explicit_handle", "IFif"),
    _row("auto_handle", "Ii"),
    _row("context_handle", "PFTM"),
    _row(
        "context_handle_serialize",
        "PTtpf",
        effect=Effect.IGNORED,
        note="calls on one handle run side by side, and methods lock for themselves",
    ),
    _silent(
        "context_handle_noserialize", "PTtpf", "calls on one handle run side by side"
    ),
    _row("handle", "T"),
    # Parameters, members, arms
    _row("in", "P"),
    _row("out", "P"),
    _silent("shape", "P", "an old word for what size_is says"),
    _row("ref", "PMATF"),
    _row("unique", "PMATF"),
    _row("ptr", "PMATF"),
    _row("size_is", "PMAT", Takes.SOME),
    _row("max_is", "PMAT", Takes.SOME),
    _row("min_is", "PM", Takes.SOME, Effect.IGNORED),
    _row("length_is", "PMAT", Takes.SOME),
    _row("first_is", "PMAT", Takes.SOME),
    _row("last_is", "PMAT", Takes.SOME),
    _row("string", "PMATF"),
    _row("bstring", "PM"),
    _row("range", "PMTAF", Takes.TWO),
    _row("switch_type", "TPM", Takes.ONE),
    _row("switch_is", "PM", Takes.ONE),
    _row("case", "A", Takes.ANY),
    _row("default", "Ac"),
    _row("ignore", "MAP"),
    _row("v1_enum", "T"),
    _row("iid_is", "PM", Takes.ONE),
    _row(
        "transmit_as",
        "TP",
        Takes.ONE,
        note="on a parameter; write a typedef that has it",
        barred="P",
    ),
    _row("wire_marshal", "T", Takes.ONE),
    _row("represent_as", "Tt", Takes.SOME),
    _row("user_marshal", "Tt", Takes.SOME),
    _row("partial_ignore", "P", effect=Effect.REFUSED, note="the null flag it sends"),
    _silent("force_allocate", "Pp", _MEMORY),
    _silent("disable_consistency_check", "PMTA", "a null pointer may have any count"),
    _row(
        "system_handle",
        "PM",
        Takes.SOME,
        Effect.REFUSED,
        "handles of the operating system cannot leave the machine",
    ),
    _row("byte_count", "p", Takes.ONE),
    Row(
        "allocate",
        _places("tT"),
        Takes.SOME,
        Effect.SILENT,
        _MEMORY,
        words=frozenset(
            ["all_nodes", "single_node", "free", "dont_free", "on_null", "always"]
        ),
    ),
    _silent("enable_allocate", "ift", _MEMORY),
    _silent("optimize", "iftI", _CODE, Takes.ONE),
    _silent("in_line", "iftI", _CODE),
    _silent("out_of_line", "iftI", _CODE),
    _silent("heap", "itfp", _MEMORY),
    _silent("interpret", "ift", _CODE),
    _silent("nointerpret", "ift", _CODE),
    _silent("manual", "ift", _CODE),
    _row("reflect_deletions", "IFif", effect=Effect.IGNORED),
    _silent("annotation", "PFMT", "speaks to analysers of C code", Takes.ONE),
    # Old layouts and character sets
    _row("v1_array", "PTMI", effect=Effect.REFUSED, note=_OLD),
    _row("v1_string", "PTMI", effect=Effect.REFUSED, note=_OLD),
    _row("v1_struct", "PTMI", effect=Effect.REFUSED, note=_OLD),
    _row("align", "PTMI", Takes.ONE, Effect.REFUSED, "alignment is that of the type"),
    _silent("unaligned", "PTMI", "speaks of memory, not of the wire"),
    _silent("ms_conf_struct", "PTMI", _ALIGNMENT),
    _row("short_enum", "TI", note="enums have 16 bits anyway", quiet="I"),
    _row("long_enum", "T"),
    _silent("zeroout_alignmentgap", "PTMI", "gaps are zero anyway"),
    _row("cs_char", "tiP", Takes.SOME, Effect.REFUSED, "international characters"),
    _row("cs_tag_rtn", "iftP", Takes.ONE, Effect.REFUSED, "international characters"),
    _row("cs_stag", "Ppit", effect=Effect.REFUSED, note="international characters"),
    _row("cs_drtag", "Ppit", effect=Effect.REFUSED, note="international characters"),
    _row("cs_rtag", "Ppit", effect=Effect.REFUSED, note="international characters"),
    # Type libraries and automation
    *(
        # These make an interface one of COM's.
        _row(name, "IFPMATLCcDKO", Takes.ANY, note=_LIBRARY, quiet="FPMATLCcDKO")
        for name in ["dual", "oleautomation", "odl"]
    ),
    _row("source", "IFPMATLCcDKO", Takes.ANY, note=_LIBRARY, quiet="IFPMATLCDKO"),
    *(
        _silent(name, "IFPMATeLCcDKO", _LIBRARY, Takes.ANY)
        for name in [
            "helpstring",
            "helpcontext",
            "helpstringcontext",
            "custom",
            "hidden",
        ]
    ),
    *(
        _silent(name, "IFPMATLCcDKO", _LIBRARY, Takes.ANY)
        for name in [
            "helpfile",
            "helpstringdll",
            "restricted",
            "nonbrowsable",
            "nonextensible",
            "public",
            "uidefault",
            "defaultcollelem",
            "id",
            "propget",
            "propput",
            "propputref",
            "bindable",
            "defaultbind",
            "displaybind",
            "immediatebind",
            "requestedit",
            "defaultvtable",
            "vararg",
            "readonly",
            "lcid",
            "usesgetlasterror",
            "predeclid",
            "replaceable",
            "proxy",
            "input_sync",
            "optional_interface",
            "aggregatable",
            "appobject",
            "control",
            "licensed",
            "noncreatable",
            "progid",
            "vi_progid",
            "threading",
            "dllname",
            "entry",
            "optional",
            "retval",
            "defaultvalue",
            "bem_handle",
            "custom_allocator",
            "default_allocator",
            "extension",
            "funcdescattr",
            "hostContract",
            "idldescattr",
            "local_call",
            "off_line",
            "typedescattr",
            "vardescattr",
            "winrt_remote_async",
        ]
    ),
)

ATTRIBUTES: Final[Mapping[str, Row]] = {row.name: row for row in _ROWS}
