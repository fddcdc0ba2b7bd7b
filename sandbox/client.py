"""The sandbox from Python: a synchronous client that speaks only to the control interface."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from sandbox.client_chat import Bot, Chat, Person, Press
from sandbox.control_client import Control, ControlError
from sandbox.records import ApiRequest, Attachment, Button, ChatMessage, Mail

__all__ = [
    "ApiRequest",
    "Attachment",
    "Bot",
    "Box",
    "Button",
    "Chat",
    "ChatMessage",
    "ControlError",
    "Fault",
    "Mail",
    "Person",
    "Press",
]

SCENE_SECONDS = 60.0
"""How long it may take to put all back."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in force; also a context manager that lifts it."""

    control: Control = field(repr=False)
    id: int
    of: str = ""

    def clear(self) -> None:
        """Lift it."""
        self.control(f"clear_{self.of}", fault_id=self.id)

    def hits(self) -> int:
        """Return how often it struck; 0 also after it was lifted."""
        return next((int(each["hits"]) for each in self.control(f"{self.of}s") if each["id"] == self.id), 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()


class Box:
    """A running sandbox."""

    def __init__(self, control_url: str) -> None:
        self.control = Control(control_url)
        self.control_url = self.control.url
        addresses = self.control("addresses")
        self.api_url: str = addresses["api_url"]
        self.smtp_url: str = addresses["smtp_url"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.control.close()

    def new_bot(self, username: str = "sandbox_bot", name: str = "Bot", token: str | None = None) -> Bot:
        """Register a bot."""
        return Bot(**self.control("new_bot", username=username, name=name, token=token))

    def new_person(
        self,
        first_name: str,
        *,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = "ru",
        phone: str | None = None,
        about: str | None = None,
    ) -> Person:
        """Register a person; `about` says to whoever watches what they are: admin, rep, storekeeper, stranger."""
        told = self.control(
            "new_person",
            first_name=first_name,
            last_name=last_name,
            username=username,
            language_code=language_code,
            phone=phone,
            about=about,
        )
        return Person(self.control, **told)

    def reset(self) -> None:
        """Forget bots, people, mail, faults and requests, set the clock right; settings stay."""
        self.control("reset")

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Change callback_ttl, message_ttl, retry_scale, journal_limit or pace; return all."""
        told: dict[str, Any] = self.control("settings", **changes)
        return told

    def advance(self, seconds: float) -> None:
        """Set the clock of the sandbox forward."""
        self.control("advance", seconds=seconds)

    def change(self) -> int:
        """Return the number of the last event."""
        return int(self.control("state")["change"])

    def wait_for_change(self, since: int, timeout: float = 10.0) -> int:
        """Wait for an event after the given one; return the number of the last."""
        return int(self.control("changes", wait=timeout, since=since, seconds=timeout)["change"])

    def events(self, since: int = 0, limit: int = 1000) -> list[dict[str, Any]]:
        """Return the events after the given one, oldest first."""
        told: list[dict[str, Any]] = self.control("events", since=since, limit=limit)
        return told

    def wait_until_quiet(self, timeout: float = 20.0, idle: float = 0.15, bot: Bot | None = None) -> None:
        """Wait until nothing is to be delivered or acknowledged and nothing happened for `idle` seconds.

        Raises AssertionError with what still goes on.
        """
        told = self.control(
            "wait_until_quiet", wait=timeout, seconds=timeout, idle=idle, bot_id=bot.id if bot else None
        )
        if not told["quiet"]:
            raise AssertionError(f"not quiet within {timeout} s: {told['reason']}")

    def pending_updates(self, bot: Bot) -> list[dict[str, Any]]:
        """Return the updates that the bot has not acknowledged."""
        told: list[dict[str, Any]] = self.control("pending_updates", bot_id=bot.id)
        return told

    def webhook(self, bot: Bot) -> dict[str, Any]:
        """Return the bot's WebhookInfo."""
        told: dict[str, Any] = self.control("webhook", bot_id=bot.id)
        return told

    def profile(self, bot: Bot) -> dict[str, Any]:
        """Return the commands, texts and menu button that the bot has set."""
        told: dict[str, Any] = self.control("profile", bot_id=bot.id)
        return told

    def requests(
        self, bot: Bot | None = None, method: str | None = None, since: int = 0, limit: int | None = None
    ) -> list[ApiRequest]:
        """Return the Bot API requests above number `since`, oldest first; with a limit, the newest."""
        told = self.control("requests", bot_id=bot.id if bot else None, method=method, since=since, limit=limit)
        return [ApiRequest(**each) for each in told]

    def mail(self, to: str | None = None) -> list[Mail]:
        """Return the accepted e-mails, oldest first."""
        return [Mail.read(each) for each in self.control("mail", to=to)]

    def wait_for_mail(self, to: str | None = None, count: int = 1, timeout: float = 20.0) -> list[Mail]:
        """Wait for so many e-mails (to one address) and return them; raises AssertionError."""
        told = self.control("wait_for_mail", wait=timeout, to=to, count=count, seconds=timeout)
        mails = [Mail.read(each) for each in told["mails"]]
        if not told["arrived"]:
            raise AssertionError(f"{len(mails)} of {count} e-mails to {to or 'anybody'} within {timeout} s")
        return mails

    def fault(
        self,
        kind: str,
        *,
        after: bool = False,
        method: str | None = None,
        chat: Chat | None = None,
        bot: Bot | None = None,
        **options: Any,
    ) -> Fault:
        """Let Bot API requests fail: too_many, error, html, cut, slow or hang.

        `after` lets the request take effect first. Options: count, probability with seed, seconds (slow,
        hang), retry_after (too_many), code (error, html: 500, 502, 503, 504). A chat implies its bot.
        """
        owner = bot or (chat.bot if chat else None)
        told = self.control(
            "fault",
            kind=kind,
            after=after,
            method=method,
            chat_id=chat.id if chat else None,
            bot_id=owner.id if owner else None,
            **options,
        )
        return Fault(self.control, told["id"], "fault")

    def mail_fault(
        self, kind: str, *, stage: str = "rcpt", to: str | Iterable[str] | None = None, **options: Any
    ) -> Fault:
        """Let mail fail: refuse (code, text), drop (keep: the mail is taken all the same) or hang (seconds).

        The stage is rcpt or data (after the whole message came). Options for all: count.
        """
        addresses = to if to is None or isinstance(to, str) else sorted(to)
        told = self.control("mail_fault", kind=kind, stage=stage, to=addresses, **options)
        return Fault(self.control, told["id"], "mail_fault")

    def clear_faults(self) -> None:
        """Lift all faults of Bot API and mail."""
        self.control("clear_fault")
        self.control("clear_mail_fault")

    def mail_down(self) -> None:
        """Close the mail port."""
        self.control("mail_down")

    def mail_up(self) -> None:
        """Open the mail port again, the same as before."""
        self.control("mail_up")

    def mail_credentials(self, credentials: dict[str, str]) -> None:
        """Accept AUTH only with these; none: AUTH with anything."""
        self.control("mail_credentials", credentials=credentials)

    def hold_updates(self, bot: Bot | None = None) -> None:
        """Keep updates back, of one bot or of all."""
        self.control("hold_updates", bot_id=bot.id if bot else None)

    def release(self, bot: Bot | None = None) -> None:
        """Deliver what was held or waits to be shuffled."""
        self.control("release_updates", bot_id=bot.id if bot else None)

    def shuffle_updates(self, bot: Bot, count: int, seed: int = 0) -> None:
        """Collect the next `count` updates and deliver them in another order."""
        self.control("shuffle_updates", bot_id=bot.id, count=count, seed=seed)

    def stage(self) -> dict[str, Any]:
        """Return the bot's process, the story, the scenes and the offers, as the page shows them."""
        told: dict[str, Any] = self.control("stage")
        return told

    def kill_bot(self) -> None:
        """Kill the process of the bot that the sandbox runs."""
        self.control("kill_bot")

    def start_bot(self) -> None:
        """Start it again."""
        self.control("start_bot")

    def play_story(self, pace: float | None = None) -> None:
        """Play the story from where it stands, so many seconds from action to action; one that is over begins anew."""
        self.control("play_story", wait=SCENE_SECONDS, pace=pace)

    def pause_story(self) -> None:
        """Hold it before its next action."""
        self.control("pause_story")

    def stop_story(self) -> None:
        """End it before its next action."""
        self.control("stop_story")

    def set_pace(self, pace: float) -> None:
        """Change the seconds from one action to the next."""
        self.control("set_pace", pace=pace)

    def put_back(self, scene: str) -> None:
        """Put all back to a scene, and return when it is there."""
        self.control("put_back", wait=SCENE_SECONDS, scene=scene)

    def offer_place(self, name: str, latitude: float, longitude: float, about: str = "") -> None:
        """Offer a place on the page, for people to send."""
        self.control("offer_place", name=name, latitude=latitude, longitude=longitude, about=about)

    def offer_contact(self, name: str, phone: str) -> None:
        """Offer a contact on the page, for people to send."""
        self.control("offer_contact", name=name, phone=phone)

    def offer_note(self, person: Person, text: str, label: dict[str, str] | None = None) -> None:
        """Keep a text at hand for a person on the page, with a label by language; an empty one takes it away."""
        self.control("offer_note", person_id=person.id, text=text, label=label)
