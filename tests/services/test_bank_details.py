"""Bank details as they are pasted: the parts are found by form and check digits, and saved as a whole or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.record import AuditEntry
from services import bank_details, bank_text
from services.actor import NotAllowed, Role
from services.bank_details import BankIncomplete
from services.bank_text import ACCOUNT, CODE, CORRESPONDENT, NAME, Mistyped
from services.countries import BankForm
from tests.builders import NOON, actor_of, make_company, make_person

BIK, CORR, OURS = "044525225", "30101810400000000225", "40702810500000001234"
WHOLE = {ACCOUNT: OURS, CODE: BIK, CORRESPONDENT: CORR, NAME: "ПАО Сбербанк"}
IBAN = "ES9121000418450200051332"

PASTED = [
    f"р/с {OURS} БИК {BIK} к/с {CORR} Банк ПАО Сбербанк",
    f"БИК {BIK} {OURS} {CORR} ПАО Сбербанк",
    f"{CORR}\n{OURS}\n{BIK}\nПАО Сбербанк",
    f"ИНН 7707083893\nРасч. счёт: 40702 810 5 0000 0001234\nв банке: ПАО Сбербанк\nБИК {BIK}\nк/с {CORR}",
    f"Получатель: ООО «Ромашка»\nр/с {OURS}\nПАО Сбербанк\nк/с {CORR}\nБИК {BIK}",
    f"Банк получателя: ПАО Сбербанк; Сч. {OURS}; к/сч {CORR}; БИК {BIK}",
]


@pytest.mark.parametrize("text", PASTED)
def test_a_russian_block_in_any_order(text: str) -> None:
    reading = bank_text.read(text, BankForm.RUSSIAN)

    assert (reading.parts, reading.mistyped) == (WHOLE, ())


@pytest.mark.parametrize(
    ("text", "mistyped"),
    [
        (f"р/с {OURS[:-1]}5 БИК {BIK} к/с {CORR}", Mistyped(ACCOUNT, OURS[:-1] + "5", "digits")),
        (f"р/с {OURS} БИК {BIK} к/с {CORR[:-5]}10225", Mistyped(CORRESPONDENT, CORR[:-5] + "10225", "digits")),
        (f"р/с {OURS} БИК 044525226 к/с {CORR}", Mistyped(CODE, "044525226", "digits")),
        (f"р/с {OURS[:-1]} БИК {BIK}", Mistyped(ACCOUNT, OURS[:-1], "length")),
        ("БИК 994525225", Mistyped(CODE, "994525225", "form")),
    ],
)
def test_the_mistyped_part_is_named_and_not_taken(text: str, mistyped: Mistyped) -> None:
    reading = bank_text.read(text, BankForm.RUSSIAN)

    assert reading.mistyped == (mistyped,)
    assert mistyped.part not in reading.parts


def test_the_key_of_an_account_as_the_bank_of_russia_computes_it() -> None:
    assert bank_text.has_right_key(CORR, "025"[0] + BIK[4:6])
    assert bank_text.has_right_key(OURS, BIK[-3:])
    office = {ACCOUNT: CORR, CODE: "044525000"}  # an account that the Bank of Russia keeps itself
    assert bank_text.check(office, BankForm.RUSSIAN) == ()


@given(st.integers(0, 19), st.integers(1, 9))
def test_no_single_wrong_digit_of_an_account_passes(place: int, more: int) -> None:
    wrong = OURS[:place] + str((int(OURS[place]) + more) % 10) + OURS[place + 1 :]

    assert not bank_text.has_right_key(wrong, BIK[-3:])


@given(st.text(max_size=200), st.sampled_from(list(BankForm)))
def test_no_text_breaks_it(text: str, form: BankForm) -> None:
    reading = bank_text.read(text, form)

    assert all(reading.parts.values())
    assert set(reading.parts) <= set(bank_text.parts_of(form))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("IBAN ES91 2100 0418 4502 0005 1332 BIC CAIXESBBXXX", {ACCOUNT: IBAN, CODE: "CAIXESBBXXX"}),
        ("es91-2100-0418-4502-0005-1332", {ACCOUNT: IBAN}),
        (
            f"Banco: Banco Santander, S.A.\nIBAN: {IBAN}\nSWIFT/BIC: BSCHESMM",
            {ACCOUNT: IBAN, CODE: "BSCHESMM", NAME: "Banco Santander, S.A."},
        ),
        (f"{IBAN} SABADELL", {ACCOUNT: IBAN, NAME: "SABADELL"}),
        (f"{IBAN} BSABESBB", {ACCOUNT: IBAN, CODE: "BSABESBB"}),
    ],
)
def test_an_iban_with_what_stands_around_it(text: str, parts: dict[str, str]) -> None:
    reading = bank_text.read(text, BankForm.IBAN)

    assert (reading.parts, reading.mistyped) == (parts, ())


def test_a_wrong_iban_and_bic_are_named() -> None:
    reading = bank_text.read("ES91 2100 0418 4502 0005 1333 BIC X12", BankForm.IBAN)
    assert bank_text.read("BIC SANT", BankForm.IBAN).mistyped == (Mistyped(CODE, "SANT", "form"),)

    assert reading.mistyped[0] == Mistyped(ACCOUNT, "ES9121000418450200051333", "digits")
    assert ACCOUNT not in reading.parts


def test_elsewhere_the_longest_figure_is_the_account() -> None:
    assert bank_text.read("Chase Bank, office 5: 021000021", BankForm.PLAIN).parts == {
        ACCOUNT: "021000021",
        NAME: "Chase Bank, office 5",
    }
    assert bank_text.read(IBAN, BankForm.PLAIN).parts == {ACCOUNT: IBAN}
    assert bank_text.read("nothing", BankForm.PLAIN).parts == {NAME: "nothing"}


def test_a_form_is_filled_part_by_part(session: Session) -> None:
    profile = make_company(session)

    assert not bank_details.add(profile, {}, "hello there").is_new
    first = bank_details.add(profile, {}, f"счёт {OURS}")
    assert first.missing == (CODE, CORRESPONDENT, NAME)
    wrong = bank_details.add(profile, {**first.parts, CORRESPONDENT: CORR}, "БИК 044525226")
    assert [mistake.part for mistake in wrong.mistyped] == [CODE]
    assert CODE not in wrong.parts
    second = bank_details.add(profile, first.parts, f"{CORR} {BIK}")
    third = bank_details.add(profile, second.parts, "ПАО Сбербанк")
    assert third.is_whole
    assert third.parts == WHOLE


def test_details_are_saved_as_a_whole_and_audited(session: Session) -> None:
    profile = make_company(session, email="office@example.org")
    ann = actor_of(make_person(session, "Ann", roles=[Role.ADMIN]))

    bank_details.save(session, WHOLE, by=ann, now=NOON)

    assert (profile.bank_account, profile.bank_code, profile.bank_name) == (OURS, BIK, "ПАО Сбербанк")
    assert (profile.correspondent_account, profile.email) == (CORR, "office@example.org")
    written = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert written is not None
    assert (written.action, written.before["bank_account"], written.after["bank_account"]) == (
        "company.changed",
        "",
        OURS,
    )
    assert bank_details.fits(profile)
    profile.country = "ES"
    assert not bank_details.fits(profile)
    bank_details.save(session, {ACCOUNT: IBAN}, by=ann, now=NOON)
    assert (profile.bank_account, profile.bank_code, profile.correspondent_account) == (IBAN, "", "")
    assert bank_details.fits(profile)
    profile.country = "US"
    assert bank_details.fits(profile)


@pytest.mark.parametrize("parts", [{**WHOLE, NAME: ""}, {**WHOLE, ACCOUNT: OURS[:-1] + "5"}])
def test_what_is_not_whole_changes_nothing(session: Session, parts: dict[str, str]) -> None:
    profile = make_company(session)
    ann, rita = make_person(session, "Ann", roles=[Role.ADMIN]), make_person(session)

    with pytest.raises(BankIncomplete):
        bank_details.save(session, parts, by=actor_of(ann), now=NOON)
    with pytest.raises(NotAllowed):
        bank_details.save(session, WHOLE, by=actor_of(rita), now=NOON)

    assert profile.bank_account == ""
