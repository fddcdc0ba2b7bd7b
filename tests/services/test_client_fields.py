"""What is typed of a client, read field by field."""

from __future__ import annotations

import pytest

from services import client_fields
from services.client_fields import ClientTextUnfit, CountryUnclear, LanguageUnknown, PinUnclear
from services.client_keys import keys_of


@pytest.mark.parametrize(
    ("field", "typed", "values"),
    [
        ("name", "  Corner \n Shop\x00 ", {"name": "Corner Shop"}),
        ("legal_name", "", {"legal_name": ""}),
        ("tax_id", "7707083893/773601001", {"tax_id": "7707083893", "tax_reason_code": "773601001"}),
        ("tax_id", "ESB88120456", {"tax_id": "B88120456", "tax_reason_code": "", "country": "ES"}),
        ("tax_id", "", {"tax_id": "", "tax_reason_code": ""}),
        ("tax_reason_code", "7736 01001", {"tax_reason_code": "773601001"}),
        ("country", "es", {"country": "ES"}),
        ("country", "Испания", {"country": "ES"}),
        ("country", "españa", {"country": "ES"}),
        ("country", "", {"country": ""}),
        ("phone", "8 (495) 000-20-11", {"phone": "+7 495 000-20-11"}),
        ("phone", "", {"phone": ""}),
        ("email", "A@Example.org", {"email": "A@example.org"}),
        ("email", "", {"email": ""}),
        ("language", "es", {"language": "es"}),
    ],
)
def test_what_is_typed_becomes_the_values_of_columns(field: str, typed: str, values: dict[str, str]) -> None:
    assert client_fields.read(field, typed, "RU") == values


@pytest.mark.parametrize(("field", "largest"), [("name", 200), ("legal_name", 300), ("contact", 200), ("address", 500)])
def test_a_text_has_the_room_of_its_column(field: str, largest: int) -> None:
    assert client_fields.read(field, "Ё" * largest, "RU") == {field: "Ё" * largest}
    with pytest.raises(ClientTextUnfit) as refused:
        client_fields.read(field, "Ё" * (largest + 1), "RU")
    assert refused.value.facts == {"field": field, "largest": largest}


def test_a_client_has_a_name_and_a_language_that_papers_are_written_in() -> None:
    with pytest.raises(ClientTextUnfit):
        client_fields.read("name", " \u200b ".replace("\u200b", ""), "RU")
    for typed in ("Atlantis", "S", "🇪🇸"):
        with pytest.raises(CountryUnclear):
            client_fields.read("country", typed, "RU")
    with pytest.raises(LanguageUnknown):
        client_fields.read("language", "de", "RU")


@pytest.mark.parametrize("pin", [(0.0, 0.0), (91.0, 0.0), (0.0, 180.5), (float("nan"), 1.0), (1.0, float("inf"))])
def test_what_is_not_on_the_map_is_no_place(pin: tuple[float, float]) -> None:
    with pytest.raises(PinUnclear):
        client_fields.check_pin(*pin)
    client_fields.check_pin(-90.0, 180.0)


def test_the_keys_hold_both_names_and_the_phone_both_ways() -> None:
    keys = keys_of("Ёлочка", legal_name="ООО «Ёлка»", phone="8 495 000-20-11", country="RU")

    assert keys == {"search_key": "елочка | ооо елка", "phone_key": "74950002011", "phone_end_key": "11020005947"}
    assert keys_of("Ёлка", legal_name="ЁЛКА")["search_key"] == "елка"
    assert len(keys_of("я" * 200, legal_name="ю" * 300)["search_key"]) == 400
