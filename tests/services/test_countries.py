"""Country profiles: what a form asks for and what a paper shows."""

from __future__ import annotations

import pytest

from services import countries
from services.countries import BankForm, BankQr, TaxId, Title


@pytest.mark.parametrize(
    ("code", "title", "tax_id", "bank", "qr"),
    [
        ("RU", Title.BILL, TaxId.INN, BankForm.RUSSIAN, BankQr.ST00012),
        ("ES", Title.INVOICE, TaxId.NIF, BankForm.IBAN, BankQr.EPC),
        ("de", Title.INVOICE, TaxId.VAT_ID, BankForm.IBAN, BankQr.EPC),
        ("CH", Title.INVOICE, TaxId.TAX_ID, BankForm.IBAN, BankQr.EPC),
        ("KZ", Title.INVOICE, TaxId.TAX_ID, BankForm.IBAN, None),
        ("US", Title.INVOICE, TaxId.TAX_ID, BankForm.PLAIN, None),
        ("", Title.INVOICE, TaxId.TAX_ID, BankForm.PLAIN, None),
    ],
)
def test_each_country_has_its_habits(code: str, title: Title, tax_id: TaxId, bank: BankForm, qr: BankQr | None) -> None:
    found = countries.profile(code)

    assert (found.title, found.tax_id, found.bank, found.qr) == (title, tax_id, bank, qr)
    assert found.code == code.upper()


def test_only_russian_firms_have_a_reason_code() -> None:
    assert countries.profile("RU").has_tax_reason_code
    assert not countries.profile("ES").has_tax_reason_code


@pytest.mark.parametrize(
    ("country", "tax_id", "is_one"),
    [("RU", "780123456724", True), ("RU", "7707083893", False), ("RU", "", False), ("ES", "780123456724", False)],
)
def test_a_russian_sole_trader_is_known_by_twelve_digits(country: str, tax_id: str, *, is_one: bool) -> None:
    assert countries.profile(country).is_sole_trader(tax_id) is is_one


def test_a_rate_of_zero_means_exempt_in_russia_alone() -> None:
    assert countries.profile("RU").zero_rate_is_exempt
    assert not countries.profile("ES").zero_rate_is_exempt
