"""The catalogues of translations: brought up to date with the templates, and checked to be complete.

``python -m templates.catalogues update`` takes new texts into ``ru`` and ``es`` and keeps every translation;
``prune`` also forgets the texts that no template has any more; ``check`` prints what is amiss and exits with 1.
"""

from __future__ import annotations

import fcntl
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from gettext import c2py
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from templates.environment import EXTENSIONS, FOLDER, LANGUAGES, SOURCE_LANGUAGE, catalogue_path

TRANSLATED: Final = tuple(language for language in LANGUAGES if language != SOURCE_LANGUAGE)
_EXTRACTOR: Final = "jinja2.ext:babel_extract"
_OPTIONS: Final = {
    "extensions": ",".join(EXTENSIONS),
    "trimmed": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}
_KEYWORDS: Final[dict[str, Any]] = {
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")
_TAG: Final = re.compile(r"</?[a-z][\w-]*", re.IGNORECASE)
_HEADER: Final = "# The texts of TelBot. Change msgstr by hand, the rest by: python -m templates.catalogues update\n#"


def extract_texts(folder: Path) -> Catalog:
    """All texts of all templates under ``folder``, as an untranslated catalogue. Raises on a broken template."""
    found = Catalog(fuzzy=False)
    for template in sorted(folder.rglob("*.html")):
        with template.open("rb") as source:
            for _line, text, comments, context in extract(_EXTRACTOR, source, _KEYWORDS, ("translators:",), _OPTIONS):
                found.add(text, None, auto_comments=comments, context=context)
    return found


def read(path: Path, language: str) -> Catalog:
    """The catalogue at ``path``, empty where there is none."""
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    with path.open("rb") as source:
        return read_po(source, locale=language)


def update(folder: Path, *, prune: bool = False) -> None:
    """Bring every catalogue up to date. A text that came back finds its old translation again, unless pruned."""
    found = extract_texts(folder)
    for language in TRANSLATED:
        path = catalogue_path(folder, language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path.parent):
            catalogue = read(path, language)
            for message in list(catalogue.obsolete.values()):
                catalogue.add(message.id, message.string, context=message.context, flags=message.flags)
            catalogue.obsolete.clear()
            catalogue.update(found, no_fuzzy_matching=True, update_creation_date=False)
            _write(path, catalogue, prune=prune)


def check(folder: Path) -> list[str]:
    """What is amiss, a line for each: missing, empty, fuzzy, obsolete; wrong placeholders, tags, plurals."""
    found = extract_texts(folder)
    problems = []
    for language in TRANSLATED:
        catalogue = read(catalogue_path(folder, language), language)
        problems += [f"{language}: {problem}" for problem in _compare(found, catalogue)]
    return problems


def _compare(found: Catalog, catalogue: Catalog) -> Iterator[str]:
    for wanted in _messages(found):
        message = catalogue.get(wanted.id, wanted.context)
        if message is None:
            yield f"missing: {_shown(wanted)}"
            continue
        for problem in _faults(wanted, message, catalogue):
            yield f"{problem}: {_shown(wanted)}"
    for message in _messages(catalogue):
        if found.get(message.id, message.context) is None:
            yield f"in no template: {_shown(message)}"
    for message in catalogue.obsolete.values():
        yield f"obsolete: {_shown(message)}"


def _faults(wanted: Message, message: Message, catalogue: Catalog) -> Iterator[str]:
    """What is wrong with one translation."""
    originals, translated = _forms(wanted.id), _forms(message.string)
    expected = catalogue.num_plurals if len(originals) == 2 else 1
    if _forms(message.id) != originals or len(translated) != expected:
        yield f"has {len(translated)} plural forms, not {expected}"
        return
    if not all(translated):
        yield "empty"
        return
    if message.fuzzy:
        yield "fuzzy"
    allowed = set().union(*(_placeholders(original) for original in originals))
    for index, form in enumerate(translated):
        needed = _placeholders(originals[_original_of(index, catalogue) if len(originals) == 2 else 0])
        if not needed <= _placeholders(form) <= allowed or not _formats(form, allowed):
            yield f"placeholders differ in {form!r}"
    if any(_tags(form) != _tags(originals[-1]) for form in translated):
        yield "tags differ"


def _original_of(index: int, catalogue: Catalog) -> int:
    """0 where this plural form is used for the number 1 alone, whose English text may lack the number; else 1."""
    choose = c2py(catalogue.plural_expr)
    return 0 if [number for number in range(1000) if choose(number) == index] == [1] else 1


def _formats(form: str, names: set[str]) -> bool:
    """Whether Python can fill the text: a lone ``%`` must be doubled."""
    try:
        form % dict.fromkeys(names, "")
    except (ValueError, TypeError, KeyError):
        return False
    return True


def _messages(catalogue: Catalog) -> Iterable[Message]:
    return (message for message in catalogue if message.id)


def _forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def _tags(text: str) -> list[str]:
    return sorted(_TAG.findall(text))


def _shown(message: Message) -> str:
    context = f" ({message.context})" if message.context else ""
    return f"{_forms(message.id)[0]!r}{context}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One update at a time, as several people work on the texts."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(path: Path, catalogue: Catalog, *, prune: bool) -> None:
    """Write sorted, without dates and line numbers, so that a difference shows only texts; whole or not at all."""
    written = BytesIO()
    write_po(written, catalogue, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=prune)
    header = (
        f'{_HEADER}\nmsgid ""\nmsgstr ""\n"Language: {catalogue.locale}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    beside = path.with_suffix(".po.new")
    beside.write_bytes(header.encode() + written.getvalue())
    beside.replace(path)


def main(arguments: list[str]) -> int:
    """Run one command; the exit status."""
    command = arguments[0] if len(arguments) == 1 else ""
    if command in {"update", "prune"}:
        update(FOLDER, prune=command == "prune")
        return 0
    if command == "check":
        problems = check(FOLDER)
        sys.stdout.writelines(f"{problem}\n" for problem in problems)
        return 1 if problems else 0
    sys.stderr.write("usage: python -m templates.catalogues update | prune | check\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
