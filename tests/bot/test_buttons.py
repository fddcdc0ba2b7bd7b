"""What a button carries comes back as it was, and nothing else is understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.buttons import MOST_BYTES, Button, Pressed, pack, unpack
from tests.bot.talk import screens

ids = st.lists(st.integers(0, 10**9), max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("button", "data"),
    [
        (Button("x", "home"), "home..0"),
        (Button("x", "order", (12,)), "order.12.0"),
        (Button("x", "submit", (12,), 7), "submit.12.7"),
        (Button("x", "set_quantity", (12, 3, 13000)), "set_quantity.12-3-13000.0"),
    ],
)
def test_packed(button: Button, data: str) -> None:
    assert pack(button) == data
    assert unpack(data) == Pressed(button.verb, button.ids, button.version)


@given(verb=st.sampled_from(sorted(screens().presses)), ids=ids, version=st.integers(0, 999_999_999))
def test_what_is_packed_fits_and_comes_back(verb: str, ids: tuple[int, ...], version: int) -> None:
    button = Button("x", verb, ids, version)
    if len(f"{verb}.{'-'.join(map(str, ids))}.{version}") > MOST_BYTES:
        with pytest.raises(ValueError, match="cannot carry"):
            pack(button)
        return
    assert unpack(pack(button)) == Pressed(verb, ids, version)


@pytest.mark.parametrize(
    "button",
    [
        Button("x"),
        Button("x", "Order", (1,)),
        Button("x", "order.1", (1,)),
        Button("x", "order", (-1,)),
        Button("x", "order", (10**15,)),
        Button("x", "order", (1, 2, 3, 4, 5)),
        Button("x", "order", (1,), -1),
        Button("x", "order", (1,), 10**9),
        Button("x", "a_verb_of_twenty_four_char", (10**14, 10**14, 10**14), 1),
        Button("x", "заказ"),
    ],
)
def test_what_would_not_come_back_is_not_packed(button: Button) -> None:
    with pytest.raises(ValueError, match="cannot carry"):
        pack(button)


@pytest.mark.parametrize(
    "data",
    [
        "", ".", "..", "order", "order.1", "order.1.", ".1.0", "order.1.0 ", " order.1.0", "order.1.0\n", "order.-1.0",
        "order.1-.0", "order.1--2.0", "order.1.5.0", "order.1,5.0", "order.٣.0", "order.1.٣", "ORDER.1.0", "order.1.-1",
        "order.1-2-3-4-5.0", "order.1234567890123456.0", "order.1.1234567890", "заказ.1.0", "order.1e3.0",
        "order.0x1.0",
        "order.1.0\x00", "a" * 25 + ".1.0",
    ],
)  # fmt: skip
def test_what_no_button_of_ours_can_have_sent(data: str) -> None:
    assert unpack(data) is None


@given(st.text(max_size=80))
def test_unpacking_never_raises(data: str) -> None:
    pressed = unpack(data)

    assert pressed is None or pressed.version >= 0
