"""Whose place is near: boxes on the map that grow until they hold enough, then exact distances.

Distances: metres along the ellipsoid WGS 84, as everywhere in the product.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from db.models.clients import Place
from services import logistics

Pin = tuple[float, float]

FARTHEST_M: Final = 500_000
"""Nobody looks for a client farther away."""
_FIRST_M: Final = 300
_GROWTH: Final = 3
_M_PER_DEGREE: Final = 110_574
"""Metres in a degree of latitude where it is shortest: so a box holds the whole circle."""
_SLACK: Final = 1.01
_EARTH_M: Final = 6_371_009
_SPREAD: Final = 1.02
"""The sphere errs by at most 0.6 % each way, so the nearest on the ellipsoid is within 2 % of the nearest on it."""
_MOST_IN_A_BOX: Final = 400
"""More places than this are cut to those nearest on a flat map, which in so full a box is small and flat enough."""


@dataclass(frozen=True, slots=True)
class Near:
    """A client and how far its nearest place is."""

    client_id: int
    distance_m: int


def nearest(session: Session, pin: Pin, *, wanted: int, farthest_m: int = FARTHEST_M) -> list[Near]:
    """The clients whose places are nearest to the pin, the nearest first; at most ``wanted``.

    Reads the index on latitude and longitude in boxes that grow threefold, so the cost hangs on how many are near and
    not on how many there are. Equal distances: the older client.
    """
    radius = min(_FIRST_M, farthest_m)
    while True:
        near = _within(session, pin, radius, wanted)
        if len(near) >= wanted or radius >= farthest_m:
            return near[:wanted]
        radius = min(radius * _GROWTH, farthest_m)


def _within(session: Session, pin: Pin, radius_m: int, wanted: int) -> list[Near]:
    """The nearest clients in a circle, exactly measured: at least ``wanted`` where it holds so many."""
    rows = _in_box(session, pin, radius_m)
    guessed = sorted((_great_circle_m(pin, (row.latitude, row.longitude)), row) for row in map(_plain, rows))
    measured: dict[int, int] = {}
    bound = math.inf
    for about, row in guessed:
        if about > bound:
            break
        metres = logistics.distance_m(pin, (row.latitude, row.longitude))
        if metres > radius_m:
            continue
        measured[row.client_id] = min(metres, measured.get(row.client_id, metres))
        if len(measured) == wanted and bound == math.inf:
            bound = about * _SPREAD + 1
    return [Near(client_id, metres) for metres, client_id in sorted((m, c) for c, m in measured.items())]


@dataclass(frozen=True, slots=True, order=True)
class _Spot:
    client_id: int
    latitude: float
    longitude: float


def _plain(row: Any) -> _Spot:
    return _Spot(row.client_id, row.latitude, row.longitude)


def _in_box(session: Session, pin: Pin, radius_m: int) -> Sequence[Any]:
    latitude, longitude = pin
    high = radius_m / _M_PER_DEGREE * _SLACK
    shrink = math.cos(math.radians(min(abs(latitude) + high, 89.9)))
    wide = min(high / shrink, 180.0)
    north_south, east_west = Place.latitude - latitude, (Place.longitude - longitude) * shrink
    query = select(Place.client_id, Place.latitude, Place.longitude).where(
        Place.latitude.between(latitude - high, latitude + high), _between_meridians(longitude, wide)
    )
    rows = session.execute(query.limit(_MOST_IN_A_BOX + 1)).all()
    if len(rows) <= _MOST_IN_A_BOX:
        return rows
    flat = north_south * north_south + east_west * east_west
    return session.execute(query.order_by(flat).limit(_MOST_IN_A_BOX)).all()


def _between_meridians(longitude: float, wide: float) -> ColumnElement[bool]:
    """East and west of a meridian, also where the day begins."""
    west, east = longitude - wide, longitude + wide
    if west < -180:
        return or_(Place.longitude >= west + 360, Place.longitude <= east)
    if east > 180:
        return or_(Place.longitude >= west, Place.longitude <= east - 360)
    return and_(Place.longitude >= west, Place.longitude <= east)


def _great_circle_m(start: Pin, end: Pin) -> float:
    """Metres on a sphere by the haversine formula, to choose whom to measure exactly."""
    lat_1, lon_1, lat_2, lon_2 = (math.radians(angle) for angle in (*start, *end))
    half = math.sin((lat_2 - lat_1) / 2) ** 2
    half += math.cos(lat_1) * math.cos(lat_2) * math.sin((lon_2 - lon_1) / 2) ** 2
    return 2 * _EARTH_M * math.asin(math.sqrt(min(1.0, half)))
