"""The catalogue's tree as admins build it: categories are added, renamed, moved, and removed when they are empty."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.catalogue import Category, Product
from services import audit, catalogue, company, forms
from services.actor import Actor, Role, require
from services.catalogue import CategoryGone
from services.errors import DomainError
from services.forms import Change

LONGEST_NAME: Final = 200
DEEPEST: Final = 8
"""Levels that a tree may have: deeper nobody looks."""


class CategoryNameTaken(DomainError):
    """There is a category of this name at the same place. Facts: name."""


class CategoryNotEmpty(DomainError):
    """There are products or categories in it. Facts: products, categories (how many)."""


class CategoryMisplaced(DomainError):
    """A category cannot lie in itself or below itself, nor so deep. No facts."""


def add(session: Session, name: str, parent_id: int | None, *, by: Actor, now: datetime) -> Category:
    """Add a category, the last below ``parent_id`` (None: at the top). Admins only; locks the company.

    Raises NotAllowed, FieldUnclear, FieldTooLong, CategoryNameTaken, CategoryGone or CategoryMisplaced.
    """
    require(by, Role.ADMIN, action="category.add", subject="category")
    company.lock(session)  # one admin at a time builds the tree
    kept = _name(session, name, parent_id)
    if parent_id is not None and len(catalogue.list_path(session, parent_id)) >= DEEPEST:
        raise CategoryMisplaced
    category = Category(name=kept, parent_id=parent_id, position=_last_position(session, parent_id) + 1)
    session.add(category)
    session.flush()
    after = {"name": kept, "parent_id": parent_id}
    audit.write(session, by=by, action="category.added", subject=f"category:{category.id}", now=now, after=after)
    return category


def rename(session: Session, category_id: int, name: str, *, by: Actor, now: datetime) -> Change:
    """Call it something else. Admins only; locks the company. Raises as ``add`` does."""
    category = lock(session, category_id, by)
    values = {"name": _name(session, name, category.parent_id, but=category_id)}
    return forms.save(session, category, values, by=by, subject=f"category:{category_id}", now=now)


def move(session: Session, category_id: int, parent_id: int | None, *, by: Actor, now: datetime) -> Change:
    """Put it below another category, or at the top (None), as the last one there. Admins only; locks the company.

    Raises NotAllowed, CategoryGone, CategoryNameTaken or CategoryMisplaced.
    """
    category = lock(session, category_id, by)
    path = catalogue.list_path(session, parent_id) if parent_id is not None else []
    if category_id in {above.id for above in path} or len(path) + _height(session, category_id) > DEEPEST:
        raise CategoryMisplaced
    if category.parent_id == parent_id:
        return Change("parent_id", parent_id, parent_id)
    _check_free(session, category.name, parent_id, but=category_id)
    values = {"parent_id": parent_id, "position": _last_position(session, parent_id) + 1}
    return forms.save(session, category, values, by=by, subject=f"category:{category_id}", now=now)


def remove(session: Session, category_id: int, *, by: Actor, now: datetime) -> int | None:
    """Take an empty category out of the tree; returns where it lay. Admins only; locks the company.

    Raises NotAllowed, CategoryGone or CategoryNotEmpty.
    """
    category = lock(session, category_id, by)
    products = select(func.count()).select_from(Product).where(Product.category_id == category_id)
    below = select(func.count()).select_from(Category).where(Category.parent_id == category_id)
    counts = {"products": session.scalar(products) or 0, "categories": session.scalar(below) or 0}
    if any(counts.values()):
        raise CategoryNotEmpty(**counts)
    before = {"name": category.name, "parent_id": category.parent_id}
    audit.write(session, by=by, action="category.removed", subject=f"category:{category_id}", now=now, before=before)
    session.delete(category)
    session.flush()
    return category.parent_id


def lock(session: Session, category_id: int, by: Actor) -> Category:
    """The category, for an admin who changes it; locks the company. Raises NotAllowed or CategoryGone."""
    require(by, Role.ADMIN, action="category.change", subject=f"category:{category_id}")
    company.lock(session)
    category = session.get(Category, category_id, populate_existing=True)
    if category is None:
        raise CategoryGone
    return category


def _name(session: Session, text: str, parent_id: int | None, *, but: int = 0) -> str:
    name: str = forms.words("category_name", LONGEST_NAME, may_be_empty=False)(text)
    _check_free(session, name, parent_id, but=but)
    return name


def _check_free(session: Session, name: str, parent_id: int | None, *, but: int) -> None:
    beside = select(Category.name).where(Category.parent_id == parent_id, Category.id != but)
    if name.casefold() in {other.casefold() for other in session.scalars(beside)}:
        raise CategoryNameTaken(name=name)


def _last_position(session: Session, parent_id: int | None) -> int:
    return session.scalar(select(func.max(Category.position)).where(Category.parent_id == parent_id)) or 0


def _height(session: Session, category_id: int) -> int:
    """Levels from this category down, itself counted."""
    height, level = 0, [category_id]
    while level and height <= DEEPEST:
        height += 1
        level = list(session.scalars(select(Category.id).where(Category.parent_id.in_(level))))
    return height
