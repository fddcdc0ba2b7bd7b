"""The day that `make demo` plays: who does what, step by step, as a script to read.

Buttons are named by their emoji, which is the same in every language, or by the name or figure that they carry.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from sandbox.client import Box
from sandbox.client_chat import Bot, Chat
from sandbox.records import ChatMessage, Mail

CLIENT = "Taberna Ñandú"
MAILBOX = "pedidos@nandu.example.org"
STOREKEEPER = "Семён"
WAREHOUSE = "Подольск"
REP = "Íñigo"
TYPED = "Z-106 24; O-103 1 caja; T-106 30 kg"
SCARCE = "Каркаде"
"""The last one of the list: there is hardly more of it than is ordered."""
PETROVKA = (55.7646, 37.6165)
"""Where the rep stands: Petrovka street in Moscow."""
PATIENCE = 10.0
"""Seconds to wait for what must come."""


class Step(NamedTuple):
    """Something that happens, in the words of somebody who watches."""

    told: str
    play: Callable[[Day], None]


@dataclass
class Day:
    """The people of the demo, and what they have been told so far."""

    box: Box
    bot: Bot
    admin_password: str
    chats: dict[str, Chat] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)

    def meet(self, role: str, name: str, language: str) -> Chat:
        """Somebody with Telegram in that language finds the bot."""
        person = self.box.new_person(name, language_code=language)
        self.chats[role] = person.chat_with(self.bot)
        return self.chats[role]

    @property
    def admin(self) -> Chat:
        """Who gives access."""
        return self.chats["admin"]

    @property
    def rep(self) -> Chat:
        """Who sells."""
        return self.chats["rep"]

    @property
    def storekeeper(self) -> Chat:
        """Who loads."""
        return self.chats["storekeeper"]


def admin_enters(day: Day) -> None:
    """Somebody without access sees the director's phone; the password from the server lets the admin in."""
    admin = day.meet("admin", "Алёна", "ru")
    say(admin, "/start")
    admin.wait_for("+7 495")
    say(admin, day.admin_password)
    admin.wait_for("🎉")


def admin_gives_access_to_the_rep(day: Day) -> None:
    """The form needs no more than a name."""
    press(day.admin, "🔑")
    say(day.admin, REP)
    issue(day, REP)


def admin_gives_access_to_the_storekeeper(day: Day) -> None:
    """Another role, and one warehouse only."""
    press(day.admin, "🔑")
    say(day.admin, STOREKEEPER)
    form = day.admin.wait_for(STOREKEEPER)
    _rep, storekeeper, _admin = form.buttons[0]
    press(day.admin, storekeeper.label, WAREHOUSE)
    issue(day, STOREKEEPER)


def rep_enters_by_typing(day: Day) -> None:
    """In small letters, as a phone's keyboard offers them."""
    rep = day.meet("rep", REP, "es")
    say(rep, "/start")
    rep.wait_for("+7 495")
    say(rep, day.passwords[REP].lower())
    rep.wait_for("🎉")


def storekeeper_enters_by_link(day: Day) -> None:
    """One tap on what was forwarded."""
    storekeeper = day.meet("storekeeper", STOREKEEPER, "en")
    storekeeper.open_link(day.links[STOREKEEPER])
    storekeeper.wait_for("🎉")


def storekeeper_switches_to_russian(day: Day) -> None:
    """From here on his chat is Russian, whatever his phone speaks."""
    say(day.storekeeper, "/language")
    press(day.storekeeper, "Русский")


def rep_takes_horchata_by_steppers(day: Day) -> None:
    """From the menu down the tree; each press edits the same message. The star keeps it at hand."""
    press(day.rep, "🛒", "Напитки", "Bebidas de España", "Horchata", "+10", "+1")
    day.rep.wait_for("11 ud.")
    press(day.rep, "⭐")


