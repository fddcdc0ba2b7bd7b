"""What must hold once everything has settled, whatever was killed on the way. Each check names what does not.

The checks read the database and the sandbox only; they know nothing of what was pressed.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from db.models.files import File
from db.models.invoices import Invoice, MailRequest
from db.models.messaging import dead_letter, dialogue, inbox, lane, outbox
from db.models.orders import Order, OrderEvent, OrderLine
from db.models.stock import Stock
from sandbox.client_chat import Chat
from sandbox.records import ApiRequest
from services import stock
from tests.chaos.company import Shelves
from tests.journeys.house import House

SENDS = ("chat.screen", "chat.notice", "chat.prompt", "chat.hush", "chat.document", "chat.photo", "chat.map")
"""Rows that may become a message of their own."""
METHODS = ("sendMessage", "editMessageText", "sendDocument", "sendPhoto", "sendVenue", "sendLocation")
"""What they become."""
NOT_MODIFIED = "message is not modified"


@dataclass(frozen=True)
class World:
    """Everything that the checks look at. ``update_ids``: each that the sandbox ever gave out."""

    house: House
    chats: list[Chat]
    update_ids: range
    initial: Shelves


def violations(world: World) -> list[str]:
    """Everything that does not hold, in words; the promise is an empty list."""
    with world.house.database.reading() as session:
        found = [
            *_updates(session, world.update_ids),
            *_books(session, world),
            *_numbers(session),
            *_strays(session, world.house),
            *_letters(session, world.house),
        ]
        effects = _effects(world.house)
        for chat in world.chats:
            found += _order_in_chat(session, world.house, chat, effects[str(chat.id)])
    return found


def restored_violations(world: World) -> list[str]:
    """What does not hold although a backup must bring it back. Of what came after it there may be traces: updates
    that are gone, letters and messages that left, numbers that are skipped for them, files that no row speaks of.
    """
    with world.house.database.reading() as session:
        return list(_books(session, world))


def _books(session: Session, world: World) -> Iterator[str]:
    """The database and its files agree with themselves, and nothing is left to do."""
    yield from _dialogues(session)
    yield from _orders(session)
    yield from _stock(session, world.initial)
    yield from _invoices(session)
    yield from _outbox(session)
    yield from _files(session, world.house)


def _updates(session: Session, expected: range) -> Iterator[str]:
    """Every update was taken once, and none was put aside."""
    rows = session.execute(
        select(inbox.c.update_id, inbox.c.status, inbox.c.error).where(~inbox.c.source.startswith("internal:"))
    ).all()
    taken = Counter(row.update_id for row in rows)
    if missing := sorted(set(expected) - set(taken)):
        yield f"updates {missing} were acknowledged and never applied"
    if invented := sorted(set(taken) - set(expected)):
        yield f"updates {invented} were never sent"
    for row in rows:
        if row.status != "done":
            yield f"update {row.update_id} is {row.status}: {row.error}"
    if dead := session.scalar(select(func.count()).select_from(dead_letter)):
        yield f"{dead} updates were put aside"


def _dialogues(session: Session) -> Iterator[str]:
    """Each update moved its chat exactly once: a dialogue's version counts what was applied to it."""
    applied = session.execute(
        select(dialogue.c.chat_key, dialogue.c.version, func.count(inbox.c.update_id))
        .join(inbox, inbox.c.chat_key == dialogue.c.chat_key)
        .group_by(dialogue.c.chat_key, dialogue.c.version)
    )
    for chat_key, version, updates in applied:
        if version != updates:
            yield f"chat {chat_key} took {updates} updates, which were applied {version} times"


