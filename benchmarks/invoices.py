"""How long an invoice takes: 20 lines with Cyrillic, drawn by us and by plain platypus, turn by turn in one run.

    .venv/bin/python -m benchmarks.invoices [rounds]

Platypus gets the same cells as Paragraphs in a LongTable with a repeated header, as its manual shows, and neither
totals nor a bank code; so it does less. What the bank code costs is told apart.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate

from delivery import invoice_pdf
from services.invoice_document import DocumentLine, DocumentTax, InvoiceDocument
from templates import text_filters
from templates.environment import Texts

FONTS = Path(__file__).resolve().parents[1] / "fonts"
TEXTS = Texts.load()
ROUNDS = 60
HEADINGS = ("№", "Артикул", "Наименование", "Ед.", "Кол-во", "Цена, ₽", "НДС", "Сумма, ₽")
GOODS = ("Молоко «Луговое» 3,2 % 930 мл", "Сыр «Российский» 45 % брусок", "Масло «Крестьянское» 72,5 % 180 г")


def document(*, with_code: bool) -> InvoiceDocument:
    """Twenty lines for a Russian client; without whole bank details there is no code."""
    lines = tuple(
        DocumentLine(
            position, "goods", f"A-{position}", GOODS[position % 3], "pcs", 1000, 0, 12_000, 15_000, Decimal("0.2"),
            150_000, 30_000, 180_000,
        )
        for position in range(1, 21)
    )  # fmt: skip
    seller = {
        "name": "Северная база",
        "legal_name": "ООО «Северная база»",
        "tax_id": "7707083893",
        "tax_reason_code": "770701001",
        "address": "192007, Санкт-Петербург, Лиговский пр., д. 150",
        "email": "buh@sever-baza.example",
        "director": "Соколова Мария Андреевна",
        "director_phone": "+7 812 555-01-23",
        "accountant": "Белова Ольга Юрьевна",
        "bank_name": "АО «Банк Пример», г. Санкт-Петербург",
        "bank_code": "044030790",
        "bank_account": "40702810300000012345",
        "correspondent_account": "30101810900000000790",
        "logo_sha256": "",
    }
    whole = InvoiceDocument(
        label="TB-2026-000042",
        issue_date=date(2026, 11, 27),
        due_date=date(2026, 12, 11),
        delivery_date=date(2026, 11, 30),
        language="ru",
        country="RU",
        seller=seller,
        buyer=dict.fromkeys(seller, "") | {"name": "Магазин «Ёлка»", "country": "RU", "contact": "", "phone": ""},
        shipment={"order_id": 7, "warehouse": "Обводный", "vehicle": "А 123 ВС", "driver": "", "delivery_window": ""},
        delivery_address="Санкт-Петербург, ул. Ёлочная, 7",
        currency="RUB",
        prices_include_vat=True,
        lines=lines,
        taxes=(DocumentTax(Decimal("0.2"), 3_000_000, 600_000),),
        net_minor=3_000_000,
        vat_minor=600_000,
        total_minor=3_600_000,
    )
    return whole if with_code else replace(whole, seller=seller | {"bank_code": ""})


def platypus(invoice: InvoiceDocument) -> bytes:
    """What most people write."""
    cell = ParagraphStyle("cell", fontName="Plain", fontSize=9, leading=11)
    rows = [[Paragraph(heading, cell) for heading in HEADINGS]]
    for line in invoice.lines:
        texts = (
            str(line.position),
            line.article,
            line.name,
            TEXTS.unit(line.unit_code, "ru"),
            text_filters.quantity(line.quantity_milli, line.factor_milli, line.decimals, locale="ru"),
            text_filters.amount(line.price_minor, "RUB", locale="ru"),
            text_filters.percent(line.vat_rate, locale="ru"),
            text_filters.amount(line.total_minor, "RUB", locale="ru"),
        )
        rows.append([Paragraph(text, cell) for text in texts])
    out = BytesIO()
    SimpleDocTemplate(out, pagesize=A4).build([LongTable(rows, repeatRows=1)])
    return out.getvalue()


def milliseconds(draw: Callable[[InvoiceDocument], bytes], invoice: InvoiceDocument) -> float:
    """One document, in time of the processor: others who use the machine cost nothing."""
    began = time.thread_time()
    draw(invoice)
    return (time.thread_time() - began) * 1000


def main(rounds: int) -> None:
    """Draw turn by turn, so that whatever else the machine does is shared, and print the medians."""
    pdfmetrics.registerFont(TTFont("Plain", str(FONTS / "PTSans-Regular.ttf")))
    plain, coded = document(with_code=False), document(with_code=True)

    def ours(invoice: InvoiceDocument) -> bytes:
        return invoice_pdf.draw(invoice, TEXTS, FONTS)

    runs: dict[str, tuple[Callable[[InvoiceDocument], bytes], InvoiceDocument]] = {
        "plain platypus, Paragraph cells": (platypus, plain),
        "ours": (ours, plain),
        "ours with the bank code": (ours, coded),
    }
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 5):
        for name, (draw, invoice) in runs.items():
            spent = milliseconds(draw, invoice)
            if number >= 5:  # the first ones load fonts and templates
                taken[name].append(spent)
    base = statistics.median(taken["plain platypus, Paragraph cells"])
    for name, spents in taken.items():
        median = statistics.median(spents)
        size = len(runs[name][0](runs[name][1]))
        print(f"{name:34} {median:6.2f} ms   {median / base:5.2f} of platypus   {size / 1024:5.1f} kB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
