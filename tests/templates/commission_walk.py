"""Rules of commission, statements, trials and closed periods, for the walk over every text."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from bot.screens.admin.commission_form import QUESTIONS
from db.models.catalogue import Category
from db.models.commissions import CommissionEntry, CommissionRule, Settlement
from db.models.goals import Goal
from services import commissions

if TYPE_CHECKING:
    from datetime import date

    from tests.templates.test_every_text import Walk


TYPED = ((1, 2, "0"), (1, 2, "1,5 %"), (2, 3, "0 1\n5 2"), (2, 3, "0 1%\n50000 2%"), (3, 0, "100"))
"""Kind and scope by their places, and what is typed for them."""


def rules(walk: Walk) -> None:
    """Every kind, scope and role asked for, typed badly and well, looked over, tried, saved, changed, ended."""
    ann, hall = walk.hall.desk.ann.id, walk.hall
    _count_units(walk)
    walk.say(ann, "/commissions")
    walk.press(ann, "commission_rules")
    walk.press(ann, "commission_rules", 1, 0)
    _per_unit(walk, ann)
    for kind, scope, typed in TYPED:
        _new(walk, ann, kind, scope)
        walk.say(ann, typed)
        if scope == 3:
            walk.press(ann, "rule_back")
    walk.press(ann, "rule_day", _today(walk).toordinal() + 3)
    walk.press(ann, "rule_save", version=walk.form(ann))
    walk.press(ann, "commission_rules")
    newest = int(walk.talk.scalar(select(func.max(CommissionRule.id))))
    for number in range(1, newest + 1):
        walk.press(ann, "rule", number)
        walk.press(ann, "trial", number, 1, 0)
        walk.press(ann, "trial", number, 2, 0)
    walk.press(ann, "rule_end", newest, _today(walk).toordinal())
    walk.say(ann, "some day")
    walk.press(ann, "rule_last", newest, _today(walk).toordinal() - 1)
    walk.press(ann, "commission_rules", 1, 0)
    _idle(walk, ann, hall.category.id)


def _per_unit(walk: Walk, ann: int) -> None:
    """The usual rule from its first question to a change of it."""
    walk.press(ann, "rule_new")
    walk.say(ann, "reps, please")
    walk.press(ann, "rule_role", 0)
    walk.press(ann, "rule_kind", 0)
    walk.press(ann, "rule_scope", 1)
    for typed in ("many", "3", "-1", "0", "12 345 678 901", "10"):
        walk.say(ann, typed)
    walk.say(ann, "yesterday")
    walk.press(ann, "rule_month", _today(walk).toordinal() + 40)
    walk.press(ann, "rule_day", _today(walk).toordinal())
    for number in range(len(QUESTIONS)):
        walk.press(ann, "rule_ask", number)
        walk.press(ann, "rule_back")
    walk.press(ann, "rule_ask", QUESTIONS.index("name"))
    walk.say(ann, "Tubes & <b>more</b>")
    walk.press(ann, "rule_ask", QUESTIONS.index("name"))
    walk.press(ann, "rule_no_name")
    walk.press(ann, "rule_ask", QUESTIONS.index("last"))
    walk.say(ann, "1.1.2020")
    walk.press(ann, "rule_day", _today(walk).toordinal() + 90)
    walk.press(ann, "rule_trial", 1, 0)
    walk.press(ann, "rule_trial", 2, 0)
    walk.press(ann, "rule_save", version=walk.form(ann))
    rule = int(walk.talk.scalar(select(func.max(CommissionRule.id))))
    walk.press(ann, "rule_change", rule)
    walk.press(ann, "rule_ask", QUESTIONS.index("last"))
    walk.press(ann, "rule_no_end")
    walk.press(ann, "rule_ask", QUESTIONS.index("first"))
    walk.press(ann, "rule_day", _today(walk).toordinal() + 5)
    walk.press(ann, "rule_ask", QUESTIONS.index("last"))
    walk.press(ann, "rule_day", _today(walk).toordinal() + 1)
    walk.press(ann, "rule_back")
    walk.press(ann, "rule_save", version=walk.form(ann))
    walk.press(ann, "rule_save", version=1)


def _new(walk: Walk, ann: int, kind: int, scope: int) -> None:
    walk.press(ann, "rule_new")
    walk.press(ann, "rule_role", kind % 2)
    walk.press(ann, "rule_kind", kind)
    walk.press(ann, "rule_scope", scope)
    if scope == 2:
        walk.press(ann, "rule_browse", walk.hall.category.id)
        walk.press(ann, "rule_browse", 0)
        walk.press(ann, "rule_browse", walk.hall.category.id)
        walk.press(ann, "rule_category", walk.hall.category.id)
    if scope == 3:
        for typed in ("nothing is called so", walk.hall.milk.name[:50]):
            walk.say(ann, typed)
        walk.press(ann, "rule_page", 1)
        walk.press(ann, "rule_product", walk.hall.milk.id)


def _idle(walk: Walk, ann: int, category_id: int) -> None:
    """Rules that earn nothing: their category was deleted, their currency is gone, nothing is counted."""
    with walk.talk.transaction() as session:
        session.execute(update(Category).values(counts_units=False))
        at = {"name": "", "role": "rep", "currency": "RUB", "valid_from": _today(walk), "created_at": walk.talk.clock()}
        odd = ({"scope": "category"}, {"scope": "product"}, {"scope": "all", "currency": "EUR"}, {"scope": "counted"})
        for number, one in enumerate(odd, start=50):
            session.add(CommissionRule(**{**at, "kind": "per_order", "lineage": number, "version": 1, **one}))
        loaded = {"scope": "category", "category_id": category_id, "role": "storekeeper", "amount_minor": 100}
        session.add(CommissionRule(**{**at, "kind": "per_unit", "lineage": 60, "version": 1, **loaded}))
    for page in range(4):
        walk.press(ann, "commission_rules", 0, page)
    _count_units(walk)


def statements(walk: Walk) -> None:
    """The reader's own, another's, everybody's; any period; entries of every kind; the file."""
    ann, rita, bob = walk.hall.desk.ann.id, walk.hall.desk.rita.id, walk.hall.desk.bob.id
    walk.say(rita, "/commission")
    _entries(walk)
    for chat in (rita, bob):
        walk.press(chat, "earnings")
    first, last = _month(walk)
    for page in (0, 1):
        walk.press(rita, "earnings", 0, first, last, page)
    walk.press(ann, "earnings", rita, first, last, 0)
    walk.press(ann, "earnings", rita, first - 40, last - 35, 0)
    walk.press(ann, "earnings_all")
    walk.press(ann, "earnings_all", first - 70, first - 60)
    walk.press(ann, "earnings_file", 0, first, last, version=1)
    walk.press(rita, "earnings_days", rita)
    walk.say(rita, "in spring")
    walk.press(rita, "earnings_first", rita, first - 40)
    walk.press(rita, "earnings_last", rita, first - 40, first)
    walk.press(ann, "earnings_days", 0)
    walk.press(ann, "earnings_last", 0, first - 40, first)
    order, _ = walk.hall.orders["loaded"]
    for chat in (rita, ann):
        walk.press(chat, "order", order)


