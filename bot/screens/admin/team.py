"""One team: who is in it, its name, its end."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Step, Turn
from services import teams
from services.actor import Role

LONGEST_QUERY = 60
RENAME, REMOVE = 1, 2
"""What is asked."""


@dataclass(frozen=True)
class State:
    """Which team, which page of reps, what is asked (0: nothing), and what was looked for."""

    team_id: int = 0
    page: int = 0
    asked: int = 0
    query: str = ""


screen = Screen("team", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The reps, those of the team first; a press takes one in or out."""
    team = teams.get(turn.session, state.team_id, by=turn.actor)
    page = teams.list_candidates(turn.session, team.team_id, by=turn.actor, page=state.page, query=state.query)
    facts = {"team": team, "page": page, "asked": state.asked, "query": state.query}
    keep = [Button("keep", "team", (team.team_id, 0))]
    if state.asked == REMOVE:
        return Face(facts, [[Button("remove_now", "team_remove_now", (team.team_id,))], keep])
    if state.asked == RENAME:
        return Face(facts, [keep])
    rows = [
        [
            Button(
                "member",
                "team_member",
                (team.team_id, one.person_id, int(not one.is_member), page.page),
                facts={"one": one},
            )
        ]
        for one in page.items
    ]
    rows.append(keyboards.pages(page, "team", team.team_id))
    rows.append([Button("rename", "team_rename", (team.team_id,)), Button("remove", "team_remove", (team.team_id,))])
    rows.append([Button("back", "teams", (0,))])
    return Face(facts, rows)


@screen.pressed("team")
def open_team(turn: Turn) -> Step:
    """Show a team with a page of reps; what was looked for stays while its list is turned."""
    return turn.go("team", team_id=turn.id(), page=turn.id(1), query=_query(turn))


@screen.pressed("team_member")
def set_member(turn: Turn) -> Step:
    """Take a rep in, or out: the button says which, so that it may come twice."""
    team_id, person_id, on, page = (turn.id(place) for place in range(4))
    teams.set_member(turn.session, team_id, person_id, on=bool(on), by=turn.actor, now=turn.now)
    return turn.go("team", team_id=team_id, page=page, query=_query(turn))


@screen.pressed("team_rename")
def ask_name(turn: Turn) -> Step:
    """Ask for another name."""
    return turn.go("team", team_id=turn.id(), asked=RENAME)


@screen.pressed("team_remove")
def ask_removal(turn: Turn) -> Step:
    """Ask whether it shall go."""
    return turn.go("team", team_id=turn.id(), asked=REMOVE)


@screen.pressed("team_remove_now")
def remove(turn: Turn) -> Step:
    """Take the team away with its goals."""
    name = teams.remove(turn.session, turn.id(), by=turn.actor, now=turn.now)
    return turn.go("teams", "removed", {"name": name})


@screen.typed(Kind.TEXT)
def type_name(turn: Turn) -> Step:
    """The new name, where it was asked for; else a part of a rep's name to look for."""
    if turn.state.asked != RENAME:
        return turn.go("team", team_id=turn.state.team_id, query=turn.text[:LONGEST_QUERY])
    teams.rename(turn.session, turn.state.team_id, turn.text, by=turn.actor, now=turn.now)
    return turn.go("team", "renamed", None, team_id=turn.state.team_id)


def _query(turn: Turn) -> str:
    return turn.state.query if isinstance(turn.state, State) and turn.state.team_id == turn.id() else ""
