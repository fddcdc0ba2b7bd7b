"""Which rows hold what was typed: part of a name or article, several words in any order.

The indexes are made by revision 0002: trigrams (FTS5 on SQLite, kept by triggers; pg_trgm on PostgreSQL), and the
beginnings of keys and names in order. Both see a word that is too short for a trigram with the spaces before it, so
one or two letters find the words that begin with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.search import article_key, search_key

Table = Literal["product", "client"]

MOST_FOUND: Final = 300
"""Of more rows than this nobody reads the last ones: the rest is not sorted, and who types more finds less."""
_MOST_WORDS: Final = 8
_LONGEST_QUERY: Final = 120
_LAST_SIGN: Final = "\U0010ffff"
_NAME: Final = "substr(search_key, length(article) + 2)"
"""The name's part of a product's key, in exactly the words of its index."""


def matching(
    session: Session, table: Table, query: str, *, limit: int = MOST_FOUND, sold_only: bool = False
) -> list[int]:
    """The ids of the rows that hold every word of ``query``, best first; none for an empty query.

    First come keys that begin with the query (a product's article equal to it, then longer articles), then names
    that begin with it, then the rest by name. A word of one or two letters must begin a word, a longer one may be
    any part. At most ``MOST_FOUND``. ``sold_only`` leaves hidden products out.
    """
    words = words_of(query)
    limit = min(limit, MOST_FOUND)
    if not words or limit < 1:
        return []
    found: dict[int, None] = {}
    for statement, values in _tiers(session, table, words, sold_only=sold_only):
        found.update(dict.fromkeys(session.scalars(text(statement), {**values, "limit": limit})))
        if len(found) >= limit:
            break
    return list(found)[:limit]


def words_of(query: str) -> list[str]:
    """The words to look for, without the signs that part them in a sentence."""
    words = (word.strip(",;:!?") for word in search_key(query[:_LONGEST_QUERY]).split())
    return [word for word in words if word][:_MOST_WORDS]


def _tiers(
    session: Session, table: Table, words: list[str], *, sold_only: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The queries to ask one after the other, the best matches first."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    order = "" if is_sqlite else ' COLLATE "C"'
    sold = " AND NOT hidden" if sold_only and table == "product" else ""
    begin = " ".join(words)
    keyed = article_key(begin) if table == "product" else begin
    yield _beginning(table, f"search_key{order}", sold), _span(keyed)
    if table == "product":
        yield _beginning(table, f"{_NAME}{order}", sold), _span(begin)
    by_name = f"{_NAME if table == 'product' else 'search_key'}{order}"
    forms = [_forms(word, table) for word in words]
    if is_sqlite:
        yield _holding_sqlite(table, by_name, sold), {"words": _phrase(forms)}
    else:
        yield _holding_postgresql(table, by_name, sold, forms)


def _beginning(table: Table, key: str, sold: str) -> str:
    return f"SELECT id FROM {table} WHERE {key} >= :low AND {key} < :high{sold} ORDER BY {key}, id LIMIT :limit"  # noqa: S608


def _span(begin: str) -> dict[str, str]:
    return {"low": begin, "high": begin + _LAST_SIGN}


def _forms(word: str, table: Table) -> list[str]:
    """The word, and as an article has it where it may be one; short ones with the spaces that begin a word."""
    article = article_key(word) if table == "product" else word
    may_be_article = any(sign.isdigit() for sign in word) or article.isascii()
    forms = [word, article] if may_be_article and article != word else [word]
    return [" " * (3 - len(form)) + form for form in forms]


def _phrase(forms: Iterable[list[str]]) -> str:
    """The words as FTS5 wants them."""
    quoted = ([form.replace('"', '""') for form in word] for word in forms)
    return " AND ".join("(" + " OR ".join(f'"{form}"' for form in word) + ")" for word in quoted)


def _holding_sqlite(table: Table, by_name: str, sold: str) -> str:
    found = (
        f"SELECT {table}.* FROM search_{table} JOIN {table} ON {table}.id = search_{table}.rowid"  # noqa: S608
        f" WHERE search_{table} MATCH :words{sold} LIMIT {MOST_FOUND}"
    )
    return f"SELECT id FROM ({found}) ORDER BY {by_name}, id LIMIT :limit"  # noqa: S608


def _holding_postgresql(
    table: Table, by_name: str, sold: str, forms: Iterable[list[str]]
) -> tuple[str, dict[str, str]]:
    values: dict[str, str] = {}
    conditions = []
    for word in forms:
        either = []
        for form in word:
            name = f"word{len(values)}"
            values[name] = f"%{_literally(form)}%"
            either.append(f"(' ' || search_key) LIKE :{name}")
        conditions.append(f"({' OR '.join(either)})")
    found = f"SELECT * FROM {table} WHERE {' AND '.join(conditions)}{sold} LIMIT {MOST_FOUND}"  # noqa: S608
    return f"SELECT id FROM ({found}) AS found ORDER BY {by_name}, id LIMIT :limit", values  # noqa: S608


def _literally(form: str) -> str:
    """A form with its signs that LIKE would read, and one space before a short word: that is how pg_trgm pads."""
    plain = form if len(form.lstrip()) == len(form) else " " + form.lstrip()
    return plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
