"""Column types for what must not lose precision: moments in UTC, exact rates, and JSON documents."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Integer, Numeric, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

Document = JSON().with_variant(JSONB(), "postgresql")
"""A JSON document."""

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""A growing row id; SQLite numbers rows by itself only where the type is exactly INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. A naive datetime is refused: nobody could tell which zone it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any aware moment into UTC; raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A rate (VAT, discount) kept digit by digit: NUMERIC on PostgreSQL, text on SQLite, which has only floats."""

    impl = Numeric(12, 6)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the storage that keeps all digits."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(20))
        return dialect.type_descriptor(Numeric(12, 6))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Write the digits."""
        if value is None:
            return None
        return str(_plain(value)) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """Read the digits, without trailing zeros that PostgreSQL adds."""
        return None if value is None else _plain(Decimal(value))


def _plain(exact: Decimal) -> Decimal:
    """The same number in its only form: 0.20 and 0.2 are one key."""
    return exact.quantize(Decimal(1)) if exact == exact.to_integral() else exact.normalize()
