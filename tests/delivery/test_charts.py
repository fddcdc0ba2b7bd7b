"""Pictures of goals and rankings: large enough for a phone, in the reader's letters, and no more told than in words."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops
from sqlalchemy.orm import Session

from bot.events import Internal
from delivery.charts import goals, lettering, ranking, sheet
from delivery.charts.sheet import Words
from delivery.charts.way import ChartsWay
from services import charts
from services.files import FileStore
from services.jobs import Job
from services.lanes import Row
from templates.environment import LANGUAGES, Texts
from tests.builders import NOON

TEXTS = Texts.load()
FONTS = Path(__file__).parents[2] / "fonts"
GOAL: dict[str, Any] = {
    "whose": "person", "who": "Рита Соколова", "metric": "sum", "scope": "", "span": "month", "first": "2026-11-01",
    "last": "2026-11-30", "target": 50_000_000, "achieved": 31_245_050, "currency": "RUB", "unit": "", "decimals": 0,
    "part": "0.625", "pace": 30_000_000, "ahead": 1_245_050, "forecast": 52_100_000, "left": 18_754_950,
    "per_day": 1_700_000, "days_left": 11, "over": False, "shown": True,
}  # fmt: skip
ROW: dict[str, Any] = {"place": 1, "name": "Рита Соколова", "value": 1_234_567, "own": False}
RANKING: dict[str, Any] = {
    "metric": "sum", "currency": "RUB", "first": "2026-11-01", "last": "2026-11-18", "people": 3, "own": None,
    "rows": [ROW, {**ROW, "place": 2, "name": "Рита Н.", "own": True}, {**ROW, "place": 2, "name": "Ж"}],
}  # fmt: skip
ODD = ["Ñandú «Ё» № 5", "<b>&amp; $x_1^2$ \\frac", "👩‍👩‍👧 🇪🇸", "张伟 Ωμέγα", "a\n\tb\0c\u202ed", "Ж" * 300, ""]


@pytest.fixture(autouse=True)
def fonts() -> None:
    lettering.load(FONTS)


def picture(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).convert("RGB")


def drawn_goals(*shown: dict[str, Any], language: str = "ru") -> Image.Image:
    words = Words(TEXTS, goals.TEMPLATE, language)
    return picture(goals.draw(words, {"today": "2026-11-18", "goals": list(shown)}))


def drawn_ranking(language: str = "ru", **over: Any) -> Image.Image:
    return picture(ranking.draw(Words(TEXTS, ranking.TEMPLATE, language), {**RANKING, **over}))


def differs(one: Image.Image, other: Image.Image) -> bool:
    return one.size != other.size or ImageChops.difference(one, other).getbbox() is not None


def has(found: Image.Image, colour: str) -> bool:
    wanted = tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return any(shade == wanted for _, shade in found.getcolors(1 << 24) or [])


def is_clear_of_edges(found: Image.Image) -> bool:
    """Whether nothing but paper and tint reaches the last pixels on the left and on the right."""
    wide, high = found.size
    edges = [found.crop((0, 0, 20, high)), found.crop((wide - 20, 0, wide, high))]
    paper = {(255, 255, 255), tuple(int(sheet.TINT[place : place + 2], 16) for place in (1, 3, 5))}
    return all({shade for _, shade in edge.getcolors(1 << 20) or []} <= paper for edge in edges)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_is_as_wide_as_a_phone_wants_it_and_not_too_high(language: str) -> None:
    six = drawn_goals(*[GOAL] * charts.MOST_GOALS, language=language)
    full = drawn_ranking(language, rows=[{**ROW, "place": place} for place in range(1, charts.MOST_PLACES + 1)])

    for found in (six, full, drawn_goals(GOAL), drawn_ranking(rows=[ROW])):
        assert found.width == 1080
        assert 250 < found.height <= 2560
        assert is_clear_of_edges(found)


def test_languages_differ() -> None:
    shown = [drawn_goals(GOAL, language=language) for language in LANGUAGES]

    assert all(differs(shown[0], other) for other in shown[1:])


def test_a_goal_that_lags_is_amber_and_one_that_is_reached_is_green() -> None:
    lagging = {**GOAL, "ahead": -1, "pace": 31_245_051}
    reached = {**GOAL, "achieved": 60_000_000, "left": 0, "part": "1.2"}

    assert has(drawn_goals(reached), sheet.GREEN)
    assert not has(drawn_goals(lagging), sheet.GREEN)
    assert has(drawn_goals(lagging), sheet.BLUE)


@pytest.mark.parametrize(
    "over",
    [
        {"achieved": 0, "forecast": None, "part": "0", "ahead": -30_000_000, "left": 50_000_000},
        {"achieved": -5_000_000, "forecast": None, "part": "-0.1", "ahead": -35_000_000, "left": 55_000_000},
        {"achieved": 10**15, "forecast": 10**16, "part": "20000000", "left": 0, "ahead": 10**15},
        {"target": 1, "achieved": 0, "pace": 0, "ahead": 0, "left": 1},
        {"over": True, "forecast": 31_245_050},
        *({"metric": metric, "unit": "pcs", "currency": ""} for metric in ("units", "orders", "new_clients")),
        *({"scope": name, "who": name} for name in ODD),
    ],
)
def test_every_goal_can_be_drawn_within_its_margins(over: dict[str, Any]) -> None:
    assert is_clear_of_edges(drawn_goals({**GOAL, **over}))


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("metric", ["sum", "units", "plan", "growth"])
def test_every_ranking_can_be_drawn_within_its_margins(metric: str, name: str) -> None:
    rows = [{**ROW, "name": name, "value": value} for value in (10**14, 0, -(10**14))]

    assert is_clear_of_edges(drawn_ranking(metric=metric, rows=rows))


def test_what_is_hidden_can_not_be_measured() -> None:
    """Only names and places: nothing in the picture depends on the others' figures, and there are no bars."""
    own = {**ROW, "place": 2, "name": "Рита Н.", "own": True}
    hidden = [{**ROW, "value": None}, own, {**ROW, "place": 3, "value": None}]

    found = drawn_ranking(rows=hidden)

    assert not any(has(found, colour) for colour in (sheet.BLUE, sheet.MIDDLE_BLUE, sheet.TRACK))
    assert has(found, sheet.TINT), "the own row is marked"
    assert differs(found, drawn_ranking(rows=[hidden[0], {**own, "value": 99}, hidden[2]])), "the own figure is shown"


