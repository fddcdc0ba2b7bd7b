"""Telegram's MarkdownV2: marked text in, plain text and entities out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from sandbox.refusals import bad_request
from sandbox.utf16 import units

Entity = dict[str, Any]

_RESERVED = "_*[]()~`>#+-=|{}.!\n"
_MARKS = {
    "*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler", "`": "code",
    "```": "pre", "[": "text_link", "![": "custom_emoji", ">": "blockquote", "**>": "blockquote",
}  # fmt: skip
_CLOSING = {"[": "]", "![": "]"}
_NAMES = {
    "bold": "Bold", "italic": "Italic", "underline": "Underline", "strikethrough": "Strikethrough",
    "spoiler": "Spoiler", "code": "Code", "pre": "Pre", "text_link": "TextUrl", "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote",
}  # fmt: skip


@dataclass(slots=True)
class _Open:
    mark: str
    offset: int
    begin: int
    language: str = ""


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source + "\0\0\0"
        self.end = len(source)
        self.at = 0
        self.offset = 0
        self.out: list[str] = []
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def fail(self, text: str, position: int) -> NoReturn:
        byte = len(self.source[:position].encode())
        raise bad_request(f"can't parse entities: {text.replace('@', str(byte))}")

    def read(self) -> tuple[str, list[Entity]]:
        while self.at < self.end:
            self._step()
        while self.open and self.open[-1].mark in (">", "**>"):
            self._close_quote()
        if self.open:
            last = self.open[-1]
            self.fail(f"Can't find end of {_NAMES[_MARKS[last.mark]]} entity at byte offset @", last.begin)
        return "".join(self.out), self.entities

    def _push(self, text: str) -> None:
        self.out.append(text)
        self.offset += units(text)

    def _step(self) -> None:
        char, following = self.source[self.at], self.source[self.at + 1]
        if char == "\\" and "\0" < following <= "~":
            self._push(following)
            self.at += 2
            return
        inside_code = bool(self.open) and self.open[-1].mark in ("`", "```")
        if char not in ("`" if inside_code else _RESERVED):
            self._push(char)
            self.at += 1
            return
        if self.open and self._closes(self.open[-1].mark):
            self._close()
        elif inside_code:
            self._push(char)
            self.at += 1
        elif char == "\n" or (char == ">" and self._line_begins()) or self._next("**>"):
            self._line(char)
        else:
            self._begin()

    def _next(self, mark: str) -> bool:
        return self.source.startswith(mark, self.at)

    def _line_begins(self) -> bool:
        return self.at == 0 or self.source[self.at - 1] == "\n"

    def _in_quote(self) -> _Open | None:
        return next((item for item in self.open if item.mark in (">", "**>")), None)

    def _line(self, char: str) -> None:
        """A line break ends a quotation unless the next line goes on with it."""
        if char == "\n":
            if self._in_quote() and self.source[self.at + 1] != ">":
                if self.open[-1].mark not in (">", "**>"):
                    self.fail(
                        f"Can't find end of {_NAMES[_MARKS[self.open[-1].mark]]} entity at byte offset @", self.at
                    )
                self._close_quote()
            self._push("\n")
            self.at += 1
            return
        mark = "**>" if self._next("**>") else ">"
        if self._in_quote() is None:
            self.open.append(_Open(mark, self.offset, self.at))
        self.at += len(mark)

    def _close_quote(self) -> None:
        opened = self.open.pop()
        self._add("blockquote", opened)

    def _closes(self, mark: str) -> bool:
        if mark in (">", "**>"):
            return self._next("||") and self.source[self.at + 2] in "\n\0"
        if mark == "_" and self._next("__"):
            return False
        return self._next(_CLOSING.get(mark, mark))

    def _begin(self) -> None:
        for mark in ("```", "`", "__", "_", "||", "*", "~", "![", "["):
            if self._next(mark):
                self.open.append(_Open(mark, self.offset, self.at))
                self.at += len(mark)
                if mark == "```":
                    self._language(self.open[-1])
                return
        char = self.source[self.at]
        self.fail(f"Character '{char}' is reserved and must be escaped with the preceding '\\'", self.at)

    def _language(self, opened: _Open) -> None:
        end = self.at
        while self.source[end] not in " \t\r\n`\0":
            end += 1
        if end > self.at and self.source[end] not in "`\0":
            opened.language = self.source[self.at : end]
            self.at = end
        if self.source[self.at] == "\n":
            self.at += 1

    def _close(self) -> None:
        opened = self.open.pop()
        if opened.mark in (">", "**>"):
            self.at += 2
            self._add("expandable_blockquote", opened)
            return
        self.at += len(_CLOSING.get(opened.mark, opened.mark))
        extra: Entity = {}
        if opened.mark in _CLOSING:
            url = self._address(opened)
            if opened.mark == "[":
                extra["url"] = url
            else:
                extra["custom_emoji_id"] = url.rpartition("id=")[2]
        elif opened.language:
            extra["language"] = opened.language
        self._add(_MARKS[opened.mark], opened, **extra)

    def _address(self, opened: _Open) -> str:
        if self.source[self.at] != "(":
            return "".join(self.out)[-(self.offset - opened.offset) :]
        begin = self.at
        self.at += 1
        address: list[str] = []
        while self.source[self.at] not in ")\0":
            if self.source[self.at] == "\\" and "\0" < self.source[self.at + 1] <= "~":
                self.at += 1
            address.append(self.source[self.at])
            self.at += 1
        if self.source[self.at] != ")":
            self.fail("Can't find end of a URL at byte offset @", begin)
        self.at += 1
        return "".join(address)

    def _add(self, kind: str, opened: _Open, **extra: Any) -> None:
        if self.offset > opened.offset:
            place = {"type": kind, "offset": opened.offset, "length": self.offset - opened.offset}
            self.entities.append({**place, **extra})


def parse_markdown(source: str) -> tuple[str, list[Entity]]:
    """Return the plain text and its entities; raises Refused with Telegram's text where a mark is wrong."""
    return _Reader(source).read()
