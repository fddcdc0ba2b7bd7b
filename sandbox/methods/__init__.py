"""What each Bot API method does: a table of plain functions."""

from __future__ import annotations

from sandbox.methods import albums, editing, profile, reading, sending
from sandbox.methods.call import Call, Doing

DOING: dict[str, Doing] = {**sending.DOING, **albums.DOING, **editing.DOING, **profile.DOING, **reading.DOING}

__all__ = ["DOING", "Call", "Doing"]
