"""Limits are named, and refused where the protocol could not work."""

from __future__ import annotations

import dataclasses

import pytest

from midlpy.runtime.limits import Limits


def test_defaults_are_sound() -> None:
    limits = Limits()
    assert limits.offered_fragment_octets == 65_528
    assert limits.request_stub_octets == 4 * 1024 * 1024
    assert limits.presentation_contexts == 64
    assert limits.bind_seconds == 30


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("offered_fragment_octets", 1431),
        ("offered_fragment_octets", 65_536),
        ("fragment_octets", 0),
        *((field.name, -1) for field in dataclasses.fields(Limits)),
    ],
)
def test_limit_that_cannot_hold_is_refused_by_name(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"{name} is {value}"):
        dataclasses.replace(Limits(), **{name: value})
