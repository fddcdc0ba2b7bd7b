"""The papers of one order, for its rep and for admins: the invoice into the chat, and by mail to the right address."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import emails, papers
from services.actor import Role
from services.papers import Papers


@dataclass(frozen=True)
class State:
    """Which order; whether an address is awaited, or the one that was typed and is not confirmed yet."""

    order_id: int = 0
    asking: bool = False
    address: str = ""


screen = Screen("papers", roles=frozenset({Role.REP, Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The invoice, what became of its letters, and what can be done."""
    found = papers.of_order(turn.session, state.order_id, by=turn.actor)
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
        return Face(facts, [[Button("back", "papers", (found.order_id,))]])
    return Face(facts, _ways(found))


def _confirming(found: Papers, address: str) -> list[list[Button]]:
    ids, version = (found.order_id,), found.version
    rows = [
        [Button("back", "papers", ids), Button("other_address", "mail_address", ids)],
        [Button("send_once", "mail_once", ids, version)],
    ]
    if address.casefold() == found.client_email.casefold():
        return rows
    return [*rows, [Button("send_and_save", "mail_and_save", ids, version)]]


def _ways(found: Papers) -> list[list[Button]]:
    ids = (found.order_id,)
    below = [Button("to_order", "order", ids), Button("menu", "home")]
    if found.pdf is None:
        return [[Button("refresh", "papers", ids)], below]
    rows = [[Button("pdf", "paper_pdf", ids)], [Button("other_address", "mail_address", ids)]]
    if found.next_address:
        label = "send_again" if found.letters else "send"
        rows[1].append(Button(label, "mail_again", ids, found.version))
    return [*rows, below]


@screen.pressed("papers")
def open_papers(turn: Turn) -> Step:
    """Show an order's papers as they are now."""
    return turn.go("papers", order_id=turn.id())


@screen.pressed("paper_pdf")
def bring_pdf(turn: Turn) -> Step:
    """The kept invoice into this chat, as often as it is wanted."""
    pdf = papers.pdf_of(turn.session, turn.id(), by=turn.actor)
    invoice = papers.of_order(turn.session, turn.id(), by=turn.actor).invoice
    facts = {"label": invoice.label, "total_minor": invoice.total_minor, "currency": invoice.currency}
    return turn.go("papers", order_id=turn.id()).showing(
        "document", caption="caption", facts=facts, sha256=pdf.sha256, name=pdf.name, content_type=pdf.content_type
    )


@screen.pressed("mail_again")
def mail_again(turn: Turn) -> Step:
    """Once more to where it went last, or for the first time to the address that the client has by now."""
    found = papers.of_order(turn.session, turn.id(), by=turn.actor)
    if not found.next_address:
        return turn.go("papers", order_id=turn.id(), asking=True)
    return _send(turn, found.next_address, keep=False)


@screen.pressed("mail_address")
def ask_address(turn: Turn) -> Step:
    """Ask for another address."""
    return turn.go("papers", order_id=turn.id(), asking=True)


@screen.typed(Kind.TEXT)
def type_address(turn: Turn) -> Step | None:
    """An address is shown once more before anything leaves: a letter cannot be called back."""
    if not turn.state.asking and "@" not in turn.text:
        return None
    return turn.go("papers", order_id=turn.state.order_id, address=emails.parse(turn.text))


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
    found = papers.of_order(turn.session, turn.id(), by=turn.actor)
    state = turn.state
    if state is None or state.order_id != found.order_id or not state.address:
        raise Stale
    return str(state.address)


def _send(turn: Turn, address: str, *, keep: bool) -> Step:
    asked = papers.send(turn.session, turn.id(), turn.version, address, by=turn.actor, now=turn.now, keep=keep)
    notice = "sent_and_saved" if keep else "sent"
    return turn.go("papers", notice, {"address": asked.address}, order_id=turn.id())
