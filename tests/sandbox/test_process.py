"""`python -m sandbox`: one line when ready, and an end when told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import requests

from sandbox import Box

ROOT = Path(__file__).parents[2]


def test_it_runs_by_itself_until_terminated() -> None:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--smtp-port", "0", "--retry-scale", "0.5"]
    with subprocess.Popen(  # noqa: S603 - our own words
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            said = json.loads(process.stdout.readline())
            assert set(said) == {"api_url", "control_url", "smtp_url"}
            with Box(said["control_url"]) as box:
                assert (box.api_url, box.smtp_url) == (said["api_url"], said["smtp_url"])
                bot = box.new_bot("demo_bot", token="42:abc")
                assert bot.token == "42:abc"
                assert box.settings()["retry_scale"] == 0.5
            assert requests.get(f"{said['api_url']}/bot42:abc/getMe", timeout=5).json()["result"]["id"] == 42
        finally:
            process.terminate()
        _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")