def _orders(session: Session) -> Iterator[str]:
    """A draft becomes at most one order, and each step of an order is taken once."""
    steps = Counter(session.execute(select(OrderEvent.order_id, OrderEvent.version)).all())
    yield from (
        f"order {number} came to version {version} {times} times"
        for (number, version), times in steps.items()
        if times > 1
    )
    begun = Counter(session.scalars(select(OrderEvent.order_id).where(OrderEvent.from_status.in_(["draft", ""]))))
    yield from (f"order {number} was begun {times} times" for number, times in begun.items() if times > 1)
    reached = set(session.scalars(select(Order.id).where(Order.status != "draft")))
    if reached != set(begun):
        yield f"orders {sorted(reached ^ set(begun))} have no history"
    children = Counter(session.scalars(select(Order.parent_id).where(Order.parent_id.is_not(None))))
    yield from (f"order {number} was split {times} times" for number, times in children.items() if times > 1)


def _stock(session: Session, initial: Shelves) -> Iterator[str]:
    """Nothing is conjured up or lost: what lies there and what was shipped is what there was."""
    shipped: Counter[tuple[int, int]] = Counter()
    loaded = session.execute(
        select(Order.warehouse_id, OrderLine.product_id, OrderLine.loaded_milli)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.status == "loaded", OrderLine.kind == "goods")
    )
    for warehouse_id, product_id, milli in loaded:
        shipped[warehouse_id, product_id] += milli
    for row in session.scalars(select(Stock)):
        there = (row.warehouse_id, row.product_id)
        if row.on_hand_milli < 0 or row.on_hand_milli + shipped[there] != initial[there]:
            yield f"stock {there}: {row.on_hand_milli} there and {shipped[there]} shipped of {initial[there]}"
        if row.reserved_milli:  # orders that wait for stock hold none
            yield f"stock {there}: {row.reserved_milli} reserved for nobody"
    yield from (f"drift {drift}" for drift in stock.list_drift(session))


def _numbers(session: Session) -> Iterator[str]:
    """The numbers of invoices run from 1 without a gap."""
    numbers = list(session.scalars(select(Invoice.number).order_by(Invoice.number)))
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"invoice numbers {numbers}"


def _invoices(session: Session) -> Iterator[str]:
    """There is one for each loaded order, each with its paper."""
    issued = session.execute(
        select(Invoice.number, Invoice.order_id, Invoice.pdf_file_id).order_by(Invoice.number)
    ).all()
    loaded = sorted(session.scalars(select(Order.id).where(Order.status == "loaded", Order.kind == "order")))
    if sorted(row.order_id for row in issued) != loaded:
        yield f"invoices for {sorted(row.order_id for row in issued)}, loaded were {loaded}"
    yield from (f"invoice {row.number} has no paper" for row in issued if row.pdf_file_id is None)


def _outbox(session: Session) -> Iterator[str]:
    """Nothing waits, nothing was given up, nobody holds a lane."""
    for row in session.execute(select(outbox).where(outbox.c.status.not_in(["sent", "merged"]))):
        yield f"outbox row {row.id} ({row.kind}, lane {row.lane}) is {row.status}: {row.last_error}"
    for row in session.execute(select(lane).where((lane.c.token.is_not(None)) | (lane.c.due_at.is_not(None)))):
        yield f"lane {row.key} is due {row.due_at}, leased until {row.leased_until}"


def _files(session: Session, house: House) -> Iterator[str]:
    """What the rows say lies on the disk, to the byte."""
    for file in session.scalars(select(File)):
        path = house.folder / "files" / file.sha256[:2] / file.sha256[2:]
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != file.sha256 or len(content) != file.size:
            yield f"file {file.sha256} is not there, or holds something else"


def _strays(session: Session, house: House) -> Iterator[str]:
    """Nothing lies on the disk that no row speaks of."""
    lying = {path.parent.name + path.name for path in (house.folder / "files").glob("*/*")}
    if strays := lying - set(session.scalars(select(File.sha256))):
        yield f"nobody knows of the files {sorted(strays)}"


