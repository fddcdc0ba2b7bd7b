"""One shift of a crowd at a house: everybody comes in, works, goes home, and the house settles."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from db.models.messaging import inbox
from db.models.orders import Order
from db.session import Database
from sandbox.client import Box
from sandbox.client_chat import Chat
from services.actor import Role
from tests.chaos import company
from tests.chaos.crowd import REP, STOREKEEPER, Crowd, Somebody
from tests.chaos.invariants import World
from tests.journeys.house import House

REPS, STOREKEEPERS = 6, 2
LOOKS_PER_SECOND = 120
"""How often people look at their chats, all together; about every second look they do something."""
START_SECONDS, SETTLE_SECONDS, LOADING_SECONDS = 40.0, 60.0, 150.0


@dataclass
class Shift:
    """A house with its crowd. ``open`` starts the door; ``close`` lets all that is open be finished."""

    house: House
    crowd: Crowd
    initial: company.Shelves
    first_update: int

    @classmethod
    def open(cls, box: Box, database_url: str, folder: Path, mode: str, seed: int) -> Shift:
        """Furnish a house, start its door and let everybody in with their links."""
        folder.mkdir()
        database = Database(database_url)
        initial = company.furnish(database)
        bot = box.new_bot(username="chaos_bot", name="TelBot")
        house = House(box, bot, database, database_url, folder, mode)
        names = [(f"Rep {n}", Role.REP) for n in range(REPS)]
        names += [(f"Keeper {n}", Role.STOREKEEPER) for n in range(STOREKEEPERS)]
        chats = [_come_in(house, name, role) for name, role in names]
        first_update = box.pending_updates(bot)[0]["update_id"]
        house.start()
        for chat in chats:
            chat.wait_for(f"Welcome, {chat.person.first_name}", timeout=START_SECONDS)
        house.settle()
        chance = random.Random(seed)  # noqa: S311 - reproducible, no secret
        pause = len(names) / LOOKS_PER_SECOND
        people = [
            Somebody(chat, REP if role is Role.REP else STOREKEEPER, random.Random(chance.random()), pause)  # noqa: S311
            for chat, (_, role) in zip(chats, names, strict=True)
        ]
        return cls(house, Crowd(people[:REPS], people[REPS:]), initial, first_update)

    def close(self) -> World:
        """Lift all faults, let the storekeepers load what is open, and wait until nothing moves any more."""
        self.house.box.clear_faults()
        self.crowd.finish(self._open_orders, within=LOADING_SECONDS)
        self.house.settle(SETTLE_SECONDS)
        return self.world()

    def world(self) -> World:
        """All that the checks look at."""
        last = int(self.house.box.control("double_last", bot_id=self.house.bot.id)["update_id"])
        self.house.settle(SETTLE_SECONDS)
        chats = [one.chat for one in self.crowd.everybody]
        return World(self.house, chats, range(self.first_update, last + 1), self.initial)

    def _open_orders(self) -> int:
        """Orders that a storekeeper has still to do with, and updates that may become such."""
        waiting = len(self.house.box.pending_updates(self.house.bot))
        found = select(func.count()).select_from(Order).where(Order.status.in_(["submitted", "loading"]))
        return waiting + int(self.house.scalar(found))

    def wait_for_updates(self, count: int, *, within: float) -> None:
        """Wait until so many updates were taken."""
        deadline = time.monotonic() + within
        while self.house.updates_taken() < count:
            assert time.monotonic() < deadline, f"only {self.house.updates_taken()} updates within {within} s"
            time.sleep(0.1)

    def wait_for_loading(self, *, within: float) -> None:
        """Wait until an order was loaded."""
        deadline = time.monotonic() + within
        while not self.figures()["loaded"]:
            assert time.monotonic() < deadline, f"{self.figures()} within {within} s"
            time.sleep(0.1)

    def wait_for_letters(self, count: int, *, within: float) -> None:
        """Wait until so many invoices came to a mailbox: then all of the way was gone."""
        deadline = time.monotonic() + within
        while len(self.house.box.mail()) < count:
            assert time.monotonic() < deadline, f"{self.figures()} within {within} s"
            time.sleep(0.1)

    def figures(self) -> dict[str, int]:
        """What was done."""
        count = func.count()
        return {
            "updates": int(self.house.scalar(select(count).where(~inbox.c.source.startswith("internal:")))),
            "orders": int(self.house.scalar(select(count).where(Order.status != "draft"))),
            "waiting": int(self.house.scalar(select(count).where(Order.status == "waiting"))),
            "loaded": int(self.house.scalar(select(count).where(Order.status == "loaded"))),
            "letters": len(self.house.box.mail()),
        }


def _come_in(house: House, name: str, role: Role) -> Chat:
    """Open the link with a password; nobody answers yet."""
    fresh = house.issue(name, role)
    chat = house.stranger(name, "en")
    chat.open_link(fresh.link)
    return chat
