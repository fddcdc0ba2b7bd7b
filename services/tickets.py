"""Tickets: photos or words of a sale that a rep sends, from the first message until something has become of it.

A photo is fetched, kept, and read by a job; what was read comes back with ``learn``. Locks: the ticket, then lanes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from db.models.files import File
from db.models.people import Person
from db.models.tickets import Ticket, TicketPhoto, TicketPictureBand
from services import (
    audit,
    client_search,
    company,
    fetching,
    figures,
    lanes,
    outbox,
    people,
    picture_bands,
    ticket_facts,
    ticket_matching,
    ticket_news,
    ticket_reading,
    ticket_units,
)  # fmt: skip
from services.actor import Actor, NotAllowed, Role, require
from services.errors import DomainError, Moved
from services.jobs import Job
from services.paging import PAGE_SIZE, Page, page_of
from services.ticket_settings import languages_of
from services.ticket_states import OPEN, Status, correct, go_on, lock, lock_open, lock_own, move, touch
from services.ticket_tags import Tags

ALBUM_WAIT: Final = timedelta(seconds=2)
"""How long after a photo of an album the next one may come."""
JOIN_WAIT: Final = timedelta(minutes=10)
"""How long the next photo belongs to a ticket that asked for one."""
MOST_PHOTOS: Final = 10
LANE: Final = "ocr:{}"


class TooManyTicketPhotos(DomainError):
    """The ticket has all the photos it may have. Facts: most."""


@dataclass(frozen=True, slots=True)
class ToRead:
    """What a job needs to read a ticket. ``files``: id and SHA-256 of each photo, in their order."""

    files: tuple[tuple[int, str], ...]
    languages: tuple[str, ...]
    currency: str
    wait_seconds: float
    """More than 0: more photos of the album may come, and nothing is read before."""


def take_photo(
    session: Session, file_ref: str, *, album: str, caption: str, tags: Tags, chat_key: str, message_ref: str,
    name: str, by: Actor, now: datetime,
) -> Ticket:  # fmt: skip
    """Take a photo that a rep has sent: have it fetched for the ticket it belongs to, or for a new one.

    It belongs to the ticket of its album, or to the one that ``join_next`` was asked for. What ``tags`` say is typed.
    Locks the ticket, then the lane of the file. Raises NotAllowed or TooManyTicketPhotos.
    """
    require(by, Role.REP, action="ticket.take", subject="ticket")
    ticket = _joined(session, album, chat_key, by, now) or _new(session, chat_key, message_ref, by, now)
    if ticket.revision >= MOST_PHOTOS:
        raise TooManyTicketPhotos(most=MOST_PHOTOS)
    ticket.revision += 1
    ticket.awaited += 1
    ticket.album = album or ticket.album
    ticket.join_until = None
    ticket.due_at = now + ALBUM_WAIT if album else None
    _apply(session, ticket, tags, caption, by=by, now=now)
    move(session, ticket, Status.COLLECTING, by=by, now=now)
    fetching.request(
        session, fetching.TICKET, file_ref, chat_key=chat_key, by=by, now=now, name=name, ticket_id=ticket.id
    )
    return ticket


def take_text(
    session: Session, tags: Tags, text: str, *, chat_key: str, message_ref: str, by: Actor, now: datetime
) -> Ticket:
    """A ticket of what a rep has typed alone; there is nothing to read. Raises NotAllowed."""
    require(by, Role.REP, action="ticket.take", subject="ticket")
    ticket = _new(session, chat_key, message_ref, by, now)
    _apply(session, ticket, tags, text, by=by, now=now)
    move(session, ticket, Status.READ, by=by, now=now)
    return ticket


def apply(session: Session, ticket_id: int, tags: Tags, text: str, *, by: Actor, now: datetime) -> Ticket:
    """Take what a rep has typed with tags about a ticket that is there already, each as a correction.

    Locks the ticket. Raises NotAllowed or Moved (it has ended).
    """
    ticket = lock_open(session, ticket_id, by=by, action="correct", now=now)
    before = _said(ticket)
    _apply(session, ticket, tags, text, by=by, now=now)
    for field, after in _said(ticket).items():
        if after != before.get(field):
            correct(session, ticket, field, (before.get(field), after), by=by, now=now)
    touch(session, ticket, now=now)
    return ticket


def attach(session: Session, file: File, ticket_id: int, person_id: int, *, origin: str, now: datetime) -> Ticket:
    """Keep a photo that was fetched with its ticket, once; when it was the last one on its way, have them read.

    Locks the ticket, then its lane. Raises NotAllowed where the person is no rep any more or it is another's ticket.
    """
    person = session.get_one(Person, person_id)
    by = people.actor_of(person, origin=origin)
    if person.revoked_at is not None:
        raise NotAllowed(by=by, action="ticket.attach", subject=f"ticket:{ticket_id}")
    ticket = lock_own(session, ticket_id, by=by, action="attach")
    before = ticket_news.acted_on(session, ticket)
    ticket.awaited = max(0, ticket.awaited - 1)
    if session.get(TicketPhoto, (ticket.id, file.id)) is None:
        ticket.photos.append(TicketPhoto(ticket_id=ticket.id, file_id=file.id, position=len(ticket.photos)))
        after = {"file_id": file.id, "sha256": file.sha256}
        audit.write(session, by=by, action="ticket.photo", subject=f"ticket:{ticket.id}", now=now, after=after)
    _read_on(session, ticket, by=by, now=now)
    ticket_news.tell_apart(session, ticket, before, now=now)
    return ticket


def not_fetched(session: Session, ticket_id: int, reason: str, *, now: datetime) -> Ticket | None:
    """One of the ticket's photos could not be had (``fetching.REASONS``): it goes on with the others, or by hand.

    Locks the ticket, then its lane. None for an id that does not exist.
    """
    ticket = lock(session, ticket_id)
    if ticket is None:
        return None
    ticket.awaited = max(0, ticket.awaited - 1)
    ticket.trouble = reason
    _read_on(session, ticket, by=None, now=now)
    return ticket


def done_collecting(session: Session, ticket_id: int, *, by: Actor, now: datetime) -> Ticket:
    """All photos of the album are there: read them now. Pressed again, or too late, it does nothing.

    Locks the ticket, then its lane. Raises NotAllowed.
    """
    ticket = lock_own(session, ticket_id, by=by, action="done")
    if ticket.status == Status.COLLECTING:
        ticket.due_at = now
        _read_on(session, ticket, by=by, now=now)
        lanes.hasten(session, LANE.format(ticket.id), now=now)
    return ticket


def join_next(session: Session, ticket_id: int, *, by: Actor, now: datetime) -> Ticket:
    """Let the next photo from the ticket's chat belong to it, for ``JOIN_WAIT``, and to no other one.

    Locks the ticket. Raises NotAllowed, Moved (it has ended) or TooManyTicketPhotos.
    """
    ticket = lock_open(session, ticket_id, by=by, action="join", now=now)
    if ticket.revision >= MOST_PHOTOS:
        raise TooManyTicketPhotos(most=MOST_PHOTOS)
    asking = select(Ticket).where(Ticket.person_id == by.person_id, Ticket.join_until.is_not(None))
    for other in session.scalars(asking.order_by(Ticket.id).with_for_update()):
        other.join_until = None
    ticket.join_until = now + JOIN_WAIT
    touch(session, ticket, now=now)
    return ticket


def to_read(session: Session, ticket_id: int, revision: int, *, now: datetime) -> ToRead | None:
    """What there is to read of a ticket; None where the revision is old, or it was read or discarded. Locks nothing."""
    ticket = session.get(Ticket, ticket_id, populate_existing=True)
    if ticket is None or ticket.revision != revision or ticket.read_revision >= revision:
        return None
    if ticket.status == Status.DISCARDED:
        return None
    found = select(File.id, File.sha256).join(TicketPhoto, TicketPhoto.file_id == File.id)
    rows = session.execute(found.where(TicketPhoto.ticket_id == ticket_id).order_by(TicketPhoto.position))
    wait = (ticket.due_at - now).total_seconds() if ticket.due_at is not None else 0.0
    return ToRead(
        files=tuple((row[0], row[1]) for row in rows),
        languages=languages_of(company.get(session)),
        currency=ticket.currency,
        wait_seconds=max(0.0, wait),
    )


def learn(
    session: Session,
    ticket_id: int,
    revision: int,
    reading: Mapping[str, Any],
    photos: Iterable[Mapping[str, Any]],
    *,
    now: datetime,
) -> Ticket | None:
    """Take in what was read on a ticket's photos (``ticket_reading``), and what the photos look like.

    ``photos``: ``file_id`` and ``picture_hash`` (16 hex digits, or None) of each. A ticket that was recorded or drafted
    meanwhile keeps it too, and stays as it is; a sale that is not like its photo is reviewed. None, having changed
    nothing, for a reading that is old or came before. Locks the ticket.
    """
    ticket = lock(session, ticket_id)
    if ticket is None or ticket.revision != revision or ticket.read_revision >= revision:
        return None
    before = ticket_news.acted_on(session, ticket)
    kept = ticket_reading.storable(reading)
    facts = ticket_reading.read(kept, ticket.currency)
    _note_pictures(session, ticket, photos)
    ticket.reading, ticket.read_revision, ticket.read_at = kept, revision, now
    ticket.choices = ticket.likely = {}
    ticket.trouble, ticket.shop, ticket.fiscal_id = facts.trouble, facts.shop, facts.fiscal_id
    ticket.read_minor = facts.total_minor if facts.confident else None
    is_open = ticket.status in OPEN
    matches = ticket_matching.match(session, ticket)
    ticket.likely = ticket_matching.likely_of(matches)
    ticket_units.note_read(session, ticket, matches, counts=is_open)
    if is_open:
        ticket_facts.settle(session, ticket, now=now)
        go_on(session, ticket, Status.READ, by=None, now=now, revision=revision, trouble=facts.trouble)
        ticket_news.tell_apart(session, ticket, before, now=now)
        return ticket
    if ticket.status == Status.RECORDED and not ticket.review and ticket_facts.compare(session, ticket).differs:
        ticket.review = "wanted"
    touch(session, ticket, now=now)
    return ticket


def get(session: Session, ticket_id: int, *, by: Actor) -> Ticket:
    """A ticket, for its rep and for admins; raises NotAllowed for anybody else, and for an id that does not exist."""
    ticket = session.get(Ticket, ticket_id)
    is_own = ticket is not None and ticket.person_id == by.person_id and Role.REP in by.roles
    if ticket is None or not (is_own or Role.ADMIN in by.roles):
        raise NotAllowed(by=by, action="ticket.read", subject=f"ticket:{ticket_id}")
    return ticket


def find(session: Session, ticket_id: int) -> Ticket | None:
    """A ticket for the desk's own work, whoever's it is."""
    return session.get(Ticket, ticket_id)


def photo(session: Session, ticket_id: int, number: int, *, by: Actor) -> File:
    """The ticket's photo of that number, counted from 0; raises NotAllowed or Moved (there is none)."""
    ticket = get(session, ticket_id, by=by)
    found = select(File).join(TicketPhoto, TicketPhoto.file_id == File.id).where(TicketPhoto.ticket_id == ticket.id)
    file = session.scalars(found.where(TicketPhoto.position == number)).one_or_none()
    if file is None:
        raise Moved(ticket=ticket_id)
    return file


