"""Where an address lies: what geocoders have said before, and otherwise a job that finds it out (``geo.find``).

The job asks the geocoder that is set and then the table of towns; what it finds comes back as the internal event
``place.found``, is remembered here, and is never taken for a draft's place before the rep has said yes. Places:
degrees, WGS 84.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.company import Warehouse
from db.models.geography import KnownAddress
from services import company, outbox
from services.actor import Actor, Role, require
from services.errors import DomainError
from services.jobs import Job
from services.outbox import Item
from services.search import search_key

SHORTEST, LONGEST = 3, 200
"""Characters of an address that may be looked for."""
MOST_HITS: Final = 5
GEOCODER, TOWNS = "geocoder", "towns"
"""Who said where it lies."""
_LIVES: Final = {GEOCODER: timedelta(days=180), TOWNS: timedelta(hours=1)}
"""How long a hit is believed; what only the table of towns knew may be known to the geocoder soon."""
_MISS_LIVES: Final = {GEOCODER: timedelta(days=1), TOWNS: timedelta(minutes=5)}


class AddressUnfit(DomainError):
    """This cannot be looked for as an address: too short or too long. Facts: shortest, largest (characters)."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where an address may lie. ``found``: how the one who knows it writes it."""

    found: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of an address; no hits: nobody knows it. ``is_town``: the hits are only the middles of towns."""

    hits: tuple[Hit, ...]
    is_town: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What the one who looks for an address has to know. ``country``: ISO 3166, whose places come first."""

    address: str
    country: str
    language: str
    contact: str
    """How the one who is asked can reach us: the company's e-mail or phone."""
    around: tuple[float, float, float, float] | None
    """Where our warehouses lie: south, west, north, east; places there come first. None: there are none."""


def look_up(session: Session, address: str, *, by: Actor, now: datetime) -> Answer | None:
    """What is known of an address, or None: then it is being looked for, and ``place.found`` will tell. Reps only.

    Locks the lane of the question. Raises NotAllowed or AddressUnfit, having changed nothing.
    """
    require(by, Role.REP, action="places.look_up", subject="place")
    if len(search_key(address)) < SHORTEST or len(address) > LONGEST:
        raise AddressUnfit(shortest=SHORTEST, largest=LONGEST)
    known = find(session, address, now=now)
    if known is not None:
        return known
    lane = f"geo:{hashlib.sha256(_key(session, address).encode()).hexdigest()[:24]}"
    facts = {"address": address, "language": by.language, "person_id": by.person_id}
    outbox.put(session, [Item(lane, Job.FIND_PLACE, facts)], now=now)
    return None


def find(session: Session, address: str, *, now: datetime) -> Answer | None:
    """What was found out about an address, unless that is too long ago."""
    known = session.get(KnownAddress, _key(session, address))
    if known is None or now - known.at > (_LIVES if known.found else _MISS_LIVES)[known.source]:
        return None
    if known.latitude is None or known.longitude is None:
        return Answer((), is_town=known.source == TOWNS)
    others = (Hit(**other) for other in known.others)
    return Answer((Hit(known.found, known.latitude, known.longitude), *others), is_town=known.source == TOWNS)


def learn(session: Session, address: str, hits: Iterable[Mapping[str, Any]], source: str, *, now: datetime) -> None:
    """Remember where an address lies, the likeliest hit first, or that nobody knows (no hits)."""
    found = [Hit(str(hit["found"])[:500], float(hit["latitude"]), float(hit["longitude"])) for hit in hits]
    best = found[0] if found else None
    values = {
        "found": best.found if best else "",
        "latitude": best.latitude if best else None,
        "longitude": best.longitude if best else None,
        "others": [asdict(hit) for hit in found[1:MOST_HITS]],
        "source": source,
        "at": now,
    }
    key = _key(session, address)
    known = session.get(KnownAddress, key)
    if known is None:
        session.add(KnownAddress(query_key=key, **values))
    else:
        for name, value in values.items():
            setattr(known, name, value)
    session.flush()


def question(session: Session, address: str, language: str) -> Question:
    """What a geocoder is asked, with what the company's row and its warehouses add to it."""
    profile = company.get(session)
    rows = session.execute(select(Warehouse.latitude, Warehouse.longitude).where(Warehouse.closed.is_(False))).all()
    around = None
    if rows:
        latitudes, longitudes = [row.latitude for row in rows], [row.longitude for row in rows]
        around = (min(latitudes), min(longitudes), max(latitudes), max(longitudes))
    return Question(address, profile.country, language, profile.email or profile.director_phone, around)


def fingerprint(address: str) -> int:
    """A number that a button can carry to say which address it belongs to."""
    return int.from_bytes(hashlib.sha256(search_key(address).encode()).digest()[:4]) & 0x7FFFFFFF


def _key(session: Session, address: str) -> str:
    return f"{company.get(session).country}:{search_key(address)}"[:400]
