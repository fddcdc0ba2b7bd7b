"""What people have earned in a period as a workbook: everybody's sums, and the entries of the ledger with their why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from delivery.typed_sheets import TypedSheets
from services.commission_export import EntryRow, Request, SumRow
from templates.environment import Texts

TEMPLATE: Final = "sheets/commission.html"
_WIDTHS: Final = {"person": 24, "client": 30, "rule": 26, "why": 48, "what": 20, "sale": 20}
_SUM_COLUMNS: Final = ("person", "entries", "amount_minor", "currency")
_ENTRY_COLUMNS: Final = (
    "booked_on", "person", "sale", "client", "rule", "what", "why", "amount_minor", "currency",
)  # fmt: skip


def draw(texts: Texts, wanted: Request, sums: Sequence[SumRow], entries: Iterable[EntryRow]) -> bytes:
    """The workbook in the language of who asked. ``entries`` are read once, one at a time."""
    sheets = TypedSheets(texts, TEMPLATE, wanted.language, _WIDTHS)
    period = {"first": wanted.period.first, "last": wanted.period.last}
    sheets.add("sheet_sums", _SUM_COLUMNS, [one._asdict() for one in sums], title=[sheets.word("title", **period)])
    sheets.add("sheet_entries", _ENTRY_COLUMNS, (_entry(sheets, one) for one in entries))
    return sheets.close()


def _entry(sheets: TypedSheets, entry: EntryRow) -> dict[str, Any]:
    return {
        **entry._asdict(),
        "sale": sheets.word("sale_of", number=entry.order_id, kind=entry.order_kind),
        "what": sheets.word(f"what_{entry.kind}"),
        "rule": sheets.word("rule_of", name=entry.rule, kind=entry.rule_kind, scope=entry.rule_scope),
        "why": sheets.word("why_of", basis=entry.basis, currency=entry.currency),
    }
