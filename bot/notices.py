"""Messages that are not a screen: what people are told when something happens elsewhere.

Each announcement of the services has a block of its name in ``messages/notices.html``; the ones that can be
acted on have buttons here, which carry the order's version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from bot.buttons import Button
from bot.rendering import fits_caption, rows
from services import announcements, people
from services.announcements import Announcement
from services.outbox import Item
from templates.environment import Texts

TEMPLATE = "messages/notices.html"

Rows = Sequence[Sequence[Button]]


def _open_loading(facts: Mapping[str, Any]) -> Rows:
    if facts["in_their_place"]:  # an admin, who cannot load
        return _open_order(facts)
    return [[Button("open_loading", "loading", (facts["order_id"],))]]


def _open_order(facts: Mapping[str, Any]) -> Rows:
    return [[Button("open_order", "order", (facts["order_id"],))]]


def _correct_address(facts: Mapping[str, Any]) -> Rows:
    return [[*_open_order(facts)[0], Button("correct_address", "mail_address", _paper(facts))]]


def _open_papers(facts: Mapping[str, Any]) -> Rows:
    return [[*_open_order(facts)[0], Button("mail_it", "mail_address", _paper(facts))]]


def _paper(facts: Mapping[str, Any]) -> tuple[int, ...]:
    """Which paper a notice is about: the order's invoice, or one of its credit notes."""
    return (facts["order_id"], facts["note_id"]) if facts["note_id"] else (facts["order_id"],)


def _open_credit_note(facts: Mapping[str, Any]) -> Rows:
    return [[*_open_order(facts)[0], Button("open_papers", "papers", (facts["order_id"],))]]


def _open_photos(facts: Mapping[str, Any]) -> Rows:
    return [[Button("open_loading", "loading", (facts["order_id"],))]]


def _open_child(facts: Mapping[str, Any]) -> Rows:
    return [[Button("open_order", "order", (facts["child_id"],))]]


def _open_ticket(facts: Mapping[str, Any]) -> Rows:
    if facts["in_their_place"]:  # an admin, whose ticket it is not
        return [[Button("open_ticket", "ticket_review", (facts["ticket_id"],))]]
    return [[Button("open_ticket", "ticket", (facts["ticket_id"],))]]


def _open_low(_facts: Mapping[str, Any]) -> Rows:
    return [[Button("open_low", "stock_low")]]


def _answer_request(facts: Mapping[str, Any]) -> Rows:
    return [[Button("give_access", "request_access", (facts["request_id"],)), Button("requests", "requests", (0,))]]


def _place(facts: Mapping[str, Any]) -> Rows:  # noqa: ARG001
    return [[Button("place", "place")]]


def _open_statement(facts: Mapping[str, Any]) -> Rows:
    if facts["in_their_place"]:  # an admin, whose statement it is not
        return [[Button("open_statement", "settle_show", (facts["settlement_id"],))]]
    days = tuple(date.fromisoformat(facts[name]).toordinal() for name in ("first", "last"))
    return [[Button("open_statement", "earnings", (0, *days))]]


def _open_company(_facts: Mapping[str, Any]) -> Rows:
    return [[Button("open_logo", "company")]]


def _open_product(facts: Mapping[str, Any]) -> Rows:
    return [[Button("open_product", "goods_edit", (facts["product_id"],))]]


def _open_told(facts: Mapping[str, Any]) -> Rows:
    """What a digest tells of, and where digests are switched off."""
    days = tuple(date.fromisoformat(facts[name]).toordinal() for name in ("first", "last"))
    sells = facts["own"] or facts["company"]
    figures = [Button("open_figures", "figures", days)] if sells else []
    goals = [Button("open_goals", "goals")] if facts["goals"] else []
    return [[*figures, *goals], [Button("open_digests", "digests")]]


def _open_goals(_facts: Mapping[str, Any]) -> Rows:
    return [[Button("open_goal_sheet", "goal_sheet")]]


BUTTONS: dict[str, Callable[[Mapping[str, Any]], Rows]] = {
    "logo_set": _open_company,
    "product_photo_set": _open_product,
    "place_found": _place,
    "place_not_found": _place,
    "order_submitted": _open_loading,
    "order_changed": _open_loading,
    "back_order_ready": _open_order,
    "order_claimed": _open_order,
    "order_released": _open_order,
    "order_loaded": _open_order,
    "order_short": _open_child,
    "order_displaced": _open_order,
    "photo_kept": _open_photos,
    "ticket_read": _open_ticket,
    "ticket_photo_lost": _open_ticket,
    "ticket_questioned": _open_ticket,
    "stock_low": _open_low,
    "goals_sheet_ready": _open_goals,
    "goals_unread": _open_goals,
    "invoice_kept": _open_papers,
    "credit_note_kept": _open_papers,
    "order_credited": _open_credit_note,
    "sale_voided": _open_order,
    "digest": _open_told,
    "mail_refused": _correct_address,
    "contact_request": _answer_request,
    "phone_shared": _answer_request,
    "commission_settled": _open_statement,
}


def chat_lane(chat_key: str) -> str:
    """The lane of everything that goes to one chat."""
    return f"chat:{chat_key}"


def items(session: Session, texts: Texts) -> list[Item]:
    """Turn all that was announced in this transaction into rows for the outbox, in each reader's language."""
    return [item for told in announcements.take(session) for item in _items_of(session, texts, told)]


def _items_of(session: Session, texts: Texts, told: Announcement) -> list[Item]:
    reached, in_their_place = people.reach(session, told.to)
    facts = {**told.facts, "in_their_place": in_their_place}
    make = BUTTONS.get(told.name)
    buttons = make(facts) if make else []
    return [
        Item(chat_lane(reader.chat_key), "chat.notice", payload, secret=told.secret)
        for reader in reached
        for payload in _payloads(texts, told, facts, buttons, reader.language)
    ]


def _payloads(
    texts: Texts, told: Announcement, facts: Mapping[str, Any], buttons: Rows, locale: str
) -> list[dict[str, Any]]:
    """The notice as one message; with a file whose caption it does not fit into, as a text and then the file."""
    text: dict[str, Any] = {
        "html": texts.block(TEMPLATE, told.name, locale, facts),
        "rows": rows(texts, TEMPLATE, buttons, locale, facts),
    }
    if told.file is None:
        return [text]
    if fits_caption(text["html"]):
        return [{**text, "file": told.file}]
    return [text, {"html": "", "rows": [], "file": told.file}]
