"""A screen of the tests beside the real ones: its answers write, announce, and then go wrong as they are asked to."""

from __future__ import annotations

from sqlalchemy import select

from bot.screens.registry import Registry
from bot.screens.screen import Face, NoState, Screen, Step, Turn
from db.models.clients import Client
from services import announcements, audit, outbox
from services.actor import NotAllowed, Role
from services.announcements import Audience
from services.outbox import Item
from tests.bot.talk import screens
from tests.builders import make_client

TOLD = Audience(role=Role.ADMIN)


class Broken(Exception):
    """A mistake of ours."""


def registry_with_trial() -> Registry:
    """The product's screens, and ``trial_refused`` and ``trial_broken`` for reps."""
    trial = Screen("trial", roles=frozenset({Role.REP}))

    @trial.shown
    def show(turn: Turn, _state: NoState) -> Face:
        raise AssertionError("nobody goes there")

    @trial.pressed("trial_refused")
    def refuse(turn: Turn) -> Step:
        _begin(turn)
        raise NotAllowed(by=turn.who, action="trial", subject="trial:1")

    @trial.pressed("trial_broken")
    def break_down(turn: Turn) -> Step:
        _begin(turn)
        audit.write(turn.session, by=turn.who, action="trial", subject="trial:1", now=turn.now)
        turn.session.flush()
        raise Broken("it broke")

    @trial.pressed("trial_fine")
    def succeed(turn: Turn) -> Step:
        _begin(turn)
        return turn.go("home")

    known = screens()
    whole = Registry()
    for screen in (*known.screens.values(), trial):
        whole.add(screen)
    return whole


def _begin(turn: Turn) -> None:
    make_client(turn.session, "Trial client", place=None)
    announcements.announce(turn.session, TOLD, "gave_up", kind="trial", reason="tried")
    outbox.put(turn.session, [Item("pdf:trial", "invoice.draw", {"invoice_id": 1})], now=turn.now)
    assert turn.session.scalar(select(Client.id).where(Client.name == "Trial client")) is not None