def test_the_own_row_stands_below_where_it_is_farther_down() -> None:
    alone = drawn_ranking(rows=[ROW] * 5)
    with_own = drawn_ranking(rows=[ROW] * 5, own={**ROW, "place": 44, "own": True})

    assert with_own.height > alone.height
    assert has(with_own, sheet.TINT)
    assert not has(alone, sheet.TINT)


def test_no_letter_becomes_a_box() -> None:
    for bold in (False, True):
        known = lettering.letters(bold=bold)
        for name in ODD:
            assert set(lettering.clean(name, bold=bold)) <= known
        for language in LANGUAGES:
            for currency in ("RUB", "EUR", "USD", "KZT", "GBP", "UAH"):
                facts = {**RANKING, "currency": currency, "value": -123_456_789}
                written = Words(TEXTS, ranking.TEMPLATE, language)("value", **facts)
                assert lettering.clean(written, bold=bold) == written, "every sign of an amount is there"


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("Рита 🌟 Соколова", "Рита Соколова"),
        ("𝓡𝓲𝓽𝓪", "Rita"),
        ("张伟", "??"),
        ("a\n b", "a b"),
        ("№ 5…", "№ 5…"),
        ("1\xa0234 ₽", "1\xa0234 ₽"),
        ("e\u0301", "é"),
    ],
)
def test_names_as_they_are_drawn(typed: str, drawn: str) -> None:
    assert lettering.clean(typed, bold=False) == drawn


@pytest.mark.parametrize("most", [40, 200, 900])
def test_words_are_cut_to_their_room(most: float) -> None:
    for name in ODD:
        cut = lettering.fitting(name, 40, most, bold=True)
        assert lettering.width(cut, 40, bold=True) <= most


@pytest.mark.parametrize(
    ("what", "facts"),
    [(charts.GOALS, {"today": "2026-11-18", "goals": [GOAL]}), (charts.RANKING, RANKING)],
)
def test_a_wish_is_drawn_stored_and_handed_back_the_same_each_time(
    session: Session, tmp_path: Path, what: str, facts: dict[str, Any]
) -> None:
    handed: list[Internal] = []
    store = FileStore(tmp_path)
    way = ChartsWay(TEXTS, FONTS, store, handed.append)
    payload = {"what": what, "facts": facts, "person_id": 3, "chat_key": "tg:1:3", "language": "es"}
    row = Row(id=7, lane="chart:3", kind=Job.DRAW_CHART, payload=payload, attempts=0, created_at=NOON, secret=False)

    for _ in range(2):
        way.deliver(row, way.prepare(session, row))

    assert handed[0] == handed[1]
    assert (handed[0].name, handed[0].number) == ("chart.drawn", 7)
    assert picture(store.read(handed[0].facts["sha256"])).width == 1080
    assert handed[0].facts["chat_key"] == "tg:1:3"
