"""People who press what is there, whether or not anybody answers: each looks at the chat, chooses a button by
chance and taste, and presses it. What they do follows from what they see, so a bot that was dead for a while
finds them where they are."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sandbox.client_chat import Chat, Press
from sandbox.control_client import ControlError
from sandbox.records import Button, ChatMessage
from tests.journeys.house import House

MESSAGES_SEEN = 6
AGAIN, DOUBLE, ASTRAY, MENU = 0.03, 0.03, 0.03, 0.005
"""How often a tap is sent again under a new id, an update is delivered twice, an old button is pressed, and
somebody goes back to the menu."""
IMPATIENCE = 0.02
"""How often somebody who got no answer yet does something all the same."""
ATTENTION = 0.7
"""How often somebody stays with the screen in hand while notices with a button come in below it."""

REP: Mapping[str, float] = {
    "submit": 600, "back_order": 300, "cut": 100, "window": 50, "day": 50, "days": 60,
    "client": 50, "review": 300, "set_quantity": 3, "clients": 40, "product": 6,
    "cart": 12, "category": 3, "unit": 1, "order": 1, "orders": 0.3, "home": 0.3, "why": 1, "place": 0.5,
    "ask_cancel": 0.2, "cancel": 20, "new_draft": 0.1, "drafts": 0.3, "draft": 5,
}  # fmt: skip
"""The taste of a rep: the weight of each verb."""
STOREKEEPER: Mapping[str, float] = {
    "confirm": 50, "load_rest": 50, "dispatch": 40, "claim": 40, "loaded_line": 20, "pick": 20, "loading": 12,
    "queue": 4, "release": 1, "home": 0.2,
}  # fmt: skip


@dataclass
class Somebody:
    """One person with a chat. ``begin`` lets them act in a thread of their own until ``end``."""

    chat: Chat
    taste: Mapping[str, float]
    chance: random.Random
    seconds_between: float
    trouble: list[str] = field(default_factory=list)
    acts: int = 0
    _last_press: Press | None = None
    _acted_on: list[ChatMessage] = field(default_factory=list)
    _ending: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def begin(self) -> None:
        """Act until ``end``."""
        self._ending.clear()
        self._thread = threading.Thread(target=self._live, name=self.chat.person.first_name, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop acting; the last act is done when this returns."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(30)

    def _live(self) -> None:
        while not self._ending.wait(self.chance.expovariate(1 / self.seconds_between)):
            try:
                self._act()
            except ControlError as refused:
                self.trouble.append(f"{self.chat.person.first_name}: {refused}")
                return

    def seen(self) -> list[ChatMessage]:
        """The newest messages, oldest first."""
        found = self.chat.control(
            "messages", bot_id=self.chat.bot.id, person_id=self.chat.person.id, limit=MESSAGES_SEEN
        )
        return [ChatMessage.read(each) for each in found]

    def _act(self) -> None:
        seen = [message for message in self.seen() if message.from_bot]
        with_buttons = [message for message in seen if message.buttons]
        is_answered = bool(with_buttons) and seen != self._acted_on
        if not is_answered and self.chance.random() > IMPATIENCE:
            return
        self._acted_on = seen
        self.acts += 1
        self._do_something(with_buttons)

    def _do_something(self, with_buttons: list[ChatMessage]) -> None:
        draw = self.chance.random()
        if draw < AGAIN and self._last_press is not None:
            self._last_press.resend()
        elif draw < AGAIN + DOUBLE and self.acts:
            self.chat.double_last()
        elif draw < AGAIN + DOUBLE + MENU or not with_buttons:
            self.chat.say("/menu")
        elif draw < AGAIN + DOUBLE + MENU + ASTRAY:
            self._press(self.chance.choice(with_buttons))
        else:
            screens = [message for message in with_buttons if sum(map(len, message.buttons)) > 1]
            self._go_on(screens[-1] if screens and self.chance.random() < ATTENTION else with_buttons[-1])

    def _go_on(self, message: ChatMessage) -> None:
        """Do what one does on this screen."""
        verbs = {_verb(button) for row in message.buttons for button in row}
        if verbs <= {"days", "cart"} and self.chance.random() < 0.6:
            self.chat.send_location(55.7 + self.chance.random() / 10, 37.5 + self.chance.random() / 5)
        elif "set_quantity" in verbs and self.chance.random() < 0.15:
            self.chat.say(str(self.chance.randint(1, 9)))
        elif "Nothing waits" in message.words and self.chance.random() > IMPATIENCE:
            return  # until a notice comes
        elif "clear" in verbs and self.chance.random() < 0.02:
            self._press(message, only="clear")
        else:
            self._press(message)

    def _press(self, message: ChatMessage, only: str = "") -> None:
        buttons = [button for row in message.buttons for button in row if button.data]
        weights = [
            self.taste.get(_verb(button), 0.0) if not only else float(_verb(button) == only) for button in buttons
        ]
        if not any(weights):
            self.chat.say("/menu")
            return
        button = self.chance.choices(buttons, weights)[0]
        self._last_press = self.chat.press_data(button.data or "", message_id=message.id)


def _verb(button: Button) -> str:
    return (button.data or "").partition(".")[0]


class Crowd:
    """Reps and storekeepers at work."""

    def __init__(self, reps: list[Somebody], storekeepers: list[Somebody]) -> None:
        self.reps = reps
        self.storekeepers = storekeepers

    @property
    def everybody(self) -> list[Somebody]:
        """All of them."""
        return [*self.reps, *self.storekeepers]

    def begin(self) -> None:
        """Let everybody work."""
        for one in self.everybody:
            one.begin()

    def finish(self, open_orders: Callable[[], int], *, within: float) -> None:
        """Send the reps home; the storekeepers load what is still open, then go as well."""
        for rep in self.reps:
            rep.end()
        deadline = time.monotonic() + within
        while (left := open_orders()) and time.monotonic() < deadline:
            time.sleep(0.1)
        for keeper in self.storekeepers:
            keeper.end()
        if left:
            raise AssertionError(f"{left} orders are still open after {within} s")

    def trouble(self) -> list[str]:
        """Whatever kept somebody from acting."""
        return [line for one in self.everybody for line in one.trouble]


def usable(house: House, somebody: Somebody) -> str:
    """Look whether the chat works: the menu comes, and a press on it changes it. Empty if it does, else what not."""
    chat = somebody.chat
    before = chat.say("/menu")
    try:
        menu = chat.wait_for(chat.person.first_name, after=before)
        chat.press_data("help..0", message_id=menu.id)
        house.settle()
    except AssertionError as missing:
        return str(missing)
    newest = [message for message in somebody.seen() if message.from_bot][-1]
    if newest.words != menu.words:  # in place, or below where something else stands there by now
        return ""
    return f"the menu of {chat.person.first_name} did not change:\n{chat.transcript()[-600:]}"
