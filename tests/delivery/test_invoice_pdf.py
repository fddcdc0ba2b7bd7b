"""The invoice as an accountant reads it, and as somebody with a strange name tries to break it."""

from __future__ import annotations

import ast
import re
import threading
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from delivery import bank_qr, invoice_pdf, invoice_sheet, logo, pdf_layout
from services.invoice_document import DocumentLine, DocumentTax, InvoiceDocument
from templates.environment import LANGUAGES, Texts
from tests.delivery.papers import BUYER, SELLER, make_delivery_line, make_invoice, make_line

FONTS = Path(__file__).resolve().parents[2] / "fonts"
TEXTS = Texts.load()


def draw(document: InvoiceDocument) -> bytes:
    return invoice_pdf.draw(document, TEXTS, FONTS)


def pages_of(document: InvoiceDocument) -> list[str]:
    """The text of each page; non-breaking spaces read as spaces."""
    reader = PdfReader(BytesIO(draw(document)))
    return [page.extract_text().replace("\xa0", " ") for page in reader.pages]


def many(count: int) -> tuple[DocumentLine, ...]:
    return tuple(make_line(position) for position in range(1, count + 1))


def test_all_that_an_accountant_looks_for_is_there() -> None:
    (page,) = pages_of(make_invoice())

    for text in (
        "Счёт на оплату № TB-2026-000042",
        "от 27 ноября 2026 г.",
        "Оплатить до",
        "11 декабря 2026 г.",
        "ООО «Северная база»",
        "7707083893 / 770701001",
        "ИП Иванов Пётр Ильич",
        "780123456789",
        "044030790",
        "40702810300000012345",
        "30101810900000000790",
        "Санкт-Петербург, ул. Ёлочная, 7, вход со двора",
        "30 ноября 2026 г., 09:00–13:00",
        "№ 318",
        "Склад на Обводном",
        "А 123 ВС 178",
        "Смирнов Олег",
        "A-101",
        "Молоко «Простоквашино» 3,2 % 930 мл",
        "шт.",
        "Доставка",
        "Всего 2 наименования на сумму 1 923,45 ₽",
        "Цены и суммы включают НДС.",
        "Одна тысяча девятьсот двадцать три рубля 45 копеек",
        "Соколова Мария Андреевна",
        "Белова Ольга Юрьевна",
        "стр. 1 из 1",
    ):
        assert text in page


def test_the_figures_are_the_stored_ones() -> None:
    (page,) = pages_of(
        make_invoice(
            taxes=(DocumentTax(Decimal("0.1"), 111111, 11111), DocumentTax(Decimal("0.2"), 160288, 32057)),
            net_minor=271399,
            vat_minor=43168,
            total_minor=314567,
        )
    )
    lines = page.splitlines()

    assert lines[lines.index("№ Артикул Наименование Ед. Кол-во Цена, ₽ НДС Сумма, ₽") :][1:3] == [
        "1 A-101 Молоко «Простоквашино» 3,2 % 930 мл шт. 12 150,00 20 % 1 800,00",
        "2 Доставка 1 123,45 20 % 123,45",
    ]
    assert "Итого без НДС 2 713,99 ₽" in lines
    assert "НДС 10 % с суммы 1 111,11 ₽ 111,11 ₽" in lines
    assert "НДС 20 % с суммы 1 602,88 ₽ 320,57 ₽" in lines
    assert "Всего к оплате 3 145,67 ₽" in lines


def test_without_vat_in_the_prices_the_amounts_are_net() -> None:
    (page,) = pages_of(make_invoice(prices_include_vat=False))
    lines = page.splitlines()

    assert "Цены и суммы указаны без НДС." in lines
    assert "1 A-101 Молоко «Простоквашино» 3,2 % 930 мл шт. 12 150,00 20 % 1 500,00" in lines


def test_spanish_with_euros() -> None:
    line = make_line(1, name="Aceite «Año Nuevo» 5 l", unit_code="box", quantity_milli=2500, decimals=3)
    (page,) = pages_of(make_invoice(language="es", country="ES", currency="EUR", lines=(line,)))

    for text in ("Factura n.º TB-2026-000042", "Aceite «Año Nuevo» 5 l", "NIF", "IBAN", "2,5", "cj.", "1.923,45 €"):
        assert text in page
    assert "1 línea, 1.923,45 € en total" in page
    assert "página 1 de 1" in page


