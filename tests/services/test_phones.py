"""Phones as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import phones
from services.phones import Phone, PhoneUnclear


@pytest.mark.parametrize(
    ("typed", "country", "shown"),
    [
        ("+7 495 000-20-11", "RU", "+7 495 000-20-11"),
        ("8 (495) 000 20 11", "RU", "+7 495 000-20-11"),
        ("4950002011", "RU", "+7 495 000-20-11"),
        ("74950002011", "RU", "+7 495 000-20-11"),
        ("тел. 8-916-123-45-67", "RU", "+7 916 123-45-67"),
        ("8 495 1234567 доб. 12", "RU", "+7 495 123-45-67 ext. 12"),
        ("612 34 56 78", "ES", "+34 612 34 56 78"),
        ("+34612345678", "RU", "+34 612 34 56 78"),
        ("34 612 345 678", "RU", "+34 612 34 56 78"),
        ("0034 612 34 56 78", "RU", "+34 612 34 56 78"),
        ("+34 612 34 56 78", "", "+34 612 34 56 78"),
    ],
)
def test_every_way_of_writing_comes_to_one_form(typed: str, country: str, shown: str) -> None:
    assert phones.parse(typed, country).shown == shown


@pytest.mark.parametrize(
    "typed",
    [
        "", "phone", "12", "000-20-11", "+7", "1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣0️⃣", "📞📞📞", "٨٩١٦١٢٣٤٥٦٧", "5" * 5000,
        "8 916 123-45-67 call", "½½½½½½½½½½",
    ],
)  # fmt: skip
def test_what_is_no_number_is_not_guessed(typed: str) -> None:
    with pytest.raises(PhoneUnclear):
        phones.parse(typed, "RU")


def test_the_key_has_the_digits_with_the_countrys() -> None:
    assert phones.parse("8 (495) 000-20-11", "RU") == Phone("+7 495 000-20-11", "74950002011")
    assert phones.key_of("612 34 56 78", "ES") == "34612345678"
    assert phones.key_of("shop 20-11", "RU") == "2011"
    assert phones.key_of("", "RU") == ""
    assert (phones.dialling_code("es"), phones.dialling_code("")) == ("34", "")


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_phone_or_is_refused(typed: str) -> None:
    try:
        phone = phones.parse(typed, "RU")
    except PhoneUnclear:
        return
    assert phones.parse(phone.shown, "RU") == phone, "the form that is stored means the same again"
    assert len(phone.shown) <= phones.LONGEST
