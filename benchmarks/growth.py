"""How one step of every screen grows with the company: from 100 to 100,000 products, from 1,000 to 100,000 orders.

    python -m benchmarks.growth [--only sqlite] [--worst 15]

A step is all that happens between an incoming event and the commit: look at the chat, ask the rules, read, draw, write
what has to leave. The screens and their verbs come from the registry: each verb is pressed by everybody who may,
each command is given, and wherever a text or a place can be sent, one is. Every step is done in turn on the small
company and on the large ones, and undone. Milliseconds are those on a processor, of this thread and of PostgreSQL's
process that serves it (on the same machine), so that a busy machine changes little; the least of a few runs counts.
Ends with 1 if a screen was never shown, or if a step takes AIM times as long as in the smallest company, or longer.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.engine import Connection

from benchmarks.crowded import Size, crowd
from bot.events import Kind
from db.models.messaging import dialogue
from db.models.orders import Order
from db.session import Database
from tests.bot.hall import STRANGER, Hall
from tests.bot.talk import SOURCE, Talk, screens, talk_inside
from tests.bot.test_every_verb import VERBS, may, orders_of
from tests.conftest import BACKENDS, EmptyDatabases

SIZES = (Size(100, 1_000), Size(10_000, 1_000), Size(100_000, 100_000))
AIM = 1.3
ROUNDS, MORE_ROUNDS = 3, 12
"""How often a step is done; and once more, where that looks like too much."""
OF_A_PERIOD = frozenset({"figures", "figures_days"})
"""Screens that add up a period: they grow with its orders, and ``benchmarks.figures`` measures them."""
TOO_MUCH_MILLI = 5_000_000
TYPED = ("Молоко", "молоко 001056", "A-00105", "Берёзка", "+7900", "1005", "Rita", "A-001050 3; A-001051 2")
"""Common words, rare ones, beginnings of articles and phones, the number of an order, a rep, and a whole order."""

Step = Callable[[Talk, Hall], object]


@dataclass
class Company:
    """One database in which the steps are done."""

    size: Size
    database: Database
    hall: Hall

    @contextmanager
    def talk(self) -> Iterator[Talk]:
        """A conversation whose work is thrown away."""
        with self.connection() as connection:
            yield talk_inside(connection)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """What is done on it is thrown away."""
        with self.database.engine.connect() as connection:
            outer = connection.begin()
            try:
                yield connection
            finally:
                outer.rollback()


@dataclass
class Deed:
    """Something that somebody does: what leads there, and the step that is measured."""

    name: str
    chat: int
    before: tuple[Step, ...]
    step: Step
    screen: str = ""
    """What it leads to."""
    took: dict[Size, list[float]] = field(default_factory=lambda: defaultdict(list))

    def times_longer(self, size: Size) -> float:
        """Beside the smallest company."""
        return self.fastest(size) / self.fastest(SIZES[0])

    def fastest(self, size: Size) -> float:
        """Milliseconds."""
        return min(self.took[size])


def _press(chat: int, verb: str, order_state: str) -> Step:
    def press(talk: Talk, hall: Hall) -> object:
        order, version = hall.orders[order_state]
        return talk.press(chat, verb, *VERBS[verb].ids(hall, order), version=version)

    return press


def _say(chat: int, words: str) -> Step:
    return lambda talk, _: talk.say(chat, words)


def _send_place(chat: int) -> Step:
    def send(talk: Talk, _: Hall) -> object:
        return talk.conversation.handle(talk.event(chat, Kind.PLACE, latitude=55.76, longitude=37.64, message_id="5"))

    return send


def _want_too_much(talk: Talk, hall: Hall) -> object:
    draft, _ = hall.orders["draft"]
    return talk.press(hall.desk.rita.id, "set_quantity", draft, hall.unit_ids[0], TOO_MUCH_MILLI)


def _submit(talk: Talk, hall: Hall) -> object:
    draft, _ = hall.orders["draft"]
    version = talk.scalar(select(Order.version).where(Order.id == draft))
    return talk.press(hall.desk.rita.id, "submit", draft, version=version)


def beginnings(hall: Hall) -> Iterator[Deed]:
    """Every verb, pressed by everybody who may (about an order: in each of its states), and every command."""
    roles = {"rita": ["rep"], "bob": ["storekeeper"], "ann": ["admin"], "stranger": []}
    for verb in sorted(screens().presses):
        for name in (name for name, own in roles.items() if may(verb, own)):
            for state in _states_of(verb, hall):
                chat = hall.people[name]
                yield Deed(f"{verb} ({name}, {state})", chat, (), _press(chat, verb, state))
    for command, (screen, _) in sorted(screens().commands.items()):
        for name in (name for name, own in roles.items() if not screen.roles or screen.roles & set(own)):
            chat = hall.people[name]
            yield Deed(f"/{command} ({name})", chat, (), _say(chat, f"/{command}"))
    yield Deed("a stranger comes", STRANGER, (), _say(STRANGER, "/start"))
    yield Deed("more than there is", hall.desk.rita.id, (_want_too_much,), _submit)


def _states_of(verb: str, hall: Hall) -> list[str]:
    wanted = list(orders_of(verb, hall))
    return [state for state, order in hall.orders.items() if order in wanted]


def what_follows(deed: Deed) -> Iterator[Deed]:
    """What can be typed or sent once the deed is done."""
    inputs = screens().screens[deed.screen].inputs
    before = (*deed.before, deed.step)
    if Kind.TEXT in inputs:
        for words in TYPED:
            yield Deed(f"{deed.screen}: {words!r}, after {deed.name}", deed.chat, before, _say(deed.chat, words))
    if Kind.PLACE in inputs:
        yield Deed(f"{deed.screen}: a place, after {deed.name}", deed.chat, before, _send_place(deed.chat))


def all_deeds(company: Company) -> list[Deed]:
    """Every deed, with the screen that it leads to; each screen's inputs are tried from where it was first seen."""
    found = list(beginnings(company.hall))
    for deed in found:
        deed.screen = _walk(company, deed)
    tried: set[tuple[str, int]] = set()
    for deed in list(found):
        if (deed.screen, deed.chat) not in tried:
            tried.add((deed.screen, deed.chat))
            for following in what_follows(deed):
                following.screen = _walk(company, following)
                found.append(following)
    return found


