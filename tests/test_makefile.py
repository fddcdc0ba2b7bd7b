"""The commands that a newcomer types, and the settings that are explained."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from settings import Settings

ROOT = Path(__file__).parents[1]
WANTED = {"help", "demo", "test", "lint", "run", "serve", "admin", "migrate", "chaos", "clean", "screenshots"}


def _run(*command: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own words
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


def test_help_lists_every_target_with_what_it_does() -> None:
    told = _run("make", "help").stdout

    assert set(re.findall(r"^  make ([a-z]+)  +\S", told, re.MULTILINE)) >= WANTED


def test_every_target_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")

    for name in WANTED - {"help"}:
        recipe = re.search(rf"^{name}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
        assert recipe is not None, name
        assert '@echo "-> ' in recipe[1].splitlines()[0], name


def test_an_old_python_is_refused_in_one_line(tmp_path: Path) -> None:
    old = _program(tmp_path / "python3", 'case "$1" in --version) echo Python 3.8.2;; *) exit 1;; esac')
    _copy_setup(tmp_path)

    refused = _run(str(tmp_path / ".ci/setup"), cwd=tmp_path, PYTHON=str(old))

    assert refused.returncode == 1
    assert re.fullmatch(r"Cannot go on: Python 3\.11 or newer is needed \(.*Python 3\.8\.2\);.*\n", refused.stderr)


def test_requirements_are_installed_once_and_again_when_they_change(tmp_path: Path) -> None:
    _copy_setup(tmp_path)
    pins = tmp_path / "requirements" / "dev.txt"
    pins.write_text("# nothing\n", "utf-8")

    first, second = (_run(str(tmp_path / ".ci/setup"), cwd=tmp_path) for _ in range(2))
    pins.write_text("# nothing more\n", "utf-8")
    third = _run(str(tmp_path / ".ci/setup"), cwd=tmp_path)

    assert (first.returncode, second.returncode, third.returncode) == (0, 0, 0), first.stderr
    assert "Making the virtual environment" in first.stdout
    assert "Installing the pinned requirements" in first.stdout
    assert second.stdout == ""
    assert re.fullmatch(r"-> Installing the pinned requirements .*\n", third.stdout)


def test_what_is_only_better_to_have_is_told_where_it_cannot_be_had(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    (tmp_path / "bin").mkdir()
    for name in ("sh", "dirname", "cat", "id", "grep"):
        found = shutil.which(name)
        assert found is not None
        (tmp_path / "bin" / name).symlink_to(found)

    told = _run(str(tmp_path / ".ci/setup"), "test", cwd=tmp_path, PATH=str(tmp_path / "bin"))
    asked = _run(str(tmp_path / ".ci/setup"), "pictures", cwd=tmp_path, PATH=str(tmp_path / "bin"))

    assert (told.returncode, told.stderr) == (0, "")
    assert [line.split(":")[0] for line in told.stdout.splitlines()] == [
        "-> Without tesseract-ocr tesseract-ocr-rus tesseract-ocr-spa",
        "-> Without chromium",
    ]
    assert asked.returncode == 1
    assert re.fullmatch(r"Cannot go on: please install chromium .*\n", asked.stderr)


def test_every_setting_is_explained_with_its_default() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    shown = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))

    assert set(shown) == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        default = getattr(field.default, "get_secret_value", lambda field=field: field.default)()
        said = str(default).lower() if isinstance(default, bool) else str(default)
        assert shown[name.upper()] == ("" if default is None else said), name
    for paragraph in example.strip().split("\n\n"):
        assert paragraph.startswith("# "), paragraph


def _program(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    path.chmod(0o755)
    return path


def _copy_setup(folder: Path) -> None:
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/setup", folder / ".ci/setup")
    (folder / "requirements").mkdir()
    (folder / "requirements" / "ocr.txt").write_text("# nothing\n", "utf-8")
