"""The day that `make demo` plays: who does what, step by step, as a script to read.

Buttons are named by their emoji, which is the same in every language, or by the name or figure that they carry.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import NamedTuple

from sandbox.acting import SLICE, Player, patiently
from sandbox.client import Box
from sandbox.client_chat import Bot
from sandbox.demo_ticket import photograph
from sandbox.demo_words import (
    ADMIN,
    CLIENT,
    GOAL,
    MAILBOX,
    PETROVKA,
    REP,
    SCARCE,
    SHOP,
    STOREKEEPER,
    STRANGER,
    TAGGED,
    TITLES,
    TYPED,
    WAREHOUSE,
)
from sandbox.records import ChatMessage, Mail
from sandbox.story import Step, Story

LONG = 20.0
"""Seconds to wait for what is done in the background."""


class Somebody(NamedTuple):
    """One of the people: what they are in the story, and their Telegram."""

    role: str
    name: str
    language: str


PEOPLE = (
    Somebody("admin", ADMIN, "ru"),
    Somebody("rep", REP, "es"),
    Somebody("storekeeper", STOREKEEPER, "en"),
    Somebody("stranger", STRANGER, "en"),
)

Around = Callable[[int, str], AbstractContextManager[None]]
"""What happens around a step, of which the number and the title are given."""


def silently(_number: int, _title: str) -> AbstractContextManager[None]:
    """Let a step be played without a word."""
    return nullcontext()


class Day:
    """The story, its people, and what they have been told so far. It is `begin` that lets them meet the bot."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.around: Around = silently
        self.players: dict[str, Player] = {}
        self.admin_password = ""
        self.passwords: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.mails: list[Mail] = []
        steps = zip(DAY, TITLES, strict=True)
        self.story = Story(
            [
                Step(words, partial(self._play, number, words["en"], play))
                for number, (play, words) in enumerate(steps, 1)
            ]
        )

    def begin(self, bot: Bot) -> None:
        """Let everybody be there, none of whom has started the bot."""
        self.passwords, self.links, self.mails = {}, {}, []
        for role, name, language in PEOPLE:
            person = self.box.new_person(name, language_code=language, about=role)
            self.players[role] = Player(person.chat_with(bot), self.story)

    @property
    def admin(self) -> Player:
        """Who gives access."""
        return self.players["admin"]

    @property
    def rep(self) -> Player:
        """Who sells."""
        return self.players["rep"]

    @property
    def storekeeper(self) -> Player:
        """Who loads."""
        return self.players["storekeeper"]

    def settle(self) -> None:
        """Wait until the bot has done all that was asked of it; raises AssertionError with what still goes on."""
        patiently(self.story, lambda: self.box.wait_until_quiet(timeout=SLICE), LONG)

    def _play(self, number: int, title: str, play: Callable[[Day], None]) -> None:
        self.settle()  # before the step, not after it: who stops here has broken off nothing
        with self.around(number, title):
            play(self)


def admin_enters(day: Day) -> None:
    """Somebody without access sees the director's phone; the password from the server lets the admin in."""
    day.admin.say("/start")
    day.admin.wait_for("+7 495")
    day.admin.say(day.admin_password)
    day.admin.wait_for("🎉")
    day.box.offer_note(day.admin.chat.person, "")  # it is used up


def admin_gives_access_to_the_rep(day: Day) -> None:
    """The form needs no more than a name."""
    day.admin.press("🔑")
    day.admin.say(REP)
    issue(day, REP)


def admin_gives_access_to_the_storekeeper(day: Day) -> None:
    """Another role, and one warehouse only."""
    day.admin.press("🔑")
    day.admin.say(STOREKEEPER)
    form = day.admin.wait_for(STOREKEEPER)
    _rep, storekeeper, _admin = form.buttons[0]
    day.admin.press(storekeeper.label, WAREHOUSE)
    issue(day, STOREKEEPER)


def rep_enters_by_typing(day: Day) -> None:
    """In small letters, as a phone's keyboard offers them."""
    day.rep.say("/start")
    day.rep.wait_for("+7 495")
    day.rep.say(day.passwords[REP].lower())
    day.rep.wait_for("🎉")


