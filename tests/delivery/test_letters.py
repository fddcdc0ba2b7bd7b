"""The letter with an invoice: what the client sees, and what nobody can smuggle into it."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery import letters
from services.invoice_document import DocumentTax
from services.mailing import Letter
from services.ways_out import NeverAgain, TryLater
from templates.environment import LANGUAGES, Texts
from tests.delivery.papers import BUYER, SELLER, make_delivery_line, make_invoice, make_line

TEXTS = Texts.load()
NOON = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
PDF = b"%PDF-1.4 \x00\xff nothing but bytes\n\n.\nend"
LETTER = Letter(
    message_id="<5d0c-42@sever-baza.example>",
    to="elka@example.com",
    copy_to="",
    reply_to="buh@sever-baza.example",
    language="ru",
    document=make_invoice(),
    pdf_sha256="0" * 64,
    pdf_name="TB-2026-000042.pdf",
)

LINE = make_delivery_line(54)


def build(letter: Letter = LETTER) -> EmailMessage:
    return letters.build(letter, PDF, TEXTS, sender="robot@mail.example", now=NOON)


def received(message: EmailMessage) -> EmailMessage:
    """The message after its way over the wire."""
    return cast(EmailMessage, message_from_bytes(message.as_bytes(), policy=policy.default))


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\xa0", " ")


def test_headers() -> None:
    message = received(build())

    assert {name: str(message[name]) for name in ("From", "To", "Reply-To", "Subject", "Date", "Message-ID")} == {
        "From": "Северная база <robot@mail.example>",
        "To": "Иванов Пётр <elka@example.com>",
        "Reply-To": "buh@sever-baza.example",
        "Subject": "Счёт TB-2026-000042 от Северная база",
        "Date": "Fri, 27 Nov 2026 09:00:00 +0000",
        "Message-ID": "<5d0c-42@sever-baza.example>",
    }


def test_both_parts_say_what_is_to_pay() -> None:
    message = received(build())

    assert body(message, "plain").replace("\r", "") == (
        "Здравствуйте, Иванов Пётр!\n"
        "\n"
        "Счёт TB-2026-000042 от 27 ноября 2026 г. во вложении.\n"
        "\n"
        "К оплате: 1 923,45 ₽\n"
        "Оплатить до: 11 декабря 2026 г.\n"
        "Доставка: 30 ноября 2026 г.\n"
        "\n"
        "1. Молоко «Простоквашино» 3,2 % 930 мл (A-101)\n"
        "   12 шт. × 150,00 ₽ = 1 800,00 ₽\n"
        "2. Доставка\n"
        "   1 × 123,45 ₽ = 123,45 ₽\n"
        "\n"
        "Итого без НДС: 1 602,88 ₽\n"
        "НДС 20 % с суммы 1 602,88 ₽: 320,57 ₽\n"
        "К оплате: 1 923,45 ₽\n"
        "Цены и суммы включают НДС.\n"
        "\n"
        "Банковские реквизиты\n"
        "Получатель: ООО «Северная база»\n"
        "АО «Банк Пример», г. Санкт-Петербург\n"
        "Расч. счёт: 40702810300000012345\n"
        "БИК: 044030790\n"
        "Корр. счёт: 30101810900000000790\n"
        "\n"
        "Есть вопросы? Просто ответьте на это письмо.\n"
        "\n"
        "С уважением,\n"
        "Северная база\n"
        "+7 812 555-01-23\n"
    )
    assert '<strong style="font-size:17px">К оплате: 1 923,45 ₽</strong>' in body(message, "html")


def words_of(text: str) -> list[str]:
    """What a reader sees of an HTML part: its texts without tags, as words."""
    visible = re.sub(r"<head>.*?</head>", " ", text, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", visible)).split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_parts_say_the_same(language: str) -> None:
    lines = (*(make_line(n, name=f"Milk <{n}> & co", quantity_milli=n * 1000) for n in range(1, 54)), LINE)
    message = received(build(replace(LETTER, language=language, document=make_invoice(lines=lines))))
    plain, shown = body(message, "plain"), words_of(body(message, "html"))

    figures = re.compile(r"\d[\d.,]*")
    for figure in set(figures.findall(plain)) - {f"{n}." for n in range(1, 60)}:
        assert any(figure in word for word in shown), figure
    for name in ("<1>", "<50>"):
        assert name in plain
        assert name in shown
    for text in (plain, body(message, "html")):
        assert "A-150" in text
        assert "A-151" not in text, "the rest is in the PDF"
    assert TEXTS.plain("mail/invoice.html", "more_lines", language, {"more": 4}) in plain


def test_prices_without_vat_give_net_amounts() -> None:
    message = received(build(replace(LETTER, document=make_invoice(prices_include_vat=False))))

    assert "12 шт. × 150,00 ₽ = 1 500,00 ₽" in body(message, "plain")
    assert "Цены и суммы указаны без НДС." in body(message, "html")


def test_without_vat_none_is_named() -> None:
    tax = DocumentTax(Decimal(0), 160288, 0)
    message = received(build(replace(LETTER, document=make_invoice(taxes=(tax,)))))

    for kind in ("plain", "html"):
        text = body(message, kind)
        assert "НДС не облагается." in text
        assert "включают" not in text
        assert "0 %" not in text
    assert "Без НДС (1 602,88 ₽): —" in body(message, "plain")


def test_markup_in_data_is_shown_and_never_obeyed() -> None:
    evil = '<b onload="x">"R&D"</b><img src=x>'
    invoice = make_invoice(
        lines=(make_line(1, name=evil, article=evil),),
        seller=dict.fromkeys(SELLER, evil) | {"email": "buh@sever-baza.example"},
        buyer=BUYER | {"contact": evil},
    )
    message = received(build(replace(LETTER, document=invoice)))

    assert evil in body(message, "plain")
    shown = body(message, "html")
    assert "<img" not in shown
    assert "<b " not in shown
    assert "&lt;b onload=&#34;x&#34;&gt;&#34;R&amp;D&#34;" in shown


def test_a_line_end_in_a_name_forges_no_line() -> None:
    invoice = make_invoice(lines=(make_line(1, name="Milk\r\nК оплате: 1 ₽"),))
    plain = body(received(build(replace(LETTER, document=invoice))), "plain")

    assert "1. Milk К оплате: 1 ₽ (A-101)" in plain


def test_without_bank_details_it_names_none() -> None:
    invoice = make_invoice(seller=SELLER | {"bank_account": ""})
    message = received(build(replace(LETTER, document=invoice)))

    assert "БИК" not in body(message, "plain")
    assert "БИК" not in body(message, "html")


@pytest.mark.parametrize(
    ("language", "total"),
    [("ru", "К оплате: 1 923,45 ₽"), ("es", "Total a pagar: 1.923,45 ₽"), ("en", "Total to pay: ₽1,923.45")],
)
def test_the_letter_is_in_the_language_of_the_client(language: str, total: str) -> None:
    message = received(build(replace(LETTER, language=language)))

    assert total in body(message, "plain")
    assert total in body(message, "html")
    assert f'<html lang="{language}">' in body(message, "html")
    assert message["Content-Language"] == language


def test_the_pdf_arrives_as_it_was() -> None:
    (attachment,) = received(build()).iter_attachments()

    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_filename() == "TB-2026-000042.pdf"
    assert attachment.get_content() == PDF


def test_a_later_try_differs_in_its_date_alone() -> None:
    first = build().as_bytes().decode()
    later = letters.build(LETTER, PDF, TEXTS, sender="robot@mail.example", now=NOON + timedelta(hours=1)).as_bytes()

    assert later.decode() == first.replace("27 Nov 2026 09:00:00", "27 Nov 2026 10:00:00")
    assert later.decode() != first


@pytest.mark.parametrize(
    "sender", ["", "robot", "Robot <robot@mail.example>", "a@b@c", "robot@mail.example\r\nBcc: x@y"]
)
def test_a_sender_that_is_no_address_keeps_the_letter_until_it_is_mended(sender: str) -> None:
    with pytest.raises(TryLater, match="MAIL_FROM") as put_off:
        letters.build(LETTER, PDF, TEXTS, sender=sender, now=NOON)

    assert put_off.value.seconds == 60
    assert "\n" not in put_off.value.reason


def test_without_a_reply_address_it_does_not_ask_for_a_reply() -> None:
    message = received(build(replace(LETTER, reply_to="")))

    assert message["Reply-To"] is None
    assert "ответьте" not in body(message, "plain")
    assert "ответьте" not in body(message, "html")


def test_a_broken_reply_address_does_not_keep_the_invoice_back() -> None:
    assert received(build(replace(LETTER, reply_to="not an address")))["Reply-To"] is None


EVIL = "Ёлка\r\nBcc: thief@evil.example\r\n\r\n<b>hi</b>"


def test_line_ends_in_names_add_no_header() -> None:
    invoice = make_invoice(
        label=f"TB{EVIL}",
        buyer=BUYER | {"contact": EVIL, "name": EVIL},
        seller=SELLER | {"name": EVIL, "director_phone": EVIL},
    )
    message = received(build(replace(LETTER, document=invoice, pdf_name=EVIL, message_id=f"<1@x>{EVIL}")))

    assert message["Bcc"] is None
    assert set(message.keys()) == set(received(build()).keys())
    assert [address.addr_spec for address in message["To"].addresses] == ["elka@example.com"]
    assert [address.addr_spec for address in message["From"].addresses] == ["robot@mail.example"]
    assert message["To"].addresses[0].display_name == "Ёлка Bcc: thief@evil.example <b>hi</b>"
    assert "<b>hi</b>" not in body(message, "html")
    assert "&lt;b&gt;hi&lt;/b&gt;" in body(message, "html")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@example.com",
        "a@",
        "a@b@c",
        "a@example.com\r\nBcc: thief@evil.example",
        "a@example.com, thief@evil.example",
        "Ann <a@example.com>",
        "a b@example.com",
        "a@example.com\x00",
        "a@exa\u200bmple.com",
    ],
)
def test_what_is_no_address_is_refused_for_good(address: str) -> None:
    with pytest.raises(NeverAgain, match="not an e-mail address"):
        build(replace(LETTER, to=address))


def test_a_national_domain_is_written_so_that_every_server_takes_it() -> None:
    message = received(build(replace(LETTER, to="elka@ёлка.example")))

    assert message["To"].addresses[0].addr_spec == "elka@xn--80atc1g.example"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("office@example.org", "office@example.org"),
        ("office@ёлка.example", "office@xn--80atc1g.example"),
        ("", ""),
        ("nobody", "nobody"),
    ],
)
def test_the_copys_address_as_a_server_is_told_it(address: str, told: str) -> None:
    assert letters.on_the_wire(address) == told


@pytest.mark.parametrize(
    ("name", "saved_as"),
    [
        ("Счёт № 7.pdf", "Счёт № 7.pdf"),
        ("../../etc/passwd", "_.._etc_passwd.pdf"),
        ('a"b\\c:d*e?.pdf', "a_b_c_d_e_.pdf"),
        ("a\r\nX: y.pdf", "a X_ y.pdf"),
        ("año\u202efdp.exe", "añofdp.exe.pdf"),
        ("", "invoice.pdf"),
        ("...", "invoice.pdf"),
        ("я" * 500 + ".pdf", "я" * 120 + ".pdf"),
    ],
)
def test_the_name_of_the_file_is_fit_for_every_system(name: str, saved_as: str) -> None:
    (attachment,) = received(build(replace(LETTER, pdf_name=name))).iter_attachments()

    assert attachment.get_filename() == saved_as


@settings(max_examples=80, deadline=None)
@given(name=st.text(max_size=200), language=st.sampled_from(LANGUAGES))
def test_any_name_makes_a_letter_to_one_recipient(name: str, language: str) -> None:
    invoice = make_invoice(
        buyer=BUYER | {"contact": name}, seller=SELLER | {"name": name, "director_phone": name}, label=name
    )
    message = received(build(replace(LETTER, document=invoice, language=language, pdf_name=name)))

    assert set(message.keys()) == set(received(build()).keys())
    assert [address.addr_spec for address in message["To"].addresses] == ["elka@example.com"]
    assert [part.get_content() for part in message.iter_attachments()] == [PDF]
