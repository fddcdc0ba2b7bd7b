"""`make demo`, as a newcomer runs it: the real product in processes of its own, played to the end."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _start(folder: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-m", "sandbox.demo", str(folder)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _of(folder: Path) -> list[str]:
    """The processes whose command or environment names this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if f"FILES_DIR={folder}".encode() in environment:
            found.append(process.name)
    return found


def test_the_day_is_played_to_its_end_and_nothing_is_left_running(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with _start(folder, ONCE="1", BOT_PROXY="http://127.0.0.1:9", WEBHOOK_URL="https://desk.example.org") as process:
        told, _ = process.communicate(timeout=180)

    assert process.returncode == 0, told
    [letter], [paper] = list((folder / "mail").glob("*.eml")), list((folder / "mail").glob("*.pdf"))
    assert paper.read_bytes().startswith(b"%PDF-")
    assert f"E-mail:  {letter}" in told
    assert f"Invoice: {paper}" in told
    assert re.search(r"📧 .*pedidos@nandu\.example\.org", told)
    for words in ("✅ Каркаде, кг — 30 kg", "24 → 18 шт.", "▫️ Каркаде, кг: 26,5 de 30 kg", "№ 2", "📊 Показатели"):
        assert words in told.replace("\u00a0", " "), words
    assert _of(folder) == []


def test_a_folder_where_a_demo_runs_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "telbot.sqlite3").write_text("somebody's")

    with (tmp_path / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _start(folder) as process:
            told, _ = process.communicate(timeout=30)

    assert process.returncode == 1
    assert told == f"\nThe demo did not work: another demo is running in {folder}\n"
    assert (folder / "telbot.sqlite3").read_text() == "somebody's"


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to see who is left")
def test_a_demo_that_is_terminated_takes_the_product_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with _start(folder, ONCE="1") as process:
        deadline = time.monotonic() + 90
        while not (folder / "telbot.log").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)

    assert process.returncode == 128 + signal.SIGTERM
    assert _of(folder) == []
