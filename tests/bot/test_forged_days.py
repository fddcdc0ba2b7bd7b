"""Days in buttons that no period of ours has: a refusal, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from db.models.messaging import dead_letter
from tests.bot.hall import Hall
from tests.bot.talk import Talk, fingerprint
from tests.services.earning import SHARE, make_rule

FORGED = (1, 2, 3, date(2014, 12, 31).toordinal(), date(2100, 1, 1).toordinal(), 3652058, 3652059)
VERBS = [
    "earnings.{own}-{day}-{day}", "earnings_all.{day}-{day}", "earnings_file.{own}-{day}-{day}",
    "earnings_days.{own}-{day}", "earnings_first.{own}-{day}", "earnings_first.{own}-{today}-{day}",
    "earnings_last.{own}-{day}-{day}", "figures.{day}-{day}", "figures_file.{day}-{day}",
    "figures_last.0-0-{day}-{day}", "settlement.{day}", "settle_days.{day}", "settle_day.{day}", "settle_ask.{day}",
    "settle_close.{day}", "rule_end.{rule}-{day}", "rule_last.{rule}-{day}", "goals.1-{day}-0", "goals.3-{day}-0",
    "ranking.0-1-{day}-0", "ranking.3-3-{day}-0", "goals_picture.1-{day}", "ranking_picture.0-1-{day}-0",
]  # fmt: skip


@pytest.mark.parametrize("day", FORGED)
def test_forged_days_are_refused(talk: Talk, hall: Hall, day: int) -> None:
    ann = hall.desk.ann.id
    with talk.transaction() as session:
        rule = make_rule(session, hall.desk, SHARE).id
    before = fingerprint(talk.reading)

    for verb in VERBS:
        talk.clear_outbox()
        talk.press_data(ann, verb.format(own=ann, day=day, today=hall.day.toordinal() - 1, rule=rule) + ".0")
        assert talk.kinds(ann).count("chat.screen") == 1, verb
        assert [kind for kind, _ in talk.left() if not kind.startswith("chat.")] == [], verb

    assert talk.scalar(select(func.count()).select_from(dead_letter)) == 0
    assert fingerprint(talk.reading) == before


@pytest.mark.parametrize("verb", ["rule_month", "rule_day"])
@pytest.mark.parametrize("day", FORGED)
def test_forged_days_of_a_new_rule_are_refused(talk: Talk, hall: Hall, verb: str, day: int) -> None:
    ann = hall.desk.ann.id
    with talk.transaction() as session:
        rule = make_rule(session, hall.desk, SHARE).id
    talk.press(ann, "rule_change", rule)
    talk.press(ann, "rule_ask", 9)

    talk.press(ann, verb, day)

    assert talk.scalar(select(func.count()).select_from(dead_letter)) == 0


def test_a_day_before_all_sales_that_is_typed_is_not_understood(talk: Talk, hall: Hall) -> None:
    ann = hall.desk.ann.id
    talk.press(ann, "settle_days", hall.day.toordinal())

    talk.say(ann, "31.12.2014")

    assert talk.screen(ann)["html"].startswith("⚠️")
    assert "December 2014" not in str(talk.screen(ann))
