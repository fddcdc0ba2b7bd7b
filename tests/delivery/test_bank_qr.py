"""The bank code: byte for byte what the standards say, readable, and absent where a transfer could go astray."""

from __future__ import annotations

from typing import Any

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from delivery import bank_qr
from services.invoice_document import InvoiceDocument
from tests.delivery.papers import SELLER, make_invoice

PURPOSE = "Оплата по счёту № TB-2026-000042 от 27.11.2026, в т. ч. НДС 320,57"
RUSSIAN = (
    "ST00012|Name=ООО «Северная база»|PersonalAcc=40702810300000012345|BankName=АО «Банк Пример», г. Санкт-Петербург"
    "|BIC=044030790|CorrespAcc=30101810900000000790|PayeeINN=7707083893|KPP=770701001|Sum=192345"
    "|Purpose=Оплата по счёту № TB-2026-000042 от 27.11.2026, в т. ч. НДС 320,57"
)
SPANISH_SELLER = SELLER | {
    "legal_name": "Almacenes Ñandú, S. L.",
    "tax_id": "B12345674",
    "tax_reason_code": "",
    "bank_name": "CaixaBank",
    "bank_code": "CAIXESBBXXX",
    "bank_account": "ES9121000418450200051332",
    "correspondent_account": "",
}
SPANISH = (
    "BCD\n002\n1\nSCT\nCAIXESBBXXX\nAlmacenes Ñandú, S. L.\nES9121000418450200051332\nEUR1923.45\n\n\nTB-2026-000042"
)


def spanish(**changes: Any) -> InvoiceDocument:
    """An invoice in euros from Spain; ``changes``: of its seller."""
    return make_invoice(language="es", country="ES", currency="EUR", seller=SPANISH_SELLER | changes)


def russian(**changes: Any) -> InvoiceDocument:
    """An invoice in roubles from Russia; ``changes``: of its seller."""
    return make_invoice(seller=SELLER | changes)


def read(rows: bank_qr.Modules) -> list[str]:
    """What a reader sees: the code with its quiet zone, three pixels a module."""
    side = len(rows)
    picture = Image.new("L", (side + 8, side + 8), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                picture.putpixel((x + 4, y + 4), 0)
    large = picture.resize((picture.width * 3, picture.height * 3), Image.Resampling.NEAREST)
    return [
        found.text
        for found in zxingcpp.read_barcodes(large, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    ]


def test_russia_byte_for_byte() -> None:
    said = bank_qr.payload(russian(), PURPOSE)

    assert said == RUSSIAN
    assert said.encode().startswith(b"ST00012|Name=\xd0\x9e\xd0\x9e\xd0\x9e \xc2\xab")


def test_europe_byte_for_byte() -> None:
    said = bank_qr.payload(spanish(), PURPOSE)

    assert said == SPANISH
    assert said.encode().split(b"\n") == [
        b"BCD",
        b"002",
        b"1",
        b"SCT",
        b"CAIXESBBXXX",
        b"Almacenes \xc3\x91and\xc3\xba, S. L.",
        b"ES9121000418450200051332",
        b"EUR1923.45",
        b"",
        b"",
        b"TB-2026-000042",
    ]


@pytest.mark.parametrize("text", [RUSSIAN, SPANISH])
def test_a_reader_reads_it(text: str) -> None:
    rows = bank_qr.modules(text)

    assert read(rows) == [text]
    assert {len(row) for row in rows} == {len(rows)}
    assert set(b"".join(rows)) == {0, 1}


@settings(max_examples=40, deadline=None)
@given(name=st.text("абвгдЁжзик «»-.", min_size=1, max_size=150), total=st.integers(1, 10**11))
def test_whatever_stands_in_it_can_be_read(name: str, total: int) -> None:
    said = bank_qr.payload(make_invoice(seller=SELLER | {"legal_name": f"А{name}"}, total_minor=total), PURPOSE)

    assert said is not None
    assert f"|Sum={total}|" in said
    assert read(bank_qr.modules(said)) == [said]


def test_a_separator_that_stands_in_a_value_gives_way_to_another_one() -> None:
    said = bank_qr.payload(russian(legal_name="ООО «А|Б»"), "Счёт #7")

    assert said is not None
    assert said.startswith("ST00012;Name=ООО «А|Б»;PersonalAcc=40702810300000012345;")
    assert said.endswith(";Purpose=Счёт #7")


def test_what_is_too_long_for_the_standard_is_cut() -> None:
    said = bank_qr.payload(russian(legal_name="я" * 300, bank_name="Банк " * 20), "ю" * 400)

    assert said is not None
    fields = dict(part.split("=", 1) for part in said.split("|")[1:])
    assert (len(fields["Name"]), len(fields["BankName"]), len(fields["Purpose"])) == (160, 44, 210)
    epc = bank_qr.payload(spanish(legal_name="Ñ" * 200), "")
    assert epc is not None
    assert len(epc.split("\n")[5]) == 70


def test_line_ends_in_a_name_make_no_new_element() -> None:
    said = bank_qr.payload(spanish(legal_name="Almacenes\nES00\r\n1"), "")

    assert said is not None
    assert said.split("\n")[5:7] == ["Almacenes ES00 1", "ES9121000418450200051332"]


def test_a_sole_trader_has_no_reason_code_and_an_iban_needs_no_bic() -> None:
    trader = bank_qr.payload(russian(tax_id="780123456724", tax_reason_code=""), PURPOSE)
    without_bic = bank_qr.payload(spanish(bank_code="", bank_account="ES91 2100 0418 4502 0005 1332"), "")

    assert trader is not None
    assert "|PayeeINN=780123456724|Sum=" in trader
    assert without_bic is not None
    assert without_bic.split("\n")[4] == ""
    assert without_bic.split("\n")[6] == "ES9121000418450200051332"


@pytest.mark.parametrize(
    "changes",
    [
        {"bank_account": "40702810400000012345"},
        {"bank_account": "4070281030000001234"},
        {"bank_account": ""},
        {"correspondent_account": "30101810800000000790"},
        {"correspondent_account": ""},
        {"bank_code": "044030791"},
        {"bank_code": "04403079"},
        {"bank_name": " "},
        {"legal_name": "", "name": ""},
        {"tax_id": "7707083894"},
        {"tax_id": ""},
        {"legal_name": "|#;:^_~{}!$%&()*+,/@"},
    ],
)
def test_in_russia_nothing_may_be_missing_or_wrong(changes: dict[str, str]) -> None:
    assert bank_qr.payload(russian(**changes), PURPOSE) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"bank_account": "ES9121000418450200051333"},
        {"bank_account": ""},
        {"bank_code": "CAIX"},
        {"legal_name": "", "name": ""},
    ],
)
def test_in_europe_nothing_may_be_missing_or_wrong(changes: dict[str, str]) -> None:
    assert bank_qr.payload(spanish(**changes), "") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"currency": "EUR"},
        {"total_minor": 0},
        {"country": "US"},
        {"country": "KZ"},
    ],
)
def test_a_code_is_for_its_country_and_currency(changes: dict[str, Any]) -> None:
    assert bank_qr.payload(make_invoice(**changes), PURPOSE) is None


def test_more_than_the_scheme_can_carry_has_no_code() -> None:
    document = make_invoice(country="ES", currency="EUR", seller=SPANISH_SELLER, total_minor=10**11)

    assert bank_qr.payload(document, "") is None
    assert (
        bank_qr.payload(make_invoice(currency="EUR", country="ES", seller=SPANISH_SELLER, label="Ñ" * 200), "") is None
    )
