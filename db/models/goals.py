"""Goals: what a rep, a team or all reps together are to reach in a week, month or quarter. And who wants digests.

Days are those of the company's time zone.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base_model import Model


class Team(Model):
    """Reps who have goals together."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    created_at: Mapped[datetime]


class TeamMember(Model):
    """Who belongs to a team; a rep may belong to several."""

    __tablename__ = "team_member"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class Goal(Model):
    """A target for each week, month or quarter from ``first`` to ``last``; neither person nor team: for all reps."""

    __tablename__ = "goal"
    __table_args__ = (
        Index("ix_goal_of_person", "person_id", "first"),
        Index("ix_goal_of_team", "team_id", "first"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    metric: Mapped[str] = mapped_column(String(16))
    """``sum`` (VAT included), ``units``, ``orders`` or ``new_clients``."""
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id", ondelete="CASCADE"), index=True)
    """With all below it; only for ``sum`` and ``units``."""
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    span: Mapped[str] = mapped_column(String(16))
    """``week`` (from Monday), ``month`` or ``quarter``."""
    first: Mapped[date] = mapped_column(Date)
    """The first day of the first period that it is for."""
    last: Mapped[date | None] = mapped_column(Date)
    """The last day of the last one; None: for every period until it is changed."""
    target: Mapped[int]
    """Minor units of ``currency``, thousandths of a unit, orders, or clients, as the metric says. Above zero."""
    currency: Mapped[str] = mapped_column(String(3), default="")
    """Of a ``sum``; else empty."""
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class Digest(Model):
    """Somebody wants to be told, every day or every week, how things stand."""

    __tablename__ = "digest"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    """``daily`` or ``weekly``."""
    since: Mapped[datetime]
    last_for: Mapped[date | None] = mapped_column(Date)
    """The last day that was told about: none is told about twice."""
