"""What is refused is refused by name, with its place: the attribute and the type that has it."""

from __future__ import annotations

import re

import pytest

from tests.corpus.outcomes import errors_of, listed, stages
from tests.corpus.refusals import refusals
from tests.corpus.sets import CorpusFile, parameters

NAMED = re.compile(
    r"its parameters are not known \(\[todo\]\)"
    r"|('\w+': |the result: )(in '\w+', )?('\w+'( of '\w+')? is .*(\(\[\w+\]\)|\[flag\([\w|]+\)\] says)"
    r"|no type is called '\w+'|the body of '\w+' is not in the IDL)"
)


@pytest.mark.parametrize("file", parameters(("samba", "wireshark")))
def test_refusals_name_what_cannot_travel(file: CorpusFile) -> None:
    found = refusals(file)
    if errors_of(stages(file).diagnostics):
        assert listed(file) is not None  # its errors come first
        return
    assert [reason for _, reason in found if not NAMED.fullmatch(reason)] == []
    told = [d for d in stages(file).diagnostics if d.rule == "operation-refused"]
    lines = file.path.read_text("latin-1").splitlines()
    for each, (name, reason) in zip(told, found, strict=True):
        operation = name.rpartition(" ")[2]
        assert reason in each.message
        assert operation in lines[each.span.line - 1]
