"""A crowd at work while the door is killed again and again: nothing is lost, nothing is done twice.

``KILLS`` (8) says how often, per database; ``CHAOS_SEED`` repeats the choice of moments, faults and doors.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from sandbox.client import Box, Fault
from tests.chaos.crowd import usable
from tests.chaos.invariants import count_duplicate_letters, count_duplicate_messages, violations
from tests.chaos.killer import Killer
from tests.chaos.shift import Shift
from tests.conftest import BACKENDS, EmptyDatabases

KILLS = int(os.environ.get("KILLS", "8"))
SEED = int(os.environ.get("CHAOS_SEED", time.time_ns() % 1_000_000))
MODES = ("polling", "webhook")
CALM_UPDATES, CALM_LETTERS = 120, 2
LOADED_WITHIN = 90
"""Seconds after the last kill: on a slow machine the crowd may not have come to what is worth killing before."""


@pytest.mark.timeout(300 + 12 * KILLS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_kill_9_under_load_loses_nothing_and_does_nothing_twice(
    backend: str, box: Box, empty_databases: EmptyDatabases, tmp_path: Path, figures: list[str]
) -> None:
    mode = MODES[(SEED + BACKENDS.index(backend)) % 2]
    shift = Shift.open(box, empty_databases.new(backend), tmp_path / "house", mode, SEED)
    house, killer = shift.house, Killer(shift.house, random.Random(SEED))  # noqa: S311 - reproducible, no secret
    try:
        cuts, drops = _trouble(box, SEED)
        began = time.monotonic()
        shift.crowd.begin()
        killer.kill(KILLS)
        loaded_for = time.monotonic() - began
        killer.wait_for_answer()
        shift.wait_for_loading(within=LOADED_WITHIN)
        unknown_sends, unknown_letters = cuts.hits(), drops.hits()
        world = shift.close()
        useless = [line for one in shift.crowd.everybody if (line := usable(house, one))]
        house.settle()
        found = violations(shift.world())
        messages, letters = count_duplicate_messages(house, world.chats), count_duplicate_letters(house)
    finally:
        house.kill()
    told = shift.figures()
    figures.append(f"{backend}, {mode}, seed {SEED}: {killer.kills} kills within {loaded_for:.0f} s, {told}")
    figures.append(
        f"    {told['updates'] / loaded_for:.0f} updates/s; seconds to first answer: {_spread(killer.to_first_answer)}"
    )
    figures.append(
        f"    sent twice: {messages} messages ({unknown_sends} answers cut), {letters} letters ({unknown_letters} cut)"
    )

    assert shift.crowd.trouble() == []
    assert found == []
    assert useless == []
    assert messages <= 2 * killer.kills + unknown_sends
    assert letters <= killer.kills + unknown_letters


@pytest.mark.parametrize("mode", MODES)
def test_without_faults_no_message_and_no_letter_is_sent_twice(
    mode: str, box: Box, empty_databases: EmptyDatabases, tmp_path: Path, figures: list[str]
) -> None:
    """Although updates are delivered twice and taps come again under new ids."""
    shift = Shift.open(box, empty_databases.new("sqlite"), tmp_path / "house", mode, SEED)
    house = shift.house
    try:
        shift.crowd.begin()
        shift.wait_for_updates(CALM_UPDATES, within=40)
        shift.wait_for_letters(CALM_LETTERS, within=120)
        world = shift.close()
        found = violations(world)
        messages, letters = count_duplicate_messages(house, world.chats), count_duplicate_letters(house)
        house.stop()
    finally:
        house.kill()
    figures.append(f"sqlite, {mode}, no faults: {shift.figures()}, duplicates: {messages} messages, {letters} letters")

    assert (found, messages, letters) == ([], 0, 0)
    assert shift.crowd.trouble() == []


def _spread(seconds: list[float]) -> str:
    known = sorted(seconds)
    return f"median {known[len(known) // 2]:.2f}, worst {known[-1]:.2f}"


def _trouble(box: Box, seed: int) -> tuple[Fault, Fault]:
    """Let the Bot API and the mail server fail now and then; returns the two faults that cannot be told from a loss.

    Slow answers come after the effect: they widen the moment in which a message is sent and not yet marked.
    """
    cuts = box.fault("cut", after=True, method="sendMessage", probability=0.01, seed=seed)
    box.fault("too_many", method="sendMessage", probability=0.01, seed=seed + 1, retry_after=1)
    box.fault("html", method="editMessageText", probability=0.01, seed=seed + 2, code=502)
    box.fault("error", method="sendMessage", probability=0.01, seed=seed + 3, code=502)
    box.fault("cut", after=True, method="getUpdates", probability=0.01, seed=seed + 4)
    box.fault("slow", after=True, method="sendMessage", probability=0.3, seed=seed + 5, seconds=0.1)
    box.fault("slow", after=True, method="editMessageText", probability=0.1, seed=seed + 6, seconds=0.1)
    box.mail_fault("refuse", count=2)
    drops = box.mail_fault("drop", stage="data", keep=True, count=2)
    box.mail_fault("hang", stage="data", seconds=0.2, count=40)
    return cuts, drops
