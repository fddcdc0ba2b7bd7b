"""A sandbox in a process of its own, so that it and the crowd do not share one interpreter; and the figures."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from sandbox.client import Box
from tests.journeys.house import ROOT

FIGURES = pytest.StashKey[list[str]]()
ENOUGH_REQUESTS = 1_000_000
A_DAY = 86_400.0
"""Seconds for which a press waits. Telegram drops it after 150, which a slow machine may need for so many kills."""


@pytest.fixture
def box() -> Iterator[Box]:
    """A fresh sandbox that keeps its whole journal and tries webhooks again soon."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--smtp-port", "0", "--retry-scale", "0.03"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        assert process.stdout is not None
        try:
            with Box(json.loads(process.stdout.readline())["control_url"]) as box:
                box.settings(journal_limit=ENOUGH_REQUESTS, callback_ttl=A_DAY)
                yield box
        finally:
            process.terminate()


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> list[str]:
    """Lines to print at the end of the run."""
    return request.config.stash.setdefault(FIGURES, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the figures, however the tests ended."""
    lines = config.stash.get(FIGURES, [])
    if lines:
        terminalreporter.section("chaos")
        for line in lines:
            terminalreporter.write_line(line)