def find_of_order(session: Session, order_id: int) -> Ticket | None:
    """The ticket that a draft, order or sale was made of. The caller has checked who may see the order."""
    return session.scalars(select(Ticket).where(Ticket.order_id == order_id).order_by(Ticket.id).limit(1)).first()


def current(session: Session, *, by: Actor) -> Ticket | None:
    """The ticket that the actor has touched last and that nothing has become of yet."""
    query = select(Ticket).where(Ticket.person_id == by.person_id, Ticket.status.in_([state.value for state in OPEN]))
    return session.scalars(query.order_by(Ticket.touched_at.desc(), Ticket.id.desc()).limit(1)).first()


def list_mine(session: Session, *, by: Actor, page: int, size: int = PAGE_SIZE) -> Page[Ticket]:
    """The actor's tickets, the last touched first, without those that were discarded. ``page`` counts from 0."""
    query = (
        select(Ticket)
        .where(Ticket.person_id == by.person_id, Ticket.status != Status.DISCARDED.value)
        .order_by(Ticket.touched_at.desc(), Ticket.id.desc())
        .options(joinedload(Ticket.client))
    )
    found = page_of(session, query, page=page, size=size)
    return Page(tuple(row[0] for row in found.items), found.page, found.pages, more=found.more)


def discard(session: Session, ticket_id: int, version: int, *, by: Actor, now: datetime) -> Ticket:
    """Nothing is to become of it; its photos stay. Raises NotAllowed or Moved. Locks the ticket."""
    ticket = lock_open(session, ticket_id, by=by, action="discard", now=now, version=version)
    move(session, ticket, Status.DISCARDED, by=by, now=now)
    return ticket


