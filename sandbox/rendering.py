"""Plain text and entities made into HTML again, for people who read a chat."""

from __future__ import annotations

from html import escape
from typing import Any

Entity = dict[str, Any]

_TAGS = {
    "bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code", "spoiler": "tg-spoiler",
    "blockquote": "blockquote", "pre": "pre",
}  # fmt: skip


def _tags(entity: Entity) -> tuple[str, str] | None:
    kind = entity["type"]
    if kind in ("text_link", "text_mention"):
        url = entity.get("url") or f"tg://user?id={entity['user']['id']}"
        return f'<a href="{escape(url)}">', "</a>"
    if kind == "pre" and entity.get("language"):
        return f'<pre><code class="language-{escape(entity["language"])}">', "</code></pre>"
    if kind == "expandable_blockquote":
        return "<blockquote expandable>", "</blockquote>"
    if kind == "custom_emoji":
        return f'<tg-emoji emoji-id="{escape(entity["custom_emoji_id"])}">', "</tg-emoji>"
    tag = _TAGS.get(kind)
    return (f"<{tag}>", f"</{tag}>") if tag else None


def to_html(text: str, entities: list[Entity]) -> str:
    """Return the text in Telegram's HTML; found links and commands stay plain."""
    raw = text.encode("utf-16-le", "surrogatepass")
    out: list[str] = []
    closing: list[tuple[int, str]] = []
    at = 0

    def write_until(end: int) -> None:
        nonlocal at
        out.append(escape(raw[at * 2 : end * 2].decode("utf-16-le", "replace"), quote=False))
        at = max(at, end)

    for entity in entities:
        tags = _tags(entity)
        if tags is None:
            continue
        while closing and closing[-1][0] <= entity["offset"]:
            end, tag = closing.pop()
            write_until(end)
            out.append(tag)
        write_until(entity["offset"])
        end = entity["offset"] + entity["length"]
        out.append(tags[0])
        closing.append((min(end, closing[-1][0]) if closing else end, tags[1]))
    while closing:
        end, tag = closing.pop()
        write_until(end)
        out.append(tag)
    write_until(len(raw) // 2)
    return "".join(out)
