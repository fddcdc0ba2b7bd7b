"""Goals by the dozen: what typed lines and tables mean, in three languages; what is unclear is said row by row."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models.people import Account, Person
from services import goal_files, goal_words, goals, outbox, teams
from services.actor import NotAllowed
from services.goal_files import ColumnsMissing, NothingRead, Reading
from services.goals import Matter, Wanted
from services.periods import Whole
from services.turnover import Metric
from tests.builders import NOON, actor_of, make_category, make_company, make_file, make_person, make_product
from tests.services.desk import Desk, told

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture
def shop(session: Session, desk: Desk) -> dict[str, int]:
    """Rita and others, a team, categories and products, by what they are called."""
    dairy = make_category(session, "Dairy")
    milk = make_category(session, "Milk", parent=dairy)
    other = make_category(session, "Milk", parent=make_category(session, "Frozen"))
    rep_2 = make_person(session, "Rep 2")
    return {
        "Rita": desk.rita.id,
        "Roberto": make_person(session, "Roberto Núñez").id,
        "Rep 2": rep_2.id,
        "Пётр": make_person(session, "Пётр Ильин").id,
        "North": teams.add(session, "North", by=actor_of(desk.ann), now=NOON).id,
        "Dairy": dairy.id,
        "Dairy / Milk": milk.id,
        "Frozen / Milk": other.id,
        "KF-103": make_product(session, "Kefir", category=dairy, article="KF-103").id,
        "Honey": make_product(session, "Honey of lime trees", category=dairy).id,
    }


def lines(session: Session, desk: Desk, text: str) -> Reading:
    return goal_files.read_lines(session, text, by=actor_of(desk.ann), now=NOON)


def table(session: Session, desk: Desk, *rows: list[str]) -> Reading:
    return goal_files.read_table(session, rows, by=actor_of(desk.ann), now=NOON)


def sales(person_id: int | None, **over: Any) -> Matter:
    about = {"team_id": None, "metric": Metric.SUM, "category_id": None, "product_id": None, "span": Whole.MONTH}
    return Matter(**{"person_id": person_id, **about, **over})


@pytest.mark.parametrize(
    ("line", "who", "target", "over"),
    [
        ("Rita 500000", "Rita", 500_000_00, {}),
        ("rita 500 000 ₽ Dairy month", "Rita", 500_000_00, {"category": "Dairy"}),
        ("Rita: 500 000,50 руб. в месяц", "Rita", 500_000_50, {}),
        ("Rita; 500000; Dairy; quarter", "Rita", 500_000_00, {"category": "Dairy", "span": Whole.QUARTER}),
        ("Роберто 5", None, 0, {}),
        ("Roberto 1.500.000,00 al mes", "Roberto", 1_500_000_00, {}),
        ("nunez 12", "Roberto", 12_00, {}),
        ("петр 40 заказов в неделю", "Пётр", 40, {"metric": Metric.ORDERS, "span": Whole.WEEK}),
        ("Rep 2 700", "Rep 2", 700_00, {}),
        ("Rita 5 new clients", "Rita", 5, {"metric": Metric.NEW_CLIENTS}),
        ("Rita 5 новых клиентов", "Rita", 5, {"metric": Metric.NEW_CLIENTS}),
        ("Rita 120 pcs KF-103", "Rita", 120_000, {"metric": Metric.UNITS, "product": "KF-103"}),
        ("Rita 12,5 kg honey", "Rita", 12_500, {"metric": Metric.UNITS, "product": "Honey"}),
        ("Rita 90000 Dairy / Milk trimestre", "Rita", 90_000_00, {"category": "Dairy / Milk", "span": Whole.QUARTER}),
    ],
)
def test_typed_lines(  # noqa: PLR0917
    session: Session, desk: Desk, shop: dict[str, int], line: str, who: str | None, target: int, over: dict[str, Any]
) -> None:
    found = lines(session, desk, line)

    if who is None:
        assert [problem.reason for problem in found.problems] == ["who_unknown"]
        return
    about = {key: over[key] for key in ("metric", "span") if key in over}
    about |= {f"{key}_id": shop[over[key]] for key in ("category", "product") if key in over}
    assert found.problems == ()
    assert found.wanted[0].matter == sales(shop[who], **about)
    assert (found.wanted[0].target, found.wanted[0].last) == (target, None)


def test_teams_all_and_once(session: Session, desk: Desk, shop: dict[str, int]) -> None:
    found = lines(session, desk, "North 100\n\nВсе 200 только\ntodos 7 pedidos a la semana\n")

    assert [one.matter for one in found.wanted] == [
        sales(None, team_id=shop["North"]),
        sales(None),
        sales(None, metric=Metric.ORDERS, span=Whole.WEEK),
    ]
    assert [one.last for one in found.wanted] == [None, MARCH, None]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Nobody 5", "who_unknown"),
        ("Rita", "target"),
        ("Rita 0", "target"),
        ("Rita -5", "target"),
        ("Rita 5️⃣", "target"),
        ("Rita 1000000000000", "target"),
        ("Rita 1" + "0" * 30, "target"),
        ("Rita 500 USD", "target"),
        ("Rita 500 €", "target"),
        ("Rita 2,5 orders", "target"),
        ("Rita 500 Milk", "scope_unclear"),
        ("Rita 500 Wine", "scope_unknown"),
        ("Rita 5 orders Dairy", "goods"),
        ("Rita <b>5</b>", "who_unknown"),
        ("R 500", "who_unclear"),
    ],
)
def test_what_is_unclear_is_said(session: Session, desk: Desk, shop: dict[str, int], line: str, reason: str) -> None:
    found = lines(session, desk, f"North 5\n{line}")

    assert [(problem.number, problem.reason) for problem in found.problems] == [(2, reason)]
    assert len(found.wanted) == 1


HEADS = {
    "en": ["Who", "Target", "What", "Of what", "Every", "From", "Until"],
    "ru": ["Кто", "Цель", "Что", "Чего", "Каждый", "С", "По"],
    "es": ["Quién", "Meta", "Qué", "De qué", "Cada", "Desde", "Hasta"],
}
ROWS = {
    "en": ["Rita", "500000", "sales", "Dairy", "month", "01.04.2026", "31.05.2026"],
    "ru": ["Rita", "500 000,00", "продажи", "Dairy", "месяц", "2026-04-17", "05.2026"],
    "es": ["Rita", "500.000,00", "ventas", "dairy", "mes", "04.2026", "2026-05"],
}


@pytest.mark.parametrize("language", HEADS)
def test_a_table_in_the_admins_language(session: Session, desk: Desk, shop: dict[str, int], language: str) -> None:
    found = table(session, desk, [], HEADS[language], ROWS[language], ["", ""])

    (wanted,) = found.wanted
    assert wanted.matter == sales(shop["Rita"], category_id=shop["Dairy"])
    assert (wanted.period.first, wanted.last_day, wanted.target) == (APRIL, date(2026, 5, 31), 500_000_00)
    assert found.problems == ()


def test_columns_in_any_order_and_only_two_that_must_be_there(
    session: Session, desk: Desk, shop: dict[str, int]
) -> None:
    found = table(session, desk, ["Notes", "target ", "WHO"], ["x", "5", "Rita"])

    assert found.wanted == (Wanted(sales(shop["Rita"]), MARCH, None, 5_00),)
    with pytest.raises(ColumnsMissing) as refused:
        table(session, desk, ["Who", "Notes"], ["Rita", "5"])
    assert refused.value.facts["missing"] == ["target"]
    for empty in ([], [["", ""]], [["Who", "Target"]], [["Who", "Target"], ["", " "]]):
        with pytest.raises(NothingRead):
            table(session, desk, *empty)


def test_rows_have_their_numbers_and_short_rows_are_rows(session: Session, desk: Desk, shop: dict[str, int]) -> None:
    found = table(
        session,
        desk,
        HEADS["en"],
        ["Rita"],
        ["Rita", "5", "miles"],
        ["Rita", "5", "", "", "decade"],
        ["Rita", "5", "", "", "", "31.02.2026"],
        ["Rita", "5", "", "", "", "01.02.2026"],
        ["Rita", "5", "", "", "", "01.05.2026", "01.04.2026"],
        ["Rita", "5", "", "", "", "31.12.9999"],
        ["Rita", "5", "", "", "", "01.01.2031"],
        ["Rita", "5"],
        ["rita", "7", "sales", "all"],
    )

    assert [(problem.number, problem.reason) for problem in found.problems] == [
        (2, "target"), (3, "metric"), (4, "span"), (5, "day"), (6, "past"), (7, "ends"), (8, "day"), (9, "far"),
        (11, "twice"),
    ]  # fmt: skip


def test_what_the_sheet_says_is_read_back_as_it_is(session: Session, desk: Desk, shop: dict[str, int]) -> None:
    by = actor_of(desk.ann)
    matters = [
        sales(shop["Rita"], category_id=shop["Frozen / Milk"]),
        sales(None, team_id=shop["North"], metric=Metric.UNITS, product_id=shop["KF-103"], span=Whole.WEEK),
        sales(None, metric=Metric.NEW_CLIENTS, span=Whole.QUARTER),
    ]
    goals.set_goals(session, [Wanted(matter, NOON.date(), None, 12_000) for matter in matters], by=by, now=NOON)

    cards = goal_files.sheet_rows(session, {"person_id": desk.ann.id, "chat_key": "tg:1:1"}, now=NOON)

    assert [goal_files.scope_to_type(session, card) for card in cards] == ["", "KF-103", "Frozen / Milk"]
    desk.ann.roles = ["rep"]
    session.flush()
    assert goal_files.sheet_rows(session, {"person_id": desk.ann.id, "chat_key": "tg:1:1"}, now=NOON) == []


def test_what_would_not_be_read_back_as_it_is_stays_out_of_the_sheet(
    session: Session, desk: Desk, shop: dict[str, int]
) -> None:
    by = actor_of(desk.ann)
    twins = [make_person(session, "Ana Gil").id for _ in range(2)]
    everybody = make_person(session, "All")
    about = [sales(person_id) for person_id in (shop["Rita"], shop["Roberto"], *twins, everybody.id)]
    goals.set_goals(session, [Wanted(matter, NOON.date(), None, 12_000) for matter in about], by=by, now=NOON)
    session.get_one(Person, shop["Roberto"]).roles = ["storekeeper"]
    session.flush()

    def sheet() -> list[str]:
        found = goal_files.sheet_rows(session, {"person_id": desk.ann.id, "chat_key": "tg:1:1"}, now=NOON)
        read = table(session, desk, ["Who", "Target"], *([card.who, "5"] for card in found)) if found else None
        assert read is None or read.problems == ()
        return [card.who for card in found]

    assert sheet() == ["Rita"]
    make_company(session, currency="EUR")
    assert sheet() == []


def test_only_admins(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    for forbidden in (
        lambda: goal_files.read_lines(session, "Rita 5", by=by, now=NOON),
        lambda: goal_files.read_table(session, [["Who"]], by=by, now=NOON),
        lambda: goal_files.request_sheet(session, press=1, by=by, now=NOON),
        lambda: goal_files.take(session, make_file(session), {"person_id": desk.rita.id, "chat_key": ""}, NOON),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
    assert outbox.count_pending(session) == 0


def test_the_same_press_asks_for_one_sheet(session: Session, desk: Desk) -> None:
    by = actor_of(desk.ann)
    for press in (7, 7, 8):
        goal_files.request_sheet(session, press=press, by=by, now=NOON)

    assert outbox.count_pending(session) == 2
    facts = {"sha256": "0" * 64, "name": "goals.xlsx", "content_type": "x", "size": 1, "chat_key": by.origin}
    goal_files.deliver(session, {**facts, "person_id": desk.ann.id}, now=NOON)
    goal_files.deliver(session, {**facts, "person_id": desk.rita.id}, now=NOON)
    assert [name for name, _, _ in told(session)] == ["goals_sheet_ready"]


def test_a_sheet_does_not_go_to_a_chat_that_is_anothers_by_now(session: Session, desk: Desk) -> None:
    facts = {"sha256": "0" * 64, "name": "goals.xlsx", "content_type": "x", "size": 1, "person_id": desk.ann.id}
    session.execute(update(Account).where(Account.person_id == desk.ann.id).values(person_id=desk.bob.id))

    goal_files.deliver(session, {**facts, "chat_key": actor_of(desk.ann).origin}, now=NOON)

    assert told(session) == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=60) | st.from_regex(r"Rita [0-9 ,.₽]{1,12} ?\w{0,8} ?\w{0,8}", fullmatch=True))
def test_no_line_breaks_the_reader(session: Session, desk: Desk, text: str) -> None:
    try:
        found = lines(session, desk, text)
    except NothingRead:
        return
    for one in found.wanted:
        goals.check(one, today=NOON.date(), currency="RUB")


@given(text=st.text(max_size=20))
def test_no_word_breaks_the_words(text: str) -> None:
    day = goal_words.day(text, today=NOON.date())
    assert day is None or 2000 <= day.year < 2200
    for metric in Metric:
        target = goal_words.target(text, metric, "RUB")
        assert target is None or target > 0
