"""Teams: made, renamed, filled, taken away."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.goals import Goal, Team, TeamMember
from db.models.record import AuditEntry
from services import goals, teams
from services.actor import NotAllowed
from services.forms import FieldTooLong, FieldUnclear
from services.goals import Matter, Wanted
from services.periods import Whole
from services.teams import NoRep, TeamGone, TeamNameTaken
from services.turnover import Metric
from tests.builders import NOON, actor_of, make_person
from tests.services.desk import Desk


def test_a_rep_may_be_in_two_teams(session: Session, desk: Desk) -> None:
    by = actor_of(desk.ann)
    rob = make_person(session, "Rob")
    north, south = (teams.add(session, name, by=by, now=NOON) for name in ("North", "South"))
    for team, person in ((north, desk.rita), (north, rob), (south, desk.rita), (south, desk.rita)):
        teams.set_member(session, team.id, person.id, on=True, by=by, now=NOON)

    assert sorted(teams.ids_of_person(session, desk.rita.id)) == [north.id, south.id]
    assert teams.member_ids(session, north.id) == {desk.rita.id, rob.id}
    assert [(card.name, card.members) for card in teams.list_teams(session, by=by).items] == [
        ("North", 2),
        ("South", 1),
    ]
    candidates = teams.list_candidates(session, south.id, by=by).items
    assert [(one.name, one.is_member) for one in candidates] == [("Rita", True), ("Rob", False)]
    assert [one.name for one in teams.list_candidates(session, south.id, by=by, query="ro").items] == ["Rob"]
    teams.set_member(session, north.id, rob.id, on=False, by=by, now=NOON)
    teams.set_member(session, north.id, rob.id, on=False, by=by, now=NOON)
    assert teams.member_ids(session, north.id) == {desk.rita.id}


def test_whoever_was_dismissed_is_in_no_team(session: Session, desk: Desk) -> None:
    by = actor_of(desk.ann)
    team = teams.add(session, "North", by=by, now=NOON)
    teams.set_member(session, team.id, desk.rita.id, on=True, by=by, now=NOON)
    desk.rita.revoked_at = NOON
    session.flush()

    assert teams.member_ids(session, team.id) == set()
    with pytest.raises(NoRep):
        teams.set_member(session, team.id, desk.bob.id, on=True, by=by, now=NOON)
    teams.set_member(session, team.id, desk.rita.id, on=False, by=by, now=NOON)
    with pytest.raises(NoRep):
        teams.set_member(session, team.id, desk.rita.id, on=True, by=by, now=NOON)


def test_names_are_told_apart_as_people_read_them(session: Session, desk: Desk) -> None:
    by = actor_of(desk.ann)
    team = teams.add(session, "  Север \n", by=by, now=NOON)
    assert team.name == "Север"
    with pytest.raises(TeamNameTaken):
        teams.add(session, "СЕВЕР", by=by, now=NOON)
    with pytest.raises(FieldUnclear):
        teams.add(session, " ", by=by, now=NOON)
    with pytest.raises(FieldTooLong):
        teams.add(session, "x" * 61, by=by, now=NOON)
    teams.rename(session, team.id, "север", by=by, now=NOON)

    assert session.scalars(select(Team.name)).all() == ["север"]


def test_a_team_goes_with_its_goals_and_only_once(session: Session, desk: Desk) -> None:
    by = actor_of(desk.ann)
    team = teams.add(session, "North", by=by, now=NOON)
    teams.set_member(session, team.id, desk.rita.id, on=True, by=by, now=NOON)
    about = Matter(None, team.id, Metric.ORDERS, None, None, Whole.WEEK)
    goals.set_goals(session, [Wanted(about, NOON.date(), None, 5)], by=by, now=NOON)
    assert teams.get(session, team.id, by=by).goals == 1

    assert teams.remove(session, team.id, by=by, now=NOON) == "North"

    assert session.scalar(select(func.count()).select_from(TeamMember)) == 0
    assert session.scalar(select(func.count()).select_from(Goal)) == 0
    with pytest.raises(TeamGone):
        teams.remove(session, team.id, by=by, now=NOON)
    with pytest.raises(TeamGone):
        teams.rename(session, team.id, "South", by=by, now=NOON)


def test_only_admins_keep_teams(session: Session, desk: Desk) -> None:
    team = teams.add(session, "North", by=actor_of(desk.ann), now=NOON)
    before = session.scalar(select(func.count()).select_from(AuditEntry))
    by = actor_of(desk.rita)
    for forbidden in (
        lambda: teams.add(session, "South", by=by, now=NOON),
        lambda: teams.rename(session, team.id, "South", by=by, now=NOON),
        lambda: teams.set_member(session, team.id, desk.rita.id, on=True, by=by, now=NOON),
        lambda: teams.remove(session, team.id, by=by, now=NOON),
        lambda: teams.list_teams(session, by=by),
        lambda: teams.get(session, team.id, by=by),
    ):
        with pytest.raises(NotAllowed):
            forbidden()

    assert session.scalars(select(Team.name)).all() == ["North"]
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == before
