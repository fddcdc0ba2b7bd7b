"""What admins type of a commission rule. Pure; None for what cannot be understood."""

from __future__ import annotations

import re
from decimal import Decimal

from services.figures import parse_money, parse_percent

MOST_TIERS = 20
_LONGEST_LINE = 60
"""No tier needs more characters; a line without end would be read for long."""
_TIER = re.compile(
    r"(?:from|от|desde|de)?\s*(?P<bound>.+?)\s*[:=→–—-]?\s+(?P<rate>(?:0|[1-9][0-9]{0,2})(?:[.,][0-9]{1,2})?)\s*%",
    re.IGNORECASE,
)
"""The rate begins with no zero of its own: ``50 000%`` is a slip, not 0 % from 50 on."""


def parse_tiers(text: str, currency: str) -> list[tuple[int, Decimal]] | None:
    """Tiers, one a line or parted by semicolons: ``0 1%``, ``50 000 ₽: 2,5 %``. Pairs of the amount in minor units
    from which a tier counts, and its rate as a fraction; in the order in which they were typed.
    """
    squashed = (" ".join(line.split()) for line in re.split(r"[;\n]", text))
    lines = [line for line in squashed if line]
    if not 0 < len(lines) <= MOST_TIERS or any(len(line) > _LONGEST_LINE for line in lines):
        return None
    tiers = [_parse_tier(line, currency) for line in lines]
    return None if None in tiers else [tier for tier in tiers if tier is not None]


def _parse_tier(line: str, currency: str) -> tuple[int, Decimal] | None:
    found = _TIER.fullmatch(line)
    if found is None:
        return None
    bound, rate = parse_money(found["bound"], currency), parse_percent(found["rate"])
    return None if bound is None or rate is None else (bound, rate)
