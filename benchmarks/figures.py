"""How long the figures of a company with 100,000 orders a year take: in chat and as a file, for a month and for a year.

    python -m benchmarks.figures [--orders 100000]

In chat: one step of the screen, as ``benchmarks.growth`` has it: the sums beside those of the period before, then each
top list. The file is read, drawn and stored by a job, while everything else goes on. Prints the fastest of a few runs.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from benchmarks.crowded import Size, crowd
from benchmarks.growth import Company
from db.session import Database
from delivery.figures import FiguresWay
from services.figures_export import Request
from services.files import FileStore
from services.jobs import Job
from services.lanes import Row
from services.periods import Period
from services.statistics import By, Scope
from tests.bot.talk import texts
from tests.builders import NOON
from tests.conftest import BACKENDS, EmptyDatabases

PRODUCTS = 1_000
DAYS = {"a day": 1, "a month": 30, "a year": 365}
LOOKS, DRAWINGS = 5, 2


def fastest(deed: Callable[[], object], times: int) -> float:
    """Milliseconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        deed()
        taken.append((time.perf_counter() - began) * 1000)
    return min(taken)


def looks(crowded: Company, period: Period) -> dict[str, float]:
    """Milliseconds of the step that shows a period in all, and of the slowest of its top lists."""
    chat, days = crowded.hall.desk.ann.id, (period.first.toordinal(), period.last.toordinal())
    with crowded.talk() as talk:
        taken = [
            fastest(lambda listed=listed: talk.press(chat, "figures", *days, listed * 100, 0), LOOKS)
            for listed in range(len(By) + 1)
        ]
    return {"in all": taken[0], "slowest list": max(taken[1:])}


def drawing(crowded: Company, period: Period, store: FileStore) -> float:
    """Milliseconds of the job that makes the file."""
    days = {"first": period.first.toordinal(), "last": period.last.toordinal()}
    payload = {**days, "scope": asdict(Scope()), "person_id": crowded.hall.desk.ann.id, "language": "ru"}
    row = Row(1, "figures:1", Job.DRAW_FIGURES, payload, 0, NOON, secret=False)
    wanted = Request(period, Scope(), crowded.hall.desk.ann.id, "tg:1:1", "ru", "Europe/Moscow")
    way = FiguresWay(texts(), crowded.database.reading, store, lambda _: None)
    return fastest(lambda: way.deliver(row, wanted), DRAWINGS)


def main() -> None:
    """Fill both databases and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=100_000)
    size = Size(PRODUCTS, parser.parse_args().orders)
    print(f"{size} in a year; ms")
    with tempfile.TemporaryDirectory() as folder:
        maker = EmptyDatabases(Path(folder))
        try:
            for backend in BACKENDS:
                database = Database(maker.new(backend))
                crowded = Company(size, database, crowd(database, size))
                for name, days in DAYS.items():
                    period = Period(NOON.date() - timedelta(days=days - 1), NOON.date())
                    found = {**looks(crowded, period), "file": drawing(crowded, period, FileStore(Path(folder)))}
                    print(f"  {backend:11} {name:8} " + "  ".join(f"{what} {ms:8.1f}" for what, ms in found.items()))
                database.dispose()
        finally:
            maker.drop_all()


if __name__ == "__main__":
    main()
