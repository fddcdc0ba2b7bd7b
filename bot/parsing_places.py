"""Places that people type or paste: coordinates, and links that maps share. Pure: None for what cannot be read."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

Point = tuple[float, float]

_NUMBER: Final = r"(-?\d{1,3}\.\d{2,15})"
_TYPED: Final = re.compile(rf"{_NUMBER}\s*[,;\s]\s*{_NUMBER}", re.ASCII)
_WITH_COMMAS: Final = re.compile(r"(-?\d{1,3},\d{2,15})\s*[;\s]\s*(-?\d{1,3},\d{2,15})", re.ASCII)
_PAIR: Final = re.compile(r"(-?\d{1,3}(?:\.\d{1,15})?),(-?\d{1,3}(?:\.\d{1,15})?)", re.ASCII)
_IN_PATH: Final = re.compile(rf"@{_NUMBER},{_NUMBER}", re.ASCII)
_LONGEST: Final = 2000


def parse_point(text: str) -> Point | None:
    """Latitude and longitude in degrees: ``55.7601, 37.6402``, ``55,7601 37,6402``, ``geo:55.76,37.64``, or a link to a
    place on Google's, Yandex's or OpenStreetMap's map.
    """
    plain = text.strip()
    if len(plain) > _LONGEST:
        return None
    typed = _TYPED.fullmatch(plain) or _WITH_COMMAS.fullmatch(plain)
    if typed is not None:
        return _point(*(part.replace(",", ".") for part in typed.groups()))
    return _from_link(plain)


def _from_link(text: str) -> Point | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme == "geo":
        return _pair(parts.path.partition(";")[0])
    if parts.scheme not in {"http", "https"}:
        return None
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if "yandex." in parts.netloc:
        longitude_first = (query.get("pt", "") or query.get("ll", "")).split(",")
        return _pair(",".join(reversed(longitude_first[:2])))
    if "mlat" in query and "mlon" in query:
        return _pair(f"{query['mlat']},{query['mlon']}")
    shown = _IN_PATH.search(unquote(parts.path))
    return _pair(query.get("q", "") or query.get("query", "")) or (_point(*shown.groups()) if shown else None)


def _pair(text: str) -> Point | None:
    found = _PAIR.match(text.replace(" ", ""))
    return _point(*found.groups()) if found else None


def _point(latitude: str, longitude: str) -> Point | None:
    point = float(latitude), float(longitude)
    return point if abs(point[0]) <= 90 and abs(point[1]) <= 180 else None
