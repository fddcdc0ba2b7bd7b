"""An admin takes an invoice back, whole or by lines and quantities: what, where the goods go, and why."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot import keyboards, parsing
from bot.buttons import Button
from bot.events import Kind
from bot.screens.admin import credit_picks
from bot.screens.admin.credit_picks import PLACES, Picks
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import credit_notes, orders, reasons, units
from services.actor import Role
from services.credit_notes import CreditableLine, Wanted
from services.paging import PAGE_SIZE, page_of_all

SHELF, WRITTEN_OFF = 1, 2


@dataclass(frozen=True)
class State:
    """Which order, as it was (``version``) when something of it was chosen first, and what and why. ``form``: a number
    that no other choice has. ``line_id``: the line that is looked at, and ``milli`` what was typed for it; 0: none.
    """

    order_id: int = 0
    version: int = 0
    form: int = 0
    picks: Picks = field(default_factory=list)
    reason: str = ""
    page: int = 0
    line_id: int = 0
    milli: int = 0


screen = Screen("credit", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The invoice as far as it stands, or one line of it, with what is chosen."""
    lines = credit_notes.creditable(turn.session, state.order_id, by=turn.actor)
    found = next((one for one in lines if one.line.id == state.line_id), None)
    return _line(turn, state, found) if found is not None else _sheet(turn, state, lines)


def _sheet(turn: Turn, state: State, lines: list[CreditableLine]) -> Face:
    order = orders.get(turn.session, state.order_id, by=turn.actor)
    is_old = order.version != state.version or not credit_picks.still_stand(state.picks, lines)
    picks: Picks = [] if is_old else state.picks
    parts = credit_notes.preview(turn.session, order.id, credit_picks.wanted(picks), by=turn.actor)
    page = page_of_all(lines, page=state.page, size=PAGE_SIZE)
    chosen = {one.line.id: credit_picks.chosen(picks, one.line.id) for one in lines}
    facts = {
        "order": order,
        "invoice": credit_notes.invoice_of(turn.session, order.id, by=turn.actor),
        "page": page,
        "first": page.page * PAGE_SIZE + 1,
        "chosen": chosen,
        "bases": credit_notes.base_units(turn.session, [one.line for one in page.items]),
        "total_minor": sum(part.amounts.total_minor for part in parts),
        "is_chosen": bool(parts),
        "is_old": is_old,
        "reason": state.reason,
    }
    rows = [[_line_button(order.id, one, chosen[one.line.id], page.page * PAGE_SIZE + number)]
            for number, one in enumerate(page.items, start=1)]  # fmt: skip
    rows.append(keyboards.pages(page, "credit_page", order.id))
    if lines:
        rows.append([Button("all_to_shelf", "credit_all", (order.id, SHELF))])
        rows.append([Button("all_written_off", "credit_all", (order.id, WRITTEN_OFF))])
    rows.append([Button("back", "order", (order.id,)), *keyboards.menu()])
    if parts and state.reason:
        rows.append([Button("issue", "credit_issue", (order.id,), state.form)])
    return Face(facts, rows)


def _line_button(order_id: int, one: CreditableLine, chosen: dict[str, int], number: int) -> Button:
    """The way to a line of goods; the delivery is in or out by one press, which says what it shall be."""
    facts = {"line": one.line, "number": number, "is_chosen": bool(chosen)}
    if one.line.kind == "goods":
        return Button("one", "credit_line", (order_id, one.line.id), facts=facts)
    wanted = 0 if chosen else one.left_milli
    return Button("delivery", "credit_set", (order_id, one.line.id, wanted, 0), facts=facts)


def _line(turn: Turn, state: State, found: CreditableLine) -> Face:
    order = orders.get(turn.session, state.order_id, by=turn.actor)
    line, milli = found.line, state.milli or found.left_milli
    chosen = credit_picks.chosen(state.picks, line.id)
    here = (order.id, line.id)
    bases = credit_notes.base_units(turn.session, [line])
    facts = {"order": order, "line": line, "left": found, "milli": state.milli, "chosen": chosen, "bases": bases}
    amount = {"line": line, "milli": milli, "bases": bases}
    rows = [
        [Button("to_shelf", "credit_set", (*here, milli, SHELF), facts=amount)],
        [Button("written_off", "credit_set", (*here, milli, WRITTEN_OFF), facts=amount)],
    ]
    if chosen:
        rows.append([Button("leave_out", "credit_set", (*here, 0, 0))])
    return Face(facts, [*rows, [Button("to_list", "credit", (order.id,)), *keyboards.menu()]])


@screen.pressed("credit")
def open_credit(turn: Turn) -> Step:
    """Show what stands; what was chosen of the same invoice is kept while nothing else has happened to it."""
    return _go(turn, _state(turn))


