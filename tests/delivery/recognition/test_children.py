"""Child processes: what goes wrong in them stays in them."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from delivery.recognition import child as real_child
from delivery.recognition import children
from delivery.recognition.children import Children, Lost

_ANSWER = 'print(json.dumps({"final": True, **facts}), flush=True)'
_GOOD = f"""
import json, os, sys
for line in sys.stdin:
    order = json.loads(line)
    sizes = [os.path.getsize(name) for name in order["pictures"]]
    facts = {{"pid": os.getpid(), "sizes": sizes, "names": dict(os.environ), "nice": os.nice(0)}}
    {_ANSWER}
"""
_HANGS = """
import json, subprocess, sys, time
sys.stdin.readline()
started = subprocess.Popen(["sleep", "60"])
print(json.dumps({"final": False, "pid": started.pid}), flush=True)
time.sleep(60)
"""
_DIES = 'import sys; sys.stdin.readline(); sys.stdout.write("{"); sys.exit(1)'
_CHATTERS = "import sys; sys.stdin.readline()\nwhile True: print('{}' * 30_000)"
_GREEDY = f"""
import json, sys
from delivery.recognition import child
child._limit_memory()
sys.stdin.readline()
facts = {{"refused": False}}
try:
    bytearray(child.MOST_MEMORY)
except MemoryError:
    facts["refused"] = True
{_ANSWER}
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where children get their folders."""
    monkeypatch.setattr(children.tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def good(temporary: Path) -> Iterator[Children]:
    """Children that tell what they see."""
    pool = Children(command=(sys.executable, "-c", _GOOD))
    yield pool
    pool.close()


def _failing(script: str) -> Children:
    return Children(command=(sys.executable, "-c", script))


def _gone(pid: int) -> bool:
    """Whether it ended; nobody may have collected it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_child_serves_several_tickets(good: Children) -> None:
    first, second = (good.ask([b"x" * size], {}, 20)[-1] for size in (3, 5))

    assert (first["sizes"], second["sizes"]) == ([3], [5])
    assert first["pid"] == second["pid"]


def test_nothing_of_a_ticket_is_left_behind(good: Children, temporary: Path) -> None:
    good.ask([b"secret"], {}, 20)
    (folder,) = temporary.iterdir()

    assert list(folder.iterdir()) == []
    good.close()
    assert list(temporary.iterdir()) == []


def test_a_child_knows_no_secrets(good: Children, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "123:secret")

    names = good.ask([b"x"], {}, 20)[-1]["names"]

    assert not any("123:secret" in value for value in names.values())
    assert names["OMP_THREAD_LIMIT"] == "1"
    assert names["ORT_DISABLE_TELEMETRY"] == "1"


def test_a_child_that_hangs_is_killed_with_all_that_it_started(temporary: Path) -> None:
    start = time.monotonic()
    with pytest.raises(Lost) as lost:
        _failing(_HANGS).ask([b"x"], {}, 2)

    assert lost.value.too_long
    assert time.monotonic() - start < 10
    deadline = time.monotonic() + 5
    while not _gone(lost.value.said[0]["pid"]) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert _gone(lost.value.said[0]["pid"])
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("script", [_DIES, _CHATTERS, "raise SystemExit"])
def test_a_child_that_fails_is_lost_and_leaves_nothing(script: str, temporary: Path) -> None:
    with pytest.raises(Lost) as lost:
        _failing(script).ask([b"x"], {}, 20)

    assert not lost.value.too_long
    assert list(temporary.iterdir()) == []


def test_after_a_failure_a_fresh_child_comes(temporary: Path) -> None:
    pool = _failing(_GOOD.replace("facts =", 'if order.get("die"): raise SystemExit\n    facts ='))
    first = pool.ask([b"x"], {}, 20)[-1]["pid"]
    with pytest.raises(Lost):
        pool.ask([b"x"], {"die": True}, 20)

    assert pool.ask([b"x"], {}, 20)[-1]["pid"] != first
    pool.close()


def test_a_child_is_replaced_after_many_tickets(good: Children, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "MOST_TICKETS", 2)

    pids = [good.ask([b"x"], {}, 20)[-1]["pid"] for _ in range(3)]

    assert pids[0] == pids[1] != pids[2]


def test_memory_is_bounded(temporary: Path) -> None:
    assert _failing(_GREEDY).ask([b"x"], {}, 20)[-1]["refused"] is True
    assert real_child.MOST_MEMORY < 3 * 1024**3


def test_without_a_program_to_start_it_says_so(temporary: Path) -> None:
    with pytest.raises(OSError, match="nothing-here"):
        Children(command=("/nothing-here",)).ask([b"x"], {}, 5)

    assert list(temporary.iterdir()) == []
