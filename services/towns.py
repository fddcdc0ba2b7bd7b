"""Towns of the world without any network: where there is no geocoder, or it does not answer.

The table (``town_data``, from GeoNames) is read when it is first asked and kept as two texts, not as objects: a
search walks through 36,000 towns in about a millisecond and takes 6 MB.
"""

from __future__ import annotations

import re
import threading
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale

from services.search import search_key

TABLE: Final = Path(__file__).parent / "town_data" / "towns.tsv"
SHORTEST: Final = 3
"""Letters: what is shorter begins too many names."""
_LANGUAGES: Final = ("ru", "es", "en")
_BEFORE: Final = re.compile(r"^(?:г|гор|город|пос|пгт|поселок|city of|town of|ciudad de|villa de)\b\.?\s*")
_LOADING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Town:
    """A town's middle: degrees, WGS 84. ``country``: ISO 3166."""

    name: str
    names: tuple[str, ...]
    """In Russian, Spanish and English; empty where that is as the name."""
    country: str
    latitude: float
    longitude: float
    population: int

    def name_in(self, language: str, *, at_home: str) -> str:
        """What the reader calls it; with its country unless that is ``at_home``."""
        said = dict(zip(_LANGUAGES, self.names, strict=True)).get(language, "") or self.name
        country = "" if self.country == at_home else Locale.parse(language).territories.get(self.country, self.country)
        return f"{said}, {country}" if country else said


@dataclass(frozen=True, slots=True)
class _Table:
    """Lines of towns; for each one a line of keys ``|key|key|``, so that a key is found by looking for a text."""

    lines: bytes
    starts: array[int]
    keys: bytes
    key_starts: array[int]

    def find(self, wanted: str) -> Iterator[int]:
        """The numbers of the lines that have this among their keys."""
        text, at = wanted.encode(), -1
        while (at := self.keys.find(text, at + 1)) >= 0:
            yield bisect_right(self.key_starts, at) - 1

    def town(self, number: int) -> Town:
        """The town of a line."""
        end = self.lines.index(b"\n", self.starts[number])
        name, *names, country, latitude, longitude, population = (
            self.lines[self.starts[number] : end].decode().split("\t")
        )
        return Town(name, tuple(names), country, float(latitude), float(longitude), int(population))


def find(text: str, *, country: str, most: int = 6) -> list[Town]:
    """Towns that are called so in Russian, Spanish or English: those of ``country`` first, then those whose whole name
    it is before those whose name only begins so, then the larger ones.

    Of an address, the part that is a town's whole name counts, or the words that it begins with.
    """
    whole = _bare(text)
    if len(whole) < SHORTEST:
        return []
    found = dict.fromkeys(_table().find(f"|{whole}|"), 0)
    for number in _table().find(f"|{whole} "):
        found.setdefault(number, 1)
    if not found:
        found = dict.fromkeys(_in_parts(text), 0)
    towns = {number: _table().town(number) for number in found}
    order = sorted(found, key=lambda n: (towns[n].country != country, found[n], -towns[n].population))
    return [towns[number] for number in order[:most]]


def is_whole(text: str, town: Town) -> bool:
    """Tell whether the text says no more than the town's name, or its beginning."""
    return any(key == _bare(text) or key.startswith(f"{_bare(text)} ") for key in _keys((town.name, *town.names)))


def _in_parts(address: str) -> list[int]:
    """The towns of the first part that is one's whole name; failing that, of the words that it begins with."""
    words = _bare(address).split()[:5]
    parts = [_bare(part) for part in re.split(r"[,;\n]", address)]
    for key in (*parts, *(" ".join(words[:count]) for count in range(len(words), 0, -1))):
        found = list(_table().find(f"|{key}|")) if len(key) >= SHORTEST else []
        if found:
            return found
    return []


def _bare(text: str) -> str:
    """A name as it is compared: folded, without hyphens and soft signs, which people leave out, and without «г.»."""
    key = search_key(text).replace("ь", "").replace("ъ", "").replace("-", " ").replace("|", " ")
    return _BEFORE.sub("", key).strip()


def _keys(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(_bare(name) for name in names if name))


def _table() -> _Table:
    with _LOADING:
        return _load()


@cache
def _load() -> _Table:
    lines = TABLE.read_bytes()
    starts, keys, key_starts, at = array("l"), bytearray(), array("l"), 0
    for line in lines.splitlines(keepends=True):
        starts.append(at)
        key_starts.append(len(keys))
        at += len(line)
        names = "|".join(_keys(line.decode().split("\t")[:4]))
        keys += f"|{names}|\n".encode()
    return _Table(lines, starts, bytes(keys), key_starts)
