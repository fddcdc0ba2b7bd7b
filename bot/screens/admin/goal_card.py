"""One goal: how it stands, another figure, its end."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.screens.rep import goal_days
from bot.screens.screen import Face, Screen, Step, Turn
from services import goal_cards, goal_progress, goal_words, goals
from services.actor import Role
from services.goal_cards import GoalCard
from services.goals import LARGEST, TargetUnfit


@dataclass(frozen=True)
class State:
    """Which goal, and whether the question is asked whether to take it away."""

    goal_id: int = 0
    asked: int = 0


screen = Screen("goal_card", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The goal; a figure that is typed becomes its target."""
    card = goal_cards.get(turn.session, state.goal_id, by=turn.actor, now=turn.now)
    (progress,) = goal_progress.of_cards(turn.session, [card], now=turn.now)
    back = [Button("back", "goal_list", (0,))]
    if state.asked:
        rows = [[Button("end_now", "goal_end", (card.goal_id, 1), card.version)]]
        if card.repeats:
            rows.append([Button("end_later", "goal_end", (card.goal_id, 0), card.version)])
        rows.append([Button("keep", "goal_card", (card.goal_id,))])
    else:
        rows = [[*back, Button("remove", "goal_remove", (card.goal_id,))]]
    facts = {"card": card, "p": progress, "today": goal_days.today(turn), "asked": state.asked}
    return Face(facts, rows)


@screen.pressed("goal_card")
def open_card(turn: Turn) -> Step:
    """Show a goal."""
    return turn.go("goal_card", goal_id=turn.id())


@screen.pressed("goal_remove")
def ask_removal(turn: Turn) -> Step:
    """Ask from when on it shall hold no more."""
    return turn.go("goal_card", goal_id=turn.id(), asked=1)


@screen.pressed("goal_end")
def end(turn: Turn) -> Step:
    """Let it hold no more, from the present period on or after it."""
    goals.end(turn.session, turn.id(), turn.version, at_once=bool(turn.id(1)), by=turn.actor, now=turn.now)
    return turn.go("goal_list", "ended")


@screen.typed(Kind.TEXT)
def type_target(turn: Turn) -> Step:
    """Another target, from the present period on."""
    card = goal_cards.get(turn.session, turn.state.goal_id, by=turn.actor, now=turn.now)
    target = read_target(turn, card)
    goal = goals.change(turn.session, card.goal_id, card.version, target, by=turn.actor, now=turn.now)
    return turn.go("goal_card", "changed", None, goal_id=goal.id)


def read_target(turn: Turn, card: GoalCard) -> int:
    """What was typed as the goal counts it; raises TargetUnfit."""
    metric, currency = card.matter.metric, turn.company.currency
    target = goal_words.target(turn.text, metric, currency)
    if target is None:
        raise TargetUnfit(metric=metric.value, largest=LARGEST[metric], currency=currency)
    return target
