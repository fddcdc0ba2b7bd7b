"""Who owns the relay: one process per installation, held by a lock on a file that the system frees when the
process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO


class AlreadyOwned(SystemExit):
    """Another process relays for this installation; unless somebody minds, this one ends with the reason."""


def own(path: Path) -> IO[str]:
    """Take the lock and keep the returned file open for as long as it is meant. Raises AlreadyOwned."""
    path.parent.mkdir(parents=True, exist_ok=True)
    held = path.open("a+")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise AlreadyOwned(f"another TelBot process is running for this installation ({path} is locked)") from None
    held.truncate(0)
    held.write(str(os.getpid()))
    held.flush()
    return held
