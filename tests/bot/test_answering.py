"""Who answers what, what stands above a screen, which menu a chat shows, and what becomes of a file that was sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot import internal
from bot.buttons import Button
from bot.events import Internal, Kind
from bot.menus import Menus
from bot.screens.registry import Registry
from bot.screens.screen import Face, NoState, Screen, Step, Turn
from db.models.files import File
from db.models.messaging import dialogue
from services import announcements, dialogues, fetching, goal_files, people
from services.actor import NotAllowed, Role
from services.announcements import Audience
from services.jobs import Job
from services.people import NewAccount
from templates.environment import Texts
from tests.bot.hall import STRANGER, Hall
from tests.bot.talk import SOURCE, Talk, reading_inside, screens, texts, transaction_inside
from tests.builders import NOON, actor_of, make_person

SHA = "ab" * 32


def trial_screens() -> list[Screen]:
    """A desk that answers numbers only and shows files, and a search for reps that wants what nobody else does."""
    desk = Screen("home_desk", roles=frozenset({Role.REP, Role.ADMIN}))
    search = Screen("help_search", roles=frozenset({Role.REP}))

    @desk.shown
    def show_desk(_turn: Turn, _state: NoState) -> Face:
        return Face({}, [[Button("menu", "home")]])

    @desk.pressed("open_desk")
    def open_desk(turn: Turn) -> Step:
        return turn.go("home_desk")

    @desk.typed(Kind.TEXT)
    def number(turn: Turn) -> Step | None:
        return turn.stay("asked") if turn.text.isdigit() else None

    @desk.pressed("show_file")
    def show_file(turn: Turn) -> Step:
        file = {"sha256": SHA, "name": "a.pdf", "content_type": "application/pdf"}
        return turn.stay().showing("document", caption="asked" if turn.id() else "long", **file)

    @desk.pressed("show_map")
    def show_map(turn: Turn) -> Step:
        return turn.go("home").showing("map", latitude=55.5, longitude=37.5)

    @desk.pressed("show_film")
    def show_film(turn: Turn) -> Step:
        return turn.stay().showing("film")

    @search.shown
    def show_search(_turn: Turn, _state: NoState) -> Face:
        return Face({}, [[Button("menu", "home")]])

    @search.otherwise(Kind.TEXT)
    def find(turn: Turn) -> Step | None:
        return turn.go("help_search") if turn.text.startswith("milk") else None

    return [desk, search]


class TrialTexts(Texts):
    """The texts, with those of the trial's screens."""

    def block(self, template: str, block: str, locale: str, facts: Any) -> str:
        known = {"body": f"<b>{template}</b>", "asked": "A number", "long": "Ё" * 1025}
        if template in {"messages/home_desk.html", "messages/help_search.html"} and block in known:
            return known[block]
        nearest = template.replace("home_desk", "home").replace("help_search", "help")
        return super().block(nearest, block, locale, facts)


@pytest.fixture
def trial(connection: Connection) -> Talk:
    whole = Registry()
    own = {Kind.TEXT}
    for screen in screens().screens.values():
        kept = Screen(screen.name, roles=screen.roles, state=screen.state)
        kept.__dict__.update({**screen.__dict__, "others": {k: v for k, v in screen.others.items() if k not in own}})
        whole.add(kept)
    for screen in trial_screens():
        whole.add(screen)
    return Talk(transaction_inside(connection), reading_inside(connection), registry=whole, texts=TrialTexts.load())


def living(talk: Talk, chat: int) -> str:
    return str(talk.scalar(select(dialogue.c.screen).where(dialogue.c.chat_key == f"{SOURCE}:{chat}")))


def note(talk: Talk, chat: int, slot: int, message_id: int) -> None:
    """The relay has sent the screen of that slot."""
    with talk.transaction() as session:
        dialogues.note_message(session, f"{SOURCE}:{chat}", slot, str(message_id))
    talk.clear_outbox()


# who answers


