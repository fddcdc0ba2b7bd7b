"""Towns of the world without any network: where there is no geocoder, or it does not answer.

The table (``town_data``, from GeoNames) is read when it is first asked and kept as two texts, not as objects: a
search walks through 36,000 towns in about a millisecond and takes 6 MB.
"""

from __future__ import annotations

import re
import threading
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale

from services.search import search_key

TABLE: Final = Path(__file__).parent / "town_data" / "towns.tsv"
ALSO: Final = TABLE.with_name("also.tsv")
SHORTEST: Final = 3
"""Letters: what is shorter begins too many names."""
_LANGUAGES: Final = ("ru", "es", "en")
_BEFORE: Final = re.compile(
    r"^(?:г|гор|город|п|пос|поселок|пгт|рп|с|село|д|дер|деревня|ст|станица|city of|town of|ciudad de|villa de)\b\.?\s*"
)
_POSTCODE: Final = re.compile(r"^\d{4,6}\s+|\s+\d{4,6}$")
_STREETS: Final = {
    "проспект", "пр", "улица", "ул", "шоссе", "ш", "площадь", "пл", "бульвар", "бул", "переулок", "пер", "проезд",
    "набережная", "наб", "street", "st", "road", "rd", "avenue", "ave", "square",
}  # fmt: skip
"""What stands behind a name that is a street's."""
_MOST_WORDS: Final = 5
"""Words of a town's name in an address without commas."""
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

    Of an address, the parts that are a town's whole name count, or the words that it begins or ends with.
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
    names = (town.name, *town.names, *_also().get((town.name, town.country), ()))
    return any(key == _bare(text) or key.startswith(f"{_bare(text)} ") for key in _keys(names))


def _in_parts(address: str) -> list[int]:
    """The towns of all parts that are one's whole name; failing that, of the words that it begins or ends with."""
    found = [number for part in re.split(r"[,;\n]", address) for number in _called(_POSTCODE.sub("", _bare(part)))]
    if found:
        return found
    words = _bare(address).split()
    counts = range(min(len(words), _MOST_WORDS), 0, -1)
    first = (" ".join(words[:count]) for count in counts if not _STREETS.intersection(words[count : count + 1]))
    last = (" ".join(words[-count:]) for count in counts)
    return next((found for name in (*first, *last) if (found := _called(name))), [])


def _called(key: str) -> list[int]:
    return list(_table().find(f"|{key}|")) if len(key) >= SHORTEST else []


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
def _also() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """What people also call a town, by its main name and country."""
    lines = (line.split("\t") for line in ALSO.read_text(encoding="utf-8").splitlines())
    return {(name, country): tuple(names) for name, country, *names in lines}


@cache
def _load() -> _Table:
    lines, also = TABLE.read_bytes(), _also()
    starts, keys, key_starts, at = array("l"), bytearray(), array("l"), 0
    for line in lines.splitlines(keepends=True):
        starts.append(at)
        key_starts.append(len(keys))
        at += len(line)
        name, *names, country = line.decode().split("\t")[:5]
        keys += f"|{'|'.join(_keys((name, *names, *also.get((name, country), ()))))}|\n".encode()
    return _Table(lines, starts, bytes(keys), key_starts)
