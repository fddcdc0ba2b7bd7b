"""The company's bank details, as one form: pasted or typed in any order, saved as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import bank_details, bank_text
from services.actor import Role


@dataclass(frozen=True)
class State:
    """What was understood so far. ``form`` is another number after every change: a button saves its own one."""

    parts: Mapping[str, str] = field(default_factory=dict)
    mistyped: tuple[Mapping[str, str], ...] = ()
    form: int = 0


screen = Screen("bank", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """What the company has, or the new details as far as they go."""
    profile = turn.company
    form = bank_details.form_of(profile)
    missing = bank_details.missing(state.parts, form)
    rows = []
    if state.form:
        rows.append([Button("forget", "bank")])
    rows.append([Button("back", "company")])
    if state.parts and not missing and not state.mistyped:
        rows.append([Button("save", "bank_save", version=state.form)])
    facts: dict[str, Any] = {
        "form": form.value,
        "names": bank_text.parts_of(form),
        "now": {name: getattr(profile, name) for name in bank_details.COLUMNS},
        "parts": state.parts,
        "mistyped": state.mistyped,
        "missing": missing,
        "begun": bool(state.form),
        "fits": bank_details.fits(profile),
    }
    return Face(facts, rows)


@screen.pressed("bank")
def open_bank(turn: Turn) -> Step:
    """Show the details; what was typed but not saved is forgotten."""
    return turn.go("bank")


@screen.typed(Kind.TEXT)
def type_details(turn: Turn) -> Step:
    """Find the parts of bank details in a text, and keep them until the form is whole."""
    understood = bank_details.add(turn.company, dict(turn.state.parts), turn.incoming.text)
    if not understood.is_new:
        return turn.stay("unclear")
    mistyped = [asdict(mistake) for mistake in understood.mistyped]
    return turn.go("bank", parts=understood.parts, mistyped=mistyped, form=turn.form_number)


@screen.pressed("bank_save")
def save(turn: Turn) -> Step:
    """Let these be the company's bank details."""
    state = turn.state
    if state is None or not state.form or state.form != turn.version or state.mistyped:
        raise Stale
    bank_details.save(turn.session, state.parts, by=turn.actor, now=turn.now)
    return turn.go("company", "saved")
