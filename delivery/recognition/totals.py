"""Which amount of a ticket is its total, and whether that may be believed. Pure functions on rows of text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from delivery.recognition.amounts import Amount, amounts, marked
from delivery.recognition.labels import Label, is_russian, label

_MOST_ROUNDING: Final = 10
"""Hundredths by which cash is rounded, at most."""
_ENOUGH_HUNDREDTHS: Final = 3
"""So many amounts with hundredths on a ticket mean that those without are no amounts."""
_WEIGHTS: Final = {Label.ROUNDED: 5.0, Label.GRAND: 4.0, Label.TOTAL: 3.0}
_TORN: Final = 1.5
_CUT: Final = 1.0
_UNLABELLED: Final = 0.5
_CLEARLY_LESS: Final = 0.75
_ALIKE: Final = [
    set(pair) for pair in ("35", "38", "56", "58", "68", "06", "08", "09", "39", "59", "89", "17", "14", "27", "47")
]
"""Figures that engines take for each other on thermal print."""
_PROOFS: Final = {"change": 3.0, "paid": 2.0, "tax": 2.0, "goods": 2.0}


@dataclass(frozen=True, slots=True)
class Said:
    """A row of a ticket: its words without its amounts, and what they call them."""

    number: int
    text: str
    words: str
    label: Label | None
    amounts: tuple[Amount, ...]

    @property
    def minor(self) -> int | None:
        """The amount that the row is about: the last one. None where it has none."""
        return self.amounts[-1].minor if self.amounts else None


@dataclass(frozen=True, slots=True)
class Total:
    """What could be the total, in hundredths. ``proofs``: independent ways in which the ticket itself confirms it."""

    minor: int
    weight: float
    proofs: frozenset[str] = frozenset()
    labelled: bool = False
    doubted: bool = False
    """The ticket speaks of rounding, and this looks like what was there before; or less was paid, or one line costs
    more; or its own sums give the same but for one figure of those that are taken for each other.
    """


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the rows say beside the total itself; all in hundredths and without signs, but for ``goods``."""

    paid: frozenset[int]
    change: frozenset[int]
    subtotals: frozenset[int]
    extras: frozenset[int]
    rounding: frozenset[int]
    rounded: frozenset[int]
    discounts: frozenset[int]
    goods: tuple[int, ...]
    repeated: frozenset[int]
    likely: frozenset[int]
    """Amounts that may be the total although no word says so."""


def said(texts: Sequence[str]) -> list[Said]:
    """The rows with their labels and amounts. A label without an amount takes that of a row of figures next to it."""
    russian = is_russian("\n".join(texts))
    found = [_torn(_said(number, text, russian=russian)) for number, text in enumerate(texts)]
    if sum(len(row.amounts) for row in found) < _ENOUGH_HUNDREDTHS:
        found = [_with_whole(row) for row in found]
    return _rounded(_with_neighbours(_after_summaries(found)))


def find(rows: Sequence[Said]) -> list[Total]:
    """All that could be the total, the most likely first."""
    facts = _facts(rows)
    weights: dict[int, float] = {}
    for row in rows:
        if row.label in _WEIGHTS and row.minor is not None and row.minor > 0:
            weight = _TORN if row.amounts[-1].torn else _WEIGHTS[row.label]
            weights[row.minor] = max(weight, weights.get(row.minor, 0.0) + 0.5)
    labelled = set(weights)
    for minor in [cut for minor in labelled if (cut := _first_figure_cut(minor))]:
        weights.setdefault(minor, _CUT)
    for minor in facts.likely:
        weights.setdefault(minor, _UNLABELLED)
    misread = _misread(labelled, facts)
    for minor, meant in misread.items():
        weights[meant] = max(weights[minor], weights.get(meant, 0.0))
    found = []
    for minor, weight in weights.items():
        proofs, more = _proofs(minor, facts), 0.0
        if weight < _CUT and "paid" in proofs and minor not in facts.repeated:
            proofs -= {"paid"}  # that it stands there once is no proof of itself
            more = 1.0
        more += worth(proofs)
        doubted = (
            minor in misread
            or _before_rounding(minor, proofs, facts)
            or minor > max(facts.paid, default=minor)
            or (not facts.discounts and minor < max(facts.goods, default=0))
        )
        found.append(Total(minor, weight + more, proofs, minor in labelled, doubted))
    return sorted(found, key=lambda total: (total.weight, total.minor), reverse=True)


