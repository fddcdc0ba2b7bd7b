"""Child processes that read tickets: what strangers send is looked at where it can harm nothing.

A child has no secrets in its environment, a folder of its own, and limits on memory and time. It serves several
tickets, because loading models takes a while, leaves by itself when nothing comes, and is killed with all its own
children at any trouble.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).parents[2]
_READ_AT_ONCE: Final = 65_536
_LONGEST_ANSWER: Final = 4 * 1024 * 1024
MOST_TICKETS: Final = 40
"""That one child serves before a fresh one takes its place."""

COMMAND: Final = (sys.executable, "-m", "delivery.recognition.child")


class Lost(Exception):
    """The child died, or said nothing sensible. ``said`` is what it had said before."""

    def __init__(self, said: list[dict[str, Any]], *, too_long: bool = False) -> None:
        super().__init__("too long" if too_long else "lost")
        self.said, self.too_long = said, too_long


class Child:
    """One process, one ticket at a time."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="ticket-"))
        self.served = 0
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [*command, str(self._folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self._folder,
                env=_environment(self._folder),
                start_new_session=True,
            )
        except OSError:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    @property
    def pid(self) -> int:
        """Of the process, and of its group."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether it can be given a ticket."""
        return self._process.poll() is None

    def ask(self, pictures: Sequence[bytes], order: dict[str, Any], seconds: float) -> list[dict[str, Any]]:
        """All that the child says, the final answer last. Raises Lost; then it must be ended."""
        self.served += 1
        until = time.monotonic() + seconds
        names = [f"{number}.photo" for number in range(len(pictures))]
        try:
            for name, picture in zip(names, pictures, strict=True):
                (self._folder / name).write_bytes(picture)
            return self._talk({**order, "pictures": names, "seconds": seconds}, until)
        finally:
            for name in names:
                (self._folder / name).unlink(missing_ok=True)

    def _talk(self, order: dict[str, Any], until: float) -> list[dict[str, Any]]:
        said: list[dict[str, Any]] = []
        into, out = self._process.stdin, self._process.stdout
        if into is None or out is None:  # it was started with both
            raise Lost(said)
        try:
            into.write(json.dumps(order).encode() + b"\n")
            into.flush()
            for line in _lines(out.fileno(), until):
                said.append(json.loads(line))
                if said[-1]["final"]:
                    return said
        except TimeoutError:
            raise Lost(said, too_long=True) from None
        except (OSError, ValueError, KeyError, TypeError):
            raise Lost(said) from None
        raise Lost(said)

    def end(self) -> None:
        """Kill it with all that it started, and remove its folder. Doing so twice is harmless."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class Children:
    """A few children, each serving one ticket at a time; who comes when all are busy waits."""

    def __init__(self, *, most: int = 1, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._free = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._idle: list[Child] = []

    def ask(self, pictures: Sequence[bytes], order: dict[str, Any], seconds: float) -> list[dict[str, Any]]:
        """What a child says of one ticket, in ``seconds`` from when one is free.

        Raises Lost, or OSError where none can be started.
        """
        with self._free:
            child = self._take()
            well = False
            try:
                said = child.ask(pictures, order, seconds)
                well = child.served < MOST_TICKETS and child.alive()
                return said
            finally:
                self._give_back(child, well=well)

    def close(self) -> None:
        """End those that wait for work."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.end()

    def _take(self) -> Child:
        with self._lock:
            idle, self._idle = self._idle, []
        for number, child in enumerate(idle):
            if child.alive():
                with self._lock:
                    self._idle += idle[number + 1 :]
                return child
            child.end()
        return Child(self._command)

    def _give_back(self, child: Child, *, well: bool) -> None:
        if not well:
            child.end()
            return
        with self._lock:
            self._idle.append(child)


def _environment(folder: Path) -> dict[str, str]:
    """All that a child knows of the world: no tokens, no passwords, one thread."""
    programs = [str(Path(found).parent) for found in [shutil.which("tesseract")] if found]
    one = dict.fromkeys(("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return {
        **one,
        "PATH": os.pathsep.join([*programs, os.defpath]),
        "PYTHONPATH": str(_ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
        "HOME": os.devnull,
        "ORT_DISABLE_TELEMETRY": "1",
        "TMPDIR": str(folder),
    }


def _lines(handle: int, until: float) -> Iterator[bytes]:
    """Whole lines as they come. Raises TimeoutError when the time is over, ValueError when too much comes."""
    left, total = b"", 0
    with selectors.DefaultSelector() as selector:
        selector.register(handle, selectors.EVENT_READ)
        while True:
            wait = until - time.monotonic()
            if wait <= 0 or not selector.select(wait):
                raise TimeoutError
            piece = os.read(handle, _READ_AT_ONCE)
            if not piece:
                return
            total += len(piece)
            if total > _LONGEST_ANSWER:
                raise ValueError("the child says too much")
            *whole, left = (left + piece).split(b"\n")
            yield from whole