def test_english() -> None:
    (page,) = pages_of(make_invoice(language="en", country="GB"))

    for text in ("Invoice No. TB-2026-000042", "Pay by", "December 11, 2026", "₽1,923.45", "VAT 20% on ₽1,602.88"):
        assert text in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_long_invoice_has_its_header_and_number(language: str) -> None:
    pages = pages_of(make_invoice(language=language, lines=(*many(120), make_delivery_line(121))))
    header = TEXTS.plain(invoice_sheet.TEMPLATE, "column_name", language, {})

    assert len(pages) == 4
    for number, page in enumerate(pages, start=1):
        assert header in page
        assert "TB-2026-000042" in page
        facts = {"page": number, "pages": 4}
        assert TEXTS.plain(invoice_sheet.TEMPLATE, "page", language, facts) in page
    articles = re.findall(r"A-\d+", "\n".join(pages))
    assert articles == [f"A-{100 + position}" for position in range(1, 121)]


@pytest.mark.parametrize("count", range(14, 34))
def test_the_totals_never_stand_alone_on_a_page(count: int) -> None:
    pages = pages_of(make_invoice(lines=many(count)))

    assert "Всего к оплате" in pages[-1]
    assert f"A-{100 + count}" in pages[-1]


def test_the_same_document_gives_the_same_bytes() -> None:
    document = make_invoice(lines=many(30))

    first = draw(document)
    draw(make_invoice(buyer=BUYER | {"legal_name": "Қазақстан ЖШС"}))

    assert draw(document) == first


def test_threads_draw_the_same_bytes() -> None:
    documents = [make_invoice(lines=many(3), label=f"TB-{n}", language=LANGUAGES[n % 3]) for n in range(6)]
    expected = [draw(document) for document in documents]
    drawn: dict[int, bytes] = {}

    def work(number: int) -> None:
        for _ in range(3):
            drawn[number] = draw(documents[number])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [drawn[number] for number in range(6)] == expected


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<A> & Co", "<A> & Co"),
        ('<img src="/etc/hostname"/>', '<img src="/etc/hostname"/>'),
        ("<para><b>unclosed", "<para><b>unclosed"),
        ("{{ 7*7 }} {% raw", "{{ 7*7 }} {% raw"),
        ("%(label)s \\n (x) \\", "%(label)s \\n (x) \\"),
        ("a\x00b\x07c\u202ed\u200be", "abcde"),
        ("one\r\ntwo\tthree\u2028four", "one two three four"),
        ("Milk 🥛👨\u200d🌾 fresh", "Milk fresh"),
        ("Қазақстан ұлттық", "Қазақстан ұлттық"),
    ],
)
def test_names_are_printed_and_never_obeyed(name: str, shown: str) -> None:
    document = make_invoice(
        lines=(make_line(1, name=name, article=name[:64]),),
        buyer=BUYER | {"legal_name": name, "contact": name},
        seller=SELLER | {"director": name, "name": name},
        delivery_address=name,
    )
    reader = PdfReader(BytesIO(draw(document)))
    page = " ".join(reader.pages[0].extract_text().split())

    assert page.count(shown) >= 4
    assert list(reader.pages[0].images) == []


def test_ten_thousand_characters_make_a_paper_all_the_same() -> None:
    for filling in ("я" * 10_000, "слово " * 2_000, "<b>" * 3_334):
        document = make_invoice(
            label="TB-1",
            lines=tuple(make_line(n, name=filling, article=filling, unit_code=filling) for n in (1, 2, 3)),
            seller=dict.fromkeys(SELLER, filling),
            buyer=dict.fromkeys(BUYER, filling),
            delivery_address=filling,
        )
        pages = pages_of(document)
        assert len(pages) <= 4
        assert "1 923,45 ₽" in pages[-1]


def test_an_empty_company_leaves_out_what_it_does_not_have() -> None:
    (page,) = pages_of(
        make_invoice(
            seller=dict.fromkeys(SELLER, "") | {"name": "База"},
            buyer=dict.fromkeys(BUYER, "") | {"name": "Лавка"},
            delivery_address="",
            delivery_date=None,
        )
    )

    assert "База" in page
    assert "Лавка" in page
    for absent in ("ИНН", "Банковские реквизиты", "Адрес", "None"):
        assert absent not in page