def worth(walk: Walk) -> None:
    """What the order that is being built would earn, and which goals it would move."""
    rita, at = walk.hall.desk.rita.id, walk.talk.clock()
    with walk.talk.transaction() as session:
        for metric, target, currency in (("sum", 1_000_000, "RUB"), ("orders", 7, "")):
            goal = {"span": "month", "first": at.date().replace(day=1), "target": target, "created_at": at}
            session.add(Goal(person_id=rita, metric=metric, currency=currency, **goal))
        share = {"kind": "percent", "role": "rep", "scope": "all", "rate": Decimal("0.02"), "currency": "RUB"}
        session.add(CommissionRule(lineage=90, version=1, name="", valid_from=at.date(), created_at=at, **share))
    walk.press(rita, "cart")
    walk.press(rita, "review")


def settlement(walk: Walk) -> None:
    """What is open, closed for good, and in the list."""
    ann, rita = walk.hall.desk.ann.id, walk.hall.desk.rita.id
    first, _ = _month(walk)
    walk.press(ann, "settlements", 0)
    walk.press(ann, "settlement", first - 40)
    walk.press(ann, "settlement")
    walk.press(ann, "settle_days", first - 1)
    walk.say(ann, "some day")
    walk.press(ann, "settle_day", first - 1)
    walk.press(ann, "settle_ask", first - 1)
    walk.press(ann, "settle_close", first - 1, version=9999)
    walk.press(ann, "settle_close", first - 1, version=_open_entries(walk))
    walk.press(ann, "settlement")
    walk.press(ann, "settlements", 0)
    walk.press(ann, "settle_show", int(walk.talk.scalar(select(func.max(Settlement.id)))))
    walk.press(rita, "earnings", 0, first - 31, first - 1)
    walk.press(rita, "earnings", 0, first - 31, first + 5)


