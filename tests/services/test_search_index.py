"""Finding rows by what people type, on both databases' own indexes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from db.models.catalogue import Product, Unit
from db.models.clients import Client
from services import search_index
from services.search import article_key, product_key, search_key
from services.search_index import MOST_FOUND, matching
from tests.builders import make_category, make_client, make_product


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("A-103", "a-103"),
        ("а-103", "a-103"),
        ("А–103", "a-103"),
        ("a—103", "a-103"),
        ("A−103", "a-103"),
        (" СОК-1 ", "cok-1"),
        ("Ф-12", "ф-12"),
        ("ХО-5", "xo-5"),
        ("ñ 7", "n 7"),
    ],
)
def test_article_key(typed: str, key: str) -> None:
    assert article_key(typed) == key


@given(st.text(max_size=40))
def test_an_article_key_is_its_own_key(text: str) -> None:
    assert article_key(article_key(text)) == article_key(text)


def shelf(session: Session) -> dict[str, int]:
    """Some products: article to id."""
    goods = {
        "A-103": "Кефир 1 %, 930 мл",
        "A-1031": "Ряженка 4 %",
        "A-10": "Молоко топлёное",
        "M-7": "Молоко 3,2 %, 1 л",
        "K-930": "Сыр «Молочный ключ» 100%_\\",
        "Я-5": 'Йогурт "Чудо" с молоком',
    }
    return {article: make_product(session, name, article=article, on_hand=0).id for article, name in goods.items()}


@pytest.mark.parametrize(
    ("typed", "articles"),
    [
        ("кефир", ["A-103"]),
        ("КЕФИР 930", ["A-103"]),
        ("930 кефир", ["A-103"]),
        ("ефи", ["A-103"]),
        ("молоко", ["M-7", "A-10", "Я-5"]),
        ("моло", ["M-7", "A-10", "Я-5", "K-930"]),
        ("мо", ["M-7", "A-10", "Я-5", "K-930"]),
        ("м", ["M-7", "A-10", "Я-5", "A-103", "K-930"]),
        ("топленое, молоко!", ["A-10"]),
        ("л 1", ["M-7"]),
        ("a-10", ["A-10", "A-103", "A-1031"]),
        ("А-103", ["A-103", "A-1031"]),
        ("103", ["A-103", "A-1031"]),
        ("я-5", ["Я-5"]),
        ("100%_\\", ["K-930"]),
        ('"чудо"', ["Я-5"]),
        ("%", ["A-103", "M-7", "A-1031"]),
        ("_", []),
        ("олоко кефир", []),
        ("", []),
        (" ,;! ", []),
        ("🍎", []),
        ("кефир" * 100, []),
    ],
)
def test_products_best_first(session: Session, typed: str, articles: list[str]) -> None:
    ids = shelf(session)

    assert matching(session, "product", typed, limit=20) == [ids[article] for article in articles]


def test_what_is_changed_hidden_or_deleted_is_found_so(session: Session) -> None:
    """The index follows every writer: the mapper and statements alike."""
    kefir = make_product(session, "Kefir", article="A-1", on_hand=0)
    milk = make_product(session, "Milk", article="A-2", on_hand=0)
    ayran = product_key("A-1", "Ayran")
    session.execute(update(Product).where(Product.id == kefir.id).values(name="Ayran", search_key=ayran))
    milk.hidden = True
    session.flush()

    assert matching(session, "product", "kefir", limit=5) == []
    assert matching(session, "product", "ayr", limit=5) == [kefir.id]
    assert matching(session, "product", "milk", limit=5) == [milk.id]
    assert matching(session, "product", "milk", limit=5, sold_only=True) == []
    assert matching(session, "product", "a-", limit=5, sold_only=True) == [kefir.id]

    session.execute(delete(Unit).where(Unit.product_id == kefir.id))
    session.execute(delete(Product).where(Product.id == kefir.id))
    assert matching(session, "product", "ayran", limit=5) == []


def test_no_more_than_is_asked_for_or_read(session: Session) -> None:
    category = make_category(session)
    session.add_all(
        Product(
            category_id=category.id, article=f"Q-{number:03}", name=f"Чай {number:03}", price_minor=1,
            vat_rate=Decimal(0), search_key=product_key(f"Q-{number:03}", f"Чай {number:03}"),
        )
        for number in range(MOST_FOUND + 20)
    )  # fmt: skip
    session.flush()

    assert len(matching(session, "product", "чай", limit=10_000)) == MOST_FOUND
    assert len(matching(session, "product", "ча", limit=7)) == 7
    assert matching(session, "product", "чай", limit=0) == []


def test_clients_by_name_and_legal_name(session: Session) -> None:
    names = {"Лавка на Покровке": "ООО «Ромашка»", "Señor Muñoz": "", "Ромашка плюс": "ИП Лавкин"}
    ids = {}
    for name, legal_name in names.items():
        client = make_client(session, name, legal_name=legal_name)
        client.search_key = search_key(f"{name} {legal_name}")
        ids[name] = client.id
    session.flush()

    assert matching(session, "client", "лавк", limit=9) == [ids["Лавка на Покровке"], ids["Ромашка плюс"]]
    assert matching(session, "client", "ромашка", limit=9) == [ids["Ромашка плюс"], ids["Лавка на Покровке"]]
    assert matching(session, "client", "munoz senor", limit=9) == [ids["Señor Muñoz"]]
    assert matching(session, "client", "mu", limit=9) == [ids["Señor Muñoz"]]
    session.execute(update(Client).values(search_key="nobody"))
    assert matching(session, "client", "ромашка", limit=9) == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_whatever_is_typed_is_searched_for_without_an_error(session: Session, text: str) -> None:
    """And whatever is found holds every word that was typed."""
    if session.query(Product).first() is None:
        shelf(session)
    for product_id in matching(session, "product", text, limit=5):
        key = session.get_one(Product, product_id).search_key
        for word in search_index.words_of(text):
            assert word in key or article_key(word) in key
