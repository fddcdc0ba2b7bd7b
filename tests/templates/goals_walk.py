"""Goals, teams and the ranking, for the walk over every text: empty, running, over, hidden; files good and bad."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.events import Kind
from db.models.company import Company
from db.models.goals import Goal, Team
from db.models.people import Person
from services import fetching, goal_files, goals
from services.actor import Role
from services.goals import Matter, Wanted
from services.periods import Whole, whole, whole_beside
from services.turnover import Metric
from tests.builders import actor_of, make_person

if TYPE_CHECKING:
    from tests.templates.test_every_text import Walk


def reps(walk: Walk) -> None:
    """A rep looks at goals of every kind, in every period; at the ranking by everything, hidden and open."""
    rita, ann = walk.hall.desk.rita.id, walk.hall.desk.ann.id
    for chat in (rita, ann):
        for typed in ("/goals", "/цели", "/ranking", "/menu"):
            walk.say(chat, typed)
    _aim(walk)
    today = _today(walk)
    for typed in ("/metas", "/ranking"):
        walk.say(rita, typed)
    for page in (0, 1, 2):
        walk.press(rita, "goals", 0, 0, page)
    for span, days in product((1, 2, 3), (-100, 0, 100)):
        walk.press(rita, "goals", span, (today + timedelta(days=days)).toordinal(), 0)
    walk.press(rita, "goals_picture", 0, 0, version=7)
    for private in (0, 1):
        walk.press(ann, "ranking_private", private)
        for chat, page in product((rita, ann), (0, 1, 2)):
            walk.press(chat, "goals", 0, 0, page)
        for metric, span, chat in product(range(4), (1, 2, 3), (rita, ann)):
            walk.press(chat, "ranking", metric, span, 0, 0)
    walk.press(rita, "ranking", 0, 2, (today - timedelta(days=60)).toordinal(), 0)
    walk.press(rita, "ranking_picture", 0, 2, 0, 0, version=7)
    _many(walk)
    for metric, page in product((0, 2), (0, 1)):
        walk.press(rita, "ranking", metric, 2, 0, page)


def admins(walk: Walk) -> None:
    """An admin makes a team, sets goals by menus, by lines and by a table, changes and ends them."""
    ann, hall = walk.hall.desk.ann.id, walk.hall
    walk.press(ann, "goal_list", 0)
    walk.press(ann, "teams", 0)
    for typed in (hall.milk.name[:60], hall.milk.name[:60], "x" * 200):
        walk.say(ann, typed)
        walk.press(ann, "teams", 0)
    team = int(walk.talk.scalar(select(Team.id).order_by(Team.id.desc()).limit(1)))
    walk.press(ann, "team", team, 0)
    for typed in ("nobody", hall.desk.rita.name[:20]):
        walk.say(ann, typed)
    walk.press(ann, "team_member", team, hall.desk.rita.id, 1, 0)
    walk.press(ann, "team_rename", team)
    walk.say(ann, "Север & <b>")
    walk.press(ann, "team_remove", team)
    _wizard(walk, team)
    _card(walk)
    _sheets(walk)
    walk.press(ann, "team_remove", team)
    walk.press(ann, "team_remove_now", team)
    walk.press(ann, "goal_list", 1)


def _wizard(walk: Walk, team: int) -> None:
    """Every question of the form, with answers that are none."""
    ann, hall = walk.hall.desk.ann.id, walk.hall
    for whose, who in ((1, hall.desk.rita.id), (2, team), (3, 0)):
        walk.press(ann, "goal_new")
        walk.press(ann, "goal_whose", whose, 0)
        for typed in ("nobody at all", hall.desk.rita.name[:10]):
            walk.say(ann, typed)
        walk.press(ann, "goal_new_page", 0)
        walk.press(ann, "goal_whose", whose, who)
        for metric in (1, 2, 3, 4):
            walk.press(ann, "goal_metric", metric)
            _goods(walk, whose)
            for span in (1, 2, 3):
                walk.press(ann, "goal_span", span)
                _when(walk, span, (whose + metric + span) % 4 + 1)
                for typed in ("many", "0"):
                    walk.say(ann, typed)
                for _ in range(2):
                    walk.press(ann, "goal_new_back")
            for _ in range(3):
                walk.press(ann, "goal_new_back")
        walk.press(ann, "goal_metric", 3)
        walk.press(ann, "goal_span", whose)
        _when(walk, whose, whose)
        walk.say(ann, "40")


def _when(walk: Walk, span: int, number: int) -> None:
    """Say from when on: in the present period or the next one."""
    first = whole_beside(tuple(Whole)[span - 1], _today(walk), (number - 1) // 2).first
    walk.press(walk.hall.desk.ann.id, "goal_when", number, first.toordinal())


def _goods(walk: Walk, kind: int) -> None:
    ann, hall = walk.hall.desk.ann.id, walk.hall
    walk.press(ann, "goal_scope", kind, 0)
    if kind == 2:
        walk.press(ann, "goal_look", hall.category.id)
        walk.press(ann, "goal_scope", 2, hall.category.id)
    if kind == 3:
        for typed in ("no such thing", hall.milk.article):
            walk.say(ann, typed)
        walk.press(ann, "goal_scope", 3, hall.milk.id)


def _card(walk: Walk) -> None:
    """Each goal's card, a figure for it, and its end."""
    ann = walk.hall.desk.ann.id
    _aim(walk)
    for page in (0, 1):
        walk.press(ann, "goal_list", page)
    for row in walk.talk.read(select(Goal.id).order_by(Goal.id)):
        walk.press(ann, "goal_card", row.id)
        walk.press(ann, "goal_remove", row.id)
    row = walk.talk.read(select(Goal.id, Goal.version).order_by(Goal.id))[0]
    walk.press(ann, "goal_card", row.id)
    for typed in ("<b>", "50"):
        walk.say(ann, typed)
    row = walk.talk.read(select(Goal.id, Goal.version).order_by(Goal.id))[0]
    walk.press(ann, "goal_end", row.id, 0, version=row.version)
    walk.press(ann, "goal_end", row.id, 1, version=row.version)


