"""Goals by the dozen: typed line by line or sent as a table, read whole, shown, and set all together or not at all.

A line is ``Rita 500 000 ₽ Dairy month``: who, the target, then what it is of and for how long, in any order. A table
has a heading for each column (``goal_words.column``); whose the goal is and the target must be there. What is not said
is the sum of all sales, for every month from the present one on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Category
from db.models.files import File
from db.models.people import Person
from services import (
    catalogue_search,
    company,
    drawn_files,
    goal_cards,
    goal_words,
    goals,
    outbox,
    people,
    search_index,
    teams,
)
from services.actor import Actor, NotAllowed, Role, require
from services.announcements import Audience, announce
from services.errors import DomainError
from services.goal_cards import GoalCard
from services.goals import GoalUnfit, Matter, TargetUnfit, Wanted
from services.jobs import Job
from services.search import article_key, search_key
from services.turnover import Metric

PURPOSE: Final = "goals"
"""What a table of goals is fetched for."""
MOST_ROWS: Final = 1000
"""Rows that a table may have below its heading, and lines that may be typed."""
COLUMNS: Final = ("who", "target", "metric", "scope", "span", "first", "last")
_NEEDED: Final = ("who", "target")
_LONGEST_SHOWN: Final = 60
_FIGURE: Final = re.compile(r"[^\w]?[0-9]")
_CURRENCY: Final = re.compile(r"[^\w\s]{1,3}|руб\w*\.?|р\.?|евро|euros?|pesos?|dolares|dólares|[A-Z]{3}|US\$|R\$")
"""What may stand behind an amount; ``figures.parse_money`` says whether it is the company's."""
_THREE: Final = re.compile(r"[0-9]{3}(?:[.,][0-9]{1,4})?")


class ColumnsMissing(DomainError):
    """A table without the columns that must be there. Facts: missing, known (names of columns)."""


