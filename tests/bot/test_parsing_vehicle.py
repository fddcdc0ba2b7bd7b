"""What people type of a vehicle and its driver."""

from __future__ import annotations

import pytest

from bot.parsing_vehicle import Trip, parse_trip


@pytest.mark.parametrize(
    ("text", "vehicle", "driver"),
    [
        ("A123BC 77, Ivan Petrov", "A123BC 77", "Ivan Petrov"),
        ("Ivan Petrov; a123bc77", "A123BC77", "Ivan Petrov"),
        ("а 123 вс\nПётр", "А 123 ВС", "Пётр"),
        ("1234-BCD", "1234-BCD", ""),
        ("1234 BCD - José  Núñez", "1234 BCD", "José Núñez"),
        ("Jean-Luc", "", "Jean-Luc"),
        ("  77  ", "77", ""),
    ],
)
def test_a_number_and_a_name_in_any_order(text: str, vehicle: str, driver: str) -> None:
    assert parse_trip(text) == Trip(vehicle, driver)


@pytest.mark.parametrize("text", ["", " , ", "🚚", "A1, B2", "Ivan, Petr", "A1, Ivan, Petr", "---", "12, 🚚"])
def test_what_is_not_clear_is_not_guessed(text: str) -> None:
    assert parse_trip(text) is None
