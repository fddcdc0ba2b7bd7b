"""What an access code looks like, and what is not one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import access_codes
from services.access_codes import ALPHABET, CodeHasher, Presented, Way, parse_code

LINK_SECRET = "aB3-_xYz0123456789ABcd"
PASSWORD = Presented("K7QF2", "9XMT4RBAPZ6C", Way.PASSWORD)
LINK = Presented("K7QF2", LINK_SECRET, Way.LINK)


@pytest.mark.parametrize(
    "text",
    [
        "K7QF2-9XMT-4RBA-PZ6C",
        "  k7qf2-9xmt-4rba-pz6c\n",
        "K7QF2 9XMT 4RBA PZ6C",
        "K7QF29XMT4RBAPZ6C",
        "k7qf2.9xmt.4rba.pz6c.",
        "K7QF2 - 9XMT - 4RBA - PZ6C",
        "K7QF2—9XMT–4RBA‑PZ6C",
        "K7QF2\u00a09XMT\u200b4RBA\u2009PZ6C",
        "K7QF2 9XMT4RBAPZ6C",
        "K7QF2-9XMT-\n4RBA-PZ6C",
        "К7QF2-9ХМТ-4RВА-РZ6С",
        "к7qf2-9хмт-4rва-рz6с",
        "/start K7QF2-9XMT-4RBA-PZ6C",
    ],
)
def test_typed_password_is_read_however_it_is_written(text: str) -> None:
    assert parse_code(text) == PASSWORD


def test_letters_that_look_alike_count_as_what_is_meant() -> None:
    assert parse_code("OOI1L-0ooi-lLiI-АВЕК") == Presented("00111", "00011111ABEK", Way.PASSWORD)
    assert parse_code("МНОРС-ТХУ1-2345-6789") == Presented("MH0PC", "TXY123456789", Way.PASSWORD)


@pytest.mark.parametrize(
    "text",
    [
        f"/start K7QF2_{LINK_SECRET}",
        f"/start@telbot_bot K7QF2_{LINK_SECRET} ",
        f"https://t.me/telbot_bot?start=K7QF2_{LINK_SECRET}",
        f"t.me/telbot_bot?start=K7QF2_{LINK_SECRET}",
        f"K7QF2_{LINK_SECRET}",
    ],
)
def test_link_is_read_from_the_start_command_or_pasted(text: str) -> None:
    assert parse_code(text) == LINK


def test_truncated_link_is_a_wrong_code_and_not_chat() -> None:
    assert parse_code("/start K7QF2_aB3") == Presented("K7QF2", "aB3", Way.LINK)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/start",
        "/start ",
        "/start order_12",
        "/start k7qf2_aB3",
        "/start K7QF2_",
        f"/start K7QF2_{LINK_SECRET} and more",
        f"/start K7QF2_{'a' * 59}",
        "/menu",
        "K7QF2_aB3",
        f"see K7QF2_{LINK_SECRET}",
        "https://example.com/?start=K7QF2_" + LINK_SECRET,
        "Привет, как попасть в бот?",
        "my password is K7QF2-9XMT-4RBA-PZ6C",
        "K7QF2-9XMT-4RBA-PZ6",
        "K7QF2-9XMT-4RBA-PZ6C7",
        "K7QF2-9XMT-4RBA-PZ6U",
        "K7QF2/9XMT/4RBA/PZ6C",
        "where is the clients",
        "delivered tomorrow",
        "MLK1 10 KFR2 5 SMT 3 44",
        "A-101 15\nB-202 12\nC-303 7",
        "8 916 123 45 67 891 62",
        "K7QF 29XM T4RB APZ6 C",
        "+7 916 123-45-67",
        "12 milk, 3 kefir",
        "K7QF2-9XMT-4RBA-PZ6C" * 20,
        " . ",
    ],
)
def test_anything_else_is_not_a_code(text: str) -> None:
    assert parse_code(text) is None


@given(st.text(max_size=250))
def test_no_text_breaks_the_parser(text: str) -> None:
    for presented in (parse_code(text), parse_code(f"/start {text}")):
        if presented is not None:
            assert re.fullmatch(rf"[{ALPHABET}]{{5}}", presented.public)
            assert presented.secret.isascii()


@given(
    public=st.text(ALPHABET, min_size=5, max_size=5),
    secret=st.text(ALPHABET, min_size=12, max_size=12),
    separator=st.sampled_from(["", " ", "-", ".", " – "]),
    lower=st.booleans(),
)
def test_every_password_is_read_back(public: str, secret: str, separator: str, *, lower: bool) -> None:
    text = separator.join((public, secret[:4], secret[4:8], secret[8:]))

    assert parse_code(text.lower() if lower else text) == Presented(public, secret, Way.PASSWORD)


def test_fresh_code_is_read_back_and_fits_its_own_hashes_only() -> None:
    hasher = CodeHasher()
    fresh, other = access_codes.prepare(hasher), access_codes.prepare(hasher)
    typed, carried = parse_code(fresh.password), parse_code(f"/start {fresh.link}")

    assert typed is not None
    assert carried is not None
    assert (typed.public, typed.way, carried.public, carried.way) == (fresh.public, "password", fresh.public, "link")
    assert re.fullmatch(rf"[{ALPHABET}]{{5}}(-[{ALPHABET}]{{4}}){{3}}", fresh.password)
    assert re.fullmatch(r"[A-Za-z0-9_-]{28}", fresh.link)
    assert hasher.matches(fresh.password_hash, typed.secret)
    assert hasher.matches(fresh.link_hash, carried.secret)
    assert not hasher.matches(fresh.link_hash, typed.secret)
    assert not hasher.matches(other.password_hash, typed.secret)
    assert fresh.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_no_secret_fits_a_code_that_does_not_exist() -> None:
    assert not CodeHasher().matches(None, "9XMT4RBAPZ6C")


def test_repr_shows_no_secret() -> None:
    fresh = access_codes.prepare(CodeHasher())

    assert repr(fresh) == f"FreshCode(public='{fresh.public}')"
    assert repr(PASSWORD) == "Presented(public='K7QF2', way=<Way.PASSWORD: 'password'>)"
