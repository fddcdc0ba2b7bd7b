"""Finds every screen module below ``bot/screens`` and makes one table of their verbs, commands and inputs."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, field
from typing import TypeVar

import bot.screens
from bot.events import Kind
from bot.screens.screen import Answer, Claim, Reply, Screen

K = TypeVar("K")
V = TypeVar("V")


@dataclass
class Registry:
    """All screens by name, and who answers what."""

    screens: dict[str, Screen] = field(default_factory=dict)
    presses: dict[str, tuple[Screen, Answer]] = field(default_factory=dict)
    commands: dict[str, tuple[Screen, Answer]] = field(default_factory=dict)
    everywhere: dict[Kind, tuple[Screen, Answer]] = field(default_factory=dict)
    claims: dict[Kind, list[tuple[Screen, Claim]]] = field(default_factory=dict)
    others: dict[Kind, list[tuple[Screen, Reply]]] = field(default_factory=dict)
    minting: set[str] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)

    def add(self, screen: Screen) -> None:
        """Take a screen in; raises ValueError where a name, verb or command is declared twice, or where two screens
        that the same role may see want the rest of the same kind.
        """
        if screen.show is None:
            raise ValueError(f"the screen {screen.name} does not say how it is shown")
        _claim(self.screens, screen.name, screen)
        for verb, answer in screen.presses.items():
            _claim(self.presses, verb, (screen, answer))
        self.minting |= screen.minting
        self.heard |= screen.hears.keys()
        for name, answer in screen.commands.items():
            _claim(self.commands, name, (screen, answer))
        for kind, answer in screen.everywhere.items():
            _claim(self.everywhere, kind, (screen, answer))
        for kind, claim in screen.claims.items():
            self.claims.setdefault(kind, []).append((screen, claim))
        for kind, reply in screen.others.items():
            rivals = self.others.setdefault(kind, [])
            if any(not screen.roles or not rival.roles or screen.roles & rival.roles for rival, _ in rivals):
                raise ValueError(f"what no screen has a use for is declared twice: {kind.value}, {screen.name}")
            rivals.append((screen, reply))


def _claim(table: dict[K, V], key: K, value: V) -> None:
    if key in table:
        raise ValueError(f"{key!r} is declared twice")
    table[key] = value


def load() -> Registry:
    """Import every module below ``bot/screens`` and collect the ``screen`` that each declares."""
    registry = Registry()
    for found in pkgutil.walk_packages(bot.screens.__path__, "bot.screens."):
        module = importlib.import_module(found.name)
        screen = getattr(module, "screen", None)
        if isinstance(screen, Screen):
            registry.add(screen)
    return registry
