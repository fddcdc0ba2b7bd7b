"""Why a letter has not left, in the reader's language around what the mail server said itself."""

from __future__ import annotations

import pytest

from templates.environment import Texts

TEXTS = Texts.load()
SAID = "550 5.1.1 no such user"
PASSED_ON = [
    (f"recipient refused: {SAID}", "en", f"the address is refused ({SAID})"),
    (f"recipient refused: {SAID}", "ru", f"адрес не принят ({SAID})"),
    (f"letter refused: {SAID}", "es", f"el servidor rechaza el mensaje ({SAID})"),
    ("not an e-mail address: the baker", "ru", "это не адрес эл. почты"),
    ("no answer within 10 s while connecting", "es",
     "problema con el servidor de correo (no answer within 10 s while connecting)"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "language", "words"), PASSED_ON)
def test_the_notice_says_why(reason: str, language: str, words: str) -> None:
    facts = {"invoice": "TB-2026-000042", "note_id": 0, "address": "shop@example.com", "reason": reason}

    for notice in ("mail_refused", "mail_delayed"):
        text = TEXTS.block("messages/notices.html", notice, language, facts)
        assert f": {words}" in text.replace("\xa0", " ")


def test_what_the_server_said_is_no_markup_and_not_endless() -> None:
    facts = {"invoice": "TB", "note_id": 0, "address": "a@example.com", "reason": "recipient refused: <b>" + "x" * 600}

    text = TEXTS.block("messages/notices.html", "mail_refused", "en", facts)

    assert "&lt;b&gt;xxx" in text
    assert len(text) < 600