def storekeeper_enters_by_link(day: Day) -> None:
    """One tap on what was forwarded."""
    day.storekeeper.open_link(day.links[STOREKEEPER])
    day.storekeeper.wait_for("🎉")


def storekeeper_switches_to_russian(day: Day) -> None:
    """From here on his chat is Russian, whatever his phone speaks."""
    day.storekeeper.say("/language")
    day.storekeeper.press("Русский")


def rep_takes_horchata_by_steppers(day: Day) -> None:
    """From the menu down the tree; each press edits the same message. The star keeps it at hand."""
    day.rep.press("🛒", "Напитки", "Bebidas de España", "Horchata", "+10", "+1")
    day.rep.wait_for("11 ud.")
    day.rep.press("⭐")


def rep_takes_a_box_from_the_favourites(day: Day) -> None:
    """The same product in another unit is a line of its own."""
    day.rep.say("/menu")
    day.rep.press("🛒", "⭐", "Horchata", "cj.", "+1")
    day.rep.wait_for("1 cj.")


def rep_types_a_list(day: Day) -> None:
    """Three lines in three units: tubes, a box below the price of twelve bottles, and kilograms."""
    day.rep.say(TYPED)
    day.rep.wait_for("30 kg")


def rep_chooses_the_client(day: Day) -> None:
    """Typed without accents and tilde."""
    day.rep.press("🧾", "🏪")
    day.rep.say("nandu")
    day.rep.press(CLIENT)


def rep_sends_a_pin(day: Day) -> None:
    """Not to the client's usual place, but where the rep stands."""
    day.rep.wait_for("📎")
    day.rep.send_location(*PETROVKA)


def rep_chooses_the_day(day: Day) -> None:
    """The first that is delivered on."""
    days = day.rep.wait_for("📆")
    day.rep.press(days.buttons[0][0].label)


def rep_asks_why(day: Day) -> None:
    """Khimki would be nearer, but has no such dye and not so much tea."""
    day.rep.press("🚚")
    day.rep.wait_for(WAREHOUSE)


def rep_submits(day: Day) -> None:
    """The main action is the last button."""
    day.rep.press("✅")
    day.rep.wait_for("🎉")


def rep_changes_the_order(day: Day) -> None:
    """Until somebody loads it; the warehouse reads what is different."""
    day.rep.press("✏️", "Ñandú")
    day.rep.say("18")
    day.rep.press("🧾", "▶️")
    day.rep.say("Llamar media hora antes")
    day.rep.press("✅")
    day.storekeeper.wait_for("24 → 18")


def storekeeper_takes_the_order(day: Day) -> None:
    """From the notice to the card; from now on nobody else loads it, and nothing of it changes."""
    day.storekeeper.press("📦", on=day.storekeeper.wait_for("24 → 18"))
    day.storekeeper.press("✋")


def storekeeper_finds_less_on_the_shelf(day: Day) -> None:
    """One press for a line that is loaded, a second one to say otherwise, and why."""
    day.storekeeper.press(SCARCE, SCARCE)
    day.storekeeper.say("26,5")
    day.storekeeper.press(day.storekeeper.last().labels[0], "📋", "✅")


def storekeeper_confirms_the_loading(day: Day) -> None:
    """The invoice bills what was loaded, and has a number at once; it is drawn and mailed afterwards."""
    day.storekeeper.say("А123ВС50, Петров")
    day.storekeeper.press("✅")
    day.storekeeper.wait_for("СВ-")
    day.rep.wait_for("26,5")


def invoice_arrives(day: Day) -> None:
    """One letter with one PDF in the client's mailbox."""
    day.mails = patiently(day.story, lambda: day.box.wait_for_mail(MAILBOX, timeout=SLICE), LONG)
    [paper] = [attached for mail in day.mails for attached in mail.attachments]
    if not paper.content.startswith(b"%PDF-"):
        raise AssertionError(f"{paper.name} is no PDF")


def rep_sees_that_it_was_accepted(day: Day) -> None:
    """Told without asking, and found again in the list of orders."""
    day.rep.wait_for("📧")
    day.rep.say("/orders")
    day.rep.press(" 1 · ")
    day.rep.wait_for("📧", after=day.rep.last().id - 1)


