"""Albums, and the media descriptions that they and editMessageMedia take."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.methods.call import Call, Doing, captioned
from sandbox.methods.sending import medium, post, replied
from sandbox.parameters import check_fields, read_entities
from sandbox.refusals import bad_request
from sandbox.world import Wire

_FIELDS = {
    "type": str, "media": str, "thumbnail": str, "caption": str, "parse_mode": str, "caption_entities": list,
    "show_caption_above_media": bool, "has_spoiler": bool, "disable_content_type_detection": bool,
}  # fmt: skip


def described(call: Call, item: dict[str, Any]) -> tuple[str, Wire]:
    """Return kind and content of an InputMediaPhoto or InputMediaDocument."""
    check_fields(item, _FIELDS, "InputMedia")
    kind = item.get("type")
    if kind not in ("photo", "document"):
        raise bad_request(f"can't parse InputMedia: the sandbox knows photo and document, not {kind!r}")
    source = item.get("media")
    if isinstance(source, str) and source.startswith("attach://"):
        source = call.get(source)
    if not source:
        raise bad_request(f"there is no {kind} in the request")
    if "caption_entities" in item:
        read_entities(item["caption_entities"])
    caption = captioned(item, call.find_user)
    return kind, {kind: medium(call, kind, source), **caption}


def _album(call: Call) -> list[Wire]:
    chat = call.open_chat()
    items = call.get("media")
    if not items:
        raise bad_request("media is empty")
    if not 2 <= len(items) <= 10:
        raise bad_request("album must have 2-10 items")
    replied(call, chat)
    ready = [described(call, item) for item in items]
    if len({kind for kind, _ in ready}) > 1:
        raise bad_request("document can't be mixed with other media types")
    group = str(14_000_000_000_000_000 + secrets.randbelow(10**15))
    return [post(call, chat, kind, {"media_group_id": group, **content}) for kind, content in ready]


DOING: dict[str, Doing] = {"sendMediaGroup": _album}
