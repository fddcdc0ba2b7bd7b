"""Buttons that have something drawn or told: one press of a shown button gives one, the screen shown anew another."""

from __future__ import annotations

import pytest

from db.models.commissions import Settlement
from services.jobs import Job
from tests.bot.hall import Hall
from tests.bot.talk import Talk
from tests.builders import NOON

SHOWN = [
    ("rita", "figures", "figures_file", Job.DRAW_FIGURES),
    ("rita", "earnings", "earnings_file", Job.DRAW_COMMISSION),
    ("ann", "earnings_all", "earnings_file", Job.DRAW_COMMISSION),
    ("ann", "settle_show", "earnings_file", Job.DRAW_COMMISSION),
    ("bob", "digests", "digests_now", Job.TELL_DIGEST),
]
"""Who looks at which screen, the verb of its button, and the job that it asks for."""


def shown(talk: Talk, chat: int, verb: str) -> str:
    """What the first such button of the newest screen carries."""
    buttons = (button for row in talk.screen(chat)["rows"] for button in row)
    return next(str(button["data"]) for button in buttons if button["data"].split(".")[0] == verb)


def close(talk: Talk, hall: Hall) -> int:
    """A closed day of the commissions."""
    with talk.transaction() as session:
        closed = Settlement(first=NOON.date(), last=NOON.date(), closed_at=NOON, closed_by=hall.desk.ann.id)
        session.add(closed)
        session.flush()
        return closed.id


@pytest.mark.parametrize("case", SHOWN, ids=lambda case: case[1])
def test_a_button_gives_one_and_the_screen_shown_anew_another(
    talk: Talk, hall: Hall, case: tuple[str, str, str, Job]
) -> None:
    who, screen, verb, job = case
    chat, ids = hall.people[who], (close(talk, hall),) if screen == "settle_show" else ()
    talk.press(chat, screen, *ids)
    first = shown(talk, chat, verb)
    for _ in range(2):
        talk.press_data(chat, first)
    assert [kind for kind, _ in talk.left()].count(job) == 1

    talk.press(chat, screen, *ids)
    talk.press_data(chat, shown(talk, chat, verb))

    assert [kind for kind, _ in talk.left()].count(job) == 2
