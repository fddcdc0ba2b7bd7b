"""The bot that the sandbox is for, as a process of its own that can be killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from sandbox.refusals import WrongControl
from sandbox.story import nobody

PATIENCE = 5.0
"""Seconds that a bot has to end when it is asked to."""


class BotProcess:
    """One command, run in a process group of its own; at most one of it runs. Safe to use from any thread."""

    def __init__(self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path | None = None) -> None:
        """Keep the command; what it prints is added to the log, or goes to our stderr."""
        self._command, self._cwd, self._env, self._log = list(command), cwd, dict(env), log
        self.on_change: Callable[[], None] = nobody
        self._lock = threading.Lock()  # one starts or ends it at a time
        self._process: subprocess.Popen[bytes] | None = None
        self._waiter: threading.Thread | None = None
        self._starts = 0
        self._exit: int | None = None
        self._closed = False

    @property
    def running(self) -> bool:
        """Whether it runs now."""
        return self._process is not None

    def view(self) -> dict[str, Any]:
        """Return whether it runs, how often it was started, and how it ended when it does not run (-9: killed)."""
        return {"running": self.running, "starts": self._starts, "exit": self._exit}

    def start(self) -> None:
        """Start it; raises WrongControl where it runs, where it cannot be run, and after `close`."""
        with self._lock:
            if self._closed:
                raise WrongControl("the sandbox is ending")
            if self.running:
                raise WrongControl("the bot runs already")
            process = self._spawn()
            self._process, self._exit = process, None
            self._starts += 1
            self._waiter = threading.Thread(target=self._wait, args=(process,), name="bot's end", daemon=True)
            self._waiter.start()
        self.on_change()

    def kill(self) -> None:
        """Kill it and all that it has started, and return when it is gone; raises WrongControl when nothing runs."""
        with self._lock:
            if not self._send(signal.SIGKILL):
                raise WrongControl("the bot does not run")
            self._gone(None)

    def stop(self, patience: float = PATIENCE) -> None:
        """Ask it to end, kill it when it has not after so many seconds, and return when it is gone."""
        with self._lock:
            if self._send(signal.SIGTERM) and not self._gone(patience):
                self._send(signal.SIGKILL)
            self._gone(None)

    def close(self) -> None:
        """Stop it for good."""
        self._closed = True
        self.stop()

    def _spawn(self) -> subprocess.Popen[bytes]:
        with ExitStack() as files:
            try:
                output = files.enter_context(self._log.open("ab")) if self._log else sys.stderr.fileno()
                # In a session of its own: Ctrl-C is for us, and we end the bot.
                return subprocess.Popen(  # noqa: S603 - the command of whoever runs the sandbox
                    self._command,
                    cwd=self._cwd,
                    env=self._env,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            except OSError as trouble:
                raise WrongControl(f"the bot cannot be started: {trouble}") from None

    def _send(self, number: int) -> bool:
        """Signal the whole group; False when nothing runs."""
        process = self._process
        if process is None:
            return False
        with suppress(ProcessLookupError):  # it ends by itself just now
            os.killpg(process.pid, number)
        return True

    def _gone(self, seconds: float | None) -> bool:
        if self._waiter is not None:
            self._waiter.join(seconds)
        return not self.running

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        """Notice the end, and let nothing outlive it that it has started."""
        code = process.wait()
        with suppress(ProcessLookupError, PermissionError):  # nobody is left, or only what has just ended
            os.killpg(process.pid, signal.SIGKILL)
        self._exit, self._process = code, None
        self.on_change()
