"""What stands in a command's way is told in one line; a mistake of ours keeps its traceback."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from services import command_line
from services.ways_out import NeverAgain, TryLater


def fails(trouble: Exception) -> None:
    raise trouble


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (TryLater("HTTP 502,\nnot from the API"), ("Telegram does not do it now, look at BOT_TOKEN, BOT_API_URL and "
         "BOT_PROXY: HTTP 502, not from the API")),
        (NeverAgain("Bad Request: bad webhook"), "Telegram refuses it: Bad Request: bad webhook"),
        (PermissionError(13, "Permission denied", "var"), ("The system does not allow it, look at DATABASE_URL and "
         "FILES_DIR: [Errno 13] Permission denied: 'var'")),
        (OperationalError("SELECT 1", {"hush": "canary"}, Exception("refused\n\tIs it running?")),
         "The database cannot be used, look at DATABASE_URL: refused Is it running?"),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_one_line(trouble: Exception, told: str) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.obey([], {"go": lambda: fails(trouble)})

    assert str(ended.value) == told


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(KeyError):
        command_line.obey(["go"], {"go": lambda: fails(KeyError("x"))})


def test_the_answer_is_printed_and_the_first_command_needs_no_word(capsys: pytest.CaptureFixture[str]) -> None:
    commands: command_line.Commands = {"go": lambda: None, "say": lambda word: f"said {word}"}

    command_line.obey([], commands)
    assert capsys.readouterr().out == ""
    command_line.obey(["say", "milk"], commands)
    assert capsys.readouterr().out == "said milk\n"


def test_a_long_reason_is_cut() -> None:
    told = command_line.explain(TryLater("x" * 1000))

    assert told is not None
    assert len(told) == 300
