"""The names of the outbox kinds that are work, not chat messages."""

from __future__ import annotations

from enum import StrEnum


class Job(StrEnum):
    """What ``delivery`` does for a row of the outbox. The value is the row's ``kind``."""

    DRAW_INVOICE = "invoice.draw"
    """Draw the PDF of ``payload["invoice_id"]``."""
    MAIL_INVOICE = "invoice.mail"
    """Send the letter of ``payload["request_id"]``."""
    FIND_PLACE = "geo.find"
    """Find where ``payload["address"]`` lies."""
    FIND_ROAD = "geo.route"
    """Find how far it is by road from ``payload["start"]`` to ``payload["end"]``."""
    DRAW_FIGURES = "figures.draw"
    """Draw the spreadsheet of a period's figures, as ``services.figures_export.request`` asks for it."""
    FETCH_FILE = "file.fetch"
    """Fetch the file ``payload["file_ref"]`` that a person sent."""
    SET_PROFILE = "profile.set"
    """Tell a messenger one piece of what the bot says of itself."""
