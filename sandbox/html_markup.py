"""Telegram's HTML: text with tags in, plain text and entities out, with Telegram's own complaints."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NoReturn

from sandbox.refusals import bad_request
from sandbox.utf16 import units

Entity = dict[str, Any]

_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "a": "text_link", "pre": "pre", "code": "code", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji", "tg-time": "date_time",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_SPACE = " \t\r\n\0\x0b"


@dataclass(slots=True)
class _Open:
    tag: str
    arguments: dict[str, str]
    offset: int


def unescape(source: str) -> str:
    """Replace the character references that Telegram knows."""

    def one(match: re.Match[str]) -> str:
        hexadecimal, decimal, name = match.groups()
        if name:
            return _NAMED.get(name, match[0])
        code = int(hexadecimal, 16) if hexadecimal else int(decimal)
        return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else match[0]

    return _REFERENCE.sub(one, source) if "&" in source else source


class _Reader:
    """Reads the source once, left to right; `at` is the position in it, `offset` that in the result."""

    def __init__(self, source: str) -> None:
        self.source = source + "\0"
        self.at = 0
        self.offset = 0
        self.out: list[str] = []
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def fail(self, text: str, position: int) -> NoReturn:
        byte = len(self.source[:position].encode())
        raise bad_request(f"can't parse entities: {text.replace('@', str(byte))}")

    def read(self) -> tuple[str, list[Entity]]:
        end = len(self.source) - 1
        while self.at < end:
            tag = self.source.find("<", self.at)
            plain = unescape(self.source[self.at : end if tag < 0 else tag])
            self.out.append(plain)
            self.offset += units(plain)
            if tag < 0:
                break
            self.at = tag + 1
            if self.source[self.at] == "/":
                self._end(tag)
            else:
                self._start(tag)
            self.at += 1
        if self.open:
            self.fail(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"', 0)
        return "".join(self.out), self.entities

    def _until(self, stops: str) -> str:
        begin = self.at
        while self.source[self.at] not in stops:
            self.at += 1
        return self.source[begin : self.at]

    def _skip_space(self) -> None:
        while self.source[self.at] in " \t\r\n\x0b":
            self.at += 1

    def _start(self, begin: int) -> None:
        name = self._until(_SPACE + ">").lower()
        if self.source[self.at] == "\0":
            self.fail("Unclosed start tag at byte offset @", begin)
        if name not in _KINDS:
            self.fail(f'Unsupported start tag "{name}" at byte offset @', begin)
        arguments: dict[str, str] = {}
        while self.source[self.at] != ">":
            self._skip_space()
            if self.source[self.at] == ">":
                break
            self._attribute(name, arguments, begin)
        if name == "span" and arguments.get("class") != "tg-spoiler":
            self.fail('Tag "span" must have class "tg-spoiler" at byte offset @', begin)
        self.open.append(_Open(name, arguments, self.offset))

    def _attribute(self, tag: str, arguments: dict[str, str], begin: int) -> None:
        name = self._until(_SPACE + "=>/\"'").lower()
        if not name:
            self.fail(f'Empty attribute name in the tag "{tag}" at byte offset @', begin)
        self._skip_space()
        if self.source[self.at] != "=":
            if self.source[self.at] == "\0":
                self.fail(f'Unclosed start tag "{tag}" at byte offset @', begin)
            arguments[name] = ""
            return
        self.at += 1
        self._skip_space()
        if self.source[self.at] == "\0":
            self.fail(f'Unclosed start tag "{tag}" at byte offset @', begin)
        arguments[name] = self._value()
        if self.source[self.at] == "\0":
            self.fail("Unclosed start tag at byte offset @", begin)

    def _value(self) -> str:
        quote = self.source[self.at]
        if quote in "\"'":
            self.at += 1
            value = unescape(self._until(quote + "\0"))
            if self.source[self.at] == quote:
                self.at += 1
            return value
        begin = self.at
        while self.source[self.at].isascii() and (self.source[self.at].isalnum() or self.source[self.at] in ".-"):
            self.at += 1
        if self.source[self.at] not in _SPACE + ">":
            self.fail("Unexpected end of name token at byte offset @", begin)
        return self.source[begin : self.at].lower()

    def _end(self, begin: int) -> None:
        if not self.open:
            self.fail("Unexpected end tag at byte offset @", begin)
        self.at += 1
        found = self._until(_SPACE + ">").lower()
        self._skip_space()
        if self.source[self.at] != ">":
            self.fail("Unclosed end tag at byte offset @", begin)
        tag = self.open[-1].tag
        if found and found != tag:
            expected = f'expected "</{tag}>", found "</{found}>"'
            self.fail(f"Unmatched end tag at byte offset @, {expected}", begin)
        opened = self.open.pop()
        if self.offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity: Entity = {
            "type": _KINDS[opened.tag],
            "offset": opened.offset,
            "length": self.offset - opened.offset,
        }
        given = opened.arguments
        if opened.tag == "a":
            entity["url"] = given.get("href") or "".join(self.out)[-entity["length"] :]
        elif opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = given.get("emoji-id", "")
        elif opened.tag == "blockquote" and "expandable" in given:
            entity["type"] = "expandable_blockquote"
        elif opened.tag == "code" and given.get("class", "").startswith("language-"):
            entity["language"] = given["class"][9:]
        elif opened.tag == "tg-time":
            entity.update(_time(given))
        self._add(entity)

    def _add(self, entity: Entity) -> None:
        """Merge <pre><code class="language-…"> into one entity, as Telegram does."""
        last = self.entities[-1] if self.entities else None
        if (
            last is not None
            and {last["type"], entity["type"]} == {"pre", "code"}
            and (last["offset"], last["length"]) == (entity["offset"], entity["length"])
            and (language := last.get("language") or entity.get("language"))
        ):
            last.update(type="pre", language=language)
            return
        self.entities.append(entity)


def _time(given: dict[str, str]) -> Entity:
    wire: Entity = {"unix_time": int(given["unix"]) if given.get("unix", "").isdigit() else 0}
    if given.get("format"):
        wire["date_time_format"] = given["format"]
    return wire


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Return the plain text and its entities, in the order in which they end.

    Raises Refused with Telegram's text and byte offset where a tag is wrong.
    """
    text, entities = _Reader(source).read()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return text, entities
