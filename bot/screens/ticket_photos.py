"""The photos of a ticket, one after the other: for the rep who took them, and for the admin who looks the sale over."""

from __future__ import annotations

from typing import Any, NamedTuple

from bot.screens.screen import Step, Turn
from services import files, tickets


class Photo(NamedTuple):
    """A photo of a ticket; the numbers count from 0, and after the last one comes the first again."""

    document: dict[str, Any]
    number: int
    photos: int

    @property
    def following(self) -> int:
        """The number of the next one."""
        return (self.number + 1) % self.photos

    def above(self, step: Step) -> Step:
        """The photo, with the step's screen below."""
        facts = {"number": self.number + 1, "photos": self.photos}
        return step.showing("photo", caption="caption", facts=facts, **self.document)


def asked_for(turn: Turn) -> Photo:
    """The photo whose number stands behind the ticket in the button; raises what the ticket's readers raise."""
    ticket = tickets.get(turn.session, turn.id(), by=turn.actor)
    count = len(ticket.photos)
    number = turn.amount(1) % max(1, count)
    file = tickets.photo(turn.session, ticket.id, number, by=turn.actor)
    return Photo(files.as_document(file), number, count)
