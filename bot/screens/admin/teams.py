"""The teams that have goals together."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Step, Turn
from services import teams
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which page."""

    page: int = 0


screen = Screen("teams", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of teams; a press opens one, a typed name makes one."""
    page = teams.list_teams(turn.session, by=turn.actor, page=state.page)
    rows = [[Button("team", "team", (team.team_id, 0), facts={"team": team})] for team in page.items]
    rows.append(keyboards.pages(page, "teams"))
    rows.append([Button("all_goals", "goal_list", (0,)), *keyboards.menu()])
    return Face({"page": page}, rows)


@screen.pressed("teams")
@screen.command("teams")
def open_teams(turn: Turn) -> Step:
    """Show a page."""
    return turn.go("teams", page=turn.id() if turn.ids else 0)


@screen.typed(Kind.TEXT)
def add(turn: Turn) -> Step:
    """Make a team of that name, and ask who is in it."""
    team = teams.add(turn.session, turn.text, by=turn.actor, now=turn.now)
    return turn.go("team", "added", None, team_id=team.id)
