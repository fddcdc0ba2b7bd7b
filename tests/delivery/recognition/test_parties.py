"""Who sold, from rows of text."""

from __future__ import annotations

import pytest

from delivery.recognition import parties


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("| LA CIGÜEÑA", "LA CIGÜEÑA"),
        ("== Corner  Shop ==", "Corner Shop"),
        ("_ 'САЛОН ЛИЛИЯ' |", "САЛОН ЛИЛИЯ"),
        ('"Corner Shop', "Corner Shop"),
        ('ООО "Ромашка"', 'ООО "Ромашка"'),
        ("PERNIAGAAN ZHENG HUI SDN.", "PERNIAGAAN ZHENG HUI SDN."),
    ],
)
def test_a_name_has_nothing_of_the_papers_edge(row: str, name: str) -> None:
    assert parties.shop([row]) == name


@pytest.mark.parametrize("row", ["| 12 |", "----", "TEL 555 1234", "ул. Пятницкая, 16", ""])
def test_what_is_no_name_is_none(row: str) -> None:
    assert parties.shop([row]) is None