def rep_takes_a_box_from_the_favourites(day: Day) -> None:
    """The same product in another unit is a line of its own."""
    say(day.rep, "/menu")
    press(day.rep, "🛒", "⭐", "Horchata", "cj.", "+1")
    day.rep.wait_for("1 cj.")


def rep_types_a_list(day: Day) -> None:
    """Three lines in three units: tubes, a box below the price of twelve bottles, and kilograms."""
    say(day.rep, TYPED)
    day.rep.wait_for("30 kg")


def rep_chooses_the_client(day: Day) -> None:
    """Typed without accents and tilde."""
    press(day.rep, "🧾", "🏪")
    say(day.rep, "nandu")
    press(day.rep, CLIENT)


def rep_sends_a_pin(day: Day) -> None:
    """Not to the client's usual place, but where the rep stands."""
    day.rep.wait_for("📎")
    day.rep.send_location(*PETROVKA)


def rep_chooses_the_day(day: Day) -> None:
    """The first that is delivered on."""
    days = day.rep.wait_for("📆")
    press(day.rep, days.buttons[0][0].label)


def rep_asks_why(day: Day) -> None:
    """Khimki would be nearer, but has no such dye and not so much tea."""
    press(day.rep, "🚚")
    day.rep.wait_for(WAREHOUSE)


def rep_submits(day: Day) -> None:
    """The main action is the last button."""
    press(day.rep, "✅")
    day.rep.wait_for("🎉")


def rep_changes_the_order(day: Day) -> None:
    """Until somebody loads it; the warehouse reads what is different."""
    press(day.rep, "✏️", "Ñandú")
    say(day.rep, "18")
    press(day.rep, "🧾", "▶️")
    say(day.rep, "Llamar media hora antes")
    press(day.rep, "✅")
    day.storekeeper.wait_for("24 → 18")


def storekeeper_takes_the_order(day: Day) -> None:
    """From the notice to the card; from now on nobody else loads it, and nothing of it changes."""
    press(day.storekeeper, "📦", on=day.storekeeper.wait_for("24 → 18"))
    press(day.storekeeper, "✋")


def storekeeper_finds_less_on_the_shelf(day: Day) -> None:
    """One press for a line that is loaded, a second one to say otherwise, and why."""
    press(day.storekeeper, SCARCE, SCARCE)
    say(day.storekeeper, "26,5")
    press(day.storekeeper, day.storekeeper.last().labels[0], "📋", "✅")


def storekeeper_confirms_the_loading(day: Day) -> None:
    """The invoice bills what was loaded, and has a number at once; it is drawn and mailed afterwards."""
    say(day.storekeeper, "А123ВС50, Петров")
    press(day.storekeeper, "✅")
    day.storekeeper.wait_for("СВ-")
    day.rep.wait_for("26,5")


def invoice_arrives(day: Day) -> None:
    """One letter with one PDF in the client's mailbox."""
    day.mails = day.box.wait_for_mail(MAILBOX)
    [paper] = [attached for mail in day.mails for attached in mail.attachments]
    if not paper.content.startswith(b"%PDF-"):
        raise AssertionError(f"{paper.name} is no PDF")


def rep_sees_that_it_was_accepted(day: Day) -> None:
    """Told without asking, and found again in the list of orders."""
    day.rep.wait_for("📧")
    say(day.rep, "/orders")
    press(day.rep, " 1 · ")
    day.rep.wait_for("📧", after=day.rep.last().id - 1)


def storekeeper_books_what_comes_in(day: Day) -> None:
    """What waits for these goods is reserved at once, and comes to be loaded like any other order."""
    told = day.storekeeper.last().id
    say(day.storekeeper, "/stock")
    say(day.storekeeper, "T-106")
    press(day.storekeeper, "📥")
    say(day.storekeeper, "20, ТТН 4711")
    day.storekeeper.wait_for(CLIENT, after=told)


