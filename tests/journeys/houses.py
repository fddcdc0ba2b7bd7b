"""The running installations that the journeys share: starting one costs more than most journeys."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.client import Box
from tests.conftest import BACKENDS, EmptyDatabases
from tests.journeys.house import House, new_house

MODES = ("polling", "webhook")


def on(*modes: str) -> pytest.MarkDecorator:
    """Run with the shared house of these modes, on both databases."""
    kinds = [(mode, backend) for mode in modes for backend in BACKENDS]
    return pytest.mark.parametrize("house", kinds, indirect=True, ids=["-".join(kind) for kind in kinds])


class Houses:
    """Starts houses when they are first asked for and ends them all."""

    def __init__(self, box: Box, databases: EmptyDatabases, folder: Path) -> None:
        self._box, self._databases, self._folder = box, databases, folder
        self._shared: dict[tuple[str, str], House] = {}
        self._all: list[House] = []

    def shared(self, mode: str, backend: str) -> House:
        """The one for all journeys that bring their own people and goods."""
        if (mode, backend) not in self._shared:
            self._shared[mode, backend] = self.fresh(mode, backend)
        return self._shared[mode, backend]

    def fresh(self, mode: str, backend: str, **extra: str) -> House:
        """A new one that nobody has been in. ``extra``: settings that differ."""
        url = self._databases.new(backend)
        house = new_house(self._box, url, self._folder / f"{mode}_{backend}_{len(self._all)}", mode, **extra)
        self._all.append(house)
        house.start()
        return house

    def close(self) -> None:
        """End every process."""
        for house in self._all:
            house.stop()
            house.database.dispose()
