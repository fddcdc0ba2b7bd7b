"""Hashes of pictures that look alike meet in at least one band."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import picture_bands

HASHES = st.integers(0, 2**64 - 1)


@given(HASHES, st.sets(st.integers(0, 63), max_size=6))
def test_all_that_differ_in_six_bits_are_found(bits: int, flipped: set[int]) -> None:
    one, other = f"{bits:016x}", f"{bits ^ sum(1 << bit for bit in flipped):016x}"

    assert picture_bands.distance(one, other) == len(flipped)
    assert set(picture_bands.keys(one)) & set(picture_bands.keys(other))


@given(HASHES, HASHES)
def test_a_band_in_common_is_a_band_in_common(one: int, other: int) -> None:
    shared = set(picture_bands.keys(f"{one:016x}")) & set(picture_bands.keys(f"{other:016x}"))

    assert len(picture_bands.keys(f"{one:016x}")) == 7
    assert all(0 <= key < 7 * 1024 for key in picture_bands.keys(f"{one:016x}"))
    assert bool(shared) or picture_bands.distance(f"{one:016x}", f"{other:016x}") > picture_bands.FARTHEST


@pytest.mark.parametrize("told", [None, "", "0" * 16, "f" * 16, "xyz", "0" * 15 + "1 ", "AB" * 8])
def test_what_says_nothing_is_not_kept(told: str | None) -> None:
    assert picture_bands.kept(told) == ""


def test_what_says_something_is() -> None:
    assert picture_bands.kept("00000000000000ff") == "00000000000000ff"
