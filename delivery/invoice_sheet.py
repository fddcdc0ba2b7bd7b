"""What every part of an invoice or credit note shares: the document, its words, the grid and the type."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from delivery.pdf_layout import GREY, PAGE_HEIGHT, PAGE_WIDTH, Fonts, Style
from services import countries
from services.countries import Country, Title
from services.invoice_document import InvoiceDocument
from templates import text_filters
from templates.environment import Texts

TEMPLATE: Final = "invoice/invoice.html"
LEFT: Final = 48.0
RIGHT: Final = PAGE_WIDTH - 48.0
TOP: Final = PAGE_HEIGHT - 40.0
BOTTOM: Final = 58.0
MIDDLE: Final = (LEFT + RIGHT) / 2
GUTTER: Final = 26.0
COLUMNS: Final = ((LEFT, MIDDLE - GUTTER / 2), (MIDDLE + GUTTER / 2, RIGHT))
"""The two columns that everything but the table stands in."""
_RUSSIAN: Final = "ru"


@lru_cache(maxsize=512)
def _constant(texts: Texts, block: str, language: str, facts: tuple[tuple[str, Any], ...]) -> str:
    return texts.plain(TEMPLATE, block, language, dict(facts))


class Sheet:
    """One document about to be laid out: its words in its own language, and the few styles it is set in."""

    def __init__(self, document: InvoiceDocument, texts: Texts, fonts: Fonts) -> None:
        self.document = document
        self.texts = texts
        self.fonts = fonts
        self.country: Country = countries.profile(document.country)
        self._habits: dict[str, Any] = {
            "currency": document.currency,
            "prices_include_vat": document.prices_include_vat,
            "title": self.country.title.value,
            "credit": document.corrects is not None,
            "rectifies": self.country.rectifies,
            "bank": self.country.bank.value,
            "zero_rate_is_exempt": self.country.zero_rate_is_exempt,
        }
        self._facts = self._habits | {"label": document.label, "issue_date": document.issue_date}
        self.body = Style(fonts.regular, 9, 11.8)
        self.label = Style(fonts.regular, 9, 11.8, GREY)
        self.strong = Style(fonts.bold, 9.5, 12)
        self.small = Style(fonts.regular, 7.8, 9.8, GREY)
        self.caption = Style(fonts.bold, 7.8, 9.8, GREY)

    def word(self, block: str, *, language: str = "", **facts: Any) -> str:
        """A text of the paper as one line, in the language of the document unless said."""
        return self.texts.plain(TEMPLATE, block, language or self.document.language, {**self._facts, **facts})

    def constant(self, block: str, **facts: Any) -> str:
        """A text that says the same on all papers of this language, country and currency: made once."""
        return _constant(self.texts, block, self.document.language, tuple((self._habits | facts).items()))

    def reference(self) -> str:
        """What the payer's bank shall write down: a sentence in the seller's language where that is the custom, else
        the number alone.
        """
        if self.country.title is Title.BILL:
            return self.word("purpose", language=_RUSSIAN, vat_minor=self.document.vat_minor)
        return self.document.label

    def money(self, minor: int) -> str:
        """An amount with its currency."""
        return text_filters.money(minor, self.document.currency, locale=self.document.language)

    def day(self, value: Any) -> str:
        """A day with its month spelt out."""
        return text_filters.long_date(value, "long", locale=self.document.language)