def test_no_line_leaves_the_paper() -> None:
    huge = make_line(1, price_minor=10**14, total_minor=10**15, quantity_milli=10**9, name="Очень " * 30)
    document = make_invoice(lines=(huge, *(replace(huge, position=n) for n in range(2, 40))))
    reader = PdfReader(BytesIO(draw(document)))
    seen: list[float] = []
    for page in reader.pages:
        page.extract_text(visitor_text=lambda _t, _cm, tm, _font, _size: seen.extend((tm[4], tm[5])))

    assert min(seen) >= 0
    assert max(seen[0::2]) < pdf_layout.PAGE_WIDTH - 40


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=300), width=st.floats(20, 300))
def test_wrapping_loses_nothing_and_fits(text: str, width: float) -> None:
    style = pdf_layout.Style(pdf_layout.Fonts.load(FONTS).regular, 9, 11)

    lines = pdf_layout.wrap(text, style, width, most=400)

    assert all(style.face.width(line, 9) <= width + 0.01 or len(line) == 1 for line in lines)
    kept = pdf_layout.clean(text, style.face)
    assert "".join("".join(lines).split(" ")) == "".join(kept.split(" "))
    assert len(pdf_layout.wrap(text, style, width, most=2)) <= 2


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_can_be_drawn(text: str) -> None:
    document = make_invoice(lines=(make_line(1, name=text),), delivery_address=text)

    assert draw(document).startswith(b"%PDF-")


def test_nothing_in_delivery_parses_markup() -> None:
    for module in Path(invoice_pdf.__file__).parent.glob("*.py"):
        imported = {
            name
            for node in ast.walk(ast.parse(module.read_text()))
            if isinstance(node, ast.ImportFrom | ast.Import)
            for name in [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
        }
        assert not {name for name in imported if "platypus" in name or name == "Paragraph"}, module.name


def picture(kind: str, mode: str, size: tuple[int, int], colour: object) -> bytes:
    """An image file of one colour."""
    out = BytesIO()
    Image.new(mode, size, colour).save(out, kind)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode", "size", "colour", "shown"),
    [
        ("PNG", "RGBA", (900, 300), (200, 0, 0, 128), (138, 46)),
        ("PNG", "P", (100, 100), 3, (46, 46)),
        ("PNG", "L", (2000, 100), 90, (150, 7.5)),
        ("JPEG", "RGB", (3000, 3000), (10, 90, 10), (46, 46)),
        ("JPEG", "CMYK", (300, 300), (10, 90, 10, 0), (46, 46)),
        ("PNG", "RGB", (30, 10), (10, 90, 10), (21.6, 7.2)),
    ],
)
def test_a_logo_fits_its_box_and_stands_on_the_first_page(
    kind: str, mode: str, size: tuple[int, int], colour: object, shown: tuple[float, float]
) -> None:
    prepared = logo.prepare(picture(kind, mode, size, colour))
    assert prepared is not None
    assert (prepared.width, prepared.height) == pytest.approx(shown)

    pdf = invoice_pdf.draw(make_invoice(lines=many(60)), TEXTS, FONTS, prepared)

    pages = PdfReader(BytesIO(pdf)).pages
    assert [len(page.images) for page in pages] == [1, 0, 0]
    assert pdf == invoice_pdf.draw(make_invoice(lines=many(60)), TEXTS, FONTS, prepared)


def test_what_is_transparent_in_a_logo_is_white_on_paper() -> None:
    prepared = logo.prepare(picture("PNG", "RGBA", (60, 60), (0, 0, 0, 0)))

    assert prepared is not None
    assert Image.open(BytesIO(prepared.jpeg)).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        picture("PNG", "RGB", (50, 50), "red")[:60],
        picture("JPEG", "RGB", (50, 50), "red")[:200],
        picture("GIF", "L", (50, 50), 0),
        picture("PNG", "1", (6000, 6000), 1),
    ],
    ids=["empty", "text", "cut PNG", "cut JPEG", "GIF", "too large"],
)
def test_a_broken_logo_is_left_out(data: bytes) -> None:
    assert logo.prepare(data) is None


def test_the_code_stands_on_the_last_page_as_one_shape() -> None:
    document = make_invoice(lines=many(60))
    said = bank_qr.payload(document, "Оплата по счёту № TB-2026-000042 от 27.11.2026, в т. ч. НДС 320,57")
    assert said is not None
    rows = bank_qr.modules(said)

    pages = PdfReader(BytesIO(draw(document))).pages
    first, last = (page.get_contents() for page in (pages[0], pages[-1]))

    assert first is not None
    assert last is not None
    runs = sum(len(re.findall(b"\x01+", row)) for row in rows)
    drawn = re.findall(rb"(\d+) (\d+) (\d+) 1 re\b", last.get_data())
    assert len(drawn) == runs
    assert re.findall(rb"\d+ \d+ \d+ 1 re\b", first.get_data()) == []
    dark = {(int(x) + step, int(y)) for x, y, width in drawn for step in range(int(width))}
    side = len(rows)
    assert dark == {(x, side - 1 - y) for y, row in enumerate(rows) for x, module in enumerate(row) if module}