def _sheets(walk: Walk) -> None:
    """Lines and tables: all that can be wrong, and some that is right."""
    ann, rita = walk.hall.desk.ann, walk.hall.desk.rita
    head = ["Who", "Target", "What", "Of what", "Every", "From", "Until"]
    unique = make_unique(walk)
    wrong = [
        ["Nobody"], [rita.name[:0] + "R"], [unique, "x"], [unique, "5", "miles"], [unique, "5", "", "no such"],
        [unique, "5", "", walk.hall.milk.name[:40]], [unique, "5", "", "", "decade"], [unique, "5", "", "", "", "soon"],
        [unique, "5", "", "", "", "01.02.2020"], [unique, "5", "", "", "", "01.02.2050"],
        [unique, "5", "", "", "", "01.01.2028", "01.01.2027"], [unique, "5", "orders", walk.hall.milk.article],
        [unique, "5"], [unique, "6"],
    ]  # fmt: skip
    right = [[unique, "5", "units", walk.hall.milk.article], ["all", "7", "", "", "week"],
             *([unique, "5", "", "", "month", f"{month:02}.2027", f"{month:02}.2027"] for month in range(1, 9)),
             [unique, "5", "sales", "", "quarter", "01.2027", "12.2027"]]  # fmt: skip
    walk.press(ann.id, "goal_sheet")
    walk.press(ann.id, "goal_sheet_file", version=7)
    for table in ([["Notes"], ["x"]], [head], [head, *wrong], [head, *right]):
        walk.send(ann.id, Kind.FILE, file_ref=f"goals-{len(table)}", file_name="goals.xlsx")
        _fetched(walk, table)
        for page in (0, 1, 2):
            walk.press(ann.id, "goal_sheet_page", page)
    walk.say(ann.id, f"{unique} 500")
    _overtake(walk, unique)
    for _ in range(2):
        walk.press(ann.id, "goal_sheet_save", version=int(walk.state(ann.id)["form"]))
    walk.say(ann.id, "nothing to set here")
    walk.say(ann.id, f"{unique} 40 orders")
    walk.press(ann.id, "home")
    _fetched(walk, [head])
    facts = {"sha256": "0" * 64, "name": "goals.xlsx", "content_type": "application/x", "size": 1}
    walk.hear("goals.drawn", 99, **facts, person_id=ann.id, chat_key=f"tg:1:{ann.id}")
    for at, reason in enumerate(fetching.REASONS):
        asked = {"purpose": goal_files.PURPOSE, "person_id": ann.id, "chat_key": f"tg:1:{ann.id}", "facts": {}}
        walk.hear("file.not_fetched", 7000 + at, **asked, reason=reason, name="goals.xlsx")


