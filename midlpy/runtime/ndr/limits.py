"""What a peer's octets may ask of us at most."""

from __future__ import annotations

from typing import Final

# Elements without octets cost a peer nothing, so their number has its own limit.
MAX_EMPTY_ELEMENTS: Final = 65_536

# Types that contain themselves nest on our stack; a peer must not choose its depth.
MAX_NESTING: Final = 100

# A list whose nodes are chained by their last pointer is a loop, not a recursion.
MAX_LIST_NODES: Final = 10_000

# The smallest referent id: Windows and Samba begin here.
FIRST_REFERENT_ID: Final = 0x0002_0000
