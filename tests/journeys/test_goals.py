"""Goals over the wire: set by menus, by lines and by a file, seen by the rep, moved by a loading, changed and ended."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from db.models.goals import Goal
from sandbox.client_chat import Chat
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade, load_all, open_card


def goal_of(house: House, rep: Chat) -> Goal | None:
    """The newest goal of a rep's own."""
    with house.database.reading() as session:
        query = select(Goal).where(Goal.person_id == house.actor(rep).person_id).order_by(Goal.id.desc())
        return session.scalars(query.limit(1)).first()


def seen(chat: Chat) -> str:
    """The newest screen of goals in a chat; a picture may stand below it."""
    return next(message.text for message in reversed(chat.messages()) if message.text.startswith("🎯"))


def press_name(house: House, chat: Chat, name: str) -> None:
    """Press a button whose label begins with a name, on whatever page it is."""
    while not any(label.startswith(name) for label in chat.last().labels):
        house.press(chat, "➡️")
    house.press(chat, next(label for label in chat.last().labels if label.startswith(name)))


def load(house: House, trade: Trade, rep: Chat, store: Chat, pieces: int) -> None:
    """The rep sells so many pieces for 100 each, delivery 92,05, and they are loaded."""
    order_id = trade.submitted(rep, {trade.product(on_hand=1000): pieces})
    open_card(house, store, order_id)
    house.press(store, "I take it")
    load_all(house, store)


@on("polling")
def test_a_goal_is_set_reached_changed_and_ended(house: House) -> None:
    trade = Trade(house)
    name = f"Rita the {trade.number}th"
    admin, rep, store = (
        house.staff(called, role)
        for called, role in (("Ada", Role.ADMIN), (name, Role.REP), ("Stan", Role.STOREKEEPER))
    )
    house.say(rep, "/metas")
    assert "There is no goal for you now." in rep.last().text

    house.say(admin, "/menu")
    house.press(admin, "Goals")
    house.press(admin, "New goal")
    house.press(admin, "A rep")
    house.say(admin, f"the {trade.number}th")
    press_name(house, admin, name[:20])
    house.press(admin, "Sales")
    house.press(admin, "Everything")
    house.press(admin, "Month")
    admin.press(next(label for label in admin.last().labels if "From" in label))
    house.settle()
    house.say(admin, "a lot")
    assert "This is no goal. Type a sum above zero" in admin.last().text
    house.say(admin, "1 000,00 ₽")
    assert "The goal is set." in admin.last().text
    assert f"{name} · Sales\n₽1,000.00 every month, since" in admin.last().text

    house.say(rep, "/goals")
    assert "░░░░░░░░░░ 0%\n₽0.00 of ₽1,000.00" in seen(rep)
    load(house, trade, rep, store, 3)
    house.say(rep, "/цели")
    house.wait_until(lambda: sum(message.kind == "photo" for message in rep.messages()) == 2)
    shown = seen(rep)
    assert "▓▓▓░░░░░░░ 39.2%\n₽392.05 of ₽1,000.00" in shown
    assert "Missing: ₽607.95" in shown

    house.say(admin, "300")
    assert "The goal is changed." in admin.last().text
    house.say(rep, "/metas")
    house.settle()
    shown = seen(rep)
    assert "130.7%" in shown
    assert "🎉 The goal is reached." in shown
    goal = goal_of(house, rep)
    assert goal is not None
    house.press(admin, "Take it away")
    house.press(admin, "From this period on")
    assert "The goal is ended." in admin.last().text
    assert goal_of(house, rep) is None
    with house.refuses(admin, "This goal is over, or was taken away."):
        admin.press_data(f"goal_end.{goal.id}-1.{goal.version}")


@on("webhook")
def test_goals_come_by_lines_and_by_a_file(house: House) -> None:
    trade = Trade(house)
    first, second = f"Anna{trade.number}", f"Boris{trade.number}"
    admin = house.staff("Ada", Role.ADMIN)
    reps = [house.staff(name, Role.REP) for name in (first, second)]

    house.say(admin, "/goals")
    house.say(admin, f"{first} 500 000 ₽ month\n{second} 40 orders a week\nNobody 5")
    assert "Row 3: I know no rep and no team of this name: Nobody" in admin.last().text
    assert [goal_of(house, rep) for rep in reps] == [None, None]
    house.say(admin, f"{first} 500 000 ₽ month\n{second} 40 orders a week")
    assert f"{first} · Sales\n₽500,000.00 every month, from" in admin.last().text
    house.press(admin, "Set 2 goals")
    assert "2 goals are set." in admin.last().text

    house.press(admin, "From a file")
    house.press(admin, "Send me the table")
    book = load_workbook(BytesIO(admin.download(_newest_table(admin))))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["Who", "Target", "What", "Of what", "Every", "From", "Until"]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == first)
    assert (row[1].value, row[2].value, row[4].value) == (500000, "sales", "month")
    row[1].value = 750000
    sheet.append([second, 7, "new clients", "", "quarter"])

    house.press(admin, "Open the goals")
    admin.send_file(_bytes(book), "goals.xlsx")
    house.settle()
    house.press(admin, next(label for label in admin.last().labels if label.startswith("✅ Set")))

    changed, added = (goal_of(house, rep) for rep in reps)
    assert changed is not None
    assert added is not None
    assert (changed.target, added.target, added.metric) == (750_000_00, 7, "new_clients")


def _newest_table(chat: Chat) -> str:
    file = next(message for message in reversed(chat.messages()) if (message.file_name or "").endswith(".xlsx"))
    return file.file_id or ""


def _bytes(book: Workbook) -> bytes:
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _bomb() -> bytes:
    """Some kilobytes that would unpack to gigabytes."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<a/>" * 4_000_000)
    return written.getvalue()


FILES = {
    "bomb.xlsx": (_bomb(), "Слишком длинная"),
    "photo.xlsx": (b"\x89PNG\r\n\x1a\n" + bytes(100), "не таблица"),
    "long.csv": (b"Who;Target\n" + b"Rita;5\n" * 1500, "Слишком длинная"),
}
"""By name: what is sent, and why it is not taken."""


@on("webhook")
@pytest.mark.parametrize("name", FILES)
def test_what_is_no_table_is_refused_in_the_admins_language(house: House, name: str) -> None:
    content, words = FILES[name]
    admin = house.staff("Ада", Role.ADMIN, "ru")
    before = house.scalar(select(func.count()).select_from(Goal))
    house.say(admin, "/цели")
    house.press(admin, "Из файла")

    admin.send_file(content, name)
    house.settle()

    assert any("Таблица целей не принята" in message.text and words in message.text for message in admin.messages())
    assert house.scalar(select(func.count()).select_from(Goal)) == before


@on("webhook")
def test_a_spanish_table_from_an_old_windows(house: House) -> None:
    trade = Trade(house)
    name = f"Íñigo{trade.number}"
    admin, rep = house.staff("Ana", Role.ADMIN, "es"), house.staff(name, Role.REP, "es")
    house.say(admin, "/metas")
    house.press(admin, "Desde un archivo")

    admin.send_file(f"Quién;Meta;Qué;Cada\r\n{name};12;clientes nuevos;mes\r\n".encode("cp1252"), "metas.csv")
    house.settle()
    assert f"{name} · Clientes nuevos\n12 clientes nuevos cada mes" in admin.last().text
    house.press(admin, "Fijar 1 meta")

    house.say(rep, "/metas")
    assert "0 / 12 clientes nuevos" in seen(rep)
    with house.refuses(rep, "No tiene permiso"):
        rep.press_data("goal_list.0.0")