@screen.pressed("credit_page")
def turn_page(turn: Turn) -> Step:
    """Go on in the lines."""
    return _go(turn, replace(_state(turn), page=turn.id(1)))


@screen.pressed("credit_line")
def open_line(turn: Turn) -> Step:
    """Look at one line: how much of it, and where to."""
    state = _state(turn)
    return _go(turn, replace(state, line_id=_find(turn, state, turn.id(1)).line.id))


@screen.pressed("credit_set")
def set_line(turn: Turn) -> Step:
    """Let exactly so much of a line go there, however often it is pressed; nothing of it anywhere where it says 0."""
    state, milli, place = _state(turn), turn.amount(2), turn.amount(3)
    found = _find(turn, state, turn.id(1))
    if place >= len(PLACES) or (milli and (place == 0) != (found.line.kind == "delivery")):
        raise Stale
    if not milli:
        return _go(turn, replace(state, picks=credit_picks.leave_out(state.picks, found.line.id)))
    wanted = [Wanted(found.line.id, milli, PLACES[place])]
    credit_notes.preview(turn.session, state.order_id, wanted, by=turn.actor)
    return _go(turn, replace(state, picks=credit_picks.put(state.picks, found, milli, place)))


@screen.pressed("credit_all")
def take_all(turn: Turn) -> Step:
    """All that stands, the goods to one place."""
    state, place = _state(turn), turn.amount(1)
    if place not in {SHELF, WRITTEN_OFF}:
        raise Stale
    lines = credit_notes.creditable(turn.session, state.order_id, by=turn.actor)
    return _go(turn, replace(state, picks=credit_picks.all_of(lines, place)))


@screen.pressed("credit_issue")
def issue(turn: Turn) -> Step:
    """Issue the credit note that this very button was shown with."""
    state = turn.state
    if state is None or state.order_id != turn.id() or state.form != turn.version:
        raise Stale
    note = credit_notes.credit(
        turn.session,
        state.order_id,
        state.version,
        credit_picks.wanted(state.picks),
        reason=state.reason,
        by=turn.actor,
        now=turn.now,
    )
    return turn.go("papers", "issued", {"label": note.label}, order_id=note.order_id, note_id=note.id)


@screen.typed(Kind.TEXT)
def typed(turn: Turn) -> Step:
    """How much of the line that is looked at; else why."""
    state: State = turn.state
    if not state.line_id:
        return _go(turn, replace(state, reason=reasons.kept(turn.text)))
    quantity = parsing.parse_quantity(turn.text)
    found = _find(turn, state, state.line_id)
    milli = None if quantity is None else _milli(turn, found, quantity)
    if milli is None:
        return turn.stay("quantity_unclear")
    if not milli:
        picks = credit_picks.leave_out(state.picks, found.line.id)
        return _go(turn, replace(state, picks=picks, line_id=0, milli=0))
    wanted = [Wanted(found.line.id, milli, PLACES[SHELF])]
    credit_notes.preview(turn.session, state.order_id, wanted, by=turn.actor)
    return _go(turn, replace(state, milli=milli))


def _milli(turn: Turn, found: CreditableLine, quantity: parsing.Quantity) -> int | None:
    """A typed quantity in the line's unit, or in the product's base unit where it says so; None: in no unit of it."""
    line = found.line
    code, factor_milli, decimals = line.unit_code, line.factor_milli, line.decimals
    if quantity.word and parsing.match_unit(quantity.word, [code]) is None:
        base = credit_notes.base_unit_of(turn.session, line)
        if parsing.match_unit(quantity.word, [base.code]) is None:
            return None
        code, factor_milli, decimals = base.code, base.factor_milli, base.decimals
    return units.quantity_of(quantity.amount, code=code, factor_milli=factor_milli, decimals=decimals)


def _find(turn: Turn, state: State, line_id: int) -> CreditableLine:
    lines = credit_notes.creditable(turn.session, state.order_id, by=turn.actor)
    found = next((one for one in lines if one.line.id == line_id), None)
    if found is None:
        raise Stale
    return found


def _state(turn: Turn) -> State:
    """What is chosen of the order that a button is about; from anew where it is another one, or has changed."""
    credit_notes.creditable(turn.session, turn.id(), by=turn.actor)
    order = orders.get(turn.session, turn.id(), by=turn.actor)
    known: State | None = turn.state
    if known is None or (known.order_id, known.version) != (order.id, order.version):
        return State(order_id=order.id, version=order.version)
    return replace(known, line_id=0, milli=0)


def _go(turn: Turn, state: State) -> Step:
    return turn.go("credit", "", None, **vars(replace(state, form=turn.form_number)))
