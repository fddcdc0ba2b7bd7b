"""The code that a banking app fills a transfer from: what stands in it, and its modules.

There is one only where all that it needs is there and valid: a code that sends money astray is worse than none.
"""

from __future__ import annotations

import re
from typing import Any, Final

import segno
from stdnum import bic, iban
from stdnum.ru import inn

from services import bank_text, countries
from services.bank_text import ACCOUNT, CODE, CORRESPONDENT
from services.countries import BankForm, BankQr
from services.invoice_document import InvoiceDocument

_DIGITS: Final = {
    ACCOUNT: re.compile(r"[0-9]{20}"),
    CODE: re.compile(r"[0-9]{9}"),
    CORRESPONDENT: re.compile(r"[0-9]{20}"),
}
_REASON_CODE: Final = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
_SEPARATORS: Final = "|#;:^_~{}!$%&()*+,/@"
_LENGTHS: Final = {"Name": 160, "BankName": 45, "Purpose": 210}
_EPC_NAME: Final = 70
_EPC_BYTES: Final = 331
_EPC_MOST_CENTS: Final = 99_999_999_999
_MASK: Final = 2
"""Which of the eight masks lies over the modules: the one that weighing them all chooses most often for such texts.

Readers take any, and weighing would take five times as long as all the rest.
"""

Modules = tuple[bytes, ...]
"""Rows of a code from the top, a byte of 0 (light) or 1 (dark) per module, without the quiet zone."""


def payload(document: InvoiceDocument, purpose: str) -> str | None:
    """What the code of this invoice says, by its country's standard; None where it cannot or may not have one.

    ``purpose``: what the payer's bank shall write down, in the words of the seller's country.
    """
    kind = countries.profile(document.country).qr
    if document.total_minor <= 0 or document.corrects is not None:
        return None
    if kind is BankQr.ST00012 and document.currency == "RUB":
        return _st00012(document, purpose)
    if kind is BankQr.EPC and document.currency == "EUR":
        return _epc(document)
    return None


def modules(text: str) -> Modules:
    """The code with this text in UTF-8, error correction level M."""
    code = segno.make_qr(text.encode(), error="m", mode="byte", mask=_MASK, boost_error=False)
    return tuple(bytes(row) for row in code.matrix)


def _st00012(document: InvoiceDocument, purpose: str) -> str | None:
    """GOST R 56042-2014, format version 0001 in UTF-8 (2): the five required fields first and in their order.

    The standard knows no escaping: a separator that stands in a value is exchanged for one that does not.
    """
    seller = document.seller
    if not _is_russian_account(seller):
        return None
    fields = {
        "Name": seller["legal_name"] or seller["name"],
        "PersonalAcc": seller["bank_account"],
        "BankName": seller["bank_name"],
        "BIC": seller["bank_code"],
        "CorrespAcc": seller["correspondent_account"],
        "PayeeINN": seller["tax_id"],
        "KPP": seller["tax_reason_code"] if _REASON_CODE.fullmatch(seller["tax_reason_code"]) else "",
        "Sum": str(document.total_minor),
        "Purpose": purpose,
    }
    values = {name: " ".join(value.split())[: _LENGTHS.get(name)].strip() for name, value in fields.items()}
    if not (values["Name"] and values["BankName"] and inn.is_valid(values["PayeeINN"])):
        return None
    parts = [f"{name}={value}" for name, value in values.items() if value]
    separator = next((sign for sign in _SEPARATORS if not any(sign in part for part in parts)), None)
    return separator.join(["ST00012", *parts]) if separator else None


def _is_russian_account(seller: dict[str, Any]) -> bool:
    """Tell whether both accounts are whole and belong to the bank of this БИК."""
    whole = all(form.fullmatch(seller[name]) for name, form in _DIGITS.items())
    return whole and not bank_text.check({name: seller[name] for name in _DIGITS}, BankForm.RUSSIAN)


def _epc(document: InvoiceDocument) -> str | None:
    """EPC069-12, version 002 in UTF-8 (1). Purpose and structured reference stay empty: what an invoice is called
    goes into the unstructured remittance, the last element. At most 331 bytes.
    """
    seller = document.seller
    account, bank = iban.compact(seller["bank_account"]), bic.compact(seller["bank_code"])
    name = " ".join((seller["legal_name"] or seller["name"]).split())[:_EPC_NAME].strip()
    if not (name and iban.is_valid(account) and (not bank or bic.is_valid(bank))):
        return None
    if document.total_minor > _EPC_MOST_CENTS:
        return None
    whole, cents = divmod(document.total_minor, 100)
    lines = ["BCD", "002", "1", "SCT", bank, name, account, f"EUR{whole}.{cents:02d}", "", "", document.label]
    text = "\n".join(lines)
    return text if len(text.encode()) <= _EPC_BYTES else None
