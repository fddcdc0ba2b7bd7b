"""The way in for the first admin, and for any admin whose account was lost: at the server's command line."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from db.session import Transaction
from services import access_admin, access_codes, command_line
from services.access_codes import CodeHasher
from services.actor import Role
from services.ways_out import NeverAgain, TryLater

GOOD_FOR = timedelta(days=1)


class Desk(Protocol):
    """What is needed of the running installation."""

    @property
    def transaction(self) -> Transaction:
        """Opens a transaction."""

    def link_to(self, payload: str) -> str:
        """The link that opens the bot with a payload. Raises TryLater or NeverAgain."""


def invite(desk: Desk, *, now: datetime) -> str:
    """Make a one-time password for an admin of all warehouses, good for a day; returns what to print. The admin
    is called as in the messenger.
    """
    fresh = access_codes.prepare(CodeHasher())
    with desk.transaction() as session:
        access_admin.issue(
            session, fresh, by=None, name="", role=Role.ADMIN, warehouse_ids=(), valid_for=GOOD_FOR, now=now
        )
    try:
        link = desk.link_to(fresh.link)
    except (TryLater, NeverAgain) as trouble:  # the password is good without it
        link = f"none ({command_line.explain(trouble)}). Type the password to the bot."
    return f"Password: {fresh.password}\nLink:     {link}\nGood for one day, once."
