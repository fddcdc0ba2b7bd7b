"""A password for somebody new: name, role, warehouse, how long it is good for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.admin import handing_over
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import access_admin, company, contact_requests
from services.actor import Role

ROLES = (Role.REP, Role.STOREKEEPER, Role.ADMIN)
DAYS = (1, 7, 30)
LONGEST_NAME = 100


@dataclass(frozen=True)
class State:
    """What was chosen so far; ``warehouse_id`` 0 means all warehouses.

    ``form`` is another number after every change, and for every form: a button issues only what it was shown with.
    ``request_id``: whose request to be contacted this answers; 0: nobody's.
    """

    name: str = ""
    role: str = Role.REP
    warehouse_id: int = 0
    days: int = 7
    page: int = 0
    form: int = 0
    request_id: int = 0


screen = Screen("give_access", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """Choices with a mark at the chosen ones. The button to issue comes once there is a name."""
    houses = company.list_warehouses(turn.session, page=state.page)
    roles = [
        Button("role", "access_role", (number,), facts={"role": role, "on": role == state.role})
        for number, role in enumerate(ROLES)
    ]
    places = [
        [
            Button(
                "warehouse",
                "access_warehouse",
                (house.id,),
                facts={"house": house, "on": house.id == state.warehouse_id},
            )
        ]
        for house in houses.items
    ]
    everywhere = Button("everywhere", "access_warehouse", (0,), facts={"on": not state.warehouse_id})
    days = [Button("days", "access_days", (count,), facts={"days": count, "on": count == state.days}) for count in DAYS]
    pages = keyboards.pages(houses, "access_page")
    rows = [roles, [everywhere], *places, pages, days, [Button("menu", "home")]]
    if state.name:
        rows.append([Button("issue", "access_issue", (), state.form, facts={"name": state.name})])
    chosen = company.find_warehouse(turn.session, state.warehouse_id)
    return Face({"state": state, "warehouse": chosen.name if chosen else ""}, rows)


@screen.pressed("give_access")
def open_form(turn: Turn) -> Step:
    """Begin with an empty form."""
    return turn.go("give_access", form=turn.form_number)


@screen.pressed("request_access")
def answer_request(turn: Turn) -> Step:
    """Begin with the name of somebody who asked to be contacted."""
    request = contact_requests.get(turn.session, turn.id(), by=turn.actor)
    name = " ".join(request.name.split())[:LONGEST_NAME]
    return turn.go("give_access", name=name, form=turn.form_number, request_id=request.id)


@screen.typed(Kind.TEXT)
def type_name(turn: Turn) -> Step:
    """A typed text is the person's name."""
    return _changed(turn, name=" ".join(turn.text.split())[:LONGEST_NAME])


@screen.pressed("access_role")
def choose_role(turn: Turn) -> Step:
    """Choose the role."""
    if turn.id() >= len(ROLES):
        raise Stale
    return _changed(turn, role=ROLES[turn.id()].value)


@screen.pressed("access_page")
def turn_page(turn: Turn) -> Step:
    """Show other warehouses to choose from."""
    return _changed(turn, page=turn.id())


@screen.pressed("access_warehouse")
def choose_warehouse(turn: Turn) -> Step:
    """Choose the warehouse."""
    return _changed(turn, warehouse_id=turn.id())


@screen.pressed("access_days")
def choose_days(turn: Turn) -> Step:
    """Choose how long the password is good for."""
    if turn.id() not in DAYS:
        raise Stale
    return _changed(turn, days=turn.id())


@screen.pressed("access_issue", mints=True)
def issue(turn: Turn) -> Step:
    """Issue the password and show it once, to be forwarded; who asked for access gets the link at once."""
    state, fresh = turn.state, turn.fresh_code
    if state is None or not state.name or state.form != turn.version or fresh is None:
        raise Stale
    code = access_admin.issue(
        turn.session,
        fresh,
        by=turn.actor,
        name=state.name,
        role=Role(state.role),
        warehouse_ids=[state.warehouse_id] if state.warehouse_id else [],
        valid_for=timedelta(days=state.days),
        now=turn.now,
    )
    handing_over.show_password(turn, code, fresh)
    if not state.request_id:
        return turn.go("home", "issued", {"name": state.name})
    request = contact_requests.answer(turn.session, state.request_id, by=turn.actor, now=turn.now)
    handing_over.invite(turn, code, fresh, request.chat_key)
    return turn.go("home", "invited", {"name": state.name})


def _changed(turn: Turn, **choice: object) -> Step:
    if turn.state is None:
        raise Stale
    return turn.go("give_access", **{**asdict(turn.state), **choice, "form": turn.form_number})
