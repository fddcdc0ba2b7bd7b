"""What differs between countries on papers and in forms: how a bill is called, tax ids, bank details, the bank QR.

Keys, not words: the words for them stand in templates, in the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Title(StrEnum):
    """How the document is called."""

    BILL = "bill"
    """Счёт на оплату: in Russia an invoice to pay, as against счёт-фактура, which is for the tax office."""
    INVOICE = "invoice"


class TaxId(StrEnum):
    """The number that a firm is known to the tax office by."""

    INN = "inn"
    NIF = "nif"
    VAT_ID = "vat_id"
    TAX_ID = "tax_id"


class BankForm(StrEnum):
    """Which details a transfer needs."""

    RUSSIAN = "ru"
    """Account of 20 digits, БИК, correspondent account."""
    IBAN = "iban"
    """IBAN, and a BIC that may be empty."""
    PLAIN = "plain"
    """Account and bank code as people write them."""


class BankQr(StrEnum):
    """Which code a banking app of the country reads."""

    ST00012 = "st00012"
    """GOST R 56042-2014, roubles."""
    EPC = "epc"
    """EPC069-12, euros."""


@dataclass(frozen=True, slots=True)
class Country:
    """The profile of one country. ``code``: ISO 3166 alpha-2, empty where the country is not known."""

    code: str
    title: Title
    tax_id: TaxId
    has_tax_reason_code: bool
    """Whether firms have a КПП beside the tax id."""
    bank: BankForm
    qr: BankQr | None
    rectifies: bool = False
    """Whether a credit note is a "factura rectificativa por diferencias": called so, with its amounts below zero."""
    zero_rate_is_exempt: bool = False
    """Whether goods at a rate of 0 are sold without VAT, where 0 % itself is another thing: that of exports."""

    def is_sole_trader(self, tax_id: str) -> bool:
        """Whether the number is that of a person in business: in Russia it has 12 digits. Elsewhere nobody can tell."""
        return self.tax_id is TaxId.INN and len(tax_id) == _PERSONS_INN


_PERSONS_INN: Final = 12
_EU_CODES: Final = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_OTHER_SEPA_CODES: Final = "AD AL CH GB IS LI MC MD ME MK NO RS SM VA"
_OTHER_IBAN_CODES: Final = (
    "AE AZ BA BH BR BY CR DO EG GE GI GT IL IQ JO KW KZ LB LY MR MU PK PS QA SA SV TL TN TR UA VG XK"
)
_EU: Final = frozenset(_EU_CODES.split())
_SEPA: Final = _EU | frozenset(_OTHER_SEPA_CODES.split())
_OTHER_IBANS: Final = frozenset(_OTHER_IBAN_CODES.split())


def profile(code: str) -> Country:
    """The profile of a country by its ISO 3166 alpha-2 code; one without surprises where we know nothing of it."""
    code = code.strip().upper()
    if code == "RU":
        return Country(
            code,
            Title.BILL,
            TaxId.INN,
            has_tax_reason_code=True,
            bank=BankForm.RUSSIAN,
            qr=BankQr.ST00012,
            zero_rate_is_exempt=True,
        )
    has_iban = code in _SEPA or code in _OTHER_IBANS
    return Country(
        code,
        Title.INVOICE,
        _tax_id(code),
        has_tax_reason_code=False,
        bank=BankForm.IBAN if has_iban else BankForm.PLAIN,
        qr=BankQr.EPC if code in _SEPA else None,
        rectifies=code == "ES",
    )


def _tax_id(code: str) -> TaxId:
    if code == "ES":
        return TaxId.NIF
    return TaxId.VAT_ID if code in _EU or code == "GB" else TaxId.TAX_ID