def _joined(session: Session, album: str, chat_key: str, by: Actor, now: datetime) -> Ticket | None:
    """The ticket that the next photo of this chat belongs to, locked."""
    belongs = Ticket.join_until >= now
    query = select(Ticket.id).where(
        Ticket.chat_key == chat_key,
        Ticket.person_id == by.person_id,
        Ticket.status.in_([state.value for state in OPEN]),
        or_(Ticket.album == album, belongs) if album else belongs,
    )
    ticket_id = session.scalar(query.order_by(Ticket.id.desc()).limit(1))
    ticket = lock(session, ticket_id) if ticket_id is not None else None
    return ticket if ticket is not None and ticket.status in OPEN else None


def _new(session: Session, chat_key: str, message_ref: str, by: Actor, now: datetime) -> Ticket:
    ticket = Ticket(
        person_id=by.person_id,
        chat_key=chat_key,
        message_ref=message_ref[:64],
        status=Status.COLLECTING.value,
        currency=company.get(session).currency,
        created_at=now,
        touched_at=now,
    )
    session.add(ticket)
    session.flush()
    audit.write(session, by=by, action="ticket.taken", subject=f"ticket:{ticket.id}", now=now)
    return ticket


def _apply(session: Session, ticket: Ticket, tags: Tags, text: str, *, by: Actor, now: datetime) -> None:
    """Write down what came beside a photo, or alone, and take what its tags say for typed."""
    words = text.replace("\x00", "").strip()
    ticket.caption = "\n".join(part for part in (ticket.caption, words) if part)
    if tags.amount_minor is not None and 0 < tags.amount_minor <= figures.LARGEST_MINOR:
        ticket.typed_minor = tags.amount_minor
    if tags.units_milli is not None:
        ticket_units.note_typed_anywhere(session, ticket, tags.units_milli, tags.units_word)
    if tags.note:
        ticket.note = tags.note.replace("\x00", "")[: ticket_facts.LONGEST_NOTE]
    if tags.client:
        ticket.client_text = " ".join(tags.client.replace("\x00", "").split())[:200]
        ticket.client_id = _find_client(session, ticket.client_text, by)
    ticket.typed_on = tags.day or ticket.typed_on
    ticket_facts.settle(session, ticket, now=now)


