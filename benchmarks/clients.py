"""Milliseconds to find a client among many, each way that a rep looks for one, on both databases.

    python -m benchmarks.clients [--clients 100000]

Half of the clients stand in one city, the others all over Russia. Every way is asked for other clients each time.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from db.models.clients import Client, Place
from db.session import Database
from services import client_search, clients
from services.actor import Actor
from services.client_keys import keys_of
from tests.builders import NOON, actor_of, make_company, make_person
from tests.conftest import BACKENDS, EmptyDatabases

ROUNDS = 40
WORDS = "Берёзка Маяк Ёлочка Гастроном Родник Каравай Волна Прибой Тополь Кедр Рябина Север Восход Луч Дружба".split()  # noqa: SIM905
KINDS = ("Магазин", "Кафе", "Столовая", "Пекарня", "Отель", "Салон", "Минимаркет", "Буфет")


def fill(database: Database, count: int) -> Actor:
    """A company with so many clients, and the rep who looks for them."""
    rng = random.Random(1)  # noqa: S311 - names, no secrets
    with database.transaction() as session:
        make_company(session)
        rep = actor_of(make_person(session))
        for start in range(0, count, 5000):
            numbers = range(start + 1, start + 5001)
            session.execute(insert(Client), [_client(rng, number) for number in numbers])
            session.execute(insert(Place), [_place(rng, number) for number in numbers])
        for number in range(1, 7):
            clients.note_used(session, number * 7, by=rep, now=NOON)
    with database.transaction() as session:
        session.execute(text("ANALYZE"))
    return rep


def phone_of(number: int) -> str:
    """Another one for each client."""
    return f"+7 9{number % 90 + 10:02d} {number // 90 % 1000:03d}-{number % 89 + 10:02d}-{number % 83 + 10:02d}"


def _client(rng: random.Random, number: int) -> dict[str, object]:
    name = f"{rng.choice(KINDS)} «{rng.choice(WORDS)} {number}»"
    legal_name = f"ООО «{rng.choice(WORDS)}-{rng.choice(WORDS)}»"
    phone = phone_of(number)
    keys = keys_of(name, legal_name=legal_name, phone=phone, country="RU")
    known = {"legal_name": legal_name, "tax_id": f"{7_700_000_000 + number * 31:010d}", "phone": phone}
    return {"id": number, "name": name, "created_at": NOON, **known, **keys}


def _place(rng: random.Random, number: int) -> dict[str, object]:
    city = number % 2
    latitude = 55.75 + rng.gauss(0, 0.1) if city else rng.uniform(45, 65)
    longitude = 37.62 + rng.gauss(0, 0.15) if city else rng.uniform(30, 130)
    return {"client_id": number, "latitude": latitude, "longitude": longitude}


def ways(session: Session, rep: Actor, count: int) -> Iterator[tuple[str, Callable[[], object]]]:
    """Each way to look, by its name."""
    rng = random.Random(2)  # noqa: S311 - as above

    def typed(make: Callable[[int], str]) -> Callable[[], object]:
        return lambda: client_search.list_clients(session, by=rep, page=0, query=make(rng.randint(1, count)))

    def near(latitude: float, longitude: float, spread: float) -> Callable[[], object]:
        return lambda: client_search.list_nearest(
            session, (latitude + rng.uniform(-spread, spread), longitude + rng.uniform(-spread, spread)), by=rep, page=0
        )

    yield "the list, first page", lambda: client_search.list_clients(session, by=rep, page=0)
    yield "part of a name", typed(lambda number: f"{rng.choice(WORDS)} {number}")
    yield "a common word", typed(lambda _: rng.choice(WORDS))
    yield "a whole phone", typed(phone_of)
    yield "last four digits", typed(lambda number: phone_of(number)[-5:])
    yield "how a tax id begins", typed(lambda number: str(7_700_000_000 + number * 31)[:8])
    yield "nearest, in the city", near(55.75, 37.62, 0.2)
    yield "nearest, in the country", near(55.0, 80.0, 8.0)
    yield "nearest, where nobody is", near(-40.0, -100.0, 5.0)
    yield "doubles of a new one", lambda: _doubles(session, rng, count)


def _doubles(session: Session, rng: random.Random, count: int) -> object:
    number = rng.randint(1, count)
    values = {"name": f"{rng.choice(WORDS)} {number}", "phone": phone_of(number), "tax_id": str(7_700_000_000 + number)}
    return client_search.list_alike(session, values, (55.75 + rng.gauss(0, 0.1), 37.62))


def main() -> None:
    """Fill both databases and print the median and the slowest of each way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=100_000)
    count = parser.parse_args().clients
    with tempfile.TemporaryDirectory() as folder:
        maker = EmptyDatabases(Path(folder))
        try:
            for backend in BACKENDS:
                database = Database(maker.new(backend))
                rep = fill(database, count)
                print(f"{backend}, {count} clients: median and slowest, ms")
                with database.reading() as session:
                    for name, look in ways(session, rep, count):
                        print(f"  {name:26} {'  '.join(f'{ms:6.2f}' for ms in _measured(session, look))}")
                database.dispose()
        finally:
            maker.drop_all()


def _measured(session: Session, look: Callable[[], object]) -> tuple[float, float]:
    look()
    taken = []
    for _ in range(ROUNDS):
        session.expire_all()
        start = time.perf_counter()
        look()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken), max(taken)


if __name__ == "__main__":
    main()
