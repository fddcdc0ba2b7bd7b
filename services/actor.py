"""Who is acting. Every changing service takes an Actor and checks it itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from services import audit
from services.errors import DomainError


class Role(StrEnum):
    """What somebody does in the company."""

    ADMIN = "admin"
    REP = "rep"
    STOREKEEPER = "storekeeper"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person of the staff, as read inside the running transaction."""

    person_id: int
    name: str
    language: str
    roles: frozenset[Role]
    warehouse_ids: frozenset[int]
    """Empty: all warehouses."""
    origin: str
    """The chat key, or ``cli``."""
    is_marked_blocked: bool = False
    """The messenger said that this account does not want to hear from us; whoever writes does again."""

    def may_use(self, warehouse_id: int | None) -> bool:
        """Tell whether this person works with that warehouse."""
        return not self.warehouse_ids or warehouse_id in self.warehouse_ids


class NotAllowed(DomainError):
    """The actor has no right to do this. Leaves an audit row. Facts: none that would tell what exists.

    ``origin``: where a stranger's try came from.
    """

    def __init__(self, *, by: Actor | None, action: str, subject: str, origin: str = "internal") -> None:
        super().__init__()
        self._by, self._action, self._subject, self._origin = by, action, subject, origin

    def record(self, session: Session, *, now: datetime) -> None:
        """Write down who tried what."""
        action = f"refused.{self._action}"
        audit.write(session, by=self._by, action=action, subject=self._subject, now=now, origin=self._origin)


def require(by: Actor, *roles: Role, action: str, subject: str) -> None:
    """Raise NotAllowed unless the actor has one of the roles."""
    if not by.roles.intersection(roles):
        raise NotAllowed(by=by, action=action, subject=subject)
