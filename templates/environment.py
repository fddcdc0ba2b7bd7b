"""The one Jinja environment: all text of the desk, in the reader's language, escaped for where it goes.

A text is a block of a template. English stands in the templates themselves (the msgids), the other languages in
``locale/<language>/LC_MESSAGES/telbot.po``. One environment with one cache of compiled templates serves all
languages: the language of a render is its context variable ``locale``.

A block is rendered alone, so what it needs (``{% set %}``, ``{% from … import … with context %}``) stands inside it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import emoji
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateNotFound, pass_context
from jinja2.exceptions import TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.runtime import Context

from templates.text_filters import FILTERS, unit_name

FOLDER: Final = Path(__file__).resolve().parent
SHARED: Final = "messages/shared.html"
LANGUAGES: Final = ("ru", "es", "en")
SOURCE_LANGUAGE: Final = "en"
_NEAREST: Final = {"ru": "ru", "be": "ru", "uk": "ru", "kk": "ru", "es": "es", "pt": "es", "ca": "es", "gl": "es"}
_EMOJI_NAME: Final = re.compile(r"(?<![\w:]):[A-Za-z][\w+-]*:(?![\w:])")
_SPACES: Final = re.compile(r"[ \t\r\n\f\v]+")
_GAP: Final = re.compile(r"\n{3,}")


def normalise(language_code: str | None) -> str:
    """The language of ours that is nearest to a BCP 47 code such as ``ru-RU``; English where none is near."""
    primary = re.split(r"[-_]", (language_code or "").strip().lower(), maxsplit=1)[0]
    return _NEAREST.get(primary, SOURCE_LANGUAGE)


def collapse(text: str) -> str:
    """One line: runs of spaces and line ends become one space. Non-breaking spaces stay."""
    return _SPACES.sub(" ", text).strip(" ")


class MissingText(LookupError):
    """A block that neither its template nor the shared labels have: a mistake in our code."""


class EmojiNames(Extension):
    """Expands ``:package:`` in the source of templates. Data never passes here, so nobody's ``:smile:`` changes."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Expand all names; a name that does not exist is a mistake in the template."""
        expanded = emoji.emojize(source, language="alias")
        unknown = _EMOJI_NAME.search(expanded)
        if unknown:
            line = expanded.count("\n", 0, unknown.start()) + 1
            raise TemplateSyntaxError(f"no such emoji: {unknown.group()}", line, name, filename)
        return expanded


EXTENSIONS: Final = ("jinja2.ext.i18n", "templates.environment.EmojiNames")


class Texts:
    """All texts, ready to be rendered in any of ``LANGUAGES``. Safe to use from several threads."""

    def __init__(self, folder: Path, translations: Mapping[str, NullTranslations]) -> None:
        self._translations = dict(translations)
        self._english = NullTranslations()
        self._environment = _environment(folder)
        self._environment.install_gettext_callables(  # type: ignore[attr-defined]
            self._gettext, self._ngettext, newstyle=True, pgettext=self._pgettext, npgettext=self._npgettext
        )
        self._shared = _find_shared(self._environment)

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Texts:
        """Read the catalogues of every language from ``folder``; templates are compiled when first used."""
        translations = {language: _read_translations(folder, language) for language in LANGUAGES}
        return cls(folder, translations)

    def block(self, template: str, block: str, locale: str, facts: Mapping[str, Any]) -> str:
        """One block as escaped HTML, trimmed at both ends, with one empty line at most where lines are left out.

        Looks in ``template``, then among the shared labels; raises MissingText where neither has it, and
        jinja2.UndefinedError where the block asks for a fact that is not given.
        """
        home = self._home(template, block)
        if home is None:
            raise MissingText(f"{template} has no block {block!r}, nor has {SHARED}")
        context = home.new_context({**facts, "locale": locale})
        return _GAP.sub("\n\n", "".join(home.blocks[block](context)).strip())

    def has_block(self, template: str, block: str) -> bool:
        """Whether ``block`` would find a text."""
        return self._home(template, block) is not None

    def text(self, template: str, block: str, locale: str, facts: Mapping[str, Any]) -> str:
        """One block as plain text, its lines kept: for papers and the text part of a mail."""
        return html.unescape(self.block(template, block, locale, facts))

    def plain(self, template: str, block: str, locale: str, facts: Mapping[str, Any]) -> str:
        """One block as one line of plain text: for button labels, toasts and subjects."""
        return collapse(self.text(template, block, locale, facts))

    def unit(self, code: str, locale: str) -> str:
        """The short name of a unit of measure (``шт.``); a code that we have no name for stays as it is."""
        return unit_name(self._environment, code, locale)

    def render(self, template: str, locale: str, facts: Mapping[str, Any]) -> str:
        """A whole template as escaped HTML."""
        return self._environment.get_template(template).render({**facts, "locale": locale})

    def names(self) -> list[str]:
        """The names of all templates, sorted."""
        return self._environment.list_templates(extensions=["html"])

    def blocks_of(self, template: str) -> list[str]:
        """The names of a template's own blocks, sorted: for tests that render every text."""
        return sorted(self._environment.get_template(template).blocks)

    def _home(self, template: str, block: str) -> Template | None:
        own = self._environment.get_template(template)
        if block in own.blocks:
            return own
        return self._shared if self._shared is not None and block in self._shared.blocks else None

    def _language(self, context: Context) -> NullTranslations:
        return self._translations.get(str(context.get("locale", "")), self._english)

    @pass_context
    def _gettext(self, context: Context, message: str) -> str:
        return str(self._language(context).gettext(message))

    @pass_context
    def _ngettext(self, context: Context, singular: str, plural: str, number: int) -> str:
        return str(self._language(context).ngettext(singular, plural, number))

    @pass_context
    def _pgettext(self, context: Context, message_context: str, message: str) -> str:
        return str(self._language(context).pgettext(message_context, message))

    @pass_context
    def _npgettext(self, context: Context, message_context: str, singular: str, plural: str, number: int) -> str:
        return str(self._language(context).npgettext(message_context, singular, plural, number))


def catalogue_path(folder: Path, language: str) -> Path:
    """Where the catalogue of a language lies."""
    return folder / "locale" / language / "LC_MESSAGES" / "telbot.po"


def _environment(folder: Path) -> Environment:
    """The environment without its languages: strict about missing facts, escaping everything."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=EXTENSIONS,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters.update(FILTERS)
    return environment


def _find_shared(environment: Environment) -> Template | None:
    try:
        return environment.get_template(SHARED)
    except TemplateNotFound:
        return None


def _read_translations(folder: Path, language: str) -> NullTranslations:
    """A catalogue as gettext translations made in memory; untranslated and fuzzy entries fall back to English."""
    path = catalogue_path(folder, language)
    if language == SOURCE_LANGUAGE or not path.exists():
        return NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
