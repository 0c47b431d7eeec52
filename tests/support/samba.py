"""What tests that ask Samba share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Samba: TypeAlias = Callable[[dict[str, Any]], Any]


class SambaError(Exception):
    """Samba refuses something."""
