"""Looking for products as a rep does it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from services import catalogue_search
from services.actor import NotAllowed, Role
from tests.builders import actor_of, make_company, make_person, make_product, make_warehouse, receive


def test_a_page_of_results_shows_price_and_what_is_available(session: Session) -> None:
    make_company(session)
    main, kazan = make_warehouse(session, "Main"), make_warehouse(session, "Kazan")
    rob = actor_of(make_person(session, "Rob", warehouse_ids=[kazan.id]))
    milk = make_product(session, "Milk", warehouse=main, on_hand=7)
    receive(session, milk, 3, warehouse=kazan)
    for number in range(7):
        make_product(session, f"Milk {number}", on_hand=0)

    first = catalogue_search.find(session, "milk", page=0, by=rob)
    last = catalogue_search.find(session, "milk", page=99, by=rob)

    assert (first.items[0].name, first.items[0].price_minor, first.items[0].available_milli) == ("Milk", 8900, 3000)
    assert ([item.name for item in last.items], last.page, last.pages) == (["Milk 5", "Milk 6"], 1, 2)
    kazan.closed = True
    session.flush()
    assert catalogue_search.find(session, "milk", page=0, by=rob).items[0].available_milli == 0


def test_the_one_that_is_meant(session: Session) -> None:
    make_company(session)
    by = actor_of(make_person(session))
    kefir = make_product(session, "Kefir", article="A-10")
    longer = make_product(session, "Ryazhenka", article="A-103")
    old = make_product(session, "Old", article="O-1", hidden=True)

    assert catalogue_search.find_one(session, "а-10", by=by) == kefir.id
    assert catalogue_search.find_one(session, "a-103", by=by) == longer.id
    assert catalogue_search.find_one(session, "zhen", by=by) == longer.id
    assert catalogue_search.find_one(session, "a-1", by=by) is None
    assert catalogue_search.find_one(session, "O-1", by=by) is None
    assert catalogue_search.find_article(session, "", by=by) is None
    assert catalogue_search.by_ids(session, [old.id]) == {old.id: old}


@pytest.mark.parametrize(
    ("typed", "articles"),
    [
        ("A103", ["A-103"]),
        ("A-1O3", ["A-103"]),
        ("A-1034", ["A-103"]),
        ("B-103", ["A-103"]),
        ("A-13", ["A-103"]),
        ("T-77", ["T-777", "T-771"]),
        ("ghee", ["G-9"]),
        ("ghees", ["G-9"]),
        ("kefir 12", ["A-103"]),
        ("some green tea", ["T-771"]),
        ("no tea", ["T-777", "T-771"]),
        ("no te", []),
        ("ZZZ-999", []),
        ("", []),
    ],
)
def test_the_nearest_articles(session: Session, typed: str, articles: list[str]) -> None:
    make_company(session)
    for article, name in (("A-103", "Kefir"), ("T-777", "Tea"), ("T-771", "Green tea"), ("G-9", "Ghee")):
        make_product(session, name, article=article, on_hand=0)
    make_product(session, "Old", article="A-1033", hidden=True)

    found = [item.article for item in catalogue_search.nearest(session, typed)]

    assert sorted(found) == sorted(articles)


def test_only_reps_search(session: Session) -> None:
    keeper = actor_of(make_person(session, roles=[Role.STOREKEEPER]))
    for look in (catalogue_search.find_one, catalogue_search.find_article):
        with pytest.raises(NotAllowed):
            look(session, "milk", by=keeper)
    with pytest.raises(NotAllowed):
        catalogue_search.find(session, "milk", page=0, by=keeper)
