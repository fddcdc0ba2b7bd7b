"""Keyboards as a bot sends them, checked as strictly as Telegram and a little more."""

from __future__ import annotations

from typing import Any

from sandbox.formatting import valid_url
from sandbox.refusals import bad_request
from sandbox.utf16 import units

Wire = dict[str, Any]

INLINE_LIMIT = 100
INLINE_ROW_LIMIT = 8
REPLY_LIMIT = 300
REPLY_ROW_LIMIT = 12
_STYLES = ("danger", "success", "primary")
_DRESS = {"text", "style", "icon_custom_emoji_id"}
_INLINE_KINDS = {
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
}  # fmt: skip
_REPLY_KINDS = {
    "request_contact", "request_location", "request_poll", "request_users", "request_chat",
    "request_managed_bot", "web_app",
}  # fmt: skip
_FIELDS = {
    "inline_keyboard": {"inline_keyboard"},
    "keyboard": {
        "keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective",
    },
    "remove_keyboard": {"remove_keyboard", "selective"},
    "force_reply": {"force_reply", "input_field_placeholder", "selective"},
}  # fmt: skip


def checked(markup: Any, *, inline_only: bool = False) -> Wire | None:
    """Return the markup if Telegram would take it; None for an empty one. Raises Refused."""
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    kind = next((name for name in _FIELDS if name in markup), None)
    if kind is None:
        if not markup:
            return None
        raise bad_request(f"reply markup of no known kind: {', '.join(map(str, markup))}")
    unknown = set(markup) - _FIELDS[kind]
    if unknown:
        raise bad_request(f"unknown field in reply markup: {', '.join(sorted(unknown))}")
    if kind == "inline_keyboard":
        return _inline(markup)
    if inline_only:
        raise bad_request("inline keyboard expected")
    return _reply(markup) if kind == "keyboard" else _other(markup, kind)


def _rows(value: Any, what: str) -> list[list[Any]]:
    if not isinstance(value, list):
        raise bad_request(f'field "{what}" of the reply markup must be an Array')
    for row in value:
        if not isinstance(row, list):
            raise bad_request(f'field "{what}" must be an Array of Arrays')
    return [row for row in value if row]


def _inline(markup: Wire) -> Wire | None:
    rows = _rows(markup["inline_keyboard"], "inline_keyboard")
    if sum(map(len, rows)) > INLINE_LIMIT:
        raise bad_request(f"reply markup is too long: at most {INLINE_LIMIT} inline buttons")
    if any(len(row) > INLINE_ROW_LIMIT for row in rows):
        raise bad_request(f"too many buttons in a row: at most {INLINE_ROW_LIMIT}")
    for row in rows:
        for button in row:
            _inline_button(button)
    return {"inline_keyboard": rows} if rows else None


def _dressed(button: Any, kinds: set[str], what: str) -> set[str]:
    """Check what all buttons share; return the kinds that this one names."""
    if not isinstance(button, dict):
        raise bad_request(f"can't parse {what}: expected an Object")
    unknown = set(button) - kinds - _DRESS
    if unknown:
        raise bad_request(f"can't parse {what}: unknown field {', '.join(sorted(unknown))}")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request(f"can't parse {what}: Can't find field \"text\"")
    if not text.strip():
        raise bad_request(f"can't parse {what}: text must be non-empty")
    if button.get("style") is not None and button["style"] not in _STYLES:
        raise bad_request(f"can't parse {what}: invalid button style specified")
    return set(button) & kinds


def _inline_button(button: Any) -> None:
    what = "inline keyboard button"
    kinds = _dressed(button, _INLINE_KINDS, what)
    if not kinds:
        raise bad_request(f"can't parse {what}: Text buttons are unallowed in the inline keyboard")
    if len(kinds) > 1:
        raise bad_request(f"can't parse {what}: exactly one kind expected, found {', '.join(sorted(kinds))}")
    kind = kinds.pop()
    value = button[kind]
    if kind == "callback_data":
        if not isinstance(value, str) or not 1 <= len(value.encode()) <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
    elif kind == "url":
        _button_url(value)
    elif kind == "copy_text":
        text = value.get("text") if isinstance(value, dict) and set(value) == {"text"} else None
        if not isinstance(text, str) or not 1 <= units(text) <= 256:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
    elif kind in ("web_app", "login_url") and not is_https(value):
        raise bad_request(f"inline keyboard button {kind} URL is invalid: Only HTTPS links are allowed")


def is_https(target: Any) -> bool:
    """Tell whether a WebAppInfo or LoginUrl leads to a public https address."""
    url = target.get("url") if isinstance(target, dict) else None
    return isinstance(url, str) and url.startswith("https://") and valid_url(url) is not None


def _button_url(value: Any) -> None:
    if not isinstance(value, str) or valid_url(value) is None:
        reason = "Wrong HTTP URL" if isinstance(value, str) and value else "URL must be non-empty"
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: {reason}")


def _reply(markup: Wire) -> Wire:
    rows = [[_reply_button(button) for button in row] for row in _rows(markup["keyboard"], "keyboard")]
    if not rows:
        raise bad_request("reply keyboard must have at least one button")
    if sum(map(len, rows)) > REPLY_LIMIT or any(len(row) > REPLY_ROW_LIMIT for row in rows):
        raise bad_request(f"reply keyboard is too big: at most {REPLY_LIMIT} buttons, {REPLY_ROW_LIMIT} in a row")
    _placeholder(markup)
    _flags(markup, ("is_persistent", "resize_keyboard", "one_time_keyboard", "selective"))
    return {**markup, "keyboard": rows}


def _reply_button(button: Any) -> Wire:
    if isinstance(button, str):
        button = {"text": button}
    kinds = _dressed(button, _REPLY_KINDS, "keyboard button")
    asked = [kind for kind in kinds if button[kind]]
    if len(asked) > 1:
        raise bad_request(f"can't parse keyboard button: at most one kind expected, found {', '.join(sorted(asked))}")
    return dict(button)


def _other(markup: Wire, kind: str) -> Wire | None:
    if not isinstance(markup[kind], bool):
        raise bad_request(f'field "{kind}" must be True')
    _placeholder(markup)
    return markup if markup[kind] else None


def _placeholder(markup: Wire) -> None:
    text = markup.get("input_field_placeholder")
    if text is not None and (not isinstance(text, str) or not 1 <= units(text) <= 64):
        raise bad_request("input_field_placeholder must have 1-64 characters")


def _flags(markup: Wire, names: tuple[str, ...]) -> None:
    for name in names:
        if name in markup and not isinstance(markup[name], bool):
            raise bad_request(f'field "{name}" of the reply markup must be a Boolean')
