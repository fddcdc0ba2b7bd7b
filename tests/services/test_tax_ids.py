"""Tax ids as people write them, and their check digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import tax_ids
from services.tax_ids import ReasonCodeUnclear, TaxId, TaxIdUnclear, TaxIdWrong


@pytest.mark.parametrize(
    ("typed", "country", "number", "reason_code"),
    [
        ("7707083893", "RU", "7707083893", ""),
        ("77 07 08 38 93", "RU", "7707083893", ""),
        ("ИНН 7707083893 КПП 773601001", "RU", "7707083893", "773601001"),
        ("7707083893/773601001", "RU", "7707083893", "773601001"),
        ("7707083893 773601001", "RU", "7707083893", "773601001"),
        ("инн: 7707083893, кпп: 7736AB001", "RU", "7707083893", "7736AB001"),
        ("500100732259", "RU", "500100732259", ""),
        ("B-88120456", "ES", "B88120456", ""),
        ("NIF: b88120456", "ES", "B88120456", ""),
        ("ES B88120456", "ES", "B88120456", ""),
        ("12345678-Z", "ES", "12345678Z", ""),
        ("X2482300W", "ES", "X2482300W", ""),
        ("123-456", "KZ", "123456", ""),
    ],
)
def test_right_numbers_are_taken_however_they_are_written(
    typed: str, country: str, number: str, reason_code: str
) -> None:
    assert tax_ids.parse(typed, country) == TaxId(number, country, reason_code)


@pytest.mark.parametrize(
    ("typed", "home", "number", "country"),
    [
        ("ES B88120456", "RU", "B88120456", "ES"),
        ("esb88120456", "RU", "B88120456", "ES"),
        ("RU 7707083893", "ES", "7707083893", "RU"),
        ("FR 83 404 833 048", "ES", "83404833048", "FR"),
    ],
)
def test_letters_before_it_name_another_country(typed: str, home: str, number: str, country: str) -> None:
    assert tax_ids.parse(typed, home) == TaxId(number, country)


@pytest.mark.parametrize(
    ("typed", "country", "label"),
    [
        ("7707083894", "RU", "inn"),
        ("500100732258", "RU", "inn"),
        ("0000000000", "RU", "inn"),
        ("B88120457", "ES", "nif"),
        ("12345678A", "ES", "nif"),
        ("ESB88120457", "RU", "nif"),
    ],
)
def test_a_mistyped_digit_is_told_as_such(typed: str, country: str, label: str) -> None:
    with pytest.raises(TaxIdWrong) as refused:
        tax_ids.parse(typed, country)

    assert refused.value.facts["label"] == label


@pytest.mark.parametrize(
    ("typed", "country", "label"),
    [
        ("", "RU", "inn"),
        ("770708389", "RU", "inn"),
        ("B88120456", "RU", "inn"),
        ("7️⃣707083893", "RU", "inn"),
        ("٧٧٠٧٠٨٣٨٩٣", "RU", "inn"),
        ("A1234", "ES", "nif"),
        ("7" * 5000, "ES", "nif"),
        ("12", "DE", "vat_id"),
        ("#", "KZ", "tax_id"),
    ],
)
def test_another_form_is_another_refusal(typed: str, country: str, label: str) -> None:
    with pytest.raises(TaxIdUnclear) as refused:
        tax_ids.parse(typed, country)

    assert refused.value.facts == {"label": label}


@pytest.mark.parametrize("typed", ["7707083893/77", "500100732259/773601001", "7707083893/77360100Ж"])
def test_a_reason_code_belongs_to_a_firm_and_has_nine_signs(typed: str) -> None:
    with pytest.raises(ReasonCodeUnclear):
        tax_ids.parse(typed, "RU")


@given(st.text(max_size=40), st.sampled_from(["RU", "ES", "DE", "KZ", "US", ""]))
def test_whatever_is_typed_is_a_number_or_is_refused(typed: str, country: str) -> None:
    try:
        found = tax_ids.parse(typed, country)
    except (TaxIdUnclear, TaxIdWrong, ReasonCodeUnclear):
        return
    assert tax_ids.parse(found.number, found.country).number == found.number
    assert len(found.number) <= tax_ids.LONGEST
