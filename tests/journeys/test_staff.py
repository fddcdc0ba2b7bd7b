"""Admins keep the staff: a stranger is let in right from the request, rights change at once, people come back."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from db.models.people import Person
from sandbox.client_chat import Chat
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade, open_card

LINK = re.compile(r"start=(\S+)")


def card_of(house: House, admin: Chat, name: str) -> None:
    """The admin finds somebody by name."""
    house.say(admin, "/menu")
    house.press(admin, "Staff")
    house.say(admin, name)
    house.press(admin, name)
    assert name in admin.last().text


@on("polling", "webhook")
def test_a_stranger_is_let_in_right_from_the_request(house: House) -> None:
    name = f"Zoe {Trade(house).number}"
    admin, nobody = house.staff("Ada", Role.ADMIN), house.stranger(name, "en")
    house.say(nobody, "/start")
    house.press(nobody, "Ask to be contacted")
    assert "The admins know that you would like to hear from them." in nobody.transcript()
    nobody.send_contact("+7 900 765-43-21", first_name="Somebody else")
    house.settle()
    assert "This number is not yours, and nobody was told." in nobody.transcript()
    assert not any("765" in message.text for message in admin.messages())
    nobody.tap("Share my number")
    house.settle()
    assert "The admins have your number." in nobody.transcript()

    told = admin.wait_for(f"{name}, who asked for access, can be called: +")
    admin.press("Give access", message_id=told.id)
    house.settle()
    assert f"Name: {name}" in admin.last().text
    house.press(admin, "Issue for")

    shown = admin.transcript()
    assert f"{name} has the link in their own chat now" in shown
    invited = nobody.wait_for("gives you access")
    link = LINK.search(invited.text)
    assert link is not None
    nobody.open_link(link.group(1))
    house.settle()
    assert f"Welcome, {name}!" in nobody.transcript()
    assert house.actor(nobody).roles == {Role.REP}
    number = house.scalar(select(Person.phone).where(Person.id == house.actor(nobody).person_id))
    assert number.removeprefix("+") == nobody.person.phone.removeprefix("+")
    house.press(admin, "Staff")
    house.say(admin, name)
    house.press(admin, name)
    assert number in admin.last().text


@on("webhook")
def test_roles_and_warehouses_change_with_the_next_press(house: House) -> None:
    trade = Trade(house)
    name = f"Max {trade.number}"
    admin, worker = house.staff("Ada", Role.ADMIN), house.staff(name, Role.REP)
    card_of(house, admin, name)

    house.press(admin, "Storekeeper")
    assert "It counts from their next press on." in admin.last().text
    house.press(admin, "Москва")
    assert "Warehouse: Москва" in admin.last().text
    house.say(worker, "/menu")
    assert "📦 To load" in worker.last().labels
    order_id = trade.submitted(house.staff("Rita", Role.REP), {trade.product(): 1})
    open_card(house, worker, order_id)
    house.press(worker, "I take it")
    with house.refuses(admin, "This is their last warehouse."):
        admin.press("✅ Москва")

    house.press(admin, "✅ Storekeeper")

    assert trade.status(order_id) == "submitted", "what was in hand waits again"
    with house.refuses(worker, "You have no right to do this."):
        worker.press("All is loaded")
    with house.refuses(admin, "Everybody has at least one role."):
        admin.press("✅ Sales rep")


@on("webhook")
def test_a_lost_phone_and_a_return_keep_orders_and_drafts(house: House) -> None:
    trade = Trade(house)
    name = f"Rob {trade.number}"
    admin, old = house.staff("Ada", Role.ADMIN), house.staff(name, Role.REP)
    trade.draft(old, {trade.product(): 2})
    who = house.actor(old).person_id
    card_of(house, admin, name)

    forged = next(b.data for row in admin.last().buttons for b in row if b.label.endswith("New password"))
    house.press(admin, "New password")
    first = LINK.search(admin.wait_for("Password:").text)
    admin.press_data(forged or "", message_id=admin.last().id)
    house.settle()
    assert first is not None
    with house.refuses(admin, f"This password is for {name} alone."):
        admin.open_link(first.group(1))
    new = house.stranger(f"{name} again", "en")
    new.open_link(first.group(1))
    house.settle()
    assert house.actor(new).person_id == who
    house.say(new, "/cart")
    assert f"Kefir {trade.number}" in new.last().text
    house.say(old, "/cart")
    assert f"Kefir {trade.number}" not in old.last().text
    assert "order desk" in old.last().text

    card_of(house, admin, name)
    house.press(admin, "Take access away")
    house.press(admin, "Yes, take access away")
    assert "Without access since" in admin.last().text
    with house.refuses(new, "order desk"):
        new.say("/cart")
    house.say(admin, "/menu")
    house.press(admin, "Staff")
    house.press(admin, "Former staff")
    house.say(admin, name)
    house.press(admin, name)
    house.press(admin, "New password")
    again = LINK.search(next(m.text for m in reversed(admin.messages()) if "Password:" in m.text))
    assert again is not None
    new.open_link(again.group(1))
    house.settle()
    assert house.actor(new).person_id == who


@on("webhook")
def test_a_password_that_was_not_used_can_be_made_void(house: House) -> None:
    name = f"Una {Trade(house).number}"
    admin, fresh = house.staff("Ada", Role.ADMIN), house.issue(name, Role.REP)
    house.say(admin, "/menu")
    house.press(admin, "Staff")
    house.press(admin, "Unused passwords")
    while not any(name in label for label in admin.last().labels):
        house.press(admin, "➡️")
    assert fresh.public in admin.last().text
    assert fresh.password not in admin.transcript()

    house.press(admin, name)

    assert "The password is void." in admin.last().text
    nobody = house.stranger(name, "en")
    nobody.open_link(fresh.link)
    house.settle()
    assert "expired" in nobody.last().text or "no longer" in nobody.last().text


WORDS = {
    "ru": ("Попросить связаться", "Отправить мой номер", "Ваш номер у администраторов", "Неиспользованные пароли"),
    "es": ("Pedir que me contacten", "Enviar mi número", "tienen su número", "Contraseñas sin usar"),
}
"""By language: asking, sharing a number, what is said then, and the admin's list."""


@on("webhook")
@pytest.mark.parametrize("language", WORDS)
def test_the_same_in_the_readers_language(house: House, language: str) -> None:
    ask, share, thanks, codes = WORDS[language]
    nobody, admin = house.stranger("Olga", language), house.staff("Ann", Role.ADMIN, language)
    house.say(nobody, "/start")
    house.press(nobody, ask)
    nobody.tap(share)
    house.settle()
    assert thanks in nobody.transcript()
    house.say(admin, "/menu")
    admin.press_data("staff.0-0.0")
    house.settle()
    house.press(admin, codes)
    assert codes in admin.last().text
