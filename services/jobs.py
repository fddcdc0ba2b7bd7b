"""The names of the outbox kinds that are work, not chat messages."""

from __future__ import annotations

from enum import StrEnum


class Job(StrEnum):
    """What ``delivery`` does for a row of the outbox. The value is the row's ``kind``."""

    DRAW_INVOICE = "invoice.draw"
    """Draw the PDF of ``payload["invoice_id"]``."""
    DRAW_CREDIT_NOTE = "credit.draw"
    """Draw the PDF of ``payload["credit_note_id"]``."""
    MAIL_INVOICE = "invoice.mail"
    """Send the letter of ``payload["request_id"]``, with an invoice or a credit note."""
    FIND_PLACE = "geo.find"
    """Find where ``payload["address"]`` lies."""
    FIND_ROAD = "geo.route"
    """Find how far it is by road from ``payload["start"]`` to ``payload["end"]``."""
    DRAW_FIGURES = "figures.draw"
    """Draw the spreadsheet of a period's figures, as ``services.figures_export.request`` asks for it."""
    DRAW_COMMISSION = "commission.draw"
    """Draw the spreadsheet of what people have earned, as ``services.commission_export.request`` asks for it."""
    DRAW_CHART = "chart.draw"
    """Draw a picture of goals or of a ranking, as ``services.charts`` asks for it."""
    TELL_DIGEST = "digest.tell"
    """Read and tell somebody the digest of ``payload["kind"]`` for ``payload["day"]``."""
    DRAW_GOALS = "goals.draw"
    """Draw the present goals as a table to fill in, as ``services.goal_files.request_sheet`` asks for it."""
    FETCH_FILE = "file.fetch"
    """Fetch the file ``payload["file_ref"]`` that a person sent."""
    SET_PROFILE = "profile.set"
    """Tell a messenger one piece of what the bot says of itself."""
    READ_TICKET = "ticket.read"
    """Read the photos of ``payload["ticket_id"]`` as they were at ``payload["revision"]``."""
