"""The table of methods agrees with the official description, where BOTAPI_SPEC names that file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sandbox.parameters import METHODS

NOT_SUPPORTED = {"rich_message"}


def test_our_methods_have_the_official_parameters() -> None:
    named = os.environ.get("BOTAPI_SPEC")
    if not named or not Path(named).is_file():
        pytest.skip("BOTAPI_SPEC names no official description")
    official = json.loads(Path(named).read_text(encoding="utf-8"))["methods"]
    for method, readers in METHODS.items():
        expected = {field["name"] for field in official[method].get("fields", [])}
        assert set(readers) == expected - NOT_SUPPORTED, method
