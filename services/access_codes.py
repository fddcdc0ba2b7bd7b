"""One-time access codes: what they look like, how they are made, how their secrets are hashed. No database here.

A code has a public part, which finds its row, and two secrets for the same right, of which one is enough: a short
one that is typed (``K7QF2-9XMT-4RBA-PZ6C``) and a long one that a deep link carries (``K7QF2_<22 characters>``).
"""

from __future__ import annotations

import re
import secrets
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O, U, which look like others."""
PUBLIC_LENGTH = 5
PASSWORD_LENGTH = 12
"""60 bits."""
_LINK_BYTES = 16
"""128 bits, 22 characters."""
_LONGEST_TEXT = 200

_LOOK_ALIKES = str.maketrans("OILАВЕКМНОРСТУХІЅ", "011ABEKMH0PCTYX1S")
_SEPARATORS = re.compile(r"[\s.\-\u00ad\u200b-\u200d\u2010-\u2015\u2212\ufeff]+")
_PUBLIC = rf"[{ALPHABET}]{{{PUBLIC_LENGTH}}}"
_TYPED = re.compile(rf"({_PUBLIC})([{ALPHABET}]{{{PASSWORD_LENGTH}}})")
_START = re.compile(r"/start(?:@\w+)?\s+(.+)", re.DOTALL)
_CARRIED = re.compile(rf"({_PUBLIC})_([A-Za-z0-9_-]{{1,58}})")
_PASTED = re.compile(
    rf"(?:(?:https?://)?(?:t|telegram)\.me/\w+\?start=)({_PUBLIC}_[A-Za-z0-9_-]{{1,58}})|({_PUBLIC}_[A-Za-z0-9_-]{{22}})"
)
_BOUNDARIES = {5, 9, 13, 17}
"""Where the groups of a printed password end."""


class Way(StrEnum):
    """Which of a code's two secrets somebody presents."""

    PASSWORD = "password"  # noqa: S105
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Presented:
    """What somebody claims to hold. Its ``repr`` does not show the secret."""

    public: str
    secret: str = field(repr=False)
    way: Way


@dataclass(frozen=True, slots=True)
class FreshCode:
    """A code that was just drawn: ``password`` and ``link`` are shown once, the hashes are kept.

    ``password`` is typed as a message, ``link`` is the payload of ``t.me/<bot>?start=``. Neither is in ``repr``.
    """

    public: str
    password: str = field(repr=False)
    link: str = field(repr=False)
    password_hash: str = field(repr=False)
    link_hash: str = field(repr=False)


class CodeHasher:
    """Argon2id with 19 MiB, 2 passes, 1 lane (OWASP's minimum; about 30 ms), a few at a time.

    Every hash takes 19 MiB, so ``max_concurrent`` bounds the memory that a flood can take. One for a process.
    """

    def __init__(self, max_concurrent: int = 4) -> None:
        self._argon2 = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._slots = threading.BoundedSemaphore(max_concurrent)
        self._nobodys = self.hash(secrets.token_urlsafe(_LINK_BYTES))

    def hash(self, secret: str) -> str:
        """Hash a secret for keeping. Waits for a free slot."""
        with self._slots:
            return self._argon2.hash(secret)

    def matches(self, stored: str | None, secret: str) -> bool:
        """Tell whether the secret is the one that was hashed; with None (no such code) in the same time, never."""
        with self._slots:
            try:
                self._argon2.verify(stored or self._nobodys, secret)
            except VerifyMismatchError:
                return False
        return stored is not None


def parse_code(text: str) -> Presented | None:
    """Read a message that is an access code as a whole, or the start of the bot by a link; None for anything else.

    Typed: 17 letters and digits of the alphabet in either case, with spaces, dashes or dots between the groups;
    letters that look alike count as the ones that are meant (O as 0, Cyrillic К as K). Carried:
    ``/start K7QF2_...``, also when truncated, which is then a wrong code, and a pasted link or its payload.
    """
    whole = text.strip()
    if len(whole) > _LONGEST_TEXT:
        return None
    start = _START.fullmatch(whole)
    if start:
        payload = start[1].strip()
        return _carried(payload) or _typed(payload)
    pasted = _PASTED.fullmatch(whole)
    if pasted:
        return _carried(pasted[1] or pasted[2])
    return _typed(whole)


def prepare(hasher: CodeHasher) -> FreshCode:
    """Draw a new code and hash both its secrets: about 60 ms, so never inside a transaction."""
    public, secret = _draw(PUBLIC_LENGTH), _draw(PASSWORD_LENGTH)
    carried = secrets.token_urlsafe(_LINK_BYTES)
    return FreshCode(
        public=public,
        password="-".join((public, secret[:4], secret[4:8], secret[8:])),
        link=f"{public}_{carried}",
        password_hash=hasher.hash(secret),
        link_hash=hasher.hash(carried),
    )


def _draw(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _carried(payload: str) -> Presented | None:
    found = _CARRIED.fullmatch(payload)
    return Presented(found[1], found[2], Way.LINK) if found else None


def _typed(text: str) -> Presented | None:
    groups = [group for group in _SEPARATORS.split(text) if group]
    found = _TYPED.fullmatch("".join(groups).upper().translate(_LOOK_ALIKES))
    if found is None or not _written_like_a_code(groups):
        return None
    return Presented(found[1], found[2], Way.PASSWORD)


def _written_like_a_code(groups: list[str]) -> bool:
    """Tell a code from a sentence or a typed order that happens to have 17 fitting letters and digits.

    Separators stand only where we print them; some may be missing, but in letters or digits alone all or none.
    """
    ends = set(accumulate(len(group) for group in groups))
    joined = "".join(groups)
    if joined.isalpha() or joined.isdecimal():
        return ends in (_BOUNDARIES, {max(_BOUNDARIES)})
    return ends <= _BOUNDARIES
