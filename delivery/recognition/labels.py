"""What the words beside an amount call it: the total, or one of its false friends."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from typing import Final

from rapidfuzz.distance import Levenshtein


class Label(Enum):
    """What an amount is. Of the totals ``ROUNDED`` is what is paid in the end, ``GRAND`` says that it is the last."""

    ROUNDED = "rounded"
    GRAND = "grand"
    TOTAL = "total"
    SUBTOTAL = "subtotal"
    TAX = "tax"
    PAID = "paid"
    CHANGE = "change"
    ROUNDING = "rounding"
    DISCOUNT = "discount"
    COUNT = "count"
    SUMMARY = "summary"


_ALIKE: Final = str.maketrans("0Q15$8|!LJЙ", "OOISSBIIIIИ")
"""One letter for all that engines take for each other in capitals."""

_LETTERS_ALIKE: Final = str.maketrans("LJЙQ", "IIИO")
_WORDS: Final = (
    (
        Label.SUMMARY,
        r"""
        (GS[TIPF]|TAX|VAT|SST|IVA)(CODE)?(SUM|SUIN|ANALYSIS|BREAKDOWN) SUMMARYOFGST ^TAXCODE ^GSTRATE
        MWST.*BRUTTO NETTO.*BRUTTO BASEIMP.*CUOTA
        """,
    ),
    (
        Label.CHANGE,
        r"""
        (?<!X)CHANGE(?!ABLE) CHARGEA(MT|NT) ^CHARGE$ CAMBIO VUELTO ^СДАЧ СДАЧА ZURUCK RUCKGELD ^BAKI ^BALANCE$
        """,
    ),
    (
        Label.TAX,
        r"""
        ^.{0,3}(GST|VAT|TAX|SST|IVA).*INCLUDED TOTALINCLUDES.*(GST|TAX) TOTAL(GST|TAX|VAT|SST|IVA|MWST|IMPUEST)
        TAXTOTAL
        """,
    ),
    (
        Label.COUNT,
        r"""
        TOTAL(SOLD)?(QTY|QUANTITY|[IL]TEM|PCS|UNIT|NO|NUMBER|POINT|STAMP|ARTIC) (ITEM|QTY)S?(COUNT|SOLD|TOTAL)
        TOTQTY NOOFITEM ANZAHL TOTALDEARTIC КОЛИЧ ВСЕГОПОЗ POINT STAMP ПОЗИЦИЙ CUOTAS AUTORIZ
        """,
    ),
    (
        Label.DISCOUNT,
        r"""
        DISC(OUNT|T)?S? SAVING SAVED YOUSAVE REBATE VOUCHER DESCUENTO AHORR (?<!БЕЗ)СКИДК ВЫГОД БОНУС RABATT
        ERSPAR
        """,
    ),
    (
        Label.ROUNDED,
        r"""
        ROUNDEDTOTAL ROUNDEDAMOUNT TOTAL(AMOUNT|AMT|SALES?)?(AFTER|WITH)?(ADJ|ROUND)
        TTLA?[FT]?T?E?R?(RND|ROUND|RNO) (AFTER|AFT|ATF)(ADJ|RO?U?ND)
        """,
    ),
    (Label.ROUNDING, r"ROUND RNDA?DJ ^RND ^ADJUST REDONDEO ОКРУГЛ RUNDUNG PELARASAN"),
    (
        Label.SUBTOTAL,
        r"""
        [S8]U[BE]?[^A-ZА-Я]?TOTAL SUBTTL SUBTO TOTAL[A-Z]{0,8}EXC EXC[A-Z]{0,8}(TOTAL|GST|TAX)
        TOTAL[A-Z]{0,8}(BEFORE|WITHOUT) BEFORETAX TOTALEX TOTAL.{0,4}SUPP BASEIMP ^NETO ПОДЫ?ТОГ ПОДИТОГ БЕЗСКИД
        БЕЗНДС ПРОМЕЖ ZWISCHENS GROSSAMT TAXABLE
        """,
    ),
    (
        Label.GRAND,
        r"""
        TOTAL(AMOUNT|AMT|SALES?)?[A-Z]{0,4}INC INCL[A-Z]{0,12}TOTAL AMOUNTDUE BALANCEDUE TOTALDUE DUETOTAL
        AMTDUE GRANDTOT FINALTOT NETTOTAL NETTAMOUNT NETT?AM(OUN)?T PAYABLE APAGAR IMPORTETOTAL IMPTOTAL
        TOTALIMPORTE КОПЛАТЕ ZUZAHLEN ZAHLBETRAG GESAMT TOPAY$
        """,
    ),
    (
        Label.TAX,
        r"""
        (GST|VAT|SST)(AMT|AMOUNT|TOTAL|PAYABLE) SERVICE?C(HARGE|HG) SRVC SVRC
        ^.{0,3}(GST|VAT|TAX|SST|IVA|MWST|HST|PST) НДС SERVTAX (ADD|PLUS)GST
        """,
    ),
    (
        Label.PAID,
        r"""
        CASH(?!IER) TUNAI PAYMENT ^PAID AMOUNTPAID TENDER ^VISA ^MASTER CARD DEBIT ^CREDIT EFECTIVO TARJETA
        ENTREGADO RECIBIDO PAGADO НАЛИЧН ПОЛУЧЕНО ЭЛЕКТРОН КАРТОЙ ОПЛАЧЕНО ^ОПЛАТА BARGELD GEGEBEN ^BAR$
        GIROCARD ECKARTE RECEIVED ^AMEX
        """,
    ),
    (
        Label.TOTAL,
        r"""
        TOTAL T[OA]TAL ^TOTA ^OTAL ^TTL ^.{0,2}ИТОГ ^ВСЕГО ^IMPORTE ^SUMA ^SUMME ^MONTO ^BETRAG ^AMOUNT
        ^AMT ^СУММА$ ^СУММАЧЕК
        """,
    ),
)
"""What stands in squashed text, in the order in which it is looked for: the false friends before the totals."""
_PATTERNS: Final = tuple(
    (label, re.compile("|".join(words.replace("TOTAL", "[TI]O[TI]AL").translate(_LETTERS_ALIKE).split())))
    for label, words in _WORDS
)
_CYRILLIC: Final = re.compile(r"[А-Я]")
_TO_CYRILLIC: Final = str.maketrans("ABCEHKMOPTXY", "АВСЕНКМОРТХУ")

_COARSE: Final = {
    letter: one
    for one, letters in {
        "N": "NHMWUVILИЛНПМЙЦШЩN", "A": "AДАЯ", "P": "PГРFR", "T": "TТ7", "O": "OОD0QЮ", "C": "CСG", "B": "BВБЬЪ8S65",
        "K": "KКХЖX*", "Y": "YУЧ4", "E": "EЕЭЗ39", "": " .:;,'\"-_|!=≡三",
    }.items()
    for letter in letters
}  # fmt: skip
"""Letters that models without Cyrillic write for Russian ones: ``HTOr`` for ``ИТОГ``, ``CAA4A`` for ``СДАЧА``."""


def _coarse(text: str) -> str:
    return "".join(_COARSE.get(letter, letter) for letter in text.upper().replace("Ы", "ЬI"))


_SEEN_AS_LATIN: Final = {
    _coarse(word): label
    for label, words in {
        Label.TOTAL: ("ИТОГ", "ИТОГО", "ВСЕГО"),
        Label.GRAND: ("К ОПЛАТЕ", "ИТОГО К ОПЛАТЕ", "ИТОГ К ОПЛАТЕ"),
        Label.SUBTOTAL: ("ПОДЫТОГ", "ПОДИТОГ", "ИТОГО БЕЗ СКИДКИ"),
        Label.CHANGE: ("СДАЧА",),
        Label.PAID: ("НАЛИЧНЫМИ", "ПОЛУЧЕНО", "БЕЗНАЛИЧНЫМИ", "ЭЛЕКТРОННЫМИ"),
        Label.ROUNDING: ("ОКРУГЛЕНИЕ",),
        Label.DISCOUNT: ("СКИДКА",),
    }.items()
    for word in words
}


_AMOUNT_AT_END: Final = re.compile(r"\s*[=三≡]?\s?[\d.,]+\s*$")
_NEARLY_SUM: Final = re.compile(r".?.?TOPO?|N.OPO?|NT.PO?|NTO.|OPO?")
"""``ИТОГ`` in the coarse classes with a letter that was not seen or seen as another: it is printed very large, and at
the edge of the paper it is cut.
"""


def is_cyrillic(text: str) -> bool:
    """Whether a good part of its letters are Russian ones."""
    letters = [letter for letter in text.upper() if letter.isalpha()]
    return bool(letters) and sum("А" <= letter <= "Я" for letter in letters) > 0.3 * len(letters)


def is_russian(text: str) -> bool:
    """Whether it is Cyrillic, or a Russian word for a sum stands in it as Latin models write it."""
    words = (_AMOUNT_AT_END.sub("", row) for row in text.splitlines())
    return is_cyrillic(text) or any(_coarse(word) in _SEEN_AS_LATIN for word in words)


def squashed(text: str) -> str:
    """Capitals without accents, spaces and punctuation, with one letter for those that look alike."""
    plain = unicodedata.normalize("NFKD", text.upper())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    kept = "".join(char for char in plain if char.isalnum() or char in "|!$").translate(_ALIKE)
    return kept.translate(_TO_CYRILLIC) if len(_CYRILLIC.findall(kept)) * 3 > len(kept) else kept


def label(text: str, *, russian: bool = False) -> Label | None:
    """What the words call the amount that stands beside them; None where they say nothing known.

    ``russian``: the ticket is, so that the word for the total may be guessed from some of its letters.
    """
    words = squashed(text)
    if not words:
        return None
    for known, pattern in _PATTERNS:
        if pattern.search(words):
            return known
    coarse = _coarse(text)
    return _SEEN_AS_LATIN.get(coarse) or (_nearly(coarse) if russian else None)


def _nearly(coarse: str) -> Label | None:
    """What a Russian word with a few wrong letters was."""
    if _NEARLY_SUM.fullmatch(coarse):
        return Label.TOTAL
    slips = {word: Levenshtein.distance(word, coarse, score_cutoff=len(word) // 4) for word in _SEEN_AS_LATIN}
    nearest = min(slips, key=lambda word: slips[word])
    return _SEEN_AS_LATIN[nearest] if slips[nearest] <= len(nearest) // 4 else None
