"""Teams: reps who have goals together. A rep may be in several."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.goals import Goal, Team, TeamMember
from db.models.people import Person
from services import audit, company, forms, people
from services.actor import Actor, Role, require
from services.errors import DomainError
from services.paging import PAGE_SIZE, Page, page_of_all
from services.search import search_key

LONGEST_NAME: Final = 60


class TeamNameTaken(DomainError):
    """There is a team of this name. Facts: name."""


class TeamGone(DomainError):
    """There is no such team any more. No facts."""


class NoRep(DomainError):
    """Only people who work as reps can be in a team, or have goals. No facts."""


@dataclass(frozen=True, slots=True)
class TeamCard:
    """A team with how many reps work in it, and how many goals it has, past ones too."""

    team_id: int
    name: str
    members: int
    goals: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rep who is in the team, or may be."""

    person_id: int
    name: str
    is_member: bool


def list_teams(session: Session, *, by: Actor, page: int = 0, size: int = PAGE_SIZE) -> Page[TeamCard]:
    """All teams by name. For admins; raises NotAllowed."""
    require(by, Role.ADMIN, action="team.list", subject="team")
    found = page_of_all(all_teams(session), page=page, size=size)
    return Page(tuple(_card(session, team) for team in found.items), found.page, found.pages)


def all_teams(session: Session) -> list[Team]:
    """All teams by name: a company has few."""
    return sorted(session.scalars(select(Team)), key=lambda team: (search_key(team.name), team.id))


def get(session: Session, team_id: int, *, by: Actor) -> TeamCard:
    """One team. For admins; raises NotAllowed or TeamGone."""
    require(by, Role.ADMIN, action="team.read", subject=f"team:{team_id}")
    team = session.get(Team, team_id)
    if team is None:
        raise TeamGone
    return _card(session, team)


def add(session: Session, name: str, *, by: Actor, now: datetime) -> Team:
    """Make a team without members. Admins only; locks the company.

    Raises NotAllowed, FieldUnclear, FieldTooLong or TeamNameTaken, having changed nothing.
    """
    require(by, Role.ADMIN, action="team.add", subject="team")
    company.lock(session)
    team = Team(name=_free_name(session, name), created_at=now)
    session.add(team)
    session.flush()
    after = {"name": team.name}
    audit.write(session, by=by, action="team.added", subject=f"team:{team.id}", now=now, after=after)
    return team


def rename(session: Session, team_id: int, name: str, *, by: Actor, now: datetime) -> Team:
    """Call it something else. Admins only; locks the company. Raises as ``add`` does, and TeamGone."""
    team = _lock(session, team_id, by)
    values = {"name": _free_name(session, name, but=team_id)}
    forms.save(session, team, values, by=by, subject=f"team:{team_id}", now=now)
    return team


def set_member(session: Session, team_id: int, person_id: int, *, on: bool, by: Actor, now: datetime) -> None:
    """Take a rep into the team, or out of it; what is so already stays so. Admins only; locks the company.

    Raises NotAllowed, TeamGone, or NoRep for somebody who is taken in and is no active rep.
    """
    _lock(session, team_id, by)
    member = session.get(TeamMember, (team_id, person_id))
    if on == (member is not None):
        return
    if member is not None:
        session.delete(member)
    else:
        _check_rep(session, person_id)
        session.add(TeamMember(team_id=team_id, person_id=person_id))
    session.flush()
    action = "team.joined" if on else "team.left"
    audit.write(session, by=by, action=action, subject=f"team:{team_id}", now=now, after={"person_id": person_id})


def remove(session: Session, team_id: int, *, by: Actor, now: datetime) -> str:
    """Take the team away with all its goals; its former name. Admins only; locks the company.

    Raises NotAllowed or TeamGone.
    """
    team = _lock(session, team_id, by)
    name = team.name
    before = {"name": name, "members": sorted(member_ids(session, team_id))}
    audit.write(session, by=by, action="team.removed", subject=f"team:{team_id}", now=now, before=before)
    session.delete(team)
    session.flush()
    return name


def list_candidates(session: Session, team_id: int, *, by: Actor, page: int = 0, query: str = "") -> Page[Candidate]:
    """The reps whose names have ``query`` in them: those of the team first, each group by name.

    For admins; raises NotAllowed or TeamGone.
    """
    get(session, team_id, by=by)
    members, key = member_ids(session, team_id), search_key(query)
    reps = [person for person in people.list_active(session, Role.REP) if key in search_key(person.name)]
    found = [Candidate(person.id, person.name, person.id in members) for person in reps]
    found.sort(key=lambda one: not one.is_member)
    return page_of_all(found, page=page)


def member_ids(session: Session, team_id: int) -> set[int]:
    """Who belongs to the team and works here still."""
    return members_of(session, [team_id]).get(team_id, set())


def members_of(session: Session, team_ids: Collection[int]) -> dict[int, set[int]]:
    """The same of several teams, by team."""
    query = (
        select(TeamMember.team_id, TeamMember.person_id)
        .join(Person, Person.id == TeamMember.person_id)
        .where(TeamMember.team_id.in_(team_ids), Person.revoked_at.is_(None))
    )
    found: dict[int, set[int]] = {}
    for team_id, person_id in session.execute(query):
        found.setdefault(team_id, set()).add(person_id)
    return found


def ids_of_person(session: Session, person_id: int) -> list[int]:
    """The teams that somebody belongs to."""
    return list(session.scalars(select(TeamMember.team_id).where(TeamMember.person_id == person_id)))


def _card(session: Session, team: Team) -> TeamCard:
    goals = session.scalar(select(func.count()).select_from(Goal).where(Goal.team_id == team.id)) or 0
    return TeamCard(team.id, team.name, len(member_ids(session, team.id)), goals)


def _lock(session: Session, team_id: int, by: Actor) -> Team:
    require(by, Role.ADMIN, action="team.change", subject=f"team:{team_id}")
    company.lock(session)  # one admin at a time changes teams and goals
    team = session.get(Team, team_id, populate_existing=True)
    if team is None:
        raise TeamGone
    return team


def _check_rep(session: Session, person_id: int) -> None:
    person = session.get(Person, person_id)
    if person is None or person.revoked_at is not None or Role.REP.value not in person.roles:
        raise NoRep


def _free_name(session: Session, text: str, *, but: int = 0) -> str:
    name: str = forms.words("team_name", LONGEST_NAME, may_be_empty=False)(text)
    others: Iterable[Team] = (team for team in all_teams(session) if team.id != but)
    if search_key(name) in {search_key(team.name) for team in others}:
        raise TeamNameTaken(name=name)
    return name
