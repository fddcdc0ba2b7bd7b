"""Tables from outside: read as text whatever the office, the alphabet and the separator; within bounds."""

from __future__ import annotations

import tracemalloc
import zipfile
from contextlib import suppress
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from sqlalchemy.orm import Session

from bot.events import Internal
from delivery import goal_tables
from delivery.goal_tables import NoTable
from delivery.goals import GoalsWay
from services import fetching, goal_cards, goal_files, goals, teams
from services.files import FileStore
from services.goal_files import MOST_ROWS
from services.goals import Matter, Wanted
from services.lanes import Row
from services.periods import Whole
from services.turnover import Metric
from templates.environment import LANGUAGES, Texts
from tests.builders import NOON, actor_of, make_category, make_product
from tests.services.desk import make_desk

HEAD = ["Кто", "Цель"]


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def archive(**parts: bytes) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in parts.items():
            opened.writestr(name, content)
    return written.getvalue()


def test_a_workbook_as_people_would_type_it() -> None:
    days = [date(2026, 3, 1), datetime(2026, 12, 31, 9)]  # noqa: DTZ001 - as a sheet has it
    content = workbook(HEAD, ["Рита", 500000], ["=1+1", 0.1 + 0.2], [" a\n b ", "-"], days, [], [])

    assert [row[:2] for row in goal_tables.read(content)] == [
        HEAD, ["Рита", "500000"], ["", "0.3"], ["a b", "-"], ["01.03.2026", "31.12.2026"],
    ]  # fmt: skip


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_csv_in_any_alphabet(codec: str, delimiter: str) -> None:
    text = f'Кто{delimiter}Цель\r\n"Пётр{delimiter} старший"{delimiter}500 000\r\n\r\n'

    assert goal_tables.read(text.encode(codec)) == [HEAD, [" ".join(f"Пётр{delimiter} старший".split()), "500 000"]]


def test_a_csv_of_western_windows() -> None:
    assert goal_tables.read("Quién;Meta\nÍñigo;5".encode("cp1252")) == [["Quién", "Meta"], ["Íñigo", "5"]]


LONG = b"Who;Target\n" + b"Rita;5\n" * (MOST_ROWS + 1)
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'
REFUSED = {
    "nothing": (b"", fetching.NO_TABLE),
    "empty lines": (b"\n\n;;\n", fetching.NO_TABLE),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), fetching.NO_TABLE),
    "an archive of something else": (archive(**{"a.txt": b"a"}), fetching.NO_TABLE),
    "half an archive": (workbook(HEAD)[:400], fetching.NO_TABLE),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), fetching.NO_TABLE),
    "entities": (archive(**{"xl/worksheets/sheet1.xml": ENTITIES}), fetching.NO_TABLE),
    "entities in sixteen bits": (archive(**{"a.xml": ENTITIES.decode().encode("utf-16")}), fetching.NO_TABLE),
    "many lines": (LONG, fetching.TOO_LONG),
    "many rows": (workbook(HEAD, *(["Rita", 5] for _ in range(MOST_ROWS + 1))), fetching.TOO_LONG),
    "a bomb": (archive(**{"xl/worksheets/sheet1.xml": b"<row/>" * 5_000_000}), fetching.TOO_LONG),
    "many parts": (archive(**{f"{number}.xml": b"" for number in range(300)}), fetching.TOO_LONG),
    "a long text": (b"x" * 2_000_000, fetching.TOO_LONG),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_read(case: str) -> None:
    content, reason = REFUSED[case]

    with pytest.raises(NoTable) as refused:
        goal_tables.read(content)

    assert refused.value.reason == reason


def test_as_many_rows_as_may_be_are_read() -> None:
    assert len(goal_tables.read(LONG[: -len(b"Rita;5\n")])) == MOST_ROWS + 1


def test_a_hundred_thousand_rows_cost_no_memory() -> None:
    row = b"<row><c t='inlineStr'><is><t>Rita</t></is></c></row>"
    sheet = b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
    good = BytesIO(workbook(HEAD))
    written = BytesIO()
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                content = sheet + row * 100_000 + b"</sheetData></worksheet>"
            target.writestr(part.filename, content)

    tracemalloc.start()
    with pytest.raises(NoTable) as refused:
        goal_tables.read(written.getvalue())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert refused.value.reason == fetching.TOO_LONG
    assert peak < 40_000_000


def test_a_cell_far_away_costs_nothing() -> None:
    book = Workbook()
    book.worksheets[0].append(HEAD)
    book.worksheets[0]["XFD1048576"] = "x"
    written = BytesIO()
    book.save(written)

    rows = goal_tables.read(written.getvalue())

    assert [cell for cell in rows[0] if cell] == HEAD
    assert len(rows) == 1


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=400) | st.binary(max_size=200).map(lambda end: b"PK\x03\x04" + end))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    with suppress(NoTable):
        assert all(isinstance(cell, str) for row in goal_tables.read(content) for cell in row)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_that_is_sent_can_be_sent_back_as_it_is(session: Session, tmp_path: Path, language: str) -> None:
    desk = make_desk(session)
    by = actor_of(desk.ann)
    team = teams.add(session, "Север", by=by, now=NOON)
    milk = make_product(session, "Milk", category=make_category(session, "Dairy"), article="A-103")
    matters = [
        Matter(desk.rita.id, None, Metric.SUM, milk.category_id, None, Whole.MONTH),
        Matter(None, team.id, Metric.UNITS, None, milk.id, Whole.WEEK),
        Matter(None, None, Metric.ORDERS, None, None, Whole.QUARTER),
        Matter(desk.rita.id, None, Metric.NEW_CLIENTS, None, None, Whole.MONTH),
    ]
    day = NOON.date()
    wanted = [Wanted(matter, day, day if number else None, 12_345_000) for number, matter in enumerate(matters[:3])]
    wanted.append(Wanted(matters[3], day, day, 7))
    wanted[2] = Wanted(matters[2], day, day, 40)
    goals.set_goals(session, wanted, by=by, now=NOON)
    store, handed = FileStore(tmp_path), []
    way = GoalsWay(Texts.load(), store, handed.append, clock=lambda: NOON)
    payload = {"person_id": desk.ann.id, "chat_key": "tg:1:1", "language": language}
    row = Row(5, "goals:1", "goals.draw", payload, 0, NOON, secret=False)

    sha256 = way.deliver(row, way.prepare(session, row))

    (event,) = handed
    assert isinstance(event, Internal)
    assert event.name == "goals.drawn"
    assert event.facts["name"] == "goals_2026-03-02.xlsx"
    content = store.read(sha256)
    assert len(load_workbook(BytesIO(content)).sheetnames) == 2
    reading = goal_files.read_table(session, goal_tables.read(content), by=by, now=NOON)
    assert reading.problems == ()
    assert {one.matter: (one.period, one.last_day, one.target) for one in reading.wanted} == {
        one.matter: (one.period, one.last_day, one.target) for one in wanted
    }
    before = [goal.goal_id for goal in goal_cards.list_all(session, by=by, now=NOON)]
    goals.set_goals(session, reading.wanted, by=by, now=NOON)
    assert [goal.goal_id for goal in goal_cards.list_all(session, by=by, now=NOON)] == before, "it changes nothing"
