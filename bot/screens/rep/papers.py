"""The papers of one order, for its rep and for admins: invoice and credit notes into the chat, and by mail to the right
address.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import emails, papers
from services.actor import Role
from services.papers import Papers

_MOST_ROWS = 4
"""Of buttons to other papers: nobody credits one invoice more often."""


@dataclass(frozen=True)
class State:
    """Which order, which of its credit notes (0: its invoice); whether an address is awaited, or the one that was typed
    and is not confirmed yet.
    """

    order_id: int = 0
    note_id: int = 0
    asking: bool = False
    address: str = ""


screen = Screen("papers", roles=frozenset({Role.REP, Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """One of the papers, what became of its letters, and what can be done; the way to the others."""
    found = papers.of_order(turn.session, state.order_id, by=turn.actor, note_id=state.note_id)
    address = state.address if found.pdf is not None else ""
    facts = {
        "papers": found,
        "address": address,
        "asking": state.asking and found.pdf is not None,
        "time_zone": turn.company.time_zone,
    }
    if address:
        return Face(facts, _confirming(found, address))
    if facts["asking"]:
        return Face(facts, [[Button("back", "papers", _ids(found))]])
    return Face(facts, _ways(found))


def _confirming(found: Papers, address: str) -> list[list[Button]]:
    ids, version = _ids(found), found.version
    rows = [
        [Button("back", "papers", ids), Button("other_address", "mail_address", ids)],
        [Button("send_once", "mail_once", ids, version)],
    ]
    if address.casefold() == found.client_email.casefold():
        return rows
    return [*rows, [Button("send_and_save", "mail_and_save", ids, version)]]


def _ways(found: Papers) -> list[list[Button]]:
    ids = _ids(found)
    below = [Button("to_order", "order", (found.order_id,)), Button("menu", "home")]
    if found.pdf is None:
        return [*_others(found), [Button("refresh", "papers", ids)], below]
    rows = [[Button("pdf", "paper_pdf", ids)], [Button("other_address", "mail_address", ids)]]
    if found.next_address:
        label = "send_again" if found.letters else "send"
        rows[1].append(Button(label, "mail_again", ids, found.version))
    return [*_others(found), *rows, below]


def _others(found: Papers) -> list[list[Button]]:
    """The way to the order's other papers, two in a row."""
    others = [
        Button("note", "papers", (found.order_id, note.id), facts={"label": note.label})
        for note in found.notes
        if note.id != found.note_id
    ]
    if found.note is not None:
        others.insert(0, Button("invoice", "papers", (found.order_id, 0), facts={"label": found.invoice.label}))
    return [others[start : start + 2] for start in range(0, len(others), 2)][:_MOST_ROWS]


def _ids(found: Papers) -> tuple[int, ...]:
    """What a button carries to come back to this paper."""
    return (found.order_id, found.note_id) if found.note_id else (found.order_id,)


@screen.pressed("papers")
def open_papers(turn: Turn) -> Step:
    """Show an order's papers as they are now."""
    return turn.go("papers", order_id=turn.id(), note_id=_note_id(turn))


@screen.pressed("paper_pdf")
def bring_pdf(turn: Turn) -> Step:
    """The kept paper into this chat, as often as it is wanted."""
    note_id = _note_id(turn)
    pdf = papers.pdf_of(turn.session, turn.id(), by=turn.actor, note_id=note_id)
    paper = papers.of_order(turn.session, turn.id(), by=turn.actor, note_id=note_id).paper
    facts = {"label": paper.label, "total_minor": paper.total_minor, "currency": paper.currency, "is_note": note_id > 0}
    return turn.go("papers", order_id=turn.id(), note_id=note_id).showing(
        "document", caption="caption", facts=facts, sha256=pdf.sha256, name=pdf.name, content_type=pdf.content_type
    )


@screen.pressed("mail_again")
def mail_again(turn: Turn) -> Step:
    """Once more to where it went last, or for the first time to the address that the client has by now."""
    found = papers.of_order(turn.session, turn.id(), by=turn.actor, note_id=_note_id(turn))
    if not found.next_address:
        return turn.go("papers", order_id=turn.id(), note_id=found.note_id, asking=True)
    return _send(turn, found.next_address, keep=False)


@screen.pressed("mail_address")
def ask_address(turn: Turn) -> Step:
    """Ask for another address."""
    return turn.go("papers", order_id=turn.id(), note_id=_note_id(turn), asking=True)


@screen.typed(Kind.TEXT)
def type_address(turn: Turn) -> Step | None:
    """An address is shown once more before anything leaves: a letter cannot be called back."""
    if not turn.state.asking and "@" not in turn.text:
        return None
    address = emails.parse(turn.text)
    return turn.go("papers", order_id=turn.state.order_id, note_id=turn.state.note_id, address=address)


@screen.pressed("mail_once")
def mail_once(turn: Turn) -> Step:
    """To the typed address, this time only."""
    return _send(turn, _typed_address(turn), keep=False)


@screen.pressed("mail_and_save")
def mail_and_save(turn: Turn) -> Step:
    """To the typed address, which the client's card keeps."""
    return _send(turn, _typed_address(turn), keep=True)


def _typed_address(turn: Turn) -> str:
    """The address on this screen; a button of an older one is stale, once the rights to the order are checked."""
    found = papers.of_order(turn.session, turn.id(), by=turn.actor, note_id=_note_id(turn))
    state = turn.state
    if state is None or (state.order_id, state.note_id) != (found.order_id, found.note_id) or not state.address:
        raise Stale
    return str(state.address)


def _note_id(turn: Turn) -> int:
    """Which credit note a button is about; 0: the invoice."""
    return turn.id(1) if len(turn.ids) > 1 else 0


def _send(turn: Turn, address: str, *, keep: bool) -> Step:
    note_id = _note_id(turn)
    asked = papers.send(
        turn.session, turn.id(), turn.version, address, by=turn.actor, now=turn.now, keep=keep, note_id=note_id
    )
    facts = {"address": asked.address, "is_note": note_id > 0}
    return turn.go("papers", "sent_and_saved" if keep else "sent", facts, order_id=turn.id(), note_id=note_id)
