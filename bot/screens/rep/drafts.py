"""The orders that the rep has begun: which one to go on with."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.screen import Face, Screen, Step, Turn
from services import cart, draft_list
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which page, and which draft was asked to be deleted (0: none)."""

    page: int = 0
    deleting: int = 0


screen = Screen("drafts", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of drafts, the current one first; each can be deleted, which is asked once more."""
    found = draft_list.list_mine(turn.session, by=turn.actor, page=state.page)
    current = cart.current(turn.session, by=turn.actor)
    doomed = next((draft for draft in found.items if draft.id == state.deleting), None)
    facts = {
        "found": found,
        "current_id": current.id if current else 0,
        "deleting": doomed,
        "goods": {draft.id: sum(line.kind == "goods" for line in draft.lines) for draft in found.items},
        "zone": turn.company.time_zone,
    }
    if doomed is not None:
        keep = Button("keep", "drafts", (found.page,))
        return Face(facts, [[keep, Button("delete", "delete_draft", (doomed.id,), doomed.version)]])
    rows = [
        [Button("one", "draft", (draft.id,), facts={"draft": draft}), Button("bin", "ask_delete_draft", (draft.id,))]
        for draft in found.items
    ]
    rows.append(keyboards.pages(found, "drafts"))
    return Face(facts, [*rows, [Button("menu", "home"), Button("begin", "new_draft")]])


@screen.pressed("drafts")
@screen.command("drafts")
def open_drafts(turn: Turn) -> Step:
    """Show a page."""
    return turn.go("drafts", page=turn.id() if turn.ids else 0)


@screen.pressed("draft")
def choose(turn: Turn) -> Step:
    """Go on with this one."""
    draft_list.choose(turn.session, turn.id(), by=turn.actor, now=turn.now)
    cart.refresh(turn.session, turn.id(), by=turn.actor, now=turn.now)
    return turn.go("cart")


@screen.pressed("new_draft")
def begin(turn: Turn) -> Step:
    """Begin another order; the ones begun before stay as they are."""
    draft_list.begin(turn.session, by=turn.actor, now=turn.now)
    return turn.go("catalogue")


@screen.pressed("ask_delete_draft")
def ask(turn: Turn) -> Step:
    """Ask once more before deleting."""
    cart.lock_draft(turn.session, turn.id(), by=turn.actor, action="delete")
    return turn.go("drafts", page=turn.state.page if turn.state else 0, deleting=turn.id())


@screen.pressed("delete_draft")
def delete(turn: Turn) -> Step:
    """Delete it for good."""
    draft_list.delete(turn.session, turn.id(), turn.version, by=turn.actor, now=turn.now)
    return turn.go("drafts", "deleted", page=turn.state.page if turn.state else 0)
