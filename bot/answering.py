"""Who answers an event: the screen whose button, command or input it is, and whether this person may see it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot import rendering
from bot.buttons import unpack
from bot.events import Kind
from bot.screens.registry import Registry
from bot.screens.screen import Reply, Screen, Stale, Step, Turn
from services.actor import NotAllowed
from templates.environment import Texts

Answering = tuple[Screen, Reply]


def answer(registry: Registry, texts: Texts, turn: Turn) -> Step:
    """Let the right screen answer, and if it says that this is not for it, the next one that may be meant.

    Raises Stale for a button that cannot be one of ours, NotAllowed where the person may not see the screen, and
    what the answer itself refuses.
    """
    for screen, reply in _candidates(registry, texts, turn):
        step = _let_answer(registry, turn, screen, reply)
        if step is not None:
            return step
    raise RuntimeError("an answer that must answer has not")


def _candidates(registry: Registry, texts: Texts, turn: Turn) -> Iterator[Answering]:
    """Who may be meant, the nearest first; the last one always answers."""
    incoming = turn.incoming
    if incoming.kind is Kind.PRESS:
        yield _pressed(registry, turn)
        return
    claimed = _claimed(registry, turn)
    if claimed is not None:
        yield claimed
        return
    living = registry.screens.get(turn.last_screen.screen) if turn.last_screen else None
    claims = registry.claims.get(incoming.kind, ())
    yield from ((screen, reply) for screen, (meant, reply) in claims if screen.open_to(turn.who) and meant(turn.text))
    if living is None:
        yield registry.commands["menu"]
        return
    if incoming.kind in living.inputs:
        yield living, living.inputs[incoming.kind]
    if living.open_to(turn.who):
        labelled = _typed_label(registry, texts, turn, living)
        if labelled is not None:
            yield labelled
            return
        others = registry.others.get(incoming.kind, ())
        yield from ((screen, reply) for screen, reply in others if screen.open_to(turn.who))
    yield living, _unexpected


def _pressed(registry: Registry, turn: Turn) -> Answering:
    pressed = unpack(turn.incoming.data)
    found = registry.presses.get(pressed.verb) if pressed else None
    if pressed is None or found is None:
        raise Stale
    turn.ids, turn.version = pressed.ids, pressed.version
    return found


def _claimed(registry: Registry, turn: Turn) -> Answering | None:
    """Who wants this wherever the chat stands."""
    if turn.incoming.kind is Kind.COMMAND:
        name = turn.incoming.text.split()[0].removeprefix("/").partition("@")[0].lower()
        found = registry.commands.get(name)
        if found is not None:
            return found
    return registry.everywhere.get(turn.incoming.kind)


def _typed_label(registry: Registry, texts: Texts, turn: Turn, living: Screen) -> Answering | None:
    """A typed text that says what a button says works like the button."""
    if turn.incoming.kind is not Kind.TEXT or turn.last_screen is None:
        return None
    _, face = rendering.draw(turn, living, turn.last_screen)
    typed = _bare(turn.text)
    for button in (button for row in face.rows for button in row if button.verb and typed):
        label = texts.plain(living.template, button.label, turn.locale, {**face.facts, **button.facts})
        if _bare(label) == typed:
            turn.ids, turn.version = button.ids, button.version
            return registry.presses[button.verb]
    return None


def _let_answer(registry: Registry, turn: Turn, screen: Screen, reply: Reply) -> Step | None:
    """Check the right to this screen, give the answer its state, and run it."""
    if not screen.open_to(turn.who):
        if _is_new_here(registry, turn):
            return Step("welcome", {})
        chat_key = turn.incoming.chat_key
        raise NotAllowed(by=turn.who, action=f"screen.{screen.name}", subject=chat_key, origin=chat_key)
    turn.at = screen.name
    is_living = turn.last_screen is not None and turn.last_screen.screen == screen.name
    turn.state = screen.read_state(turn.last_screen.state) if is_living and turn.last_screen else None
    return reply(turn)


def _is_new_here(registry: Registry, turn: Turn) -> bool:
    """Somebody without access who was never inside and presses nothing: to be welcomed, not refused."""
    if turn.who is not None or turn.incoming.kind is Kind.PRESS:
        return False
    last = registry.screens.get(turn.last_screen.screen) if turn.last_screen else None
    return last is None or last.open_to(None)


def _unexpected(turn: Turn) -> Step:
    """The living screen has no use for this: it says so and stands below what was sent."""
    return turn.stay(f"unexpected_{turn.incoming.kind.value}")


def _bare(text: str) -> str:
    """What is left of a label without emoji, signs and capitals: what a person would type of it."""
    return " ".join(re.findall(r"\w+", text.casefold()))
