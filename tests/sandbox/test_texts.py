"""Text, captions and entities: what Telegram takes, what it refuses, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.client import Chat
from tests.sandbox.conftest import Api

SMILE = "😀"  # two UTF-16 units, four bytes


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({}, "message text is empty"),
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": SMILE * 2049}, "message is too long"),
        ({"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        (
            {"text": "<x>y</x>", "parse_mode": "HTML"},
            'can\'t parse entities: Unsupported start tag "x" at byte offset 0',
        ),
        ({"text": "ю<x>", "parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "x" at byte offset 2'),
        ({"text": "a < b", "parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "" at byte offset 2'),
        (
            {"text": "<b>x", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ({"text": "x</b>", "parse_mode": "HTML"}, "can't parse entities: Unexpected end tag at byte offset 1"),
        (
            {"text": "<b><i>x</b></i>", "parse_mode": "HTML"},
            'can\'t parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
        ),
        ({"text": "<b", "parse_mode": "HTML"}, "can't parse entities: Unclosed start tag at byte offset 0"),
        ({"text": "<b>x</b", "parse_mode": "HTML"}, "can't parse entities: Unclosed end tag at byte offset 4"),
        (
            {"text": "<span>x</span>", "parse_mode": "HTML"},
            'can\'t parse entities: Tag "span" must have class "tg-spoiler" at byte offset 0',
        ),
        (
            {"text": "1.5", "parse_mode": "MarkdownV2"},
            "can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
        ),
        (
            {"text": "*x", "parse_mode": "MarkdownV2"},
            "can't parse entities: Can't find end of Bold entity at byte offset 0",
        ),
        ({"text": "<b>x</b>" * 101, "parse_mode": "HTML"}, "too many entities: the sandbox refuses more than 100"),
        (
            {"text": "x", "entities": [{"type": "bold", "offset": 0}]},
            "can't parse MessageEntity: Can't find field \"length\"",
        ),
        (
            {"text": "x", "colour": "red"},
            'unknown parameter "colour" of sendMessage: the sandbox refuses what Telegram ignores',
        ),
        ({"text": 5}, 'parameter "text" of sendMessage must be a String'),
        (
            {"text": "x", "disable_notification": "maybe"},
            'parameter "disable_notification" of sendMessage must be a Boolean',
        ),
        (
            {"text": "x", "entities": "[{"},
            'parameter "entities" of sendMessage must be an Array of MessageEntity in valid JSON',
        ),
        ({"text": "x", "link_preview_options": {"off": True}}, 'unknown field "off" in link_preview_options'),
        ({"text": "\ud83d"}, "strings must be encoded in UTF-8"),
        (
            {"text": "x", "entities": '[{"type": "\\ud83d", "offset": 0, "length": 1}]'},
            "strings must be encoded in UTF-8",
        ),
        (
            {"text": "x", "entities": [{"type": "loud", "offset": 0, "length": 1}]},
            "can't parse MessageEntity: unknown type loud",
        ),
        (
            {"text": "x", "entities": [{"type": "text_link", "offset": 0, "length": 1}]},
            "can't parse MessageEntity: Can't find field \"url\"",
        ),
        ({"text": "x", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ({"text": "x", "reply_parameters": {"id": 99}}, 'unknown field "id" in reply_parameters'),
    ],
)
def test_refused_texts(api: Api, chat: Chat, params: dict[str, Any], refusal: str) -> None:
    assert api.refused("sendMessage", **params) == f"400 Bad Request: {refusal}"
    assert len(chat.messages()) == 1


@pytest.mark.parametrize(
    ("source", "mode", "text", "entities"),
    [
        ("x" * 4096, None, "x" * 4096, []),
        (SMILE * 2048, None, SMILE * 2048, []),
        ("<b>" + "x" * 4096 + "</b>", "HTML", "x" * 4096, [("bold", 0, 4096)]),
        ("  a&lt;b&amp;&#39;&quot; ", "HTML", "a<b&'\"", []),
        ("&nbsp;&copy;", "HTML", "&nbsp;&copy;", []),
        (f"{SMILE}<b>ж</b><i>ё</i>", "HTML", f"{SMILE}жё", [("bold", 2, 1), ("italic", 3, 1)]),
        ("<u>a</u><ins>b</ins>", "HTML", "ab", [("underline", 0, 1), ("underline", 1, 1)]),
        (
            "<s>a</s><strike>b</strike><del>c</del>",
            "HTML",
            "abc",
            [("strikethrough", 0, 1), ("strikethrough", 1, 1), ("strikethrough", 2, 1)],
        ),
        ("<B>a</b><strong>b</strong><em>c</em>", "HTML", "abc", [("bold", 0, 1), ("bold", 1, 1), ("italic", 2, 1)]),
        ("<tg-spoiler>a</tg-spoiler>", "HTML", "a", [("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "HTML", "a", [("spoiler", 0, 1)]),
        ("<code>a</code> <pre>b</pre>", "HTML", "a b", [("code", 0, 1), ("pre", 2, 1)]),
        ("<blockquote>a</blockquote>", "HTML", "a", [("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "HTML", "a", [("expandable_blockquote", 0, 1)]),
        ('<a href="http://t.me/x">a</a>', "HTML", "a", [("text_link", 0, 1)]),
        ('<a href="nowhere">a</a>', "HTML", "a", []),
        ('<tg-emoji emoji-id="5">a</tg-emoji>', "HTML", "a", [("custom_emoji", 0, 1)]),
        ("<b></b>x", "HTML", "x", []),
        (
            "/help @telbot_demo #tag a@b.ru https://ya.ru",
            None,
            "/help @telbot_demo #tag a@b.ru https://ya.ru",
            [("bot_command", 0, 5), ("mention", 6, 12), ("hashtag", 19, 4), ("email", 24, 6), ("url", 31, 13)],
        ),
        ("<code>/help</code>", "HTML", "/help", [("code", 0, 5)]),
        (
            "*a* _b_ __c__ ~d~ ||e|| `f`",
            "MarkdownV2",
            "a b c d e f",
            [
                ("bold", 0, 1),
                ("italic", 2, 1),
                ("underline", 4, 1),
                ("strikethrough", 6, 1),
                ("spoiler", 8, 1),
                ("code", 10, 1),
            ],
        ),
        ("1\\.5 [я](http://t.me/x)", "MarkdownV2", "1.5 я", [("text_link", 4, 1)]),
        ("```py\nx = 1\n```", "MarkdownV2", "x = 1", [("pre", 0, 5)]),
        (">a\n>b\nc", "MarkdownV2", "a\nb\nc", [("blockquote", 0, 3)]),
    ],
)
def test_accepted_texts(
    api: Api, source: str, mode: str | None, text: str, entities: list[tuple[str, int, int]]
) -> None:
    message = api("sendMessage", text=source, **({"parse_mode": mode} if mode else {}))
    assert message["text"] == text
    found = [(each["type"], each["offset"], each["length"]) for each in message.get("entities", [])]
    assert found == entities


def test_code_with_a_language_is_one_entity(api: Api) -> None:
    source = '<pre><code class="language-python">x</code></pre>'
    message = api("sendMessage", text=source, parse_mode="HTML")
    assert message["entities"] == [{"type": "pre", "offset": 0, "length": 1, "language": "python"}]


def test_a_link_to_a_person_is_a_mention(api: Api, chat: Chat) -> None:
    source = f'<a href="tg://user?id={chat.id}">Анна</a> <a href="tg://user?id=5">кто</a>'
    (entity,) = api("sendMessage", text=source, parse_mode="HTML")["entities"]
    assert (entity["type"], entity["user"]["id"]) == ("text_mention", chat.id)


def test_given_entities_are_kept_in_order_and_shown(api: Api, chat: Chat) -> None:
    given = [{"type": "italic", "offset": 4, "length": 4}, {"type": "bold", "offset": 0, "length": 8}]
    message = api("sendMessage", text="раз два три", entities=given)
    assert [each["type"] for each in message["entities"]] == ["bold", "italic"]
    assert chat.last().html == "<b>раз <i>два </i></b>три"


@pytest.mark.parametrize(
    ("caption", "refusal"),
    [
        ("x" * 1025, "message caption is too long"),
        (SMILE * 513, "message caption is too long"),
        ("<b>" + "x" * 1024 + "</b>", None),
    ],
)
def test_captions(api: Api, chat: Chat, caption: str, refusal: str | None) -> None:
    chat.send_file(b"x", "a.txt")
    document = chat.last().file_id
    params = {"document": document, "caption": caption, "parse_mode": "HTML"}
    if refusal is None:
        assert len(api("sendDocument", **params)["caption"]) == 1024
    else:
        assert api.refused("sendDocument", **params) == f"400 Bad Request: {refusal}"


def test_a_reply_quotes_its_message(api: Api, chat: Chat) -> None:
    message = api("sendMessage", text="x", reply_parameters={"message_id": 1})
    assert message["reply_to_message"]["text"] == "/start"
    assert chat.last().reply_to == 1
    lone = api("sendMessage", text="x", reply_parameters={"message_id": 9, "allow_sending_without_reply": True})
    assert "reply_to_message" not in lone
