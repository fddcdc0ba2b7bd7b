"""Who works here, and taking access away."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.screen import Face, Screen, Step, Turn
from services import staff
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which page, and who may be about to lose access (0: nobody)."""

    page: int = 0
    person_id: int = 0


screen = Screen("staff", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of people; one that was pressed can be revoked with a second press."""
    found = staff.list_members(turn.session, by=turn.actor, page=state.page)
    rows = [
        [Button("person", "staff_member", (found.page, person.person_id), facts={"person": person})]
        for person in found.items
    ]
    chosen = next((person for person in found.items if person.person_id == state.person_id), None)
    rows.append(keyboards.pages(found, "staff"))
    if chosen is not None:
        facts = {"person": chosen}
        rows.append(
            [Button("keep", "staff", (found.page,)), Button("revoke", "revoke", (chosen.person_id,), facts=facts)]
        )
    rows.append([Button("give_access", "give_access"), Button("menu", "home")])
    return Face({"found": found, "chosen": chosen}, rows)


@screen.pressed("staff")
def open_staff(turn: Turn) -> Step:
    """Show a page."""
    return turn.go("staff", page=turn.id())


@screen.pressed("staff_member")
def choose(turn: Turn) -> Step:
    """Choose somebody."""
    return turn.go("staff", page=turn.id(), person_id=turn.id(1))


@screen.pressed("revoke")
def revoke(turn: Turn) -> Step:
    """Take somebody's access away, at once; what they were loading waits again."""
    staff.dismiss(turn.session, turn.id(), by=turn.actor, now=turn.now)
    return turn.go("staff", "revoked")
