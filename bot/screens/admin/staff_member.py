"""One of the staff: what they may do, where, and taking it away or giving it anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot import keyboards
from bot.buttons import Button
from bot.screens.admin import handing_over
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import company, staff
from services.actor import Role
from services.staff import Member

ROLES = (Role.REP, Role.STOREKEEPER, Role.ADMIN)
GOOD_FOR = timedelta(days=7)
"""How long a password that is issued anew can be used."""


@dataclass(frozen=True)
class State:
    """Whose card, which page of warehouses, and whether ``revoke`` was pressed (1) and waits to be confirmed.

    ``form``: the button that issues a password anew is good for what it was shown with, once.
    """

    person_id: int = 0
    page: int = 0
    revoking: int = 0
    form: int = 0


screen = Screen("staff_member", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """Roles and warehouses with a mark at what is so; each button carries what it shall become."""
    member = staff.get(turn.session, state.person_id, by=turn.actor)
    facts = {"member": member, "revoking": state.revoking, "time_zone": turn.company.time_zone}
    if state.revoking and member.revoked_at is None:
        keep = Button("keep", "staff_member", (member.person_id,))
        return Face({**facts, "named": []}, [[keep, Button("revoke", "revoke", (member.person_id,))]])
    named = company.name_warehouses(turn.session, member.warehouse_ids)
    reissue = Button("reissue", "staff_reissue", (member.person_id,), state.form)
    if member.revoked_at is not None:
        return Face({**facts, "named": named}, [[reissue], [Button("staff", "staff", (1, 0)), *keyboards.menu()]])
    rows = [
        _roles(member),
        *_warehouses(turn, member, state.page),
        [reissue, Button("take_away", "staff_revoke", (member.person_id,))],
        [Button("staff", "staff", (0, 0)), *keyboards.menu()],
    ]
    return Face({**facts, "named": named}, rows)


@screen.pressed("staff_member")
def open_member(turn: Turn) -> Step:
    """Show somebody's card."""
    return turn.go(
        "staff_member", person_id=turn.id(), page=turn.id(1) if len(turn.ids) > 1 else 0, form=turn.form_number
    )


@screen.pressed("staff_role")
def set_role(turn: Turn) -> Step:
    """Give a role or take it away; it counts from the person's next press on."""
    if turn.id(1) >= len(ROLES):
        raise Stale
    staff.set_role(turn.session, turn.id(), ROLES[turn.id(1)], on=bool(turn.id(2)), by=turn.actor, now=turn.now)
    return _again(turn, "changed")


@screen.pressed("staff_warehouse")
def set_warehouse(turn: Turn) -> Step:
    """Let the person work with a warehouse, or no more; 0 means all."""
    staff.set_warehouse(turn.session, turn.id(), turn.id(1), on=bool(turn.id(2)), by=turn.actor, now=turn.now)
    return _again(turn, "changed")


@screen.pressed("staff_revoke")
def ask_revoke(turn: Turn) -> Step:
    """Ask once more before access is taken away."""
    return turn.go("staff_member", person_id=turn.id(), revoking=1)


@screen.pressed("revoke")
def revoke(turn: Turn) -> Step:
    """Take somebody's access away, at once; what they were loading waits again."""
    staff.dismiss(turn.session, turn.id(), by=turn.actor, now=turn.now)
    return _again(turn, "revoked")


@screen.pressed("staff_reissue", mints=True)
def reissue(turn: Turn) -> Step:
    """Issue a fresh password with which this very person gets in: a new phone, a lost account, or back again."""
    state, fresh = turn.state, turn.fresh_code
    if state is None or state.person_id != turn.id() or state.form != turn.version or fresh is None:
        raise Stale
    code = staff.reissue(turn.session, fresh, turn.id(), valid_for=GOOD_FOR, by=turn.actor, now=turn.now)
    handing_over.show_password(turn, code, fresh)
    return _again(turn, "reissued")


def _again(turn: Turn, notice: str) -> Step:
    page = turn.state.page if turn.state and turn.state.person_id == turn.id() else 0
    return turn.go("staff_member", notice, person_id=turn.id(), page=page, form=turn.form_number)


def _roles(member: Member) -> list[Button]:
    return [
        Button(
            "role",
            "staff_role",
            (member.person_id, number, int(role not in member.roles)),
            facts={"role": role, "on": role in member.roles},
        )
        for number, role in enumerate(ROLES)
    ]


def _warehouses(turn: Turn, member: Member, page: int) -> list[list[Button]]:
    houses = company.list_warehouses(turn.session, page=page)
    everywhere = not member.warehouse_ids
    rows = [[Button("everywhere", "staff_warehouse", (member.person_id, 0, 1), facts={"on": everywhere})]]
    for house in houses.items:
        on = house.id in member.warehouse_ids
        ids = (member.person_id, house.id, int(not on))
        rows.append([Button("warehouse", "staff_warehouse", ids, facts={"house": house, "on": on})])
    return [*rows, keyboards.pages(houses, "staff_member", member.person_id)]
