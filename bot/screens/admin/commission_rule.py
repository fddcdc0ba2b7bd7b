"""One rule of commission: what it says, since when, in which versions; ended here, and tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens import calendar
from bot.screens.admin import commission_words
from bot.screens.admin.commission_rule_new import AHEAD
from bot.screens.calendar import Choice
from bot.screens.screen import Face, Screen, Step, Turn
from services import commission_rules, company, figures
from services.actor import Role

if TYPE_CHECKING:
    from db.models.commissions import CommissionRule

MOST_VERSIONS = 5


@dataclass(frozen=True)
class State:
    """Which version; the month of the calendar where its end is chosen (ordinal of any of its days, 0: it is not
    shown); the number of the trial (0: none) and the page of its people.
    """

    rule_id: int = 0
    shown: int = 0
    trial: int = 0
    page: int = 0


screen = Screen("commission_rule", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """What it says and since when; the newest version can be changed, ended and tried."""
    rule = commission_rules.get(turn.session, state.rule_id, by=turn.actor)
    versions = commission_rules.list_versions(turn.session, rule.lineage, by=turn.actor)
    today = company.today(turn.company, turn.now)
    is_open = rule.id == versions[0].id and (rule.valid_to is None or rule.valid_to >= today)
    facts: dict[str, Any] = {
        "rule": rule,
        "said": commission_words.said(turn, rule),
        "idle": commission_rules.why_idle(turn.session, rule),
        "today": today,
        "versions": [(one, commission_words.said(turn, one)) for one in versions[:MOST_VERSIONS]],
        "ending": bool(state.shown) and is_open,
        "trial": None,
    }
    if facts["ending"]:
        return Face(facts, _calendar(turn, rule, state, today))
    terms = commission_rules.terms_of(rule)
    facts |= commission_words.tried(turn, terms, state.trial, state.page, replaces=rule.lineage)
    rows = []
    if facts["trial"] is not None:
        rows.append(keyboards.pages(facts["trial_page"], "trial", rule.id, state.trial))
    rows.append(
        [
            Button("try", "trial", (rule.id, number, 0), facts={"span": span.value})
            for number, span in enumerate(commission_words.TRIED, start=1)
        ]
    )
    if rule.id != versions[0].id:
        rows.append([Button("newest", "rule", (versions[0].id,))])
    elif len(versions) > 1:
        rows.append([Button("version", "rule", (one.id,), facts={"one": one}) for one in versions[1:4]])
    rows.append([Button("back", "commission_rules"), *keyboards.menu()])
    if is_open:
        rows.append(
            [Button("end", "rule_end", (rule.id, today.toordinal())), Button("change", "rule_change", (rule.id,))]
        )
    return Face(facts, rows)


@screen.pressed("rule")
def open_rule(turn: Turn) -> Step:
    """Show a version of a rule."""
    return turn.go("commission_rule", rule_id=turn.id())


@screen.pressed("trial")
def try_it(turn: Turn) -> Step:
    """Show what this version would have paid, in place of what the rule has paid."""
    commission_words.tried_period(turn, turn.id(1))
    return turn.go("commission_rule", rule_id=turn.id(), trial=turn.id(1), page=turn.id(2))


@screen.pressed("rule_end")
def ask_end(turn: Turn) -> Step:
    """Ask for its last day, in the month of the day that the button says."""
    return turn.go("commission_rule", rule_id=turn.id(), shown=calendar.day_of(turn.id(1)).toordinal())


@screen.pressed("rule_last")
def end(turn: Turn) -> Step:
    """Let it end with that day."""
    return _end(turn, turn.id(), calendar.day_of(turn.id(1)))


@screen.typed(Kind.TEXT)
def type_last(turn: Turn) -> Step | None:
    """Where the last day is asked for, it can be typed."""
    if not turn.state.shown:
        return None
    days = figures.parse_days(turn.text, today=company.today(turn.company, turn.now))
    if days is None or len(days) != 1:
        return turn.stay("day_unclear")
    return _end(turn, turn.state.rule_id, days[0])


def _end(turn: Turn, rule_id: int, last: date) -> Step:
    rule = commission_rules.get(turn.session, rule_id, by=turn.actor)
    commission_rules.end(turn.session, rule.lineage, rule.version, last=last, by=turn.actor, now=turn.now)
    return turn.go("commission_rule", "was_ended", {"last": last}, rule_id=rule.id)


def _calendar(turn: Turn, rule: CommissionRule, state: State, today: date) -> list[list[Button]]:
    """The last days that it can have; the rule's id says which version the admin saw."""
    yesterday = today - timedelta(days=1)
    least = max(yesterday, rule.valid_from)
    choice = Choice(least, today + AHEAD, chosen=rule.valid_to)
    shown = calendar.day_of(state.shown)
    rows = calendar.rows(shown, choice, turn.locale, day="rule_last", month="rule_end", ids=(rule.id,))
    at_once = Button("at_once", "rule_last", (rule.id, yesterday.toordinal()))
    return [*rows, [Button("back", "rule", (rule.id,)), at_once]]