class NothingRead(DomainError):
    """There is no goal in what was sent. No facts."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row or line is no goal. ``number`` is that of the table's row (the heading is 1) or of the line.

    ``reason``: who_unknown, who_unclear, scope_unknown, scope_unclear, metric, span, day, target, past, far, ends,
    goods or twice; ``said``: what stands there.
    """

    number: int
    reason: str
    said: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood. Only without problems it can be set."""

    wanted: tuple[Wanted, ...]
    problems: tuple[Problem, ...]


class _Unclear(Exception):
    def __init__(self, reason: str, said: str) -> None:
        super().__init__(reason)
        self.reason, self.said = reason, said


def read_table(session: Session, table: Sequence[Sequence[str]], *, by: Actor, now: datetime) -> Reading:
    """The goals of a table as text, the heading first. For admins; raises NotAllowed, ColumnsMissing or NothingRead."""
    require(by, Role.ADMIN, action="goal.read_table", subject="goal")
    heading = next((number for number, row in enumerate(table) if any(cell.strip() for cell in row)), None)
    if heading is None:
        raise NothingRead
    places: dict[str, int] = {}
    for place, cell in enumerate(table[heading]):
        name = goal_words.column(cell)
        if name is not None:
            places.setdefault(name, place)
    missing = [name for name in _NEEDED if name not in places]
    if missing:
        raise ColumnsMissing(missing=missing, known=list(COLUMNS))
    rows = [
        (number, {name: row[place].strip() if place < len(row) else "" for name, place in places.items()})
        for number, row in enumerate(table[heading + 1 :], start=heading + 2)
        if any(cell.strip() for cell in row)
    ]
    return _read(session, rows, now=now)


def read_lines(session: Session, text: str, *, by: Actor, now: datetime) -> Reading:
    """The goals of typed lines. For admins; raises NotAllowed or NothingRead."""
    require(by, Role.ADMIN, action="goal.read_lines", subject="goal")
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    names = _Names(session)
    return _read(session, [(number, _parts(line, names)) for number, line in lines[:MOST_ROWS]], now=now)


def request_sheet(session: Session, *, press: int, by: Actor, now: datetime) -> None:
    """Have the present goals drawn as a table to fill in, and sent to the actor; the same button pressed twice gives
    one. For admins; locks the job's lane. Raises NotAllowed.
    """
    require(by, Role.ADMIN, action="goal.list", subject="goal")
    wanted = {"person_id": by.person_id, "language": by.language, "chat_key": by.origin}
    key = f"goals:{by.person_id}:{press}"
    outbox.put(session, [outbox.Item(f"goals:{by.person_id}", Job.DRAW_GOALS, wanted, dedupe=key)], now=now)


def sheet_rows(session: Session, payload: dict[str, Any], *, now: datetime) -> list[GoalCard]:
    """The present goals, for the job: those that are read back as they are, so that the table is taken as it was sent.
    Goals of people who are no reps any more are not, nor those of namesakes, or in a currency that the company has
    left. None for somebody who is no admin any more.
    """
    person = session.get_one(Person, payload["person_id"])
    if person.revoked_at is not None or Role.ADMIN.value not in person.roles:
        return []
    found = goal_cards.list_all(session, by=people.actor_of(person, origin=payload["chat_key"]), now=now)
    names, currency = _Names(session), company.get(session).currency
    return [card for card in found if names.leads_to(card) and card.currency in {"", currency}]


def scope_to_type(session: Session, card: GoalCard) -> str:
    """What names the goods of a goal so that reading finds them again: a product's article, a category's path."""
    if card.matter.product_id is not None:
        return catalogue_search.by_ids(session, [card.matter.product_id])[card.matter.product_id].article
    return _Categories(session).path(card.matter.category_id) if card.matter.category_id is not None else ""


def deliver(session: Session, facts: dict[str, Any], *, now: datetime) -> None:
    """Record the drawn table and hand it to who asked: announces ``goals_sheet_ready`` with the file.

    Whoever is no admin any more, or cannot be reached there, gets nothing.
    """
    person = session.get_one(Person, facts["person_id"])
    if people.is_active_admin(person):
        drawn_files.hand_over(session, facts, "goals_sheet_ready", now=now)


def tell_unread(session: Session, chat_key: str) -> None:
    """The screen that would have shown what a table says was left before it came: announces ``goals_unread``."""
    announce(session, Audience(chat_key=chat_key), "goals_unread")


def take(session: Session, file: File, facts: dict[str, Any], now: datetime) -> None:  # noqa: ARG001
    """A table was fetched: whoever sent it must be an admin still. What stands in it is read by the screen that waits
    for it. Raises NotAllowed.
    """
    person = session.get(Person, facts["person_id"])
    if person is None or person.revoked_at is not None or Role.ADMIN.value not in person.roles:
        raise NotAllowed(by=None, action="goal.read_table", subject="goal", origin=facts["chat_key"])


def _read(session: Session, rows: Sequence[tuple[int, dict[str, str]]], *, now: datetime) -> Reading:
    """Each row as a goal or as a problem; a matter that stands there twice for one period is a problem too."""
    if not rows:
        raise NothingRead
    profile = company.get(session)
    reader = _Reader(session, company.today(profile, now), profile.currency)
    wanted: list[Wanted] = []
    problems: list[Problem] = []
    seen: set[tuple[Matter, date]] = set()
    for number, row in rows:
        try:
            one = reader.read(row)
            if (one.matter, one.period.first) in seen:
                raise _Unclear("twice", row.get("who", ""))
        except _Unclear as unclear:
            problems.append(Problem(number, unclear.reason, unclear.said[:_LONGEST_SHOWN]))
        else:
            seen.add((one.matter, one.period.first))
            wanted.append(one)
    return Reading(tuple(wanted), tuple(problems))


class _Reader:
    """Reads rows, and remembers what the names in them have turned out to mean."""

    def __init__(self, session: Session, today: date, currency: str) -> None:
        self._today, self._currency = today, currency
        self._names, self._goods = _Names(session), _Goods(session)

    def read(self, row: dict[str, str]) -> Wanted:
        """The goal that a row is."""
        person_id, team_id = self._names.find(row.get("who", ""))
        metric = self._word(row, "metric", goal_words.metric) or Metric.SUM
        category_id, product_id = self._goods.find(row.get("scope", ""))
        said = self._word(row, "span", goal_words.span)
        first, last = self._day(row, "first"), self._day(row, "last")
        span, first = goal_words.period_of(said, first, today=self._today)
        if row.get("only"):
            last = first
        target = goal_words.target(row.get("target", ""), metric, self._currency)
        if target is None:
            raise _Unclear("target", row.get("target", ""))
        matter = Matter(person_id, team_id, metric, category_id, product_id, span)
        wanted = Wanted(matter, first, last, target)
        try:
            goals.check(wanted, today=self._today, currency=self._currency)
        except GoalUnfit as unfit:
            raise _Unclear(unfit.facts["what"], row.get("first") or row.get("scope", "")) from None
        except TargetUnfit:
            raise _Unclear("target", row.get("target", "")) from None
        return wanted

    @staticmethod
    def _word(row: dict[str, str], name: str, read: Any) -> Any:
        text = row.get(name, "")
        found = read(text) if text else None
        if text and found is None:
            raise _Unclear(name, text)
        return found

    def _day(self, row: dict[str, str], name: str) -> date | None:
        text = row.get(name, "")
        found = goal_words.day(text, today=self._today) if text else None
        if text and found is None:
            raise _Unclear("day", text)
        return found


class _Names:
    """The reps and teams by what people call them."""

    def __init__(self, session: Session) -> None:
        reps = [(search_key(person.name), (person.id, None)) for person in people.list_active(session, Role.REP)]
        grouped = [(search_key(team.name), (None, team.id)) for team in teams.all_teams(session)]
        self._known: list[tuple[str, tuple[int | None, int | None]]] = [*reps, *grouped]

    def find(self, text: str) -> tuple[int | None, int | None]:
        """Person and team; neither: all reps. The whole name counts first, then the beginning of its words."""
        key = search_key(text)
        if goal_words.is_all(text):
            return None, None
        found = self.exact(key) or [
            whose for name, whose in self._known if key and (name.startswith(key) or f" {key}" in name)
        ]
        if len(found) > 1:
            raise _Unclear("who_unclear", text)
        if not found:
            raise _Unclear("who_unknown", text)
        return found[0]

    def leads_to(self, card: GoalCard) -> bool:
        """Whether the goal is found again by the name of whose it is."""
        matter = card.matter
        whose = matter.person_id, matter.team_id
        if whose == (None, None):
            return True
        return not goal_words.is_all(card.who) and self.exact(search_key(card.who)) == [whose]

    def exact(self, key: str) -> list[tuple[int | None, int | None]]:
        """Who is called exactly so."""
        return [whose for name, whose in self._known if name == key]


class _Categories:
    """The categories by name and by path."""

    def __init__(self, session: Session) -> None:
        rows = session.execute(select(Category.id, Category.parent_id, Category.name)).all()
        self._rows = {row[0]: (row[1], row[2]) for row in rows}

    def path(self, category_id: int) -> str:
        """The names from the top down: ``Dairy / Milk``."""
        names: list[str] = []
        at: int | None = category_id
        while at is not None and at in self._rows:
            parent, name = self._rows[at]
            names.insert(0, name)
            at = parent
        return " / ".join(names)

    def find(self, key: str) -> list[int]:
        """Those with this path, or else with this name."""
        by_path = [number for number in self._rows if search_key(self.path(number)) == key]
        return by_path or [number for number, (_, name) in self._rows.items() if search_key(name) == key]


class _Goods:
    """Products and categories by what people call them."""

    def __init__(self, session: Session) -> None:
        self._session, self._categories = session, _Categories(session)
        self._found: dict[str, tuple[int | None, int | None]] = {}

    def find(self, text: str) -> tuple[int | None, int | None]:
        """Category and product; neither: whatever is sold. An article counts first, then a category, then a name."""
        if not text or goal_words.is_all(text):
            return None, None
        key = search_key(text)
        if key not in self._found:
            self._found[key] = self._look_up(text, key)
        return self._found[key]

    def _look_up(self, text: str, key: str) -> tuple[int | None, int | None]:
        same = catalogue_search.by_articles(self._session, [text]).get(article_key(text), [])
        if same:
            return None, same[0].id
        categories = self._categories.find(key)
        if len(categories) == 1:
            return categories[0], None
        products = [] if categories else search_index.matching(self._session, "product", text, limit=2, sold_only=True)
        if len(products) == 1:
            return None, products[0]
        raise _Unclear("scope_unclear" if categories or products else "scope_unknown", text)


def _parts(line: str, names: _Names) -> dict[str, str]:
    """A typed line as a row: who stands before the figure, the rest after it."""
    words = re.sub(r"[;\t\u00a0\u202f]", " ", line).split()
    cut = _begin_of_figure(words, names)
    row = {"who": " ".join(words[:cut]).strip(" :=–—-"), "target": ""}
    rest = words[cut:]
    figure = rest[:1]
    while len(rest) > len(figure) and _THREE.fullmatch(rest[len(figure)]) and figure[-1].isdigit():
        figure.append(rest[len(figure)])
    rest = rest[len(figure) :]
    if rest and _CURRENCY.fullmatch(rest[0]) and not _is_word(rest[0]):
        figure.append(rest.pop(0))
    row["target"] = " ".join(figure)
    return row | _after_figure(rest)


def _begin_of_figure(words: Sequence[str], names: _Names) -> int:
    """Where the figure begins: after a name that is known whole, which may have figures of its own."""
    starts = [place for place, word in enumerate(words) if place and _FIGURE.match(word)]
    for place in reversed(starts):
        if names.exact(search_key(" ".join(words[:place]))):
            return place
    return starts[0] if starts else len(words)


def _after_figure(words: Iterable[str]) -> dict[str, str]:
    """What is counted, for how long, and of what: the words that say nothing else."""
    row: dict[str, str] = {}
    scope: list[str] = []
    for word in words:
        if goal_words.is_only(word):
            row["only"] = word
        elif goal_words.span(word) is not None:
            row["span"] = word
        elif goal_words.metric(word) is not None:
            row["metric"] = word
        elif scope or not goal_words.is_between(word):
            scope.append(word)
    while scope and goal_words.is_between(scope[-1]):
        scope.pop()
    return row | {"scope": " ".join(scope).strip(" ,.:–—-")}


def _is_word(text: str) -> bool:
    return goal_words.metric(text) is not None or goal_words.span(text) is not None
