"""An order's number as people type it. A pure function that gives None for what is none."""

from __future__ import annotations

import re

_PREFIX = re.compile(r"^(?:(?:№|#|no\.?|n\.?[oº°]?|order|заказ|pedido)\s*){0,2}(?P<number>[0-9]{1,9})$", re.IGNORECASE)


def parse_order_number(text: str) -> int | None:
    """The number in ``12``, ``№ 12``, ``#12``, ``No. 12`` or ``заказ № 12``."""
    found = _PREFIX.match(text.strip())
    return int(found["number"]) if found else None
