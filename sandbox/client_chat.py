"""The client's side of people: their chats, presses and what they see."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from sandbox.control_client import Control
from sandbox.records import ChatMessage, Rows, rows_of


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot account."""

    id: int
    token: str
    username: str
    name: str


@dataclass(frozen=True, slots=True)
class Press:
    """A press of an inline button."""

    control: Control = field(repr=False)
    callback_query_id: str
    data: str
    message_id: int

    def answer(self, timeout: float = 5.0) -> dict[str, Any] | None:
        """Wait for answerCallbackQuery; its text, show_alert and url, or None when it did not come."""
        told = self.control("wait_for_answer", wait=timeout, callback_query_id=self.callback_query_id, seconds=timeout)
        answer: dict[str, Any] | None = told["answer"]
        return answer

    def resend(self) -> Press:
        """Send the same tap again: the same data under a new update id and a new callback id."""
        told = self.control("press_again", callback_query_id=self.callback_query_id)
        return Press(self.control, **told)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a Telegram account."""

    control: Control = field(repr=False)
    id: int
    first_name: str
    last_name: str | None
    username: str | None
    language_code: str | None
    phone: str
    about: str | None = None

    def chat_with(self, bot: Bot) -> Chat:
        """Return the private chat with a bot."""
        return Chat(self.control, bot, self)

    def deactivate(self) -> None:
        """Delete the account: bots that write get 403."""
        self.control("change_person", person_id=self.id, deactivated=True)

    def speak(self, language_code: str) -> None:
        """Change the language of the app."""
        self.control("change_person", person_id=self.id, language_code=language_code)


class Chat:
    """The private chat of a person with a bot: what the person does and sees there."""

    def __init__(self, control: Control, bot: Bot, person: Person) -> None:
        self.control = control
        self.bot = bot
        self.person = person
        self.id = person.id

    def _do(self, action: str, wait: float = 0.0, **arguments: Any) -> Any:
        return self.control(action, wait, bot_id=self.bot.id, person_id=self.person.id, **arguments)

    def say(self, text: str, *, reply_to: int | None = None) -> int:
        """Send a text; returns its message id. The first one starts the chat."""
        return int(self._do("say", text=text, reply_to=reply_to)["message_id"])

    def open_link(self, payload: str) -> int:
        """Follow t.me/bot?start=payload."""
        return self.say(f"/start {payload}")

    def press(self, label: str, *, message_id: int | None = None, timeout: float = 10.0) -> Press:
        """Press an inline button by label on the newest visible message that has it.

        The exact label comes first, then the only one that contains it. Waits for the button to appear.
        """
        told = self._do("press", wait=timeout, label=label, message_id=message_id, seconds=timeout)
        return Press(self.control, **told)

    def press_data(self, data: str, *, message_id: int | None = None) -> Press:
        """Press a forged button: any data, on any message, by default the bot's newest one."""
        return Press(self.control, **self._do("press_data", data=data, message_id=message_id))

    def tap(self, label: str) -> int:
        """Press a button of the reply keyboard: its text is sent, or the own contact."""
        return int(self._do("tap", label=label)["message_id"])

    def send_location(self, latitude: float, longitude: float) -> int:
        """Send a place."""
        return int(self._do("send_location", latitude=latitude, longitude=longitude)["message_id"])

    def send_contact(self, phone: str | None = None, *, first_name: str | None = None) -> int:
        """Send the own contact, or somebody else's."""
        return int(self._do("send_contact", phone=phone, first_name=first_name)["message_id"])

    def send_photo(self, content: bytes, caption: str | None = None) -> int:
        """Send a PNG or JPEG as a photo."""
        return int(self._do("send_photo", content=_packed(content), caption=caption)["message_id"])

    def send_file(
        self, content: bytes, name: str, mime: str = "application/octet-stream", caption: str | None = None
    ) -> int:
        """Send a file as a document."""
        packed = _packed(content)
        return int(self._do("send_file", content=packed, name=name, mime=mime, caption=caption)["message_id"])

    def send_voice(self, content: bytes = b"OggS") -> int:
        """Send a voice message."""
        return int(self._do("send_voice", content=_packed(content))["message_id"])

    def send_sticker(self, emoji: str) -> int:
        """Send a sticker."""
        return int(self._do("send_sticker", emoji=emoji)["message_id"])

    def send_album(self, contents: list[bytes], caption: str | None = None) -> list[int]:
        """Send photos as an album; the caption belongs to the first."""
        told = self._do("send_album", contents=[_packed(each) for each in contents], caption=caption)
        return [int(number) for number in told["message_ids"]]

    def edit(self, message_id: int, text: str) -> None:
        """Change an own text."""
        self._do("edit", message_id=message_id, text=text)

    def block(self) -> None:
        """Block the bot."""
        self._do("block", blocked=True)

    def unblock(self) -> None:
        """Unblock the bot."""
        self._do("block", blocked=False)

    def double_last(self) -> int:
        """Deliver the last update of this chat again with the same update_id, which is returned."""
        return int(self._do("double_last")["update_id"])

    def messages(self) -> list[ChatMessage]:
        """Return what the person sees, oldest first."""
        return [ChatMessage.read(each) for each in self._do("messages")]

    def history(self) -> list[ChatMessage]:
        """Return all messages that ever were, with their deletions, versions and wire objects."""
        return [ChatMessage.read(each) for each in self._do("history")]

    def last(self) -> ChatMessage:
        """Return the newest visible message."""
        found = self._do("messages", limit=1)
        if not found:
            raise AssertionError("the chat is empty")
        return ChatMessage.read(found[0])

    def keyboard(self) -> Rows | None:
        """Return the rows of the reply keyboard, None when there is none."""
        rows = self._do("keyboard")["rows"]
        return None if rows is None else rows_of(rows)

    def typing(self) -> str | None:
        """Return what the bot is shown to be doing (typing, upload_document, …), or None."""
        action: str | None = self._do("typing")["action"]
        return action

    def menu(self) -> dict[str, str]:
        """Return the menu of commands that the person's app shows: descriptions by command, in order."""
        return {each["command"]: each["description"] for each in self._do("seen_profile")["commands"]}

    def about(self) -> dict[str, str]:
        """Return name, description and short_description of the bot in the language of the person's app."""
        told = self._do("seen_profile")
        return {field: str(told[field]) for field in ("name", "description", "short_description")}

    def wait_for(self, text: str, *, timeout: float = 10.0, after: int = 0) -> ChatMessage:
        """Return the newest visible message of the bot that contains the text, waiting for it.

        Only messages with an id above `after` count. Raises AssertionError with the transcript.
        """
        told = self._do("wait_for_text", wait=timeout, text=text, seconds=timeout, after=after)
        if told["message"] is None:
            raise AssertionError(f"no message with {text!r} within {timeout} s:\n{told['transcript']}")
        return ChatMessage.read(told["message"])

    def transcript(self) -> str:
        """Return the chat in lines for people to read."""
        return str(self._do("transcript")["transcript"])

    def download(self, file_id: str) -> bytes:
        """Return the bytes of a file in this chat."""
        return base64.b64decode(self.control("download", bot_id=self.bot.id, file_id=file_id)["content"])


def _packed(content: bytes) -> str:
    return base64.b64encode(content).decode()
