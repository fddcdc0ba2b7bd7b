"""Words on buttons by number: each has one of its own, whatever the list is."""

from __future__ import annotations

from bot import choices
from services import world_names


def test_every_word_that_is_offered_has_a_number_of_its_own() -> None:
    for words in (world_names.zones(), world_names.currencies(), world_names.countries()):
        numbers = {choices.number_of(word) for word in words}

        assert len(numbers) == len(words) > 100
        assert max(numbers) < 2**31
        assert [choices.find(choices.number_of(word), words) for word in words] == list(words)


def test_a_number_of_nothing_finds_nothing() -> None:
    assert choices.find(choices.number_of("EUR") + 1, world_names.currencies()) is None
    assert choices.find(5, []) is None
