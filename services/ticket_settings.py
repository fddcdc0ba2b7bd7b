"""What admins decide about tickets: whose units are counted, how near is near enough, which languages are read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Session

from db.models.company import Company
from services import category_admin, company, forms
from services.actor import Actor, Role, require
from services.forms import Change, FieldOutOfRange, FieldUnclear

LANGUAGES: Final = ("ru", "es", "en")
"""What can be read."""
LARGEST_TOLERANCE: Final = Decimal("0.5")
LONGEST_WORDS: Final = 500


def languages_of(profile: Company) -> tuple[str, ...]:
    """The languages that tickets are read in: those that were chosen, else the company's and English."""
    chosen = profile.ticket_languages or list(dict.fromkeys([profile.language, "en"]))
    return tuple(language for language in LANGUAGES if language in chosen) or ("en",)


def set_tolerance(session: Session, text: str, *, by: Actor, now: datetime) -> Change:
    """How far typed may be from read, in per cent of what was read: ``5``, ``7,5 %``. Admins only; locks the company.

    Raises NotAllowed, FieldUnclear or FieldOutOfRange.
    """
    profile = _lock(session, by)
    rate = forms.percent("ticket_tolerance")(text)
    if rate > LARGEST_TOLERANCE:
        raise FieldOutOfRange(field="ticket_tolerance", lowest="0", largest="50", unit="%")
    return forms.save(session, profile, {"ticket_tolerance": rate}, by=by, subject="company:1", now=now)


def set_languages(session: Session, languages: Collection[str], *, by: Actor, now: datetime) -> Change:
    """The languages to read tickets in, of ``LANGUAGES``. Admins only; locks the company.

    Raises NotAllowed, or FieldUnclear for none or for another one.
    """
    profile = _lock(session, by)
    if not languages or set(languages) - set(LANGUAGES):
        raise FieldUnclear(field="ticket_languages")
    chosen = [language for language in LANGUAGES if language in languages]
    return forms.save(session, profile, {"ticket_languages": chosen}, by=by, subject="company:1", now=now)


def count_units(session: Session, category_id: int, words: str, *, by: Actor, now: datetime) -> Change:
    """Count the units of a category and of what lies below it; ``words``, with commas: what tickets call one.

    Admins only; locks the company. Raises NotAllowed, CategoryGone or FieldTooLong.
    """
    category = category_admin.lock(session, category_id, by)
    typed = forms.words("unit_words", LONGEST_WORDS)(words.replace(";", ",").replace("\n", ","))
    kept = ", ".join(dict.fromkeys(word.strip() for word in typed.split(",") if word.strip()))
    values = {"unit_words": kept, "counts_units": True}
    return forms.save(session, category, values, by=by, subject=f"category:{category_id}", now=now)


def stop_counting(session: Session, category_id: int, *, by: Actor, now: datetime) -> Change:
    """Count the units of this category no more; what was recorded stays. Raises NotAllowed or CategoryGone."""
    category = category_admin.lock(session, category_id, by)
    return forms.save(session, category, {"counts_units": False}, by=by, subject=f"category:{category_id}", now=now)


def _lock(session: Session, by: Actor) -> Company:
    require(by, Role.ADMIN, action="company.change", subject="company:1")
    return company.lock(session)
