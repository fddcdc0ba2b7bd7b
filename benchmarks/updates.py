"""Updates per second and seconds per answer, of TelBot and of a bare pyTelegramBotAPI bot beside it, in one run.

    python -m benchmarks.updates [--seconds 6] [--only sqlite-polling]

The sandbox and the people live in this process, the bots in processes of their own. See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select

from benchmarks.echo import PATH
from benchmarks.load import (
    Figures,
    Visitor,
    Walk,
    Watching,
    at_rate,
    echo_order,
    echo_walk,
    full_order,
    menu_walk,
    saturate,
)
from db.models.people import Account
from db.session import Database
from sandbox.client import Box
from sandbox.server import Server
from services.actor import Role
from tests.builders import make_person
from tests.chaos import company
from tests.conftest import BACKENDS, EmptyDatabases
from tests.journeys.house import ROOT, House

VISITORS, RATE = 24, 50.0
WALKS: dict[str, tuple[Walk, Walk]] = {"menu walk": (menu_walk, echo_walk), "full order": (full_order, echo_order)}
DOORS = ("polling", "webhook")


@dataclass(frozen=True)
class Measured:
    """One bot, one door, one walk."""

    bot: str
    door: str
    walk: str
    fixed: Figures
    saturated: Figures


@asynccontextmanager
async def sandbox() -> AsyncIterator[tuple[Server, Watching, Box]]:
    """A sandbox in this process."""
    server = Server()
    journal = server.core.journal = Watching()
    await server.open("127.0.0.1", 0, 0)
    try:
        yield server, journal, await asyncio.to_thread(Box, server.addresses()["control_url"])
    finally:
        await server.close()


async def measure_telbot(backend: str, door: str, folder: Path, seconds: float) -> list[Measured]:
    """TelBot with a database of its own."""
    maker = EmptyDatabases(folder)
    url = await asyncio.to_thread(maker.new, backend)
    try:
        async with sandbox() as (server, journal, box):
            database = Database(url)
            company.furnish(database)
            bot = await asyncio.to_thread(box.new_bot, "bench_bot", "TelBot")
            house = House(box, bot, database, url, folder, door, {"LOG_LEVEL": "WARNING"})
            visitors = _visitors(server, journal, bot.id)
            _employ(database, bot.id, visitors)
            await asyncio.to_thread(house.start)
            try:
                return await _measure(f"TelBot, {backend}", door, visitors, seconds, own=True)
            finally:
                house.kill()
                database.dispose()
    finally:
        await asyncio.to_thread(maker.drop_all)


async def measure_echo(door: str, seconds: float) -> list[Measured]:
    """The bot to compare with."""
    async with sandbox() as (server, journal, box):
        bot = await asyncio.to_thread(box.new_bot, "echo_bot", "Echo")
        visitors = _visitors(server, journal, bot.id)
        port = str(8765 + os.getpid() % 1000)
        command = [sys.executable, "-m", "benchmarks.echo", door, port]
        environment = {**os.environ, "BOT_TOKEN": bot.token, "BOT_API_URL": box.api_url}
        with subprocess.Popen(  # noqa: S603, ASYNC220 - our own words, and it returns at once
            command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
        ) as process:
            try:
                if door == "webhook":
                    await asyncio.to_thread(_set_webhook, f"{box.api_url}/bot{bot.token}/setWebhook", port)
                return await _measure("echo bot", door, visitors, seconds, own=False)
            finally:
                process.kill()


def _set_webhook(method: str, port: str) -> None:
    """Wait for the echo bot's server, then name it to the sandbox."""
    deadline = time.monotonic() + 20
    while True:
        try:
            requests.get(f"http://127.0.0.1:{port}/", timeout=1)
            break
        except requests.RequestException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    requests.post(method, json={"url": f"http://127.0.0.1:{port}{PATH}"}, timeout=5).raise_for_status()


def _visitors(server: Server, journal: Watching, bot_id: int) -> list[Visitor]:
    world = server.core.world
    bot = world.bots[bot_id]
    people = [world.new_person(f"Rep {number}", language_code="en") for number in range(VISITORS)]
    return [Visitor(world, journal, world.chat(bot, person)) for person in people]


def _employ(database: Database, bot_id: int, visitors: list[Visitor]) -> None:
    """Everybody is a rep."""
    with database.transaction() as session:
        for visitor in visitors:
            person = make_person(session, visitor.chat.person.first_name, roles=[Role.REP])
            account = session.scalars(select(Account).where(Account.person_id == person.id)).one()
            account.external_id, account.chat_key = str(visitor.chat.id), f"tg:{bot_id}:{visitor.chat.id}"
            session.flush()


async def _measure(bot: str, door: str, visitors: list[Visitor], seconds: float, *, own: bool) -> list[Measured]:
    """Warm up, then each walk at a fixed rate and as fast as it goes."""
    found = []
    for name, walks in WALKS.items():
        walk = walks[0] if own else walks[1]
        await saturate(visitors, walk, min(1.0, seconds / 4))
        await asyncio.sleep(0.5)  # what is still on its way shall not be taken for an answer
        fixed = await at_rate(visitors, walk, RATE, seconds)
        await asyncio.sleep(0.5)
        found.append(Measured(bot, door, name, fixed, await saturate(visitors, walk, seconds)))
        await asyncio.sleep(0.5)
    return found


def table(measured: list[Measured]) -> str:
    """All figures, and TelBot's throughput as a part of the echo bot's behind the same door."""
    echoes = {(one.door, one.walk): one.saturated.rate for one in measured if one.bot == "echo bot"}
    head = f"{'bot':<20} {'door':<8} {'walk':<11} {'updates/s':>9} {'of echo':>8}   p50   p95   p99 ms at {RATE:.0f}/s"
    lines = [head, "-" * len(head)]
    for one in measured:
        echo = echoes.get((one.door, one.walk))
        ratio = f"{one.saturated.rate / echo:8.2f}" if echo else " " * 8
        p50, p95, p99 = (one.fixed.percentile(share) for share in (0.50, 0.95, 0.99))
        rates = f"{one.saturated.rate:9.0f} {ratio}"
        lines.append(f"{one.bot:<20} {one.door:<8} {one.walk:<11} {rates} {p50:5.1f} {p95:5.1f} {p99:5.1f}")
    return "\n".join(lines)


async def measure(only: str, seconds: float) -> list[Measured]:
    """Every bot behind every door, or the one that was asked for, each beside the echo bot."""
    found: list[Measured] = []
    for door in DOORS:
        backends = [backend for backend in BACKENDS if only in {"", f"{backend}-{door}"}]
        if backends:
            found += await measure_echo(door, seconds)
        for backend in backends:
            with tempfile.TemporaryDirectory() as folder:
                found += await measure_telbot(backend, door, Path(folder), seconds)
    return found


def main() -> None:
    """Measure and print."""
    parser: Any = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0, help="for each measurement")
    parser.add_argument("--only", default="", help="one of sqlite-polling, postgresql-webhook, …")
    given = parser.parse_args()
    print(table(asyncio.run(measure(given.only, given.seconds))))


if __name__ == "__main__":
    main()