def worth(proofs: Iterable[str]) -> float:
    """What these proofs add to the weight of a total."""
    return sum(_PROOFS[proof] for proof in proofs)


def believable(found: Sequence[Total]) -> bool:
    """Whether the ticket itself says clearly enough that the first of these is the total."""
    if not found:
        return False
    first, *others = found
    clear = not first.doubted and all(other.weight < first.weight * _CLEARLY_LESS for other in others)
    return clear and (len(first.proofs) >= 1 if first.labelled else len(first.proofs) >= 2)


def _said(number: int, text: str, *, russian: bool) -> Said:
    found = amounts(text)
    words = _without(text, found)
    return Said(number, text, words, label(words, russian=russian), tuple(found))


def _without(text: str, found: Iterable[Amount]) -> str:
    kept, end = [], 0
    for amount in found:
        kept.append(text[end : amount.start])
        end = amount.end
    return " ".join([*kept, text[end:]])


def _with_whole(row: Said) -> Said:
    """On a ticket without hundredths the figures beside a known word or a currency are amounts."""
    if row.amounts or not (row.label in {*_WEIGHTS, Label.PAID, Label.CHANGE} or marked(row.text)):
        return row
    return replace(row, amounts=tuple(amounts(row.text, whole=True)))


def _torn(row: Said) -> Said:
    """``TOTAL 42 50``: the point was not seen. ``TOTAL 42.50-``: a total is not less than nothing, the dash is dirt."""
    if row.label not in _WEIGHTS:
        return row
    if row.amounts:
        last = row.amounts[-1]
        if last.minor < 0 and row.text[last.start : last.end].endswith("-"):
            return replace(row, amounts=(*row.amounts[:-1], replace(last, minor=-last.minor, torn=True)))
        return row
    match = re.search(r"(?<![\d.,/:])(\d{1,6}) (\d{2})\s?\D{0,3}$", row.text)
    if match is None:
        return row
    minor = int(match[1] + match[2])
    return replace(row, amounts=(Amount(minor, match.start(), match.end(), torn=True),))