def make_unique(walk: Walk) -> str:
    """A rep whom one word names."""
    with walk.talk.transaction() as session:
        return make_person(session, "Unica", language=walk.language).name


def _overtake(walk: Walk, name: str) -> None:
    """Another admin sets the goal of the same month while a table waits."""
    with walk.talk.transaction() as session:
        person_id = session.scalar(select(Person.id).where(Person.name == name).order_by(Person.id.desc()).limit(1))
        about = Matter(person_id, None, Metric.SUM, None, None, Whole.MONTH)
        wanted = Wanted(about, _today(walk), None, 7_00)
        goals.set_goals(session, [wanted], by=actor_of(walk.hall.desk.ann), now=walk.talk.clock())


def _fetched(walk: Walk, table: list[list[str]]) -> None:
    ann = walk.hall.desk.ann.id
    asked = {"purpose": goal_files.PURPOSE, "person_id": ann, "chat_key": f"tg:1:{ann}", "facts": {}}
    file = {"sha256": f"{len(table):064}", "name": "goals.xlsx", "content_type": "application/x", "size": 1}
    walk.hear("file.fetched", 8000 + len(table) + len(walk.labels), **asked, **file, table=table)


def _today(walk: Walk) -> date:
    return walk.talk.clock().date()


def _aim(walk: Walk) -> None:
    """Goals of Rita's and of all: hardly begun, reached, for goods, to come."""
    hall, today = walk.hall, _today(walk)
    coming = whole(Whole.QUARTER, today).last + timedelta(days=1)
    about: list[tuple[Matter, int, date]] = [
        (Matter(hall.desk.rita.id, None, metric, None, None, span), target, today)
        for metric, target in ((Metric.SUM, 10**11), (Metric.UNITS, 3_000), (Metric.ORDERS, 1), (Metric.NEW_CLIENTS, 9))
        for span in (Whole.WEEK, Whole.MONTH)
    ]
    about += [
        (Matter(None, None, Metric.SUM, hall.category.id, None, Whole.QUARTER), 10**14 - 1, today),
        (Matter(hall.desk.rita.id, None, Metric.UNITS, None, hall.milk.id, Whole.MONTH), 2_000_000, today),
        (Matter(hall.desk.rita.id, None, Metric.ORDERS, None, None, Whole.QUARTER), 5, coming),
    ]
    with walk.talk.transaction() as session:
        wanted = [Wanted(matter, first, None, target) for matter, target, first in about]
        goals.set_goals(session, wanted, by=actor_of(hall.desk.ann), now=walk.talk.clock())


def _many(walk: Walk) -> None:
    """More reps than a message shows, and nobody's figures hidden."""
    with walk.talk.transaction() as session:
        for _ in range(12):
            make_person(session, walk.hall.desk.rita.name, roles=[Role.REP])
        session.get_one(Company, 1).ranking_private = False


STORIES = (reps, admins)
