"""One event, one transaction: what is written when all goes well, on a refusal, on a bug and without a database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import String, Text, func, select, update
from sqlalchemy.engine import Connection

from bot.events import Internal, Kind, TryAgain
from db.models.base_model import Model
from db.models.clients import Client
from db.models.messaging import dead_letter, dialogue, inbox, lane, outbox
from db.models.people import AccessCode, Account, ContactRequest, LoginThrottle, Person
from db.models.record import AuditEntry
from db.session import Database
from services import access_admin, access_codes, dialogues
from services.access_codes import FreshCode
from services.actor import Role
from tests.bot.hall import STRANGER, Hall, furnish
from tests.bot.talk import (
    SOURCE,
    Talk,
    fingerprint,
    hasher,
    reading_inside,
    transaction_inside,
)
from tests.bot.trial import registry_with_trial
from tests.builders import NOON, later

EVERYTHING = list(Model.metadata.sorted_tables)


@pytest.fixture
def trial(connection: Connection) -> Talk:
    """A talk with the screen of the tests."""
    return Talk(transaction_inside(connection), reading_inside(connection), registry=registry_with_trial())


def rows(talk: Talk, table: object) -> int:
    return int(talk.scalar(select(func.count()).select_from(table)))  # type: ignore[arg-type]


def note(talk: Talk, chat: int, slot: int, message_id: int) -> None:
    """The relay has sent the screen of that slot."""
    with talk.transaction() as session:
        dialogues.note_message(session, f"{SOURCE}:{chat}", slot, str(message_id))
    talk.clear_outbox()


# the same event twice


def test_an_update_that_comes_again_does_nothing(talk: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    first = talk.press(rita, "product", hall.milk.id, update_id=77)
    before = fingerprint(talk.reading, EVERYTHING)

    again = talk.press(rita, "product", hall.milk.id, update_id=77)

    assert (first.duplicate, again.duplicate) == (False, True)
    assert (again.lanes, again.answer) == ([], None)
    assert fingerprint(talk.reading, EVERYTHING) == before


def test_a_tap_under_a_new_number_sets_the_same_quantity_once_more(talk: Talk, hall: Hall) -> None:
    draft, _ = hall.orders["draft"]
    for _ in range(2):
        talk.press(hall.desk.rita.id, "set_quantity", draft, hall.unit_ids[0], 13000)

    assert "13" in talk.screen(hall.desk.rita.id)["html"]


def test_the_same_update_from_many_threads_has_one_effect(database: Database) -> None:
    with database.transaction() as session:
        hall = furnish(session)
        ids = (hall.orders["draft"], hall.desk.rita.id)
    (draft, version), rita = ids
    talk = Talk(database.transaction, database.reading)

    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda _: talk.press(rita, "submit", draft, version=version, update_id=5), range(48)))

    assert [handled.duplicate for handled in told].count(False) == 1
    assert rows(talk, inbox) == 1
    assert talk.kinds(rita).count("chat.screen") == 1
    assert talk.kinds(hall.desk.bob.id) == ["chat.notice"]


# a refusal


def test_a_refusal_takes_the_business_back_and_commits_the_answer(trial: Talk, hall: Hall) -> None:
    rita, before = hall.desk.rita.id, fingerprint(trial.reading)

    handled = trial.press(rita, "trial_refused", update_id=5)

    assert fingerprint(trial.reading) == before
    assert trial.read(select(inbox.c.update_id, inbox.c.status, inbox.c.attempts)) == [(5, "done", 1)]
    assert trial.scalar(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(1)) == "refused.trial"
    assert handled.answer is not None
    assert handled.answer.text == "⛔ You have no right to do this."
    assert trial.screen(rita)["html"].startswith("⛔ You have no right to do this.\n\n")


def test_what_a_refused_step_announced_and_queued_never_leaves(trial: Talk, hall: Hall) -> None:
    trial.press(hall.desk.rita.id, "trial_refused")

    assert trial.left(hall.desk.ann.id) == []
    assert [kind for kind, _ in trial.left() if kind == "invoice.draw"] == []


def test_the_same_step_without_the_refusal_does_all_that(trial: Talk, hall: Hall) -> None:
    handled = trial.press(hall.desk.rita.id, "trial_fine")

    assert trial.kinds(hall.desk.ann.id) == ["chat.notice"]
    assert ("invoice.draw", {"invoice_id": 1}) in trial.left()
    assert trial.scalar(select(func.count()).where(Client.name == "Trial client")) == 1
    assert sorted(handled.lanes) == [
        f"chat:tg:1:{hall.desk.rita.id}",
        f"chat:tg:1:{hall.desk.ann.id}",
        "pdf:trial",
    ]


def test_a_wrong_password_is_counted_though_nobody_gets_in(talk: Talk, hall: Hall) -> None:
    before = rows(talk, Person)

    talk.say(STRANGER, "K7QF2-9XMT-4RBA-PZ6C")

    assert rows(talk, Person) == before
    assert dict(talk.read(select(LoginThrottle.key, LoginThrottle.failures))) == {
        f"chat:{SOURCE}:{STRANGER}": 1,
        "code:K7QF2": 1,
    }
    assert "This password is not right" in talk.screen(STRANGER)["html"]


# a bug


def test_a_bug_takes_everything_back_and_counts_the_try(trial: Talk, hall: Hall) -> None:
    before = fingerprint(trial.reading)
    tables = [table for table in EVERYTHING if table is not inbox]
    whole = fingerprint(trial.reading, tables)

    with pytest.raises(TryAgain) as again:
        trial.press(hall.desk.rita.id, "trial_broken", update_id=5)

    assert fingerprint(trial.reading) == before
    assert fingerprint(trial.reading, tables) == whole
    assert trial.read(select(inbox.c.status, inbox.c.attempts, inbox.c.error)) == [("failed", 1, "Broken: it broke")]
    assert again.value.seconds == 0.5


def test_the_third_time_the_event_is_put_aside_and_the_person_is_told(trial: Talk, hall: Hall) -> None:
    rita, before = hall.desk.rita.id, fingerprint(trial.reading)
    for _ in range(2):
        with pytest.raises(TryAgain):
            trial.press(rita, "trial_broken", update_id=5)
    assert trial.left() == []

    handled = trial.press(rita, "trial_broken", update_id=5)

    assert handled.lanes == [f"chat:tg:1:{rita}"]
    assert trial.read(select(inbox.c.status, inbox.c.attempts)) == [("dead", 3)]
    assert trial.read(select(dead_letter.c.update_id, dead_letter.c.raw, dead_letter.c.error)) == [
        (5, {"update_id": 5}, "Broken: it broke")
    ]
    [(kind, apology)] = trial.left(rita)
    assert kind == "chat.notice"
    assert apology["html"].startswith("⚠️ Something went wrong on our side. This was not done")
    assert fingerprint(trial.reading) == before

    fourth = trial.press(rita, "trial_broken", update_id=5)
    assert fourth.duplicate
    assert rows(trial, dead_letter) == 1


def test_an_event_that_failed_once_is_done_when_it_can_be(trial: Talk, talk: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    with pytest.raises(TryAgain):
        trial.press(rita, "trial_broken", update_id=5)

    handled = talk.press(rita, "home", update_id=5)

    assert not handled.duplicate
    assert talk.read(select(inbox.c.status, inbox.c.attempts)) == [("done", 1)]


# no database


@pytest.mark.parametrize("where", ["sqlite:///{folder}", "postgresql+psycopg://nobody@127.0.0.1:1/nothing"])
def test_without_a_database_nothing_is_counted(where: str, tmp_path: Path, talk: Talk, hall: Hall) -> None:
    away = Database(where.format(folder=tmp_path))  # a folder is no database file
    lost = Talk(away.transaction, away.reading)
    for _ in range(5):
        with pytest.raises(TryAgain) as again:
            lost.press(hall.desk.rita.id, "home", update_id=5)
        assert again.value.seconds == 1.0
    away.dispose()

    talk.press(hall.desk.rita.id, "home", update_id=5)

    assert talk.read(select(inbox.c.status, inbox.c.attempts)) == [("done", 1)]


def test_a_database_that_goes_away_between_the_bug_and_the_count_is_no_third_try(
    trial: Talk, tmp_path: Path, hall: Hall
) -> None:
    away = Database(f"sqlite:///{tmp_path}")
    transactions = iter([trial.transaction, away.transaction])
    broken = Talk(lambda: next(transactions)(), trial.reading, registry=registry_with_trial())  # noqa: PLW0108

    with pytest.raises(TryAgain):
        broken.press(hall.desk.rita.id, "trial_broken", update_id=5)

    assert rows(trial, inbox) == 0
    away.dispose()


# which message shows the screen


def test_a_press_on_the_living_screen_edits_it_in_place(talk: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    talk.say(rita, "/menu")
    assert talk.kinds(rita) == ["chat.screen", "chat.commands"]
    note(talk, rita, 1, 10)

    talk.press(rita, "orders", 0, message_id="10")

    [(kind, shown)] = talk.left(rita)
    assert (kind, shown["message_id"], shown["slot"]) == ("chat.screen", "10", 1)


def test_what_is_typed_gets_the_screen_below_and_the_old_one_loses_its_buttons(talk: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    talk.say(rita, "/menu")
    note(talk, rita, 1, 10)

    talk.say(rita, "/orders")

    assert talk.kinds(rita) == ["chat.strip", "chat.screen"]
    (_, strip), (_, shown) = talk.left(rita)
    assert strip == {"slot": 1}
    assert shown["slot"] == 2
    assert "message_id" not in shown


def test_a_press_on_an_old_message_strips_both_and_shows_the_screen_below(talk: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    talk.say(rita, "/menu")
    note(talk, rita, 1, 10)
    talk.say(rita, "/menu")
    note(talk, rita, 2, 20)

    talk.press(rita, "orders", 0, message_id="10")

    kinds = [(kind, payload.get("slot"), payload.get("message_id")) for kind, payload in talk.left(rita)]
    assert kinds == [("chat.strip", 2, None), ("chat.strip", None, "10"), ("chat.screen", 3, None)]


def test_a_press_that_overtakes_the_note_of_its_message_still_edits_in_place(talk: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    talk.say(rita, "/menu")
    note(talk, rita, 1, 10)
    talk.say(rita, "/menu")
    talk.clear_outbox()  # slot 2 was sent as message 20, but nobody has written that down yet

    talk.press(rita, "orders", 0, message_id="20")
    [(_, shown)] = talk.left(rita)
    assert (shown["message_id"], shown["slot"]) == ("20", 2)

    talk.clear_outbox()
    talk.press(rita, "orders", 0, message_id="10")
    assert talk.kinds(rita) == ["chat.strip", "chat.strip", "chat.screen"]


def test_each_chat_of_a_person_has_its_own_living_screen(talk: Talk, hall: Hall) -> None:
    talk.say(hall.desk.rita.id, "/menu")
    talk.say(hall.desk.bob.id, "/menu")

    standing = dict(talk.read(select(dialogue.c.chat_key, dialogue.c.slot)))
    assert standing == {f"tg:1:{hall.desk.rita.id}": 1, f"tg:1:{hall.desk.bob.id}": 1}


# the reply keyboard


def test_a_screen_that_needs_a_pin_asks_once_and_hushes_when_it_is_left(talk: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    talk.say(rita, "/menu")
    note(talk, rita, 1, 7)
    talk.press(rita, "place")
    assert talk.kinds(rita) == ["chat.screen", "chat.prompt"]
    assert talk.left(rita)[1][1]["ask"] == {"kind": "place", "label": "📍 Send my place"}
    note(talk, rita, 1, 7)

    talk.press(rita, "place")
    assert talk.kinds(rita) == ["chat.screen"]
    note(talk, rita, 1, 7)

    pin = talk.event(rita, Kind.PLACE, latitude=55.7601, longitude=37.6402, message_id="9")
    talk.conversation.handle(pin)
    assert talk.kinds(rita) == ["chat.strip", "chat.hush", "chat.screen"]
    note(talk, rita, 2, 11)

    talk.press(rita, "days", message_id="11")
    assert talk.kinds(rita) == ["chat.screen"]


# passwords


def codes(talk: Talk, **over: object) -> FreshCode:
    fresh = access_codes.prepare(hasher())
    with talk.transaction() as session:
        access_admin.issue(
            session, fresh, by=None, name="Nina", role=Role.REP, warehouse_ids=(), valid_for=later() - later(days=-1),
            now=NOON,
        )  # fmt: skip
    return fresh


def texts_of_all_tables(talk: Talk) -> str:
    """Every text and document of every table, joined."""
    found = []
    for table in EVERYTHING:
        for row in talk.read(select(table)):
            found += [str(value) for value in row if isinstance(value, str | dict | list)]
    assert any(isinstance(column.type, String | Text) for table in EVERYTHING for column in table.columns)
    return "\n".join(found)


def secrets_of(fresh: FreshCode) -> list[str]:
    """What must be nowhere: both secrets as a whole, and the password as somebody may have typed it."""
    typed = fresh.password.partition("-")[2]
    return [fresh.password, typed, typed.replace("-", ""), fresh.link.partition("_")[2]]


@pytest.mark.parametrize("written", ["{0.password}", "/start {0.link}", "/start {0.password}", " {0.password} "])
def test_a_password_lets_in_and_is_in_no_table(written: str, talk: Talk, hall: Hall) -> None:
    fresh = codes(talk)

    talk.say(STRANGER, written.format(fresh), message_id="3")

    assert talk.scalar(select(Account.person_id).where(Account.external_id == str(STRANGER))) is not None
    assert talk.left(STRANGER)[0] == ("chat.delete", {"message_id": "3"})
    assert "Welcome, Nina!" in talk.screen(STRANGER)["html"]
    kept = texts_of_all_tables(talk)
    assert [secret for secret in secrets_of(fresh) if secret in kept] == []


def test_a_password_that_breaks_us_is_not_in_the_dead_letter_either(talk: Talk) -> None:
    fresh = codes(talk)
    with talk.transaction() as session:
        session.execute(update(AccessCode).where(AccessCode.public == fresh.public).values(password_hash="no hash"))
    for _ in range(2):
        with pytest.raises(TryAgain):
            talk.say(STRANGER, fresh.password, update_id=5)

    talk.say(STRANGER, fresh.password, update_id=5)

    assert rows(talk, dead_letter) == 1
    kept = texts_of_all_tables(talk)
    assert [secret for secret in secrets_of(fresh) if secret in kept] == []


def test_the_password_of_an_event_is_in_no_repr(talk: Talk) -> None:
    event = talk.event(STRANGER, Kind.TEXT, text="K7QF2-9XMT-4RBA-PZ6C")

    assert "9XMT" not in repr(event)


def test_an_issued_password_goes_to_the_admin_alone_and_is_kept_as_a_hash(talk: Talk, hall: Hall) -> None:
    ann = hall.desk.ann.id
    talk.press(ann, "give_access")
    talk.say(ann, "Nina Petrova")
    [issue] = [row[0]["data"] for row in talk.screen(ann)["rows"] if row[0]["data"].startswith("access_issue.")]

    talk.press_data(ann, issue)

    [letter] = [payload["html"] for kind, payload in talk.left(ann) if kind == "chat.notice"]
    assert "Nina Petrova" in letter
    public, hashed = talk.read(select(AccessCode.public, AccessCode.password_hash))[0]
    assert public in letter
    assert hashed.startswith("$argon2id$")
    secret = letter.partition(f"{public}-")[2][:14]
    assert access_codes.parse_code(f"{public}-{secret}") is not None
    carriers = talk.read(select(outbox.c.lane, outbox.c.secret).where(outbox.c.kind == "chat.notice"))
    assert carriers == [(f"chat:tg:1:{ann}", True)]
    shown = [payload.get("html", "") for kind, payload in talk.left() if kind != "chat.notice"]
    assert [html for html in shown if secret in html] == []


# others


def test_an_internal_event_is_taken_once(talk: Talk, hall: Hall) -> None:
    event = Internal("gave_up", 9, {"kind": "invoice.draw", "reason": "no fonts"})

    first, again = talk.conversation.hand_in(event), talk.conversation.hand_in(event)

    assert (first.duplicate, again.duplicate) == (False, True)
    assert first.lanes == [f"chat:tg:1:{hall.desk.ann.id}"]
    assert talk.kinds(hall.desk.ann.id) == ["chat.notice"]


def test_the_same_number_of_another_kind_is_another_event(talk: Talk, hall: Hall) -> None:
    chat_key = f"tg:1:{hall.desk.bob.id}"
    talk.conversation.hand_in(Internal("gave_up", 9, {"kind": "x", "reason": "y"}))

    handled = talk.conversation.hand_in(Internal("chat.blocked", 9, {"chat_key": chat_key}))

    assert not handled.duplicate
    assert talk.scalar(select(Account.blocked_at).where(Account.chat_key == chat_key)) == NOON


def test_who_blocks_us_is_not_written_to_until_coming_back(talk: Talk, hall: Hall) -> None:
    bob = hall.desk.bob.id
    talk.conversation.handle(talk.event(bob, Kind.BLOCKED))
    assert talk.kinds(hall.desk.ann.id) == ["chat.notice"], "the admins know whom they cannot reach"
    talk.clear_outbox()
    order, version = hall.orders["draft"]
    talk.press(hall.desk.rita.id, "submit", order, version=version)
    assert talk.left(bob) == []
    assert talk.kinds(hall.desk.ann.id) == ["chat.notice"], "the admins are told in their place"

    talk.conversation.handle(talk.event(bob, Kind.UNBLOCKED))
    assert talk.scalar(select(Account.blocked_at).where(Account.chat_key == f"tg:1:{bob}")) is None


def test_a_stranger_who_floods_is_no_longer_heard_and_staff_always_are(talk: Talk, hall: Hall) -> None:
    for _ in range(25):
        talk.say(STRANGER, "hello")
        talk.say(hall.desk.rita.id, "/menu")

    assert talk.kinds(STRANGER).count("chat.screen") == 20
    assert talk.kinds(hall.desk.rita.id).count("chat.screen") == 25
    assert rows(talk, inbox) == 50


def test_a_stranger_can_ask_to_be_contacted_once(talk: Talk, hall: Hall) -> None:
    talk.press(STRANGER, "get_in_touch", name="Nina")
    again = talk.press(STRANGER, "get_in_touch", name="Nina")

    assert rows(talk, ContactRequest) == 1
    assert talk.kinds(hall.desk.ann.id) == ["chat.notice"]
    assert again.answer is not None
    assert again.answer.text == "✅ The admins know already. They will get in touch."


def test_a_typed_label_works_like_its_button(talk: Talk, hall: Hall) -> None:
    talk.say(hall.desk.rita.id, "/menu")

    talk.say(hall.desk.rita.id, "my ORDERS")

    assert talk.scalar(select(dialogue.c.screen).where(dialogue.c.chat_key == f"tg:1:{hall.desk.rita.id}")) == "orders"


def test_every_lane_with_something_in_it_is_kicked(talk: Talk, hall: Hall) -> None:
    order, version = hall.orders["draft"]

    handled = talk.press(hall.desk.rita.id, "submit", order, version=version)

    due = select(lane.c.key).where(lane.c.due_at.is_not(None)).order_by(lane.c.key)
    filled = sorted({row.lane for row in talk.read(select(outbox.c.lane).where(outbox.c.created_at == NOON))})
    assert set(handled.lanes) <= set(filled)
    assert set(handled.lanes) <= {row.key for row in talk.read(due)}
    assert handled.lanes == sorted([f"chat:tg:1:{hall.desk.bob.id}", f"chat:tg:1:{hall.desk.rita.id}"])
