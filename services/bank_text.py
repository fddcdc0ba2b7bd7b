"""Bank details as people paste them, in any order, labelled or not: the parts are found by their form and check digits.

Russia: account of 20 digits, БИК, correspondent account. The check digit of an account is the "контрольный ключ" of
"Порядок расчета контрольного ключа в номере лицевого счета", утв. ЦБ РФ 08.09.1997 № 515: the digits of three of the
БИК and the account, weighted 7, 1, 3, 7, …, add up (each product modulo 10) to a multiple of 10. The three are the
last of the БИК for an account in a bank; "0" and the fifth and sixth digit of the БИК for the correspondent account,
which the Bank of Russia keeps, and for accounts in its own offices (БИК on 000, 001, 002).

Elsewhere: IBAN (ISO 13616, modulo 97 and the length of its country) and BIC (ISO 9362), by python-stdnum.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from stdnum import bic, iban

from services.countries import BankForm

NAME, CODE, ACCOUNT, CORRESPONDENT = "bank_name", "bank_code", "bank_account", "correspondent_account"
LONGEST_NAME: Final = 200

_APART: Final = "[ \t\u00a0\u202f.\\-–]"
_ACCOUNT_DIGITS: Final = rf"(?<![0-9])[0-9](?:{_APART}{{0,2}}[0-9]){{19}}(?!{_APART}?[0-9])"
_FOREIGN: Final = re.compile(
    r"\b(?:инн|кпп|огрн(?:ип)?|окпо|оквэд|тел(?:ефон)?|inn|kpp|ogrn|nif|cif|vat)\b[ .:№#]*[0-9A-Z+()-]{5,20}",
    re.IGNORECASE,
)
"""What is pasted along with bank details and is none."""
_CORRESPONDENT_LABEL: Final = r"(?:к\s*/\s*сч?|кор(?:р(?:еспондентский)?)?\.?\s*/?\s*сч?(?:[её]т)?|к\.с)"
_ACCOUNT_LABEL: Final = r"(?:р\s*/\s*сч?|расч(?:[её]тный)?\.?\s*/?\s*сч?(?:[её]т)?|р\.с|сч[её]т|account|cuenta)"
_CODE_LABEL: Final = r"(?:бик|bik)"
_LABELS: Final = {CORRESPONDENT: (_CORRESPONDENT_LABEL, 20), ACCOUNT: (_ACCOUNT_LABEL, 20), CODE: (_CODE_LABEL, 9)}
"""What stands before the parts of Russian details, and how many digits they have."""
_BIC_LABEL: Final = r"(?:bic|swift|бик|свифт)"
_NAME_LABEL: Final = re.compile(
    r"(?:наименование\s+банка|банк(?:\s+получателя)?|в\s+банке|bank(?:\s+name)?|banco|entidad)\s*[:=–-]\s*"
    r"|банк\s+(?=(?:ПАО|АО|ООО|АКБ|КБ)\b)",
    re.IGNORECASE,
)
_HOLDER: Final = re.compile(r"(?i)(?:получатель|владелец|beneficiar|titular|recipient|holder|ооо\b|ип\b)")
_LEFT_OVER: Final = re.compile(
    rf"(?i)(?<!\w)(?:{_CORRESPONDENT_LABEL}|{_ACCOUNT_LABEL}|{_BIC_LABEL}|{_CODE_LABEL}|iban|код|code|в)(?!\w)[.:№#=]*"
)
_BIK: Final = re.compile(r"(?<![0-9])0[0-4][0-9]{7}(?![0-9])")
_BIC: Final = re.compile(r"\b[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?\b")
_IBAN_START: Final = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?=[ \u00a0-]?[A-Z0-9])")
_WEIGHTS: Final = (7, 1, 3)
_CENTRAL_OFFICES: Final = frozenset({"000", "001", "002"})


@dataclass(frozen=True, slots=True)
class Mistyped:
    """A part that cannot be right: ``why`` is ``digits`` (they do not add up), ``length`` or ``form``."""

    part: str
    typed: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The parts that were found, by the names of the company's columns, and those that were mistyped."""

    parts: dict[str, str] = field(default_factory=dict)
    mistyped: tuple[Mistyped, ...] = ()


def read(text: str, form: BankForm, *, account: str = "") -> Reading:
    """Find what a pasted text says of a bank account. What was mistyped is not among the parts.

    ``account``: the IBAN that is known already, whose country tells a BIC from a name in capitals.
    """
    text = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)[:2000]
    if form is BankForm.RUSSIAN:
        return _read_russian(text)
    return _read_iban(text, account) if form is BankForm.IBAN else _read_plain(text, account)


