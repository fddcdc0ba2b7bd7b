"""What the bot says of itself fits what messengers take, whatever the company is called."""

from __future__ import annotations

import pytest

from bot import profile
from bot.menus import Menus
from sandbox.utf16 import units
from tests.bot.talk import screens, texts

LIMITS = {"name": 64, "description": 512, "short_description": 120}


@pytest.mark.parametrize("company", ["Лавка", "Ё" * 200, "👩‍👩‍👧‍👦🇪🇸" * 25, "<b>Milk</b> & 'co' {{ x }} %(y)s"])
def test_every_piece_fits_in_every_language(company: str) -> None:
    pieces = list(profile._pieces(company, Menus(screens(), texts()), texts()))

    assert {(piece.what, piece.language) for piece in pieces} == {
        (what, language) for what in (*LIMITS, "commands") for language in ("", "ru", "es")
    }
    for piece in pieces:
        if piece.what == "commands":
            assert [each["command"] for each in piece.value] == ["help", "language"]
        else:
            assert 0 < units(piece.value) <= LIMITS[piece.what], piece
            assert company[:3] in piece.value
            assert "&amp;" not in piece.value
