"""A null pointer with a count: both travel as they are given."""

from __future__ import annotations

import pytest

import midlpy

IDL = """
[uuid(12345678-1234-1234-1234-123456789abc), pointer_default(unique)] interface t {
    void f([in] handle_t h, [in] long n, [in, unique, size_is(n)] long *p);
}
"""


@pytest.mark.parametrize("count", [0, 5])
def test_a_null_pointer_travels_with_the_count_it_is_given(count: int) -> None:
    """Spec: C706 14.3.10: a null pointer is its referent id, and no referent follows."""
    operation = midlpy.load_text(IDL).T.operations[0]
    octets = count.to_bytes(4, "little") + bytes(4)
    assert operation.encode_request(None, n=count) == octets
    assert operation.decode_request(octets) == (count, None)


def test_without_a_count_it_is_zero() -> None:
    assert midlpy.load_text(IDL).T.operations[0].encode_request(None) == bytes(8)
