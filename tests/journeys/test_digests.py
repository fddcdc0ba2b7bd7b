"""Digests are switched on in the chat, come once with a picture of the goals, and stop when they are switched off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select, update

from db.models.goals import Digest, Goal
from db.models.messaging import outbox
from db.models.people import Person
from sandbox.client_chat import Chat
from services import company, digests, periods
from services.actor import Role
from services.digests import Kind
from services.jobs import Job
from services.periods import Whole
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.services.sold import sell

WORDS = {
    "en": ("Digests", "Every day", "Switched on. The first one comes on", "Digest of", "My sales", "1 sale: ₽1,500.00"),
    "ru": ("Сводки", "Каждый день", "Включено. Первая придёт", "Сводка за", "Мои продажи", "1 продажа: 1 500,00 ₽"),
    "es": ("Resúmenes", "Cada día", "Activado. El primero llegará", "Resumen del", "Mis ventas", "1 venta: 1.500"),
}
"""By language: the button of the menu, the switch, what is said then, and three pieces of a digest."""


def sold_the_day_before(house: House, rep: Chat) -> None:
    """The rep sold for 1,500 on the day that the newest digest tells of, of a goal of 10,000 in that month."""
    person_id = house.actor(rep).person_id
    with house.database.transaction() as session:
        profile = company.get(session)
        day = digests.newest(Kind.DAILY, profile, datetime.now(UTC)).day
        begin, _ = digests.period_of(Kind.DAILY, day).moments(profile.time_zone)
        sell(session, session.get_one(Person, person_id), 150_000, when=begin + timedelta(hours=12))
        month = periods.whole(Whole.MONTH, day)
        session.add(
            Goal(
                person_id=person_id, metric="sum", span="month", first=month.first, target=1_000_000, currency="RUB",
                created_at=datetime.now(UTC),
            )
        )  # fmt: skip


def let_days_pass(house: House, rep: Chat) -> None:
    """As if it had been switched on three days ago, and nothing been sent since."""
    mine = Digest.person_id == house.actor(rep).person_id
    with house.database.transaction() as session:
        session.execute(update(Digest).where(mine).values(since=datetime.now(UTC) - timedelta(days=3), last_for=None))


def told(house: House, rep: Chat) -> int:
    """How many digests of this rep have left."""
    mine = outbox.c.lane == f"digest:{house.actor(rep).person_id}"
    done = select(func.count()).where(mine, outbox.c.kind == Job.TELL_DIGEST, outbox.c.status == "sent")
    return int(house.scalar(done))


def heads(chat: Chat, head: str) -> list[str]:
    return [message.text for message in chat.messages() if message.from_bot and head in message.text.split("\n")[0]]


@on("polling")
@pytest.mark.parametrize("language", WORDS)
def test_a_rep_wants_a_digest_and_gets_it_once_over_a_power_cut(house: House, language: str) -> None:
    menu, every_day, switched_on, head, own, line = WORDS[language]
    rep = house.staff("Рита Соколова-Ñ", Role.REP, language)
    sold_the_day_before(house, rep)

    house.say(rep, "/menu")
    house.press(rep, menu)
    assert f"⬜ {every_day}" in rep.last().text
    house.press(rep, every_day)
    assert switched_on in rep.last().text
    assert f"✅ {every_day}" in rep.last().text
    assert told(house, rep) == 0, "the hour has passed today, or has not come yet"

    house.kill()
    let_days_pass(house, rep)
    house.start()
    house.wait_until(lambda: told(house, rep) == 1)
    house.settle()

    [text] = heads(rep, head)
    assert own in text
    assert line in text.replace("\xa0", " ")
    assert "▓░░░░░░░░░ 15" in text
    photo = rep.messages()[-1]
    assert photo.kind == "photo", "the goals, below the text"
    assert Image.open(BytesIO(rep.download(photo.file_id or ""))).width == 1080

    house.kill()
    house.start()
    house.settle()
    assert len(heads(rep, head)) == 1

    digest = next(message for message in rep.messages() if head in message.text)
    rep.press(menu, message_id=digest.id)
    house.settle()
    house.press(rep, every_day)
    let_days_pass(house, rep)
    house.settle()
    assert house.scalar(select(func.count()).where(Digest.person_id == house.actor(rep).person_id)) == 0
    assert told(house, rep) == 1


@on("webhook")
def test_everybody_can_look_at_one_now_and_an_admin_sets_the_hour(house: House) -> None:
    ann, bob = house.staff("Ann", Role.ADMIN), house.staff("Bob", Role.STOREKEEPER)
    for chat, part in ((ann, "Company"), (bob, "Warehouse")):
        house.say(chat, "/digest")
        data = next(b.data for row in chat.last().buttons for b in row if "Yesterday" in b.label)
        for _ in range(2):
            chat.press_data(str(data))
            house.settle()
        [text] = heads(chat, "Digest of")
        assert part in text
        house.press(chat, "Last week")
        [text] = heads(chat, "Digest of the week")
        assert part in text

    house.say(ann, "/digest")
    house.press(ann, "Another hour")
    house.say(ann, "soon")
    assert "nothing was saved" in ann.last().text
    house.say(ann, "9:30")
    assert "Hour of digests: 08:00 → 09:30" in ann.last().text
    house.say(bob, "/сводка")
    assert "They leave at 09:30, company time." in bob.last().text
    assert "Another hour" not in "".join(bob.last().labels)
    house.press(ann, "Hour of digests")
    house.press(ann, "08:00")


@on("webhook")
def test_what_nobody_may_press(house: House) -> None:
    rep, nobody = house.staff("Rita", Role.REP), house.stranger("Nina", "en")
    house.say(nobody, "/start")
    house.say(rep, "/digest")

    for data in ("digests_switch.9-1.0", "digests_switch.0-2.0", "digests_switch..0", "digests_now.7.1"):
        answer = rep.press_data(data).answer()
        assert answer is not None
        assert "This button is out of date." in answer["text"]
    house.settle()
    with house.refuses(nobody, "You have no right to do this."):
        nobody.press_data("digests_switch.0-1.0")

    mine = Digest.person_id == house.actor(rep).person_id
    assert house.scalar(select(func.count()).where(mine)) == 0
