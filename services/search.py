"""The form in which names are stored for searching, and queries are compared with them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

KEY_LENGTH = 400
"""What the ``search_key`` columns hold."""

_AROUND_WORDS: Final = str.maketrans(dict.fromkeys('«»"“”„()[]', " "))
"""Quotes and brackets: nobody types them, and a word begins after them as after a space."""
_NOT_PLAIN = re.compile(r"[^\x20-\x7e]")
_LOOK_ALIKES: Final = str.maketrans("авекмнорстухіѕј", "abekmhopctyxisj")
"""Cyrillic letters whose capitals look like Latin ones: on a keyboard nobody sees which of them an article has."""
_DASHES: Final = re.compile(r"[‐-―−﹘﹣－]")


def search_key(text: str) -> str:
    """Fold case, ё to е, accents (ñ to n), quotes and runs of spaces, so that what people type meets what is stored.

    й stays: it is a letter of its own, not an accented и. At most ``KEY_LENGTH`` characters.
    """
    if _NOT_PLAIN.search(text):
        text = _without_accents(text)
    return " ".join(text.casefold().translate(_AROUND_WORDS).split())[:KEY_LENGTH].rstrip()


def article_key(article: str) -> str:
    """An article as it is compared: the ``search_key`` with one kind of dash, and Latin letters for look-alikes.

    ``А–103`` typed with a Cyrillic А and a long dash is ``a-103``, as ``A-103`` is.
    """
    return search_key(_DASHES.sub("-", article)).translate(_LOOK_ALIKES)


def product_key(article: str, name: str) -> str:
    """What ``product.search_key`` holds: the article's key, a space, the name's key."""
    return f"{article_key(article)} {search_key(name)}"[:KEY_LENGTH].rstrip()


def _without_accents(text: str) -> str:
    # Twice: folding the case of a composed letter may yield a new accent (İ becomes i and a dot).
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept: list[str] = []
    for sign in decomposed:
        kind = unicodedata.category(sign)
        if kind in {"Cc", "Cf"}:
            kept.append(" " if kind == "Cc" else "")  # a stray control sign parts words, a soft hyphen does not
        elif kind != "Mn" or (sign == "\u0306" and kept and kept[-1] == "и"):
            kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept))
