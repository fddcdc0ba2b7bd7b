"""One relay per installation: the lock is held by a process and freed when that ends, however it ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from delivery import ownership
from delivery.ownership import AlreadyOwned

ROOT = Path(__file__).resolve().parents[2]
HOLD = "import sys; from pathlib import Path; from delivery import ownership; held = ownership.own(Path(sys.argv[1]));"
HOLD += "print('held', flush=True); sys.stdin.read()"


def test_the_second_owner_is_told_who_is_there(tmp_path: Path) -> None:
    lock = tmp_path / "deep" / "relay.lock"
    first = ownership.own(lock)

    with pytest.raises(AlreadyOwned, match=r"relay\.lock is locked"):
        ownership.own(lock)

    first.close()
    ownership.own(lock).close()


def test_a_killed_process_owns_nothing(tmp_path: Path) -> None:
    lock = tmp_path / "relay.lock"
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(lock)], cwd=ROOT, stdin=pipe, stdout=pipe)  # noqa: S603
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    with pytest.raises(AlreadyOwned):
        ownership.own(lock)
    assert lock.read_text() == str(process.pid)

    process.kill()
    process.wait(10)

    ownership.own(lock).close()
