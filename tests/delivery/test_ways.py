"""Everything that the product puts into the outbox has a way out."""

from __future__ import annotations

import ast
from pathlib import Path

from bot.events import Handled
from db.session import Database
from delivery.chat import KINDS
from delivery.embedded import Delivery
from delivery.ways import Way
from services.jobs import Job
from settings import Settings
from templates.environment import Texts
from tests.builders import NOON

ROOT = Path(__file__).resolve().parents[2]


def queued_kinds() -> set[str]:
    """The kind of every ``Item(…)`` in the product: a literal, or a member of ``Job``."""
    found: set[str] = set()
    for path in [*ROOT.glob("bot/**/*.py"), *ROOT.glob("services/**/*.py"), *ROOT.glob("delivery/**/*.py")]:
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            if ast.unparse(call.func).rpartition(".")[2] != "Item":
                continue
            named = {word.arg: word.value for word in call.keywords}
            kind = named.get("kind") or call.args[1]
            if isinstance(kind, ast.Constant):
                found.add(str(kind.value))
            elif (member := ast.unparse(kind)).startswith("Job."):
                found.add(Job[member.removeprefix("Job.")].value)
    return found


def test_every_kind_that_is_queued_has_a_way_and_every_way_a_kind(tmp_path: Path) -> None:
    class House:
        texts = Texts.load()
        transaction = Database(f"sqlite:///{tmp_path}/x.sqlite3").transaction
        reading = transaction

        @staticmethod
        def hand_in(_event: object) -> Handled:
            return Handled()

    delivery = Delivery(Settings(files_dir=tmp_path), {}, House(), clock=lambda: NOON)
    ways: dict[str, Way] = dict(delivery._relay._ways)

    assert queued_kinds() == set(ways) == {*KINDS, *Job}
