"""Pictures that admins send: the company's logo and the photos of products. They were fetched and looked at before."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from db.models.catalogue import Product
from db.models.files import File
from db.models.people import Person
from services import company, files, forms, people, product_admin
from services.actor import Actor, NotAllowed, Role, require
from services.announcements import Audience, announce

LOGO: Final = "logo"
PRODUCT_PHOTO: Final = "product_photo"


def find_logo(session: Session) -> File | None:
    """The logo that papers have, if there is one."""
    file_id = company.get(session).logo_file_id
    return session.get(File, file_id) if file_id else None


def find_photo(session: Session, product: Product) -> File | None:
    """The photo of a product, if there is one."""
    return session.get(File, product.photo_file_id) if product.photo_file_id else None


def set_logo(session: Session, file_id: int | None, *, by: Actor, now: datetime) -> None:
    """Print this stored picture on papers, or none. Admins only; locks the company. Raises NotAllowed."""
    require(by, Role.ADMIN, action="company.change", subject="company:1")
    profile = company.lock(session)
    forms.save(session, profile, {"logo_file_id": file_id}, by=by, subject="company:1", now=now)


def take_logo(session: Session, file: File, facts: dict[str, Any], now: datetime) -> None:
    """A logo was fetched: set it for whoever sent it, if they are an admin still, and show it to them."""
    by = _sender(session, facts)
    set_logo(session, file.id, by=by, now=now)
    announce(session, Audience(chat_key=facts["chat_key"]), "logo_set", file=files.as_document(file))


def take_product_photo(session: Session, file: File, facts: dict[str, Any], now: datetime) -> None:
    """A product's photo was fetched: set it for whoever sent it, if they are an admin still, and show it to them."""
    by = _sender(session, facts)
    product = product_admin.set_photo(session, facts["product_id"], file.id, by=by, now=now)
    to, picture = Audience(chat_key=facts["chat_key"]), files.as_document(file)
    announce(session, to, "product_photo_set", file=picture, product_id=product.id, product=product.name)


def _sender(session: Session, facts: dict[str, Any]) -> Actor:
    person = session.get(Person, facts["person_id"])
    if person is None or person.revoked_at is not None:
        raise NotAllowed(by=None, action="picture", subject="file", origin=facts["chat_key"])
    return people.actor_of(person, origin=facts["chat_key"])