def _entries(walk: Walk) -> None:
    """Entries of every kind, for the rep and the storekeeper, of this month and of the one before."""
    rita, bob, order = walk.hall.desk.rita.id, walk.hall.desk.bob.id, walk.hall.orders["loaded"][0]
    units = {"units_milli": 8000, "threshold_milli": 3000, "over_milli": 5000, "each_minor": 1000}
    bases: tuple[dict[str, Any], ...] = (
        {"kind": "per_unit", "scope": "counted", **units},
        {"kind": "per_unit", "scope": "category", **units, "threshold_milli": 0},
        {"kind": "percent", "scope": "all", "net_minor": 1_234_567_890, "rate": "0.015"},
        {"kind": "tiers", "scope": "product", "net_minor": 6_000_000, "rate": "0.02", "from_minor": 5_000_000},
        {"kind": "per_order", "scope": "all", "each_minor": 100},
    )
    today = _today(walk)
    with walk.talk.transaction() as session:
        rule = session.scalars(select(CommissionRule.id)).first()
        common = {"order_id": order, "rule_id": rule, "created_at": walk.talk.clock()}
        for number, basis in enumerate((*bases, *bases)):
            day = today if number < 5 else today.replace(day=1) - timedelta(days=number)
            earned = {**common, "kind": commissions.ACCRUED, "amount_minor": 5000 - number, "booked_on": day}
            for person, currency in ((rita, "RUB"), (rita, "EUR"), (bob, "RUB")):
                session.add(CommissionEntry(**earned, person_id=person, currency=currency, basis=basis))
        back = {**common, "person_id": rita, "amount_minor": -4000, "currency": "RUB", "booked_on": today}
        for kind in (commissions.VOIDED, commissions.CREDITED):
            session.add(CommissionEntry(**back, kind=kind, basis={"kind": "tiers", "scope": "all"}))


def _count_units(walk: Walk) -> None:
    with walk.talk.transaction() as session:
        session.execute(update(Category).where(Category.id == walk.hall.category.id).values(counts_units=True))


def _open_entries(walk: Walk) -> int:
    first = _today(walk).replace(day=1)
    return int(walk.talk.scalar(select(func.count()).where(CommissionEntry.booked_on < first)))


def _month(walk: Walk) -> tuple[int, int]:
    """The running month by ordinals."""
    first = _today(walk).replace(day=1)
    return first.toordinal(), first.toordinal() + 30


def _today(walk: Walk) -> date:
    return walk.talk.clock().date()


STORIES: tuple[Any, ...] = (rules, statements, worth, settlement)