def test_a_screen_may_say_that_a_text_is_not_for_it(trial: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    trial.press(rita, "open_desk")

    trial.say(rita, "12")
    assert (living(trial, rita), "A number" in trial.screen(rita)["html"]) == ("home_desk", True)
    trial.say(rita, "milk 3,2")
    assert living(trial, rita) == "help_search"


def test_what_nobody_wants_is_said_by_the_living_screen(trial: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    trial.press(rita, "open_desk")

    trial.say(rita, "what?")

    assert living(trial, rita) == "home_desk"
    assert "I cannot use a text here" in trial.screen(rita)["html"]


def test_the_words_of_a_button_go_before_the_search(trial: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    trial.press(rita, "open_desk")

    trial.say(rita, "menu")

    assert living(trial, rita) == "home"


def test_the_search_answers_on_any_screen_but_only_whom_it_is_for(trial: Talk, hall: Hall) -> None:
    rita, ann = hall.desk.rita.id, hall.desk.ann.id
    for chat in (rita, ann):
        trial.say(chat, "/help")
        trial.say(chat, "milk")

    assert (living(trial, rita), living(trial, ann)) == ("help_search", "help")
    trial.say(STRANGER, "/start")
    trial.say(STRANGER, "milk")
    assert living(trial, STRANGER) == "welcome"


def test_two_screens_of_one_role_cannot_both_want_the_rest() -> None:
    registry = Registry()
    for name, roles in (("one", {Role.REP}), ("two", {Role.ADMIN})):
        registry.add(_wanting(name, frozenset(roles)))

    for name, roles in (("three", {Role.REP, Role.STOREKEEPER}), ("four", set[Role]())):
        with pytest.raises(ValueError, match=f"declared twice: text, {name}"):
            registry.add(_wanting(name, frozenset(roles)))


def _wanting(name: str, roles: frozenset[Role]) -> Screen:
    screen = Screen(name, roles=roles)

    @screen.shown
    def show(_turn: Turn, _state: NoState) -> Face:
        raise AssertionError("nobody goes there")

    @screen.otherwise(Kind.TEXT)
    def find(turn: Turn) -> Step:
        return turn.stay()

    return screen


# above a screen


def test_a_file_is_sent_once_and_the_screen_stands_below_it(trial: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    trial.press(rita, "open_desk", message_id="7")
    note(trial, rita, 1, 7)

    trial.press(rita, "show_file", 1, message_id="7")
    kinds = trial.kinds(rita)
    file = trial.left(rita)[kinds.index("chat.document")][1]
    assert kinds == ["chat.strip", "chat.document", "chat.screen"]
    assert file == {
        "sha256": SHA, "name": "a.pdf", "content_type": "application/pdf", "html": "A number", "rows": [],
    }  # fmt: skip
    assert "message_id" not in trial.screen(rita)

    note(trial, rita, 2, 9)
    trial.press(rita, "open_desk", message_id="9")
    assert trial.kinds(rita) == ["chat.screen"], "a redraw does not send it again"


def test_a_file_that_was_asked_for_on_an_old_message_strips_that_too(trial: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    trial.press(rita, "open_desk", message_id="7")
    note(trial, rita, 1, 9)

    trial.press(rita, "show_file", 1, message_id="7")

    assert trial.left(rita)[:2] == [("chat.strip", {"slot": 1}), ("chat.strip", {"message_id": "7"})]


def test_a_caption_that_is_too_long_follows_its_file(trial: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    trial.press(rita, "open_desk")
    trial.clear_outbox()

    trial.press(rita, "show_file", 0)

    sent = {kind: payload["html"] for kind, payload in trial.left(rita) if kind != "chat.strip"}
    assert (sent["chat.document"], sent["chat.prompt"]) == ("", "Ё" * 1025)


def test_a_map_above_another_screen(trial: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    trial.press(rita, "open_desk")
    trial.clear_outbox()

    trial.press(rita, "show_map")

    [place] = [payload for kind, payload in trial.left(rita) if kind == "chat.map"]
    assert (place["latitude"], place["longitude"], living(trial, rita)) == (55.5, 37.5, "home")


def test_what_cannot_be_shown_above_is_a_mistake(trial: Talk, hall: Hall) -> None:
    trial.press(hall.desk.rita.id, "open_desk")
    with pytest.raises(Exception, match="again in"):
        trial.press(hall.desk.rita.id, "show_film")


@pytest.mark.parametrize(("words", "messages"), [("x", 1), ("Ё" * 900, 1), ("Ё" * 1100, 2)])
def test_a_notice_carries_a_file(talk: Talk, hall: Hall, words: str, messages: int) -> None:
    file = {"sha256": SHA, "name": "a.pdf", "content_type": "application/pdf"}
    with talk.transaction() as session:
        ann = Audience(person_id=hall.desk.ann.id)
        announcements.announce(session, ann, "gave_up", file=file, kind=words, reason="")
        talk.conversation._tell(session, NOON)

    told = [payload for kind, payload in talk.left(hall.desk.ann.id) if kind == "chat.notice"]
    assert len(told) == messages
    assert told[-1]["file"] == file
    assert words in told[0]["html"]
    assert [payload.get("file") for payload in told[:-1]] == [None] * (messages - 1)


# the menu of commands


def menus(talk: Talk, chat: int) -> list[list[str]]:
    """The menus that a chat was sent, as names of commands."""
    return [[each["command"] for each in row["commands"]] for kind, row in talk.left(chat) if kind == "chat.commands"]


def test_the_menu_comes_with_the_first_screen_and_once(talk: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    talk.say(rita, "/menu")
    [menu] = menus(talk, rita)
    assert menu[0] == "menu"
    assert {"cart", "orders"} < set(menu)
    assert "queue" not in menu
    assert menu[-2:] == ["help", "language"]

    talk.say(rita, "/menu")
    assert len(menus(talk, rita)) == 1


@pytest.mark.parametrize("who", ["rita", "bob", "ann"])
def test_the_help_names_every_command_of_the_menu(talk: Talk, hall: Hall, who: str) -> None:
    chat = getattr(hall.desk, who).id
    talk.say(chat, "/help")

    named = re.findall(r"^/(\w+) – \S", talk.screen(chat)["html"], re.MULTILINE)

    [menu] = menus(talk, chat)
    assert {*named, "help"} == {*menu, "cancel"}
    assert len(named) == len(set(named))


def test_another_language_is_another_menu_in_every_chat_of_the_person(talk: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    with talk.transaction() as session:
        other = NewAccount("tg", "99", f"{SOURCE}:99", "Rita", "en")
        people.link(session, session.get_one(type(hall.desk.rita), rita), other, now=NOON)
    talk.say(rita, "/language")
    talk.clear_outbox()

    talk.press(rita, "language", 0)

    for chat in (rita, 99):
        [payload] = [row for kind, row in talk.left(chat) if kind == "chat.commands"]
        assert payload["commands"][0] == {"command": "menu", "description": "меню"}


def test_whoever_is_shut_out_has_the_strangers_menu_at_once(talk: Talk, hall: Hall) -> None:
    rob = hall.rob.id
    talk.say(rob, "/menu")
    talk.clear_outbox()
    with talk.transaction() as session:
        people.revoke(session, rob, by=actor_of(hall.desk.ann), now=NOON)
        talk.conversation._tell(session, NOON)

    assert menus(talk, rob) == [["help", "language"]]
    talk.clear_outbox()
    talk.say(rob, "/menu")
    assert menus(talk, rob) == [["help", "language"]], "the press after it makes sure"
    talk.clear_outbox()
    talk.say(rob, "/menu")
    assert menus(talk, rob) == []


@pytest.mark.parametrize(("app", "chosen"), [("ru", 0), ("es-MX", 1), ("en", 2), ("de", 2), ("", 2)])
def test_a_stranger_sees_the_default_menu_until_another_language_is_chosen(talk: Talk, app: str, chosen: int) -> None:
    talk.say(STRANGER, "/start", language=app)
    talk.press(STRANGER, "language", chosen, language=app)
    assert menus(talk, STRANGER) == []

    talk.press(STRANGER, "language", (chosen + 1) % 3, language=app)
    talk.press(STRANGER, "language", chosen, language=app)
    assert menus(talk, STRANGER) == [["help", "language"]] * 2


@pytest.mark.parametrize("locale", ["ru", "es", "en"])
def test_every_menu_fits_what_messengers_take(locale: str) -> None:
    made = Menus(screens(), texts())
    for roles in ([], *([role] for role in Role), list(Role)):
        menu = made.commands(roles, locale)
        names = [each["command"] for each in menu]
        assert len(names) == len(set(names)) <= 30
        assert all(1 <= len(each["description"]) <= 60 for each in menu)


# files that people send


@pytest.fixture
def purpose(hall: Hall) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """A purpose of the tests, and what its taker was given; somebody called Rex is refused."""
    taken: list[tuple[str, dict[str, Any]]] = []

    def take(session: Any, file: File, facts: dict[str, Any], now: Any) -> None:
        taken.append((file.sha256, facts))
        announcements.announce(session, Audience(person_id=facts["person_id"]), "gave_up", kind="x", reason="taken")
        if facts["person_id"] == hall.rex.id:
            raise NotAllowed(by=None, action="trial", subject="trial:1")

    internal.FETCHED["trial"] = take
    yield taken
    del internal.FETCHED["trial"]


def ask(talk: Talk, person: Any) -> dict[str, Any]:
    """Somebody sends a file; the job's payload."""
    with talk.transaction() as session:
        by = actor_of(person)
        fetching.request(
            session, "trial", "AgAC", chat_key=f"{SOURCE}:{person.id}", by=by, now=NOON, name="milk.jpg", product_id=12
        )
    [(kind, payload)] = [row for row in talk.left() if row[0] == Job.FETCH_FILE]
    assert kind == "file.fetch"
    return payload


def found(payload: dict[str, Any], **facts: Any) -> dict[str, Any]:
    asked = {name: payload[name] for name in ("purpose", "person_id", "chat_key", "facts", "name")}
    return {**asked, **facts}


FETCHED = {"sha256": SHA, "content_type": "image/jpeg", "size": 12}


def test_a_fetched_file_is_written_down_and_handed_on_once(
    talk: Talk, hall: Hall, purpose: list[tuple[str, dict[str, Any]]]
) -> None:
    rita = hall.desk.rita
    event = Internal("file.fetched", 7, found(ask(talk, rita), **FETCHED))

    talk.conversation.hand_in(event)
    assert talk.conversation.hand_in(event).duplicate

    assert purpose == [(SHA, {"product_id": 12, "person_id": rita.id, "chat_key": f"{SOURCE}:{rita.id}"})]
    assert talk.read(select(File.name, File.size, File.created_by).where(File.sha256 == SHA)) == [
        ("milk.jpg", 12, rita.id)
    ]


def test_a_file_that_is_refused_is_told_to_its_sender_and_leaves_nothing(
    talk: Talk, hall: Hall, purpose: list[tuple[str, dict[str, Any]]]
) -> None:
    talk.conversation.hand_in(Internal("file.fetched", 7, found(ask(talk, hall.rex), **FETCHED)))

    assert talk.read(select(File).where(File.sha256 == SHA)) == []
    [told] = [row["html"] for kind, row in talk.left(hall.rex.id) if kind == "chat.notice"]
    assert "has changed meanwhile" in told
    assert len(purpose) == 1


@pytest.mark.parametrize("reason", fetching.REASONS)
@pytest.mark.parametrize(("language", "word"), [("en", "was not taken"), ("ru", "не принят"), ("es", "No se ha")])
def test_whoever_sent_a_file_is_told_why_it_was_not_taken(
    talk: Talk, hall: Hall, reason: str, language: str, word: str
) -> None:
    with talk.transaction() as session:
        person = make_person(session, "Nina", language=language)
    talk.say(person.id, "/menu")
    talk.clear_outbox()

    talk.conversation.hand_in(Internal("file.not_fetched", 7, found(ask(talk, person), reason=reason)))

    [told] = [row["html"] for kind, row in talk.left(person.id) if kind == "chat.notice"]
    assert word in told
    assert "milk.jpg" in told
    assert len(told.splitlines()) == 3


def test_a_chat_that_cannot_be_written_to_is_not(talk: Talk, hall: Hall) -> None:
    rita = hall.desk.rita
    payload = ask(talk, rita)
    with talk.transaction() as session:
        people.mark_blocked(session, f"{SOURCE}:{rita.id}", now=NOON)
        talk.conversation._tell(session, NOON)
    talk.clear_outbox()

    talk.conversation.hand_in(Internal("file.not_fetched", 7, found(payload, reason="gone")))

    assert talk.left() == []


def test_every_file_that_may_be_asked_for_has_a_taker() -> None:
    assert set(internal.FETCHED) == fetching.PICTURES | {fetching.TICKET, goal_files.PURPOSE}