def _walk(company: Company, deed: Deed) -> str:
    """Do it once, and see where the chat stands then."""
    with company.talk() as talk:
        for step in (*deed.before, deed.step):
            step(talk, company.hall)
        return str(talk.scalar(select(dialogue.c.screen).where(dialogue.c.chat_key == f"{SOURCE}:{deed.chat}")))


def measure(companies: list[Company], deeds: list[Deed], rounds: int) -> None:
    """Do every deed in each company, in turn, so many times; the first time warms up."""
    for deed in deeds:
        for number in range(rounds + 1):
            for company in companies:
                spent = _milliseconds(company, deed)
                if number:
                    deed.took[company.size].append(spent)


def _milliseconds(company: Company, deed: Deed) -> float:
    with company.connection() as connection:
        talk, spent = talk_inside(connection), _clock(connection)
        for step in deed.before:
            step(talk, company.hall)
        began = spent()
        deed.step(talk, company.hall)
        return (spent() - began) / 1e6


def _clock(connection: Connection) -> Callable[[], int]:
    """Nanoseconds on a processor so far: ours, and those of the process at the other end."""
    if connection.dialect.name == "sqlite":
        return time.thread_time_ns
    server = Path(f"/proc/{connection.scalar(text('SELECT pg_backend_pid()'))}/schedstat")
    return lambda: time.thread_time_ns() + int(server.read_text().split()[0])


def grew(deed: Deed) -> bool:
    """Whether a larger company waits longer than it should for a step that has no period to add up."""
    return deed.screen not in OF_A_PERIOD and any(deed.times_longer(size) >= AIM for size in SIZES[1:])


def report(backend: str, deeds: list[Deed], worst: int) -> None:
    """The slowest growth first; then screen by screen, the worst of its steps."""
    print(f"{backend}: {len(deeds)} steps; ms with {SIZES[0]}; then how many times longer with {SIZES[1]}; {SIZES[2]}")
    by_screen: dict[str, list[Deed]] = defaultdict(list)
    for deed in deeds:
        by_screen[deed.screen].append(deed)
    lines = [max(of_one, key=lambda deed: max(map(deed.times_longer, SIZES[1:]))) for of_one in by_screen.values()]
    for deed in sorted(lines, key=lambda deed: max(map(deed.times_longer, SIZES[1:])), reverse=True)[:worst]:
        note = "  (adds up a period)" if deed.screen in OF_A_PERIOD else ""
        times = "  ".join(f"{deed.times_longer(size):5.2f}" for size in SIZES[1:])
        print(f"  {deed.fastest(SIZES[0]):6.2f}  {times}  {deed.screen}: {deed.name}{note}")
    own = [deed for deed in deeds if deed.screen not in OF_A_PERIOD]
    for size in SIZES:
        spent = [deed.fastest(size) for deed in own]
        print(f"  {size!s:38} median of all steps {statistics.median(spent):5.2f} ms, slowest {max(spent):6.2f} ms")


def run(backend: str, maker: EmptyDatabases, worst: int) -> list[str]:
    """Measure one database; returns what is wrong."""
    companies = []
    for size in SIZES:
        database = Database(maker.new(backend))
        companies.append(Company(size, database, crowd(database, size)))
    deeds = all_deeds(companies[-1])
    measure(companies, deeds, ROUNDS)
    measure(companies, [deed for deed in deeds if grew(deed)], MORE_ROUNDS)
    report(backend, deeds, worst)
    for company in companies:
        company.database.dispose()
    never = sorted(screens().screens.keys() - {deed.screen for deed in deeds})
    too_much = [deed.name for deed in deeds if grew(deed)]
    return [f"{backend}: never shown: {name}" for name in never] + [f"{backend}: grew: {name}" for name in too_much]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=BACKENDS)
    parser.add_argument("--worst", type=int, default=15, help="how many screens to print")
    given = parser.parse_args()
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        maker = EmptyDatabases(Path(folder))
        try:
            for backend in BACKENDS:
                if given.only in {None, backend}:
                    wrong += run(backend, maker, given.worst)
        finally:
            maker.drop_all()
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
