"""From faces and notices to neutral messages: plain JSON that an outbox row can hold and any connector can send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from bot.buttons import Button, pack
from bot.screens.screen import Above, Ask, Face, Notice, Screen, Step, Turn
from templates.environment import Texts

TOAST_CHARACTERS = 190
"""What a messenger shows over the chat is at most 200."""
CAPTION_UNITS = 1024
"""The longest text below a file, in UTF-16 units."""


def draw(turn: Turn, screen: Screen, step: Step) -> tuple[Any, Face]:
    """The screen's state as its class, and how the screen looks with it now."""
    if screen.show is None:
        raise RuntimeError(f"{screen.name} cannot be shown")
    turn.at = screen.name
    state = screen.read_state(step.state)
    return state, screen.show(turn, state)


def screen_message(texts: Texts, screen: Screen, face: Face, locale: str, notice: Notice | None) -> dict[str, Any]:
    """A screen as ``{"html": …, "rows": [[{"label", "data" | "link"}]]}``, with the notice above its body."""
    body = texts.block(screen.template, "body", locale, face.facts)
    if notice is not None:
        body = f"{texts.block(notice.template, notice.block, locale, notice.facts)}\n\n{body}"
    return {"html": body.strip(), "rows": rows(texts, screen.template, face.rows, locale, face.facts)}


def above_messages(texts: Texts, above: Above, locale: str) -> list[tuple[str, dict[str, Any]]]:
    """What is sent once above a screen, as its kind and message; ``words`` where a caption is too long for one."""
    words = above.caption
    caption = texts.block(words.template, words.block, locale, words.facts) if words else ""
    if above.kind == "map" or fits_caption(caption):
        return [(above.kind, {**above.content, "html": caption, "rows": []})]
    return [
        (above.kind, {**above.content, "html": "", "rows": []}),
        ("words", {"html": caption, "rows": []}),
    ]


def fits_caption(text: str) -> bool:
    """Whether a text can stand below a file in every messenger."""
    plain = Markup(text).striptags()  # noqa: S704 - only to be measured
    return len(plain.encode("utf-16-le")) // 2 <= CAPTION_UNITS


def rows(
    texts: Texts, template: str, buttons: Sequence[Sequence[Button]], locale: str, facts: Mapping[str, Any]
) -> list[list[dict[str, str]]]:
    """The rows of buttons with their labels in the reader's language; empty rows are left out."""
    return [[_button(texts, template, button, locale, facts) for button in row] for row in buttons if row]


def _button(texts: Texts, template: str, button: Button, locale: str, facts: Mapping[str, Any]) -> dict[str, str]:
    label = texts.plain(template, button.label, locale, {**facts, **button.facts})
    if button.link:
        return {"label": label, "link": button.link}
    return {"label": label, "data": pack(button)}


def prompt(texts: Texts, screen: Screen, ask: Ask, face: Face, locale: str) -> dict[str, Any]:
    """The message that brings up a reply keyboard."""
    return {
        "html": texts.block(screen.template, ask.prompt, locale, face.facts).strip(),
        "ask": {"kind": ask.kind, "label": texts.plain(screen.template, ask.label, locale, face.facts)},
    }


def toast(texts: Texts, notice: Notice | None, locale: str) -> str:
    """The notice as the short plain text that is shown over the chat after a press."""
    if notice is None:
        return ""
    text = Markup(texts.block(notice.template, notice.block, locale, notice.facts)).striptags()  # noqa: S704
    return text if len(text) <= TOAST_CHARACTERS else text[: TOAST_CHARACTERS - 1] + "…"