def needed(form: BankForm) -> tuple[str, ...]:
    """The parts that a transfer cannot do without."""
    if form is BankForm.RUSSIAN:
        return (ACCOUNT, CODE, CORRESPONDENT, NAME)
    return (ACCOUNT,)


def parts_of(form: BankForm) -> tuple[str, ...]:
    """The parts that there are at all."""
    return (ACCOUNT, CODE, CORRESPONDENT, NAME) if form is BankForm.RUSSIAN else (ACCOUNT, CODE, NAME)


def check(parts: dict[str, str], form: BankForm) -> tuple[Mistyped, ...]:
    """Whether parts that came one by one fit each other: in Russia the accounts hang on the БИК."""
    return _check_russian(parts) if form is BankForm.RUSSIAN else ()


def says_bank(text: str) -> bool:
    """Whether a text speaks of a bank by words that banks are called by."""
    return re.search(r"(?i)банк|bank|banco|caixa|caja|втб|сбер", text) is not None


def has_right_key(account: str, three: str) -> bool:
    """Whether the control key of a Russian account of 20 digits is right for these three digits of the БИК."""
    digits = [int(sign) for sign in three + account]
    return sum(digit * _WEIGHTS[place % 3] % 10 for place, digit in enumerate(digits)) % 10 == 0


def _read_russian(text: str) -> Reading:
    rest = _FOREIGN.sub(" ", text)
    found: dict[str, str] = {}
    mistyped: list[Mistyped] = []
    for part in _LABELS:
        rest = _take_labelled(rest, part, found, mistyped)
    rest = _take_by_form(rest, found)
    name = _name(rest)
    if name:
        found[NAME] = name
    wrong = _check_russian(found)
    for mistake in wrong:
        found.pop(mistake.part, None)
    return Reading(found, (*mistyped, *wrong))


def _take_labelled(text: str, part: str, found: dict[str, str], mistyped: list[Mistyped]) -> str:
    """Take out the figure after a label; one of another length is a typing error."""
    label, length = _LABELS[part]
    pattern = re.compile(rf"(?i)(?<!\w){label}[\s.:№#=]*((?:[0-9]{_APART}{{0,2}}){{5,30}})")
    match = pattern.search(text)
    if match is None:
        return text
    digits = re.sub(r"[^0-9]", "", match[1])
    if len(digits) > length and re.match(rf"[0-9]{{{length}}}\s", match[1].lstrip()):  # another figure follows
        end = match.start(1) + length
        digits, match_end = digits[:length], end
    else:
        match_end = match.end()
    if len(digits) == length:
        found[part] = digits
    else:
        mistyped.append(Mistyped(part, digits, "length"))
    return f"{text[: match.start()]}\n{text[match_end:]}"


def _take_by_form(text: str, found: dict[str, str]) -> str:
    """What no label says: 20 digits that begin with 301 are the correspondent account, 9 with 0 the БИК."""

    def account(match: re.Match[str]) -> str:
        digits = re.sub(r"[^0-9]", "", match[0])
        part = CORRESPONDENT if digits.startswith("301") else ACCOUNT
        if part in found:
            return match[0]
        found[part] = digits
        return "\n"

    def code(match: re.Match[str]) -> str:
        if CODE in found:
            return match[0]
        found[CODE] = match[0]
        return "\n"

    unspaced = re.sub(r"(?<![0-9])[0-9]{20}(?![0-9])", account, text)
    return re.sub(_ACCOUNT_DIGITS, account, _BIK.sub(code, unspaced))


def _check_russian(parts: dict[str, str]) -> tuple[Mistyped, ...]:
    """Which part is mistyped: both accounts failing for one БИК means the БИК is."""
    code = parts.get(CODE, "")
    if not code:
        return ()
    if _BIK.fullmatch(code) is None:
        return (Mistyped(CODE, code, "form"),)
    central = f"0{code[4:6]}"
    of_bank = central if code[-3:] in _CENTRAL_OFFICES else code[-3:]
    account, correspondent = parts.get(ACCOUNT, ""), parts.get(CORRESPONDENT, "")
    bad_account = bool(account) and not has_right_key(account, of_bank)
    bad_correspondent = bool(correspondent) and not (
        has_right_key(correspondent, central) and correspondent[-3:] == code[-3:]
    )
    if bad_account and bad_correspondent:
        return (Mistyped(CODE, code, "digits"),)
    wrong = []
    if bad_account:
        wrong.append(Mistyped(ACCOUNT, account, "digits"))
    if bad_correspondent:
        wrong.append(Mistyped(CORRESPONDENT, correspondent, "digits"))
    return tuple(wrong)


