"""The values of the company's fields as its screens show them: codes get the names that people know."""

from __future__ import annotations

from typing import Any

from bot.screens.screen import Turn
from services import company_form, world_names

Shown = dict[str, Any]


def shown(turn: Turn, field: str, value: Any) -> Any:
    """A value with a name instead of a code; anything else stays as it is, for the template to write."""
    if not value:
        return value
    if field == "country":
        return world_names.country_name(value, turn.locale)
    if field == "currency":
        return f"{value} · {world_names.currency_name(value, turn.locale)}"
    if field == "time_zone":
        return f"{world_names.zone_name(value, turn.locale)} (UTC{world_names.zone_offset(value, turn.now)})"
    return value


def values(turn: Turn, section: str) -> list[tuple[str, Any]]:
    """The fields of a section with what they hold."""
    profile = turn.company
    return [(field, shown(turn, field, getattr(profile, field))) for field in company_form.fields_of(profile, section)]