def _after_summaries(rows: list[Said]) -> list[Said]:
    """In a table of taxes below its heading nothing is the total."""
    heading = next((row.number for row in rows if row.label is Label.SUMMARY and row.number > len(rows) // 3), None)
    if heading is None:
        return rows
    gone = {*_WEIGHTS, Label.SUBTOTAL, Label.TAX, None}
    return [
        replace(row, label=Label.SUMMARY)
        if row.number > heading and row.label in gone and len(row.amounts) != 1
        else row
        for row in rows
    ]


def _with_neighbours(rows: list[Said]) -> list[Said]:
    """Give a label that stands alone the amount of the row below or above, where that has no words of its own."""
    taken: set[int] = set()
    found = []
    for row in rows:
        lent: Said | None = None
        if row.label is not None and row.label is not Label.SUMMARY and not row.amounts:
            near = [rows[number] for number in (row.number + 1, row.number - 1) if 0 <= number < len(rows)]
            lent = next((each for each in near if _only_figures(each) and each.number not in taken), None)
        if lent is not None:
            taken.add(lent.number)
        found.append(row if lent is None else replace(row, amounts=lent.amounts))
    return found


def _only_figures(row: Said) -> bool:
    return bool(row.amounts) and row.label is None and len(re.findall(r"[^\W\d_]", row.words)) <= 2


def _rounded(rows: list[Said]) -> list[Said]:
    """``Rounding 72.75`` below ``Total 72.74`` is no rounding, it is what was rounded to."""
    totals = [row.minor for row in rows if row.label in _WEIGHTS and row.minor is not None]
    return [
        replace(row, label=Label.ROUNDED)
        if row.label is Label.ROUNDING
        and row.minor is not None
        and row.minor > 100
        and any(abs(row.minor - total) <= _MOST_ROUNDING for total in totals)
        else row
        for row in rows
    ]


def _facts(rows: Sequence[Said]) -> _Facts:
    def of(*labels: Label) -> frozenset[int]:
        return frozenset(abs(row.minor) for row in rows if row.label in labels and row.minor is not None)

    ends = {*_WEIGHTS, Label.SUBTOTAL, Label.PAID}
    first = next((row.number for row in rows if row.label in ends and row.amounts), len(rows))
    goods = tuple(row.minor for row in rows[:first] if row.label in {None, Label.TAX, Label.DISCOUNT} and row.minor)
    below = [row.minor for row in rows if row.number >= first // 2 and row.minor is not None and row.minor > 0]
    paid, change = of(Label.PAID), of(Label.CHANGE)
    paid |= {cut for minor in paid if (cut := _first_figure_cut(minor))}
    change |= {cut for minor in change if (cut := _first_figure_cut(minor))}
    repeated = frozenset(minor for minor in below if below.count(minor) > 1)
    every = {minor for row in rows if (minor := row.minor) is not None and minor > 0}
    only = every if len(every) == 1 else set()
    return _Facts(
        paid=paid,
        change=change,
        subtotals=of(Label.SUBTOTAL),
        extras=of(Label.TAX),
        rounding=frozenset(step for step in of(Label.ROUNDING) if step < 100) | {0},
        rounded=of(Label.ROUNDED),
        discounts=of(Label.DISCOUNT),
        goods=goods,
        repeated=repeated,
        likely=frozenset(
            only | repeated | of(Label.PAID) | {most - less for most in paid for less in change if most > less}
        ),
    )


def _first_figure_cut(minor: int) -> int | None:
    """Without its first figure: engines take the ``≡`` before an amount for one."""
    text = str(minor)
    return int(text[1:]) if len(text) >= 5 and text[1] != "0" else None


def _proofs(minor: int, facts: _Facts) -> frozenset[str]:
    proofs = set()
    if any(most - less == minor for most in facts.paid for less in facts.change if less > _MOST_ROUNDING):
        proofs.add("change")
    if minor in facts.paid:
        proofs.add("paid")
    if _adds_up(minor, facts):
        proofs.add("tax")
    if _goods_sum(minor, facts):
        proofs.add("goods")
    return frozenset(proofs)


def _before_rounding(minor: int, proofs: frozenset[str], facts: _Facts) -> bool:
    if minor in facts.rounded or proofs & {"change", "paid"}:
        return bool(facts.rounded) and minor not in facts.rounded
    return bool(facts.rounded) or any(facts.rounding)


def _misread(labelled: Iterable[int], facts: _Facts) -> dict[int, int]:
    """Totals that nothing proves, with what the ticket's own sums say instead: the same but for one figure that looks
    alike.
    """
    reckoned = {most - less for most in facts.paid for less in facts.change if most > less}
    reckoned |= {part + tax for part in facts.subtotals for tax in facts.extras}
    unproven = [minor for minor in labelled if not _proofs(minor, facts) - {"paid"}]
    return {minor: meant for minor in unproven for meant in sorted(reckoned) if _looks_like(minor, meant)}


def _looks_like(minor: int, meant: int) -> bool:
    seen, true = str(minor), str(meant)
    other = [{one, two} for one, two in zip(seen, true, strict=False) if one != two]
    return len(seen) == len(true) and len(other) == 1 and other[0] in _ALIKE and abs(minor - meant) > _MOST_ROUNDING


def _adds_up(minor: int, facts: _Facts) -> bool:
    """Whether a subtotal with taxes or another subtotal, or less a discount, gives it."""
    steps = [step for step in (*facts.extras, *(-cut for cut in facts.discounts)) if step]
    once = {part + step for part in facts.subtotals for step in steps}
    twice = {part + one + two for part in facts.subtotals for one in steps for two in steps if one < two}
    both = {one + two for one in facts.subtotals for two in facts.subtotals if one < two}
    rounded = {part + sign * step for part in facts.subtotals for step in facts.rounding if step for sign in (-1, 1)}
    return minor in rounded or any(abs(total - minor) in facts.rounding for total in once | twice | both)


def _goods_sum(minor: int, facts: _Facts) -> bool:
    if not 2 <= len(facts.goods) <= 80:
        return False
    return any(abs(sum(facts.goods) - minor) == step for step in facts.rounding | facts.discounts)
