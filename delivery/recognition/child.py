"""The process in which photos are opened and read: ``python -m delivery.recognition.child FOLDER``.

An order comes as a line of JSON on its input, the pictures as files in its folder; readings leave as lines of JSON.
Before the final one come those of what is known so far, so that a child that is killed has not worked for nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import shutil
import signal
import sys
from pathlib import Path
from typing import Any, Final

MOST_MEMORY: Final = 2_500 * 1024 * 1024
"""Bytes of address space; models and libraries take a thousand million of them."""
_IDLE_SECONDS: Final = 90
_NICE: Final = 10


def main() -> int:
    """Serve tickets until the input ends or nothing comes for a while."""
    answers = _own_output()
    os.nice(_NICE)
    _limit_memory()
    folder = Path(sys.argv[1])
    try:
        while line := _next_order():
            order = json.loads(line)
            _limit_time(order["seconds"])
            _serve(order, folder, answers)
            signal.alarm(0)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _own_output() -> int:
    """Where answers go; what libraries print goes nowhere."""
    answers = os.dup(1)
    os.dup2(2, 1)
    return answers


def _next_order() -> bytes:
    ready, _, _ = select.select([0], [], [], _IDLE_SECONDS)
    return sys.stdin.buffer.readline() if ready else b""


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: float) -> None:
    """End by itself should nobody be left to kill it."""
    signal.alarm(int(seconds) + 5)
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + seconds) + 5
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def _serve(order: dict[str, Any], folder: Path, answers: int) -> None:
    from delivery.recognition import chain, reading  # noqa: PLC0415 - not before the limits stand

    pictures = [folder / Path(name).name for name in order["pictures"]]

    def say(found: reading.Reading, *, final: bool) -> None:
        line = json.dumps({"final": final, "reading": found.to_json()}).encode() + b"\n"
        with contextlib.suppress(BrokenPipeError):
            while line:
                line = line[os.write(answers, line) :]

    try:
        found = chain.read(
            [picture.read_bytes() for picture in pictures],
            chain.Wish(tuple(order["languages"]), order["currency"], order["seconds"], order.get("engines")),
            folder,
            lambda so_far: say(so_far, final=False),
        )
    except MemoryError:
        found = reading.Reading(trouble=reading.TOO_LARGE)
    say(found, final=True)


if __name__ == "__main__":
    sys.exit(main())
