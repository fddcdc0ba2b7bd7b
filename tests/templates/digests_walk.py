"""Digests and pictures: a story for ``test_every_text``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.templates.test_every_text import Walk

GOAL: dict[str, Any] = {
    "whose": "person", "who": "Рита Соколова", "metric": "sum", "scope": "", "span": "month", "first": "2026-11-01",
    "last": "2026-11-30", "target": 50_000_000, "achieved": 31_245_050, "currency": "RUB", "unit": "", "decimals": 0,
    "part": "0.625", "pace": 30_000_000, "ahead": 1_245_050, "forecast": 52_100_000, "left": 18_754_950,
    "per_day": 1_700_000, "days_left": 11, "over": False, "shown": True,
}  # fmt: skip
"""A goal as ``services.charts.frozen_goal`` writes it down."""
_LONG = "Молочные продукты длительного хранения & <b> и сыры" * 4
DIGEST: dict[str, Any] = {
    "kind": "weekly",
    "first": "2026-11-09",
    "last": "2026-11-15",
    "is_quiet": False,
    "own": {
        "sold": [
            {"currency": "RUB", "orders": 3, "total_minor": 1_234_500, "before_minor": 1_000_000},
            {"currency": "EUR", "orders": 1, "total_minor": 100, "before_minor": None},
        ],
        "place": 2,
        "people": 7,
        "span": "week",
    },
    "commission": [{"currency": "RUB", "amount_minor": 5000}, {"currency": "EUR", "amount_minor": -100}],
    "company": {
        "sold": [{"currency": "RUB", "orders": 30, "total_minor": 9_234_500, "before_minor": 10_000_000}],
        "formed": [{"currency": "RUB", "orders": 41, "total_minor": 12_234_500}],
        "top": [{"place": place, "name": _LONG, "value": 3_000_000} for place in (1, 2, 2)],
        "currency": "RUB",
        "open": {"submitted": 3, "loading": 1, "waiting": 2},
        "requests": 1,
        "reviews": 5,
        "trouble": 21,
    },
    "loadings": {"orders": 5, "weight_g": 120_500, "waiting": 3},
    "goals": [
        {**GOAL, "scope": _LONG},
        {**GOAL, "metric": "units", "whose": "team", "who": _LONG, "unit": "pcs", "currency": "", "span": "week"},
        {**GOAL, "metric": "orders", "whose": "all", "who": "", "left": 0, "part": "1.2", "span": "quarter"},
        {**GOAL, "metric": "new_clients", "over": True},
        {**GOAL, "whose": "all", "target": 100, "achieved": 62, "part": "0.62", "forecast": 104, "shown": False},
        {**GOAL, "forecast": None, "part": "-0.1"},
    ],
}
"""A digest for somebody with every role, as ``services.digest_contents.read`` makes it."""
QUIET: dict[str, Any] = {
    **DIGEST,
    "kind": "daily",
    "first": "2026-11-15",
    "own": {"sold": [], "place": None, "people": 0, "span": "month"},
    "commission": [],
    "company": {
        **DIGEST["company"], "sold": [], "formed": [], "top": [], "requests": 0, "reviews": 0, "trouble": 0,
        "open": {"submitted": 0, "loading": 0, "waiting": 0},
    },
    "loadings": {"orders": 0, "weight_g": 0, "waiting": 0},
    "goals": [],
}  # fmt: skip
"""The same on a day on which nothing happened."""


def digests(walk: Walk) -> None:
    """Switched on and off, a look now, by role; and what comes."""
    rita, bob, ann = (person.id for person in (walk.hall.desk.rita, walk.hall.desk.bob, walk.hall.desk.ann))
    for chat in (rita, bob, ann):
        walk.say(chat, "/digest")
        for kind in (0, 1):
            for on in (1, 0, 1):
                walk.press(chat, "digests_switch", kind, on)
            walk.press(chat, "digests_now", kind, version=kind + 1)
        walk.say(chat, "/menu")
    told = {"person_id": rita, "kind": "weekly", "asked": False, "press": "1"}
    for number, contents in enumerate((DIGEST, QUIET, {**QUIET, "own": None}, {**QUIET, "company": None})):
        walk.hear("digest.read", 9000 + number, **told, contents=contents)
    for number, what in enumerate(("goals", "ranking")):
        drawn = {"what": what, "sha256": "2" * 64, "size": 1, "name": f"{what}.png", "person_id": rita}
        walk.hear("chart.drawn", 9000 + number, **drawn, chat_key=f"tg:1:{rita}")


STORIES: tuple[Any, ...] = (digests,)
