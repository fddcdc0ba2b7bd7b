"""The mail server: what it takes, how it shows it, how it fails."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest

from sandbox import Box


def connect(box: Box, seconds: float = 5.0) -> smtplib.SMTP:
    parts = urlsplit(box.smtp_url)
    return smtplib.SMTP(parts.hostname or "", parts.port or 0, timeout=seconds)


@pytest.fixture
def client(box: Box) -> Iterator[smtplib.SMTP]:
    with connect(box) as client:
        yield client


def invoice(to: str = "client@example.org") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Склад <sales@example.com>"
    message["To"] = to
    message["Subject"] = "Счёт № 1"
    message["Message-ID"] = "<1@example.com>"
    message.set_content("Ваш счёт")
    message.add_alternative("<p>Ваш <b>счёт</b></p>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Счёт 1.pdf")
    return message


def test_a_mail_is_kept_with_its_parts(box: Box, client: smtplib.SMTP) -> None:
    client.send_message(invoice())
    (mail,) = box.wait_for_mail("client@example.org")
    assert (mail.envelope_from, mail.envelope_to) == ("sales@example.com", ["client@example.org"])
    assert (mail.subject, mail.sender, mail.to) == ("Счёт № 1", "Склад <sales@example.com>", "client@example.org")
    assert mail.message_id == "<1@example.com>"
    assert (mail.text or "").strip() == "Ваш счёт"
    assert "<b>счёт</b>" in (mail.html or "")
    (file,) = mail.attachments
    assert (file.name, file.type, file.content) == ("Счёт 1.pdf", "application/pdf", b"%PDF")
    assert b"Message-ID: <1@example.com>" in mail.raw
    assert box.mail("nobody@example.org") == []


def test_it_offers_what_real_servers_offer(box: Box, client: smtplib.SMTP) -> None:
    client.ehlo()
    assert client.has_extn("smtputf8")
    assert client.has_extn("8bitmime")
    assert client.esmtp_features["size"] == str(25 * 1024 * 1024)
    client.sendmail("a@example.com", ["клиент@пример.рф"], b"Subject: x\r\n\r\nx", mail_options=["SMTPUTF8"])
    assert box.mail("клиент@пример.рф")[0].subject == "x"


def test_what_is_too_big_is_refused(box: Box, client: smtplib.SMTP) -> None:
    client.ehlo()
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        client.sendmail("a@example.com", ["b@example.com"], b"x" * (25 * 1024 * 1024 + 1))
    assert refused.value.smtp_code == 552
    assert box.mail() == []


def test_waiting_in_vain_says_how_many_came(box: Box) -> None:
    with pytest.raises(AssertionError, match="0 of 2 e-mails to anybody"):
        box.wait_for_mail(count=2, timeout=0.05)


@pytest.mark.parametrize(("code", "text"), [(451, "4.3.0 Try again later"), (550, "5.1.1 No such user")])
def test_refused_at_rcpt_by_address(box: Box, client: smtplib.SMTP, code: int, text: str) -> None:
    box.mail_fault("refuse", code=code, text=text, to=["Gone@example.org"])
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        client.send_message(invoice("gone@example.org"))
    assert refused.value.recipients["gone@example.org"] == (code, text.encode())
    client.send_message(invoice())
    assert [mail.envelope_to for mail in box.mail()] == [["client@example.org"]]


@pytest.mark.parametrize("code", [451, 554])
def test_refused_after_data(box: Box, client: smtplib.SMTP, code: int) -> None:
    fault = box.mail_fault("refuse", stage="data", code=code, text="no", count=1)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        client.send_message(invoice())
    assert refused.value.smtp_code == code
    assert box.mail() == []
    client.send_message(invoice())
    assert (len(box.mail()), fault.hits()) == (1, 1)


@pytest.mark.parametrize("keep", [False, True])
def test_dropped_after_data_before_the_answer(box: Box, *, keep: bool) -> None:
    box.mail_fault("drop", stage="data", keep=keep, count=1)
    client = connect(box)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        client.send_message(invoice())
    client.close()
    box.wait_until_quiet(timeout=2, idle=0.02)
    assert len(box.mail()) == keep


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_hanging(box: Box, stage: str) -> None:
    box.mail_fault("hang", stage=stage, seconds=30, count=1)
    client = connect(box, seconds=0.2)
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        client.send_message(invoice())
    client.close()
    box.wait_until_quiet(timeout=2, idle=0.02)
    assert box.mail() == []


def test_down_and_up_on_the_same_port(box: Box) -> None:
    early = connect(box)
    early.ehlo()
    box.mail_down()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        early.noop()
    with pytest.raises(ConnectionRefusedError):
        connect(box)
    box.mail_up()
    with connect(box) as client:
        client.send_message(invoice())
    assert len(box.mail()) == 1


def test_a_mail_that_arrives_later_is_waited_for(box: Box, client: smtplib.SMTP) -> None:
    later = threading.Timer(0.05, client.send_message, [invoice()])
    later.start()
    assert box.wait_for_mail(timeout=5)[0].subject == "Счёт № 1"
    later.join()


@pytest.mark.parametrize("mechanism", ["auth_plain", "auth_login"])
def test_credentials(box: Box, client: smtplib.SMTP, mechanism: str) -> None:
    box.mail_credentials({"sales": "right"})
    client.ehlo()
    client.user, client.password = "sales", "wrong"
    name: Any = mechanism.removeprefix("auth_")
    with pytest.raises(smtplib.SMTPAuthenticationError):
        client.auth(name, getattr(client, mechanism))
    client.password = "right"
    client.auth(name, getattr(client, mechanism))
    client.send_message(invoice())
    assert box.mail()[0].user == "sales"
