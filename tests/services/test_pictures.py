"""Pictures that admins sent: taken only from those who are admins still, and shown to them."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from services import announcements, files, pictures
from services.actor import NotAllowed, Role
from services.catalogue import ProductGone
from tests.builders import NOON, make_company, make_person, make_product

CHAT = "tg:1:5"


def stored(session: Session) -> files.File:
    return files.record(
        session, sha256="a" * 64, name="p.png", content_type="image/png", size=5, created_by=None, now=NOON
    )


def test_a_logo_and_a_photo_are_set_and_shown(session: Session) -> None:
    profile, product = make_company(session), make_product(session)
    ann, file = make_person(session, "Ann", roles=[Role.ADMIN]), stored(session)
    facts = {"person_id": ann.id, "chat_key": CHAT, "product_id": product.id}

    pictures.take_logo(session, file, facts, NOON)
    pictures.take_product_photo(session, file, facts, NOON)

    assert (profile.logo_file_id, product.photo_file_id) == (file.id, file.id)
    assert pictures.find_logo(session) is pictures.find_photo(session, product) is file
    told = announcements.take(session)
    assert [one.name for one in told] == ["logo_set", "product_photo_set"]
    assert all(one.file == {"sha256": "a" * 64, "name": "p.png", "content_type": "image/png"} for one in told)
    assert all(one.to.chat_key == CHAT for one in told)


def test_who_is_no_admin_any_more_sets_nothing(session: Session) -> None:
    profile, product, file = make_company(session), make_product(session), stored(session)
    rita = make_person(session)
    gone = make_person(session, "Ann", roles=[Role.ADMIN], revoked_at=NOON)
    admin = make_person(session, "Bea", roles=[Role.ADMIN])
    for person_id in (rita.id, gone.id, admin.id + 1):
        facts = {"person_id": person_id, "chat_key": CHAT, "product_id": product.id}
        with pytest.raises(NotAllowed):
            pictures.take_logo(session, file, facts, NOON)
        with pytest.raises(NotAllowed):
            pictures.take_product_photo(session, file, facts, NOON)
    facts = {"person_id": admin.id, "chat_key": CHAT, "product_id": product.id + 1}
    with pytest.raises(ProductGone):
        pictures.take_product_photo(session, file, facts, NOON)

    assert (profile.logo_file_id, product.photo_file_id) == (None, None)
    assert announcements.take(session) == []
    assert pictures.find_logo(session) is None
    assert pictures.find_photo(session, product) is None
