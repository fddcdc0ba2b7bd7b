"""Who sold: the name of the shop and its tax id. Pure functions on rows of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from stdnum.ar import cuit
from stdnum.es import nif
from stdnum.ru import inn

_FIRST_ROWS: Final = 9
_FIRST_NAMES: Final = 5
_COMPANY: Final = re.compile(
    r"\b(SDN|BHD|S/B|S\.?A\.?U?|S\.?L\.?U?|LTD|LIMITED|INC|LLC|GMBH|KG|PLT|ООО|ОАО|ЗАО|ПАО|АО|ИП)\b\.?", re.IGNORECASE
)
_NOT_SHOP: Final = re.compile(
    r"INVOICE|RECEIPT|FACTURA|TICKET|TEL|FAX|GST|TAX|DATE|CASH\b|WELCOME|ДОБРО|КАССОВ|ЧЕК|АКЦИИ|HTTP|WWW|@",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(
    r"^\W*(\d|(NO|LOT|LEVEL|FLOOR|UNIT|JALAN|JLN|CALLE|AVDA?|AVENIDA|C/|УЛ|ПР-?Т|Г)\b[ .]?)", re.IGNORECASE
)
_EDGE: Final = re.compile(r"^[\s,.:;*=~|/\\_'!¦-]+|[\s,:;*=~|/\\_'¦-]+$")
"""What the paper's edge, a border or a fold looks like to an engine."""
_REGISTER: Final = re.compile(r"\([^()]*\d[^()]*\)?")
_INN: Final = re.compile(r"И?[НHN]{2}\D{0,3}(\d{10,12})")
_CIF: Final = re.compile(r"(?<![A-Z0-9])([A-Z]-?\d{7}-?[0-9A-J]|\d{8}-?[A-Z])(?![A-Z0-9])")
_CUIT: Final = re.compile(r"(?<!\d)(\d{2}-?\d{8}-?\d)(?!\d)")
_VAT: Final = re.compile(r"(?:GST|SST|TAX|VAT)\s?(?:REG|ID|NO|NUM)[^0-9]{0,16}(\d{12})(?!\d)", re.IGNORECASE)


def shop(texts: Sequence[str]) -> str | None:
    """The name in the first rows: the one that says it is a company, or else the first that is a name at all."""
    plain = [_REGISTER.sub("", text) for text in texts[:_FIRST_ROWS]]
    named = [text for text in plain if _is_name(text)]
    company = next((text for text in named[:_FIRST_NAMES] if _COMPANY.search(text)), None)
    name = company or next(iter(named), None)
    return _plain(name)[:100] if name else None


def tax_id(texts: Sequence[str]) -> str | None:
    """The first tax id whose check digits are right, or the number after ``GST ID``; None where there is none."""
    return next(_tax_ids("\n".join(texts).upper()), None)


def _is_name(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return letters >= 4 and letters * 10 >= len(text.replace(" ", "")) * 6 and not _elsewhere(text)


def _plain(name: str) -> str:
    name = " ".join(_EDGE.sub("", name).split())
    return name.replace('"', "").strip() if name.count('"') == 1 else name


def _elsewhere(text: str) -> bool:
    return bool(_NOT_SHOP.search(text) or _ADDRESS.search(text))


def _tax_ids(text: str) -> Iterator[str]:
    for match in _INN.finditer(text):
        number = match[1][2:] if len(match[1]) == 12 and match[1].startswith("00") else match[1]
        yield from _valid(number, inn.validate)
    for match in _CIF.finditer(text):
        yield from _valid(match[1], nif.validate)
    for match in _CUIT.finditer(text):
        yield from _valid(match[1], cuit.validate)
    for match in _VAT.finditer(text):
        yield match[1]


def _valid(number: str, validate: Callable[[str], str]) -> Iterator[str]:
    """stdnum raises a family of errors of its own, all of them ValueErrors."""
    try:
        yield str(validate(number))
    except ValueError:
        return
