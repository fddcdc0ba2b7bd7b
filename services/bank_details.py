"""The company's bank details: read from a pasted text part by part, saved as a whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from db.models.company import Company
from services import bank_text, company, countries, forms
from services.actor import Actor, Role, require
from services.bank_text import Mistyped
from services.countries import BankForm
from services.errors import DomainError

COLUMNS = (bank_text.ACCOUNT, bank_text.CODE, bank_text.CORRESPONDENT, bank_text.NAME)


class BankIncomplete(DomainError):
    """The details lack a part or do not fit each other; nothing was saved. Facts: missing (columns)."""


@dataclass(frozen=True, slots=True)
class Understood:
    """How far a form is: what is known, what was just mistyped, and what a transfer still needs."""

    parts: dict[str, str] = field(default_factory=dict)
    mistyped: tuple[Mistyped, ...] = ()
    missing: tuple[str, ...] = ()
    is_new: bool = False
    """Whether the text had anything to do with a bank."""

    @property
    def is_whole(self) -> bool:
        """Whether it can be saved."""
        return not self.missing and not self.mistyped


def form_of(profile: Company) -> BankForm:
    """Which details the company's country has."""
    return countries.profile(profile.country).bank


def add(profile: Company, known: Mapping[str, str], text: str) -> Understood:
    """What is known with what was typed now: a later part takes the place of an earlier one. Changes nothing."""
    form = form_of(profile)
    reading = bank_text.read(text, form, account=known.get(bank_text.ACCOUNT, ""))
    if not known and set(reading.parts) <= {bank_text.NAME} and not bank_text.says_bank(text) and not reading.mistyped:
        return Understood(missing=missing(known, form))
    parts = {**known, **reading.parts}
    mistyped = reading.mistyped
    for mistake in (*mistyped, *bank_text.check(parts, form)):
        parts.pop(mistake.part, None)
        if mistake not in mistyped:
            mistyped = (*mistyped, mistake)
    return Understood(parts, mistyped, missing(parts, form), is_new=bool(reading.parts or mistyped))


def fits(profile: Company) -> bool:
    """Whether the details that the company has are of the form of its country: it may have moved."""
    account, form = profile.bank_account, form_of(profile)
    if not account or form is BankForm.PLAIN:
        return True
    return account.isdigit() if form is BankForm.RUSSIAN else account[:2].isalpha()


def missing(parts: Mapping[str, str], form: BankForm) -> tuple[str, ...]:
    """The parts that have to be known and are not."""
    return tuple(part for part in bank_text.needed(form) if not parts.get(part))


def save(session: Session, parts: Mapping[str, str], *, by: Actor, now: datetime) -> Company:
    """Let these be the company's bank details, in place of all that it had. Admins only; locks the company.

    Raises NotAllowed, or BankIncomplete where a part is missing or wrong, having changed nothing. Audited.
    """
    require(by, Role.ADMIN, action="company.change", subject="company:1")
    profile = company.lock(session)
    form = form_of(profile)
    lacking = missing(parts, form)
    wrong = bank_text.check(dict(parts), form)
    if lacking or wrong:
        raise BankIncomplete(missing=[*lacking, *(mistake.part for mistake in wrong)])
    forms.save(session, profile, {name: parts.get(name, "") for name in COLUMNS}, by=by, subject="company:1", now=now)
    return profile
