"""Wrong, expired, used and throttled passwords: refused, written down, and gone from the chat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from db.models.people import AccessCode, LoginThrottle
from sandbox.client_chat import Chat
from services.access_codes import ALPHABET, FreshCode
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on

pytestmark = on("polling")


def garbled(secret: str) -> str:
    """The same with another last character."""
    return secret[:-1] + next(character for character in ALPHABET if character != secret[-1])


def failures(house: House, key: str) -> int:
    """How often somebody failed, by what is counted."""
    return house.scalar(select(LoginThrottle.failures).where(LoginThrottle.key == key)) or 0


def counted(house: House, chat: Chat, fresh: FreshCode) -> tuple[int, int]:
    """The failures of the chat and of the code."""
    return failures(house, f"chat:{house.chat_key(chat)}"), failures(house, f"code:{fresh.public}")


def wait_out(house: House, *keys: str) -> None:
    """Wait until tries are free again."""
    query = select(LoginThrottle.blocked_until).where(LoginThrottle.key.in_(keys))

    def free() -> bool:
        with house.database.reading() as session:
            return all(until <= datetime.now(UTC) for until in session.scalars(query))

    house.wait_until(free)


def is_gone(chat: Chat, message_id: int) -> bool:
    """Whether a message of the person's was deleted by the bot."""
    [message] = [each for each in chat.history() if each.id == message_id]
    return message.deleted and message.deleted_by == "bot"


@pytest.fixture
def fresh(house: House) -> FreshCode:
    """A password that is good."""
    return house.issue("Rita", Role.REP)


@pytest.fixture
def nobody(house: House) -> Chat:
    """A stranger who has seen the way in."""
    chat = house.stranger("Nobody", "en")
    house.say(chat, "/start")
    return chat


def test_a_wrong_password_is_refused_and_the_right_one_still_works(
    house: House, nobody: Chat, fresh: FreshCode
) -> None:
    with house.refuses(nobody, "This password is not right. Wait 1 second before the next try."):
        typed = nobody.say(garbled(fresh.password))

    assert is_gone(nobody, typed)
    assert counted(house, nobody, fresh) == (1, 1)
    assert house.audits(nobody) == ["access.wrong_password"]
    wait_out(house, f"chat:{house.chat_key(nobody)}", f"code:{fresh.public}")
    house.say(nobody, fresh.password)
    assert "Welcome, Rita!" in nobody.last().text
    assert failures(house, f"chat:{house.chat_key(nobody)}") == 0


def test_a_password_that_never_was_is_refused_in_the_same_words(house: House, nobody: Chat, fresh: FreshCode) -> None:
    with house.refuses(nobody, "This password is not right. Wait 1 second before the next try."):
        typed = nobody.say(garbled(fresh.public) + fresh.password[5:])

    assert is_gone(nobody, typed)
    assert house.audits(nobody) == ["access.wrong_password"]


def test_a_truncated_link_is_refused(house: House, nobody: Chat, fresh: FreshCode) -> None:
    with house.refuses(nobody, "This password is not right."):
        opened = nobody.open_link(fresh.link[:-4])

    assert is_gone(nobody, opened)
    assert counted(house, nobody, fresh) == (1, 1)
    assert house.audits(nobody) == ["access.wrong_password"]


def test_a_link_that_lost_its_secret_asks_for_it(house: House, nobody: Chat, fresh: FreshCode) -> None:
    with house.refuses(nobody, "This link is not complete. Please open it again, or type the password."):
        nobody.open_link(fresh.public)

    assert counted(house, nobody, fresh) == (0, 0)


def test_an_expired_password_is_refused(house: House, nobody: Chat, fresh: FreshCode) -> None:
    with house.database.transaction() as session:
        gone_by = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(AccessCode).where(AccessCode.public == fresh.public).values(expires_at=gone_by))

    with house.refuses(nobody, "This password has expired. Ask your admin for a new one."):
        typed = nobody.say(fresh.password)

    assert is_gone(nobody, typed)
    assert counted(house, nobody, fresh) == (1, 1)
    assert house.audits(nobody) == ["access.password_expired"]


def test_a_used_password_is_refused_to_somebody_else(house: House, nobody: Chat, fresh: FreshCode) -> None:
    holder = house.stranger("Rita", "en")
    house.say(holder, fresh.password)

    with house.refuses(nobody, "This password was used before. Ask your admin for a new one."):
        opened = nobody.open_link(fresh.link)

    assert is_gone(nobody, opened)
    assert counted(house, nobody, fresh) == (1, 1)
    assert house.audits(nobody) == ["access.password_used"]
    wait_out(house, f"code:{fresh.public}")
    house.say(holder, f"/start {fresh.link}")
    assert "Welcome, Rita!" in holder.last().text, "whose link it is may open it again"


def test_who_tries_again_at_once_waits_even_with_the_right_password(
    house: House, nobody: Chat, fresh: FreshCode
) -> None:
    house.say(nobody, garbled(fresh.password))
    hold_off(house, f"chat:{house.chat_key(nobody)}", 1, timedelta(seconds=60))

    with house.refuses(nobody, "Too many tries. Wait "):
        typed = nobody.say(fresh.password)

    assert is_gone(nobody, typed)
    assert counted(house, nobody, fresh) == (1, 1), "what was not looked at does not count"
    with_a_code_of_his_own = house.staff("Other", Role.REP)
    assert "Welcome, Other!" in with_a_code_of_his_own.last().text


def test_the_fifth_failure_waits_for_a_quarter_of_an_hour(house: House, nobody: Chat, fresh: FreshCode) -> None:
    house.say(nobody, garbled(fresh.password))
    hold_off(house, f"chat:{house.chat_key(nobody)}", 4, timedelta(seconds=-1))
    hold_off(house, f"code:{fresh.public}", 4, timedelta(seconds=-1))

    with house.refuses(nobody, "This password is not right. Wait 15 minutes before the next try."):
        nobody.say(garbled(fresh.password))
    assert counted(house, nobody, fresh) == (5, 5)

    with house.refuses(nobody, "Too many tries. Wait 15 minutes."):
        typed = nobody.say(fresh.password)

    assert is_gone(nobody, typed)
    other_code_same_chat = house.issue("Rita", Role.REP)
    with house.refuses(nobody, "Too many tries. Wait 15 minutes."):
        nobody.say(other_code_same_chat.password)
    same_code_other_chat = house.stranger("Friend", "en")
    house.say(same_code_other_chat, "/start")
    with house.refuses(same_code_other_chat, "Too many tries. Wait 15 minutes."):
        same_code_other_chat.say(fresh.password)


def test_asking_to_be_contacted_twice_is_one_request(house: House, nobody: Chat) -> None:
    admin = house.staff("Ada", Role.ADMIN)
    house.press(nobody, "Ask to be contacted")
    asked = len(admin.messages())

    with house.refuses(nobody, "The admins know already. They will get in touch."):
        nobody.press("Ask to be contacted")

    assert len(admin.messages()) == asked


def hold_off(house: House, key: str, failures: int, wait: timedelta) -> None:
    """Let a counter stand at so many failures, with so much left to wait."""
    with house.database.transaction() as session:
        session.execute(
            update(LoginThrottle)
            .where(LoginThrottle.key == key)
            .values(failures=failures, blocked_until=datetime.now(UTC) + wait)
        )
