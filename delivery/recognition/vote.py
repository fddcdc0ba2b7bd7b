"""Weighing what several looks at one ticket say. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from delivery.recognition import totals
from delivery.recognition.labels import is_cyrillic
from delivery.recognition.reading import RAPIDOCR, Reading
from delivery.recognition.totals import Total

_TRUST: Final = {RAPIDOCR: 2.5}
"""RapidOCR misreads a third of the totals that Tesseract misreads. That one engine looks again adds no weight."""


_AGREED: Final = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What one look says, and all that could be the total by it, the most likely first.

    ``voice`` names the models that looked: the same voice twice is no second opinion.
    """

    reading: Reading
    likely: Sequence[Total]
    voice: str


def best(answers: Sequence[Answer]) -> Answer:
    """The answer of the look that fits best to what all of them say together, with the total that they agree on."""
    together = _together(answers)
    if not together:
        return max(answers, key=lambda answer: len(answer.reading.text))
    total = together[0].minor
    fitting = [answer for answer in answers if answer.likely and answer.likely[0].minor == total] or list(answers)
    fitting = [answer for answer in answers if is_cyrillic(answer.reading.text)] or fitting
    fullest = max(fitting, key=lambda answer: len(answer.reading.lines) + len(answer.reading.text) / 1000)
    told = replace(fullest.reading, total_minor=total, confident=totals.believable(together))
    return Answer(_completed(told, answers), together, fullest.voice)


def _together(answers: Sequence[Answer]) -> list[Total]:
    """All that could be the total by any look, the most likely first.

    A look that saw less (the total before rounding, but not the one after) must not outvote one that saw more: the best
    word counts, not the sum of them. Proofs come together; that two engines choose the same amount is one more.
    """
    found: dict[int, Total] = {}
    trust: dict[int, float] = {}
    voices: dict[int, set[str]] = {}
    for answer in answers:
        for total in answer.likely:
            minor = total.minor
            known = found.get(minor, Total(minor, 0.0, doubted=True))
            trust[minor] = max(trust.get(minor, 1.0), _TRUST.get(answer.reading.source, 1.0))
            if total.labelled:
                voices.setdefault(minor, set()).add(answer.voice)
            found[minor] = Total(
                minor,
                max(known.weight, total.weight - totals.worth(total.proofs)),
                known.proofs | total.proofs,
                labelled=known.labelled or total.labelled,
                doubted=known.doubted and total.doubted,
            )
    russian = any(is_cyrillic(answer.reading.text) for answer in answers)
    weighed = [
        _weighed(
            replace(total, weight=(total.weight + totals.worth(total.proofs)) * trust[total.minor]),
            answers,
            second=len(voices.get(total.minor, ())) > 1 or not russian,
        )
        for total in found.values()
    ]
    return sorted(weighed, key=lambda total: (total.weight, total.minor), reverse=True)


def _weighed(total: Total, answers: Sequence[Answer], *, second: bool) -> Total:
    """With what the looks together say for it or against it.

    Russian models take a flat 3 for a 5 wherever it stands: an amount that stands there twice proves nothing until a
    ``second`` model has seen it too.
    """
    choosing = {
        answer.reading.source
        for answer in answers
        if answer.likely and answer.likely[0].minor == total.minor and answer.likely[0].labelled
    }
    proofs = total.proofs if second else total.proofs - {"paid"}
    if len(choosing) < 2:
        return replace(total, proofs=proofs)
    return replace(total, proofs=proofs | {"agreed"}, weight=total.weight + _AGREED)


def _completed(reading: Reading, answers: Sequence[Answer]) -> Reading:
    """What the chosen look missed is taken from the others."""
    for name in ("currency", "sold_on", "sold_at", "shop", "tax_id"):
        if getattr(reading, name) is None:
            told: Any = next((each for a in answers if (each := getattr(a.reading, name)) is not None), None)
            reading = replace(reading, **{name: told})
    return reading