def admin_looks_at_the_figures(day: Day) -> None:
    """Of today, by what was submitted; every figure opens what it is made of."""
    say(day.admin, "/menu")
    press(day.admin, "📊")
    day.admin.wait_for("₽")


def say(chat: Chat, text: str) -> None:
    """Type something and see the answer below it."""
    typed = chat.say(text)
    chat.wait_for("", after=typed)


def press(chat: Chat, *labels: str, on: ChatMessage | None = None) -> None:
    """Press buttons one after the other, each when the one before has been answered: by an edit, or by a message."""
    for label in labels:
        seen = looks_of(chat)
        pressed = chat.press(label, message_id=on.id if on else None).message_id
        deadline = time.monotonic() + PATIENCE
        while (now := looks_of(chat)).get(pressed) == seen.get(pressed) and max(now) == max(seen):
            if time.monotonic() > deadline:
                raise AssertionError(f"nothing came of pressing {label!r}")
            time.sleep(0.02)


def looks_of(chat: Chat) -> dict[int, tuple[str, list[str]]]:
    """What somebody sees in a chat, by message."""
    return {message.id: (message.words, message.labels) for message in chat.messages()}


def issue(day: Day, name: str) -> None:
    """Press the form's last button, and read the message that is there to be forwarded."""
    form = day.admin.wait_for(name)
    press(day.admin, form.labels[-1], on=form)
    told = day.admin.wait_for("t.me/", after=form.id).text
    password = re.search(r"\b[0-9A-Z]{5}(?:-[0-9A-Z]{4}){3}\b", told)
    link = re.search(r"t\.me/\w+\?start=(\S+)", told)
    if password is None or link is None:
        raise AssertionError(f"there is no password for {name}:\n{told}")
    day.passwords[name], day.links[name] = password[0], link[1]


DAY = (
    Step("Алёна gets in as the admin, with the password that `make admin` prints", admin_enters),
    Step(f"Алёна issues a password for {REP}, a sales rep", admin_gives_access_to_the_rep),
    Step(f"Алёна issues another for {STOREKEEPER}, storekeeper in {WAREHOUSE}", admin_gives_access_to_the_storekeeper),
    Step(f"{REP} types his password; the bot speaks Spanish, as his phone does", rep_enters_by_typing),
    Step(f"{STOREKEEPER} opens his link; his phone is English", storekeeper_enters_by_link),
    Step(f"{STOREKEEPER} would rather read Russian", storekeeper_switches_to_russian),
    Step(f"{REP} orders 11 horchatas with the steppers, and gives them a star", rep_takes_horchata_by_steppers),
    Step(f"{REP} opens his favourites and adds a box of them", rep_takes_a_box_from_the_favourites),
    Step(f"{REP} types the rest as a list: {TYPED}", rep_types_a_list),
    Step(f"{REP} finds {CLIENT} by typing “nandu”", rep_chooses_the_client),
    Step(f"{REP} sends a pin of where the goods go", rep_sends_a_pin),
    Step(f"{REP} chooses the first day", rep_chooses_the_day),
    Step(f"{REP} asks why the delivery costs what it costs", rep_asks_why),
    Step(f"{REP} submits the order", rep_submits),
    Step(f"{REP} wants fewer tubes of dye and a call before: he changes the order", rep_changes_the_order),
    Step(f"{STOREKEEPER} reads what is different, opens the order and takes it", storekeeper_takes_the_order),
    Step(f"{STOREKEEPER} finds 26.5 kg of the tea, not 30", storekeeper_finds_less_on_the_shelf),
    Step(f"{STOREKEEPER} names the vehicle and confirms the loading", storekeeper_confirms_the_loading),
    Step(f"The invoice arrives at {MAILBOX}", invoice_arrives),
    Step(f"{REP} sees that the mail server has accepted it", rep_sees_that_it_was_accepted),
    Step("Tea comes in, and what was missing can go", storekeeper_books_what_comes_in),
    Step("Алёна looks at the figures of the day", admin_looks_at_the_figures),
)
