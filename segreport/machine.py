"""What the machine has: its memory, or what of it this process may use."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

MEMORY_SHARE = 0.6
"""Of the memory, what one part of the program may take."""
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def memory_share() -> int:
    """60 % of the memory in bytes; in a container, of what the container may use."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in _LIMITS:
        with suppress(OSError, ValueError):  # "max" where there is no limit, no file where there is no container
            whole = min(whole, int(Path(path).read_text()))
    return int(MEMORY_SHARE * whole)
