"""Text as a bot sends it, made into what Telegram keeps: plain text and sorted entities."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from sandbox.html_markup import parse_html
from sandbox.markdown_markup import parse_markdown
from sandbox.refusals import bad_request
from sandbox.utf16 import units

Entity = dict[str, Any]
FindUser = Callable[[int], dict[str, Any] | None]

ENTITY_LIMIT = 100
_ORDER = {"blockquote": 0, "expandable_blockquote": 0, "text_link": 1, "pre": 9, "code": 9}
_SCHEMES = ("http", "https", "tg", "ton", "tonsite", "mailto", "tel")
_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"']+[^\s<>\"'.,:;!?)\]])"
    r"|(?P<email>[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})"
    r"|(?<![\w/])(?P<mention>@[A-Za-z]\w{3,31})\b"
    r"|(?<![\w/])(?P<hashtag>#\w*[^\W\d]\w*)"
    r"|(?<![\w/<>])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{3,31})?)(?![\w/])"
)
_CLEANED = str.maketrans({**dict.fromkeys(map(chr, [*range(9), 11, 12, *range(14, 32)]), " "), "\r": None})


def parse(text: str, mode: str | None, entities: list[Entity] | None) -> tuple[str, list[Entity]]:
    """Return plain text and entities by parse mode, or with the entities given."""
    if not mode:
        return text, [dict(entity) for entity in entities or ()]
    match mode.lower():
        case "html":
            return parse_html(text)
        case "markdownv2":
            return parse_markdown(text)
        case _:
            raise bad_request("unsupported parse_mode")


def formatted(
    text: str, mode: str | None, entities: list[Entity] | None, find_user: FindUser
) -> tuple[str, list[Entity]]:
    """Return the text as Telegram keeps it: cleaned, trimmed, links and commands found, entities in order."""
    plain, marked = parse(text, mode, entities)
    plain = plain.translate(_CLEANED)
    lead = units(plain) - units(plain.lstrip())
    plain = plain.strip()
    marked = [entity for entity in (_fit(entity, lead, units(plain)) for entity in marked) if entity]
    if len(marked) > ENTITY_LIMIT:
        raise bad_request(f"too many entities: the sandbox refuses more than {ENTITY_LIMIT}")
    marked = [kept for entity in marked if (kept := _resolved(entity, find_user))]
    marked += _detected(plain, marked)
    marked.sort(key=lambda entity: (entity["offset"], -entity["length"], _ORDER.get(entity["type"], 5)))
    return plain, marked


def _fit(entity: Entity, lead: int, length: int) -> Entity | None:
    begin = max(0, entity["offset"] - lead)
    end = min(length, entity["offset"] + entity["length"] - lead)
    return {**entity, "offset": begin, "length": end - begin} if end > begin else None


def _resolved(entity: Entity, find_user: FindUser) -> Entity | None:
    """Links to a user become mentions of that user; a link to nowhere is dropped, as Telegram does."""
    if entity["type"] == "text_mention":
        known = find_user(entity.get("user", {}).get("id", 0))
        return {**entity, "user": known} if known else None
    if entity["type"] != "text_link":
        return entity
    url = str(entity.get("url", ""))
    found = re.fullmatch(r"tg://user\?id=(\d+)", url)
    if found:
        user = find_user(int(found[1]))
        place = {"type": "text_mention", "offset": entity["offset"], "length": entity["length"]}
        return {**place, "user": user} if user else None
    return entity if (fixed := valid_url(url)) and entity.update(url=fixed) is None else None


def valid_url(url: str) -> str | None:
    """Return the address as Telegram keeps it; None when it is no public address."""
    url = url.strip()
    if not url or any(char.isspace() for char in url):
        return None
    try:
        parts = urlsplit(url if "://" in url or ":" in url.split("/")[0] else f"http://{url}")
    except ValueError:
        return None
    if parts.scheme.lower() not in _SCHEMES:
        return None
    if parts.scheme.lower() in ("http", "https"):
        host = parts.hostname or ""
        if "." not in host.strip("."):
            return None
        return parts.geturl() if parts.path or parts.query else f"{parts.scheme}://{parts.netloc}/"
    return url


def _detected(text: str, marked: list[Entity]) -> list[Entity]:
    """Find addresses, mentions, hashtags and commands outside of code and links."""
    if not any(char in text for char in "/@#:"):
        return []
    taken = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in marked
        if entity["type"] in ("code", "pre", "text_link", "text_mention")
    ]
    found: list[Entity] = []
    for match in _FOUND.finditer(text):
        offset, length = units(text[: match.start()]), units(match[0])
        if not any(begin < offset + length and offset < end for begin, end in taken):
            found.append({"type": str(match.lastgroup), "offset": offset, "length": length})
    return found