def admin_sets_a_goal(day: Day) -> None:
    """For one rep, by sales of anything, every month from this one on."""
    day.admin.say("/menu")
    day.admin.press("🎯", "➕", "👤", REP)
    sales, *_others = day.admin.last().labels
    day.admin.press(sales, "📦")
    _week, month, _quarter = day.admin.last().buttons[0]
    day.admin.press(month.label)
    day.admin.press(day.admin.last().labels[0])
    day.admin.say(GOAL)
    day.admin.wait_for("✅")


def rep_photographs_a_ticket(day: Day) -> None:
    """With what he knows himself below it; what is read is compared with that."""
    day.rep.send_photo(photograph(), TAGGED)
    patiently(day.story, lambda: at_rest(day.rep), LONG)


def rep_records_the_sale(day: Day) -> None:
    """One press; the answer says what it earns, and what it does to the goal."""
    day.rep.press("💾")
    day.rep.wait_for("🎯")


def rep_looks_at_his_goals(day: Day) -> None:
    """In words at once, and as a picture as soon as it is drawn."""
    day.rep.say("/metas")
    patiently(day.story, lambda: picture_in(day.rep), LONG)


def at_rest(player: Player) -> None:
    """The card of a ticket, once nothing more is awaited of its photo."""
    if "⌛" in player.wait_for(SHOP).text:
        raise AssertionError("the photo is still being read")


def picture_in(player: Player) -> ChatMessage:
    """The newest message, once it is a picture."""
    newest = player.last()
    if newest.kind != "photo":
        raise AssertionError("the picture has not come")
    return newest


def storekeeper_books_what_comes_in(day: Day) -> None:
    """What waits for these goods is reserved at once, and comes to be loaded like any other order."""
    told = day.storekeeper.last().id
    day.storekeeper.say("/stock")
    day.storekeeper.say("T-106")
    day.storekeeper.press("📥")
    day.storekeeper.say("20, ТТН 4711")
    day.storekeeper.wait_for(CLIENT, after=told)


def admin_looks_at_the_figures(day: Day) -> None:
    """Of today, by what was submitted; every figure opens what it is made of."""
    day.admin.say("/menu")
    day.admin.press("📊")
    day.admin.wait_for("₽")


def issue(day: Day, name: str) -> None:
    """Press the form's last button, and read the message that is there to be forwarded."""
    form = day.admin.wait_for(name)
    day.admin.press(form.labels[-1], on=form)
    told = day.admin.wait_for("t.me/", after=form.id).text
    password = re.search(r"\b[0-9A-Z]{5}(?:-[0-9A-Z]{4}){3}\b", told)
    link = re.search(r"t\.me/\w+\?start=(\S+)", told)
    if password is None or link is None:
        raise AssertionError(f"there is no password for {name}:\n{told}")
    day.passwords[name], day.links[name] = password[0], link[1]


DAY: tuple[Callable[[Day], None], ...] = (
    admin_enters,
    admin_gives_access_to_the_rep,
    admin_gives_access_to_the_storekeeper,
    rep_enters_by_typing,
    storekeeper_enters_by_link,
    storekeeper_switches_to_russian,
    rep_takes_horchata_by_steppers,
    rep_takes_a_box_from_the_favourites,
    rep_types_a_list,
    rep_chooses_the_client,
    rep_sends_a_pin,
    rep_chooses_the_day,
    rep_asks_why,
    rep_submits,
    rep_changes_the_order,
    storekeeper_takes_the_order,
    storekeeper_finds_less_on_the_shelf,
    storekeeper_confirms_the_loading,
    invoice_arrives,
    rep_sees_that_it_was_accepted,
    admin_sets_a_goal,
    rep_photographs_a_ticket,
    rep_records_the_sale,
    rep_looks_at_his_goals,
    storekeeper_books_what_comes_in,
    admin_looks_at_the_figures,
)
"""The steps in order; their titles are in `demo_words.TITLES`."""
SIGNED_IN = DAY.index(storekeeper_enters_by_link) + 1
"""How many steps there are until all three have access."""