def test_without_whole_bank_details_there_is_no_code() -> None:
    pages = pages_of(make_invoice(seller=SELLER | {"bank_code": "044030791"}))

    assert "приложение банка" not in pages[0]
    assert "Цены и суммы включают НДС." in pages[0]


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"language": "ru", "country": "RU"}, "Счёт на оплату № TB-2026-000042"),
        ({"language": "es", "country": "RU"}, "Factura n.º TB-2026-000042"),
        ({"language": "en", "country": "RU"}, "Invoice No. TB-2026-000042"),
        ({"language": "ru", "country": "ES"}, "Счёт № TB-2026-000042"),
        ({"language": "es", "country": "ES"}, "Factura n.º TB-2026-000042"),
    ],
)
def test_the_title_is_the_countrys_in_the_clients_language(changes: dict[str, str], title: str) -> None:
    (page,) = pages_of(make_invoice(**changes))

    assert title in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_is_for_the_sellers_banks_and_the_same_in_the_code(language: str) -> None:
    reference = "Оплата по счёту № TB-2026-000042 от 27.11.2026, в т. ч. НДС 320,57"
    document = make_invoice(language=language)
    (page,) = pages_of(document)

    assert reference in " ".join(page.split())
    assert (bank_qr.payload(document, reference) or "").endswith(f"|Purpose={reference}")


@pytest.mark.parametrize(
    ("language", "country", "words"),
    [
        ("ru", "RU", ["12 150,00 без НДС 1 500,00", "Без НДС (1 500,00 ₽) —", "НДС не облагается."]),
        ("es", "RU", ["12 150,00 sin IVA 1.500,00", "Sin IVA (1.500,00 ₽) —", "Operación sin IVA."]),
        ("en", "GB", ["12 150.00 0% 1,500.00", "VAT 0% on ₽1,500.00 ₽0.00", "No VAT is charged."]),
    ],
)
def test_goods_without_vat(language: str, country: str, words: list[str]) -> None:
    line = make_line(1, vat_rate=Decimal(0), vat_minor=0, total_minor=150000)
    tax = DocumentTax(Decimal(0), 150000, 0)
    (page,) = pages_of(
        make_invoice(
            language=language,
            country=country,
            lines=(line,),
            taxes=(tax,),
            net_minor=150000,
            vat_minor=0,
            total_minor=150000,
        )
    )

    for text in words:
        assert text in page, text
    assert "включают" not in page
    assert ("Оплата по счёту № TB-2026-000042 от 27.11.2026, НДС не облагается" in " ".join(page.split())) is (
        country == "RU"
    )


def test_each_side_has_the_tax_id_of_its_own_country() -> None:
    (page,) = pages_of(
        make_invoice(
            language="en",
            country="ES",
            seller=SELLER | {"tax_id": "B12345674", "tax_reason_code": ""},
            buyer=BUYER | {"country": "DE", "tax_id": "DE136695976"},
        )
    )

    assert re.search(r"NIF\s+B12345674", page)
    assert re.search(r"VAT ID\s+DE136695976", page)
    assert "INN" not in page


def test_an_accountant_signs_and_a_stamp_is_put_only_where_that_is_the_custom() -> None:
    (russian,) = pages_of(make_invoice(language="en"))
    (spanish,) = pages_of(make_invoice(language="en", country="ES", seller=SELLER | {"accountant": ""}))

    assert {"Director", "Accountant", "Stamp"} <= set(russian.splitlines())
    assert {"Director"} == {"Director", "Accountant", "Stamp"} & set(spanish.splitlines())


def test_a_sole_trader_signs_alone() -> None:
    trader = SELLER | {"tax_id": "780123456724", "tax_reason_code": "", "accountant": ""}
    (page,) = pages_of(make_invoice(seller=trader))
    (with_accountant,) = pages_of(make_invoice(seller=trader | {"accountant": "Белова Ольга Юрьевна"}))

    roles = {"Предприниматель", "Руководитель", "Главный бухгалтер", "М. П."}
    assert roles & set(page.splitlines()) == {"Предприниматель", "М. П."}
    assert "Соколова Мария Андреевна" in page
    assert "Главный бухгалтер" in with_accountant


def test_an_order_of_ten_lines_with_code_logo_and_delivery_is_one_page() -> None:
    prepared = logo.prepare(picture("PNG", "RGB", (900, 300), (10, 90, 10)))
    document = make_invoice(lines=(*many(9), make_delivery_line(10)))

    assert len(PdfReader(BytesIO(invoice_pdf.draw(document, TEXTS, FONTS, prepared))).pages) == 1