def _letters(session: Session, house: House) -> Iterator[str]:
    """Every invoice with an address reached it, under one Message-ID however often it was tried."""
    asked = session.execute(
        select(MailRequest, Invoice.buyer).join(Invoice, Invoice.id == MailRequest.invoice_id)
    ).all()
    addressed = [buyer for buyer in session.scalars(select(Invoice.buyer)) if buyer["email"]]
    if len(asked) != len(addressed):
        yield f"{len(addressed)} invoices have an address, {len(asked)} letters were asked for"
    arrived: dict[str, set[str]] = defaultdict(set)
    for mail in house.box.mail():
        arrived[mail.message_id].update(mail.envelope_to)
    for request, buyer in asked:
        if request.state != "accepted":
            yield f"letter {request.id} is {request.state}: {request.reason}"
        if arrived.get(request.message_id) != {buyer["email"]}:
            yield f"letter {request.id} to {buyer['email']} arrived at {arrived.get(request.message_id)}"
    if foreign := set(arrived) - {request.message_id for request, _ in asked}:
        yield f"letters that nobody asked for: {foreign}"


# the order in a chat


def _order_in_chat(session: Session, house: House, chat: Chat, arrived: list[str]) -> Iterator[str]:
    """What was put into the outbox reached the chat in that order. A repeat comes at once behind its first."""
    rows = session.execute(
        select(outbox.c.id, outbox.c.status, outbox.c.payload)
        .where(outbox.c.lane == _lane(house, chat), outbox.c.kind.in_(SENDS))
        .order_by(outbox.c.id)
    ).all()
    places = {0}
    for number, words in enumerate(arrived):
        places = {place for known in _skipping(places, rows) for place in _after(known, words, rows)}
        if not places:
            yield f"chat {chat.id}: delivery {number} of {len(arrived)} is out of order: {words[:60]!r}"
            return
    if len(rows) not in _skipping(places, rows):
        yield f"chat {chat.id}: after {len(arrived)} deliveries only {max(places)} of {len(rows)} rows had arrived"


def _skipping(places: Iterable[int], rows: list[Row[Any]]) -> set[int]:
    """A place is how many rows have arrived. A row that a later one made needless may be passed over."""
    reached = set(places)
    for place in sorted(reached):
        following = place
        while following < len(rows) and rows[following].status == "merged":
            following += 1
            reached.add(following)
    return reached


def _after(place: int, words: str, rows: list[Row[Any]]) -> Iterator[int]:
    if place < len(rows) and rows[place].payload.get("html", "") == words:
        yield place + 1
    if place and rows[place - 1].payload.get("html", "") == words:
        yield place


def _effects(house: House) -> dict[str, list[str]]:
    """Per chat the texts and captions that its person saw, or would have seen had they changed anything, in order."""
    requests = [request for method in METHODS for request in house.box.requests(house.bot, method)]
    found: dict[str, list[str]] = defaultdict(list)
    for request in sorted(requests, key=lambda request: request.number):
        if _took_effect(request):
            words = request.params.get("text") or request.params.get("caption") or ""
            found[str(request.params["chat_id"])].append(words)
    return found


def _took_effect(request: ApiRequest) -> bool:
    """Requests that were struck before their effect have a status of their own; 0: struck after it."""
    if request.status == 400:
        return NOT_MODIFIED in str(request.answer)
    return request.status in {0, 200}


def _lane(house: House, chat: Chat) -> str:
    return f"chat:tg:{house.bot.id}:{chat.id}"


# what is budgeted


def count_duplicate_messages(house: House, chats: Iterable[Chat]) -> int:
    """Messages of the bot that no row of the outbox knows: sent, and sent again because nobody knew."""
    duplicates = 0
    with house.database.reading() as session:
        for chat in chats:
            rows = select(outbox.c.provider_id).where(
                outbox.c.lane == _lane(house, chat), outbox.c.kind.in_(SENDS), outbox.c.status == "sent"
            )
            known = set(session.scalars(rows))
            duplicates += sum(1 for message in chat.history() if message.from_bot and str(message.id) not in known)
    return duplicates


def count_duplicate_letters(house: House) -> int:
    """Letters that the mail server took more than once."""
    letters = [mail.message_id for mail in house.box.mail()]
    return len(letters) - len(set(letters))
