"""One line of the order: how much of it, its note, and on to the next one."""

from __future__ import annotations

from dataclasses import dataclass

from bot import parsing
from bot.buttons import Button
from bot.events import Kind
from bot.screens.rep.cart import after_taking, page_of_line
from bot.screens.screen import Face, Screen, Step, Turn
from services import cart, draft_lines, draft_list, units
from services.actor import Role
from services.draft_lines import LineCard


@dataclass(frozen=True)
class State:
    """Which line, by its unit, and whether a note to it is being typed."""

    unit_id: int = 0
    noting: bool = False


screen = Screen("line", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The line with steppers that carry what the quantity would become, and its neighbours."""
    draft = cart.current(turn.session, by=turn.actor)
    if draft is None or all(line.unit_id != state.unit_id for line in draft.lines):
        return Face({"draft": None}, [[Button("to_cart", "cart"), Button("menu", "home")]])
    card = draft_lines.card(turn.session, draft, state.unit_id, by=turn.actor)
    facts = {"draft": draft, "card": card, "line": card.line, "noting": state.noting}
    note = Button("note", "line_note", (draft.id, state.unit_id))
    if state.noting:
        rows = [[Button("leave_note", "line", (draft.id, state.unit_id))]]
        if card.line.note:
            rows[0].insert(0, Button("drop_note", "drop_line_note", (draft.id, state.unit_id)))
        return Face(facts, rows)
    remove = Button("remove", "take_out", (draft.id, state.unit_id))
    details = Button("details", "product", (card.line.product_id or 0,))
    page = page_of_line(card.number - 1)
    ways = [[note, remove], _neighbours(draft.id, card, page), [details, Button("to_cart", "cart", (page,))]]
    return Face(facts, [_steppers(draft.id, card), *ways])


@screen.pressed("line")
def open_line(turn: Turn) -> Step:
    """Show a line; its draft becomes the current one if it was not."""
    _make_current(turn)
    return turn.go("line", unit_id=turn.id(1))


@screen.pressed("line_quantity")
def set_quantity(turn: Turn) -> Step:
    """Let the line hold exactly what the button says, however often it is pressed."""
    cart.set_quantity(turn.session, turn.id(), turn.id(1), turn.amount(2), by=turn.actor, now=turn.now)
    return turn.go("line", unit_id=turn.id(1))


@screen.pressed("line_note")
def ask_note(turn: Turn) -> Step:
    """Wait for the note."""
    _make_current(turn)
    return turn.go("line", unit_id=turn.id(1), noting=True)


@screen.pressed("drop_line_note")
def drop_note(turn: Turn) -> Step:
    """Take the note away."""
    cart.set_line_note(turn.session, turn.id(), turn.id(1), "", by=turn.actor, now=turn.now)
    return turn.go("line", "note_gone", unit_id=turn.id(1))


@screen.typed(Kind.TEXT)
def typed(turn: Turn) -> Step | None:
    """The note, where one is awaited; else a figure is the quantity."""
    draft = cart.current(turn.session, by=turn.actor)
    line = next((line for line in draft.lines if line.unit_id == turn.state.unit_id), None) if draft else None
    if draft is None or line is None:
        return None
    if turn.state.noting:
        cart.set_line_note(turn.session, draft.id, turn.state.unit_id, turn.text, by=turn.actor, now=turn.now)
        return turn.go("line", "noted", unit_id=turn.state.unit_id)
    quantity = parsing.parse_quantity(turn.text)
    if quantity is None:
        return None
    if quantity.word and parsing.match_unit(quantity.word, [line.unit_code]) is None:
        return turn.stay("other_unit", line=line)
    milli = units.quantity_of(
        quantity.amount, code=line.unit_code, factor_milli=line.factor_milli, decimals=line.decimals
    )
    if not milli:
        gone = draft_lines.take_out(turn.session, draft.id, turn.state.unit_id, by=turn.actor, now=turn.now)
        return turn.go("cart", "taken_out", **after_taking(gone))
    cart.set_quantity(turn.session, draft.id, turn.state.unit_id, milli, by=turn.actor, now=turn.now)
    return turn.go("line", "changed", unit_id=turn.state.unit_id)


def _make_current(turn: Turn) -> None:
    draft = cart.current(turn.session, by=turn.actor)
    if draft is None or draft.id != turn.id():
        draft_list.choose(turn.session, turn.id(), by=turn.actor, now=turn.now)


def _steppers(draft_id: int, card: LineCard) -> list[Button]:
    line, row = card.line, []
    targets = units.steps_around(
        line.quantity_milli,
        factor_milli=line.factor_milli,
        minimum_milli=card.minimum_milli,
        multiple_milli=card.multiple_milli,
    )
    for target in filter(None, targets):  # nothing at all is the bin's
        label = "less" if target < line.quantity_milli else "more"
        facts = {"difference_milli": abs(target - line.quantity_milli)}
        row.append(Button(label, "line_quantity", (draft_id, line.unit_id or 0, target), facts=facts))
    return row


def _neighbours(draft_id: int, card: LineCard, page: int) -> list[Button]:
    """Where there is more than one line: the one before, where this one stands, the one after."""
    if card.count == 1:
        return []
    row = [Button("position", "cart", (page,))]
    if card.previous_unit_id is not None:
        row.insert(0, Button("previous_line", "line", (draft_id, card.previous_unit_id)))
    if card.next_unit_id is not None:
        row.append(Button("next_line", "line", (draft_id, card.next_unit_id)))
    return row