def _read_iban(text: str, account: str) -> Reading:
    found: dict[str, str] = {}
    mistyped: list[Mistyped] = []
    rest = _take_bic(_FOREIGN.sub(" ", _take_iban(text, found, mistyped)), found, mistyped, account)
    name = _name(rest)
    if name:
        found[NAME] = name
    return Reading(found, tuple(mistyped))


def _take_iban(text: str, found: dict[str, str], mistyped: list[Mistyped]) -> str:
    """Take out the first IBAN: the longest run from its country's letters that is one."""
    upper = text.upper() if len(text.upper()) == len(text) else text
    for start in _IBAN_START.finditer(upper):
        signs = [(place, sign) for place, sign in enumerate(upper[start.start() :]) if sign not in " \u00a0-–."]
        run = next((n for n, (_, sign) in enumerate(signs) if not (sign.isascii() and sign.isalnum())), len(signs))
        for length in range(min(run, 34), 14, -1):
            number = "".join(sign for _, sign in signs[:length])
            if iban.is_valid(number):
                found[ACCOUNT] = number
                return f"{text[: start.start()]}\n{text[start.start() + signs[length - 1][0] + 1 :]}"
        typed = re.match(r"[A-Z]{2}[0-9]{2}(?:[ \u00a0-]?[A-Z0-9]*[0-9][A-Z0-9]*)*", upper[start.start() :])
        if typed is not None and len(typed[0]) >= 10:
            mistyped.append(Mistyped(ACCOUNT, re.sub(r"[^A-Z0-9]", "", typed[0])[:40], "digits"))
            return f"{text[: start.start()]}\n{text[start.start() + typed.end() :]}"
    return text


def _take_bic(text: str, found: dict[str, str], mistyped: list[Mistyped], account: str) -> str:
    """Take out the BIC: labelled, or in capitals with the letters of the IBAN's country in it."""
    labelled = re.search(rf"(?i)(?<!\w){_BIC_LABEL}[\s.:/=]*(?:{_BIC_LABEL}[\s.:/=]*)?([A-Z0-9]{{4,14}})(?!\w)", text)
    if labelled is not None:
        code = labelled[1].upper()
        if bic.is_valid(code):
            found[CODE] = code
        else:
            mistyped.append(Mistyped(CODE, code, "form"))
        return f"{text[: labelled.start()]}\n{text[labelled.end() :]}"
    country = found.get(ACCOUNT, account)[:2]
    for match in _BIC.finditer(text):
        is_sure = match[0][4:6] == country or match[0].endswith("XXX")
        if bic.is_valid(match[0]) and is_sure:
            found[CODE] = match[0]
            return f"{text[: match.start()]}\n{text[match.end() :]}"
    return text


def _read_plain(text: str, account: str) -> Reading:
    """Where nothing is known of the country's banks: an IBAN if there is one, else the longest figure."""
    reading = _read_iban(text, account)
    if ACCOUNT in reading.parts or reading.mistyped:
        return reading
    figures = sorted(re.findall(r"[0-9][0-9 -]{4,38}[0-9]", text), key=len)
    if not figures:
        return reading
    parts = {part: value for part, value in reading.parts.items() if part != NAME}
    parts[ACCOUNT] = re.sub(r"[^0-9]", "", figures[-1])
    name = _name(text.replace(figures[-1], "\n"))
    return Reading(parts | ({NAME: name} if name else {}), reading.mistyped)


def _name(rest: str) -> str:
    """The bank's name: what stands after its label, else the longest piece of the rest that has words in it."""
    labelled = _NAME_LABEL.search(rest)
    if labelled is not None:
        rest = rest[labelled.end() :]
    pieces = [" ".join(_LEFT_OVER.sub(" ", piece).split()).strip(" ,;:-–") for piece in re.split(r"[\n;]", rest)]
    named = [piece for piece in pieces if _may_be_name(piece)]
    if not named:
        return ""
    name = named[0] if labelled is not None else max(named, key=_likely_name)
    return name[:LONGEST_NAME]


def _may_be_name(piece: str) -> bool:
    """Words with few digits, and not the name of whom the account belongs to."""
    if re.search(r"[^\W\d_]{2}", piece) is None or len(re.findall(r"\d", piece)) >= 6:
        return False
    return says_bank(piece) or _HOLDER.match(piece) is None


def _likely_name(piece: str) -> tuple[bool, int]:
    return says_bank(piece), len(piece)
