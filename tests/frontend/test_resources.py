"""Where grammars and templates are found."""

from __future__ import annotations

import pytest

from midlpy.resources import resource


def test_a_checkout_has_them_beside_the_package() -> None:
    assert resource("grammars", "idl.lark").is_file()
    assert resource("grammars").is_dir()


def test_a_damaged_installation_says_so() -> None:
    with pytest.raises(FileNotFoundError, match="grammars/none is missing"):
        resource("grammars", "none")