def _said(ticket: Ticket) -> dict[str, Any]:
    """What counts of a ticket now, by the name of its correction, as plain JSON values."""
    said: dict[str, Any] = {
        "amount": ticket.amount_minor,
        "day": ticket.sold_on.isoformat() if ticket.sold_on else None,
        "client": ticket.client_id,
        "note": ticket.note,
    }
    return said | {f"units:{row.category_id}": row.typed_milli for row in ticket.units}


def _find_client(session: Session, name: str, by: Actor) -> int | None:
    """The one client who is called so, or whose name alone holds all these words."""
    same = client_search.list_alike(session, {"name": name})
    if len(same) == 1:
        return same[0].client.id
    found = client_search.list_clients(session, by=by, page=0, size=2, query=name).items if not same else ()
    return found[0].client.id if len(found) == 1 else None


def _read_on(session: Session, ticket: Ticket, *, by: Actor | None, now: datetime) -> None:
    """A photo came, or will not come: once none is on its way, have those that are there read."""
    is_open = ticket.status in OPEN
    if ticket.awaited or ticket.status == Status.DISCARDED:
        go_on(session, ticket, Status(ticket.status), by=by, now=now)
    elif not ticket.photos:
        ticket.due_at = None
        go_on(session, ticket, Status.READ if is_open else Status(ticket.status), by=by, now=now)
    else:
        asked = {"ticket_id": ticket.id, "revision": ticket.revision}
        asked_by = {"person_id": ticket.person_id, "chat_key": ticket.chat_key}
        waits = ticket.due_at is not None and ticket.due_at > now
        go_on(session, ticket, Status.READING if is_open and not waits else Status(ticket.status), by=by, now=now)
        job = outbox.Item(
            LANE.format(ticket.id),
            Job.READ_TICKET,
            {**asked, **asked_by},
            dedupe=f"ticket:{ticket.id}:{ticket.revision}",
        )
        outbox.put(session, [job], now=now)


def _note_pictures(session: Session, ticket: Ticket, photos: Iterable[Mapping[str, Any]]) -> None:
    for told in photos:
        found = session.get(TicketPhoto, (ticket.id, told["file_id"]))
        picture_hash = picture_bands.kept(told.get("picture_hash"))
        if found is None or not picture_hash or found.picture_hash:
            continue
        found.picture_hash = picture_hash
        session.add_all(
            TicketPictureBand(key=key, ticket_id=ticket.id, file_id=found.file_id)
            for key in picture_bands.keys(picture_hash)
        )
