"""E-mail addresses as people type them."""

from __future__ import annotations

import pytest

from services import emails
from services.emails import EmailUnclear


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("office@example.com", "office@example.com"),
        ("  <Office@Example.COM>, ", "Office@example.com"),
        ("mailto:a.b+c@x-y.example.org", "a.b+c@x-y.example.org"),
        ("zakaz@пример.рф", "zakaz@пример.рф"),
        ("hola@España.es", "hola@españa.es"),
    ],
)
def test_addresses(typed: str, address: str) -> None:
    assert emails.parse(typed) == address


@pytest.mark.parametrize(
    "typed",
    ["", "@", "office", "a@b", "a b@c.de", "a@b..c", "a@-b.de", "a@1.2.3.4", "😀@a.ru", "заказ@пример.рф",
     "a@b.ru, c@d.ru", ".a@b.ru", f"{'a' * 65}@b.ru", f"a@{'b' * 64}.ru", f"a@{'.'.join(['bcdefgh'] * 32)}.ru"],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(EmailUnclear):
        emails.parse(typed)
