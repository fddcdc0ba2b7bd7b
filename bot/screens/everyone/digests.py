"""Digests: which ones somebody wants, when they leave, and a look at one now."""

from __future__ import annotations

from bot import keyboards
from bot.buttons import Button
from bot.screens.screen import Face, NoState, Screen, Stale, Step, Turn
from services import company_form, digests
from services.actor import Role
from services.digests import Kind

KINDS = tuple(Kind)
_HOUR = company_form.FIELDS.index("digest_minutes")

screen = Screen("digests", roles=frozenset(Role))


@screen.shown
def show(turn: Turn, _state: NoState) -> Face:
    """The switches carry what they would become; admins choose the hour for everybody."""
    wanted = digests.wanted(turn.session, by=turn.actor)
    profile = turn.company
    offered = [
        {"kind": kind.value, "on": kind in wanted, "at": digests.coming(kind, profile, turn.now).at} for kind in KINDS
    ]
    rows = [
        [Button("switch", "digests_switch", (number, 0 if kind in wanted else 1), facts=dict(offered[number]))]
        for number, kind in enumerate(KINDS)
    ]
    rows.append(
        [
            Button("show_now", "digests_now", (number,), turn.form_number, facts=dict(offered[number]))
            for number in (0, 1)
        ]
    )
    if Role.ADMIN in turn.actor.roles:
        rows.append([Button("hour", "company_field", (_HOUR,))])
    rows.append(keyboards.menu())
    facts = {
        "offered": offered,
        "minutes": profile.digest_minutes,
        "time_zone": profile.time_zone,
        "roles": sorted(turn.actor.roles),
    }
    return Face(facts, rows)


@screen.pressed("digests")
@screen.command("digest", "сводка", "resumen", menu="command")
def open_digests(turn: Turn) -> Step:
    """Show what is switched on."""
    return turn.go("digests")


@screen.pressed("digests_switch")
def switch(turn: Turn) -> Step:
    """Send such digests from now on, or no more, as the button says."""
    if turn.amount(1) > 1:
        raise Stale
    kind, on = _kind(turn), turn.amount(1) == 1
    digests.switch(turn.session, kind, on=on, by=turn.actor, now=turn.now)
    at = digests.coming(kind, turn.company, turn.now).at
    facts = {"kind": kind.value, "at": at, "time_zone": turn.company.time_zone}
    return turn.go("digests", "switched_on" if on else "switched_off", facts)


@screen.pressed("digests_now")
def show_now(turn: Turn) -> Step:
    """Send one now; the same button pressed twice gives one."""
    digests.show_now(turn.session, _kind(turn), press=str(turn.version), by=turn.actor, now=turn.now)
    return turn.go("digests", "coming_now")


def _kind(turn: Turn) -> Kind:
    if turn.amount(0) >= len(KINDS):
        raise Stale
    return KINDS[turn.amount(0)]
