"""Translations stay complete, and an update never loses one."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import TemplateSyntaxError

from templates import catalogues
from templates.environment import FOLDER, Texts, catalogue_path

CART = """
{% block a %}:package: {% trans name=name %}Hello, <b>{{ name }}</b>!{% endtrans %}{% endblock %}
{% block b %}{% trans n=n %}{{ n }} line{% pluralize %}{{ n }} lines{% endtrans %}{% endblock %}
{% block c %}{% trans %}:wave: Off 5%{% endtrans %}{% endblock %}
{% block d %}{% trans "noun" %}Order{% endtrans %}{% trans "verb" %}Order{% endtrans %}{% endblock %}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One template and fresh catalogues."""
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages/cart.html").write_text(CART)
    catalogues.update(tmp_path)
    return tmp_path


def _translate(folder: Path, language: str, **changes: str | tuple[str, ...]) -> None:
    """Fill every text of the catalogue, with ``changes`` for some."""
    texts: dict[tuple[str, str | None], str | tuple[str, ...]] = {
        ("Hello, <b>%(name)s</b>!", None): "¡<b>%(name)s</b>!",
        ("%(n)s line", None): ("%(n)s x",) * (3 if language == "ru" else 2),
        ("👋 Off 5%%", None): "👋 5%% x",
        ("Order", "noun"): "x",
        ("Order", "verb"): "y",
    }
    texts |= {(key.replace("_", " "), None): text for key, text in changes.items()}
    path = catalogue_path(folder, language)
    catalogue = catalogues.read(path, language)
    for (message, context), text in texts.items():
        found = catalogue.get(message, context)
        assert found is not None, message
        found.string = text
    catalogues._write(path, catalogue, prune=False)


def test_a_new_catalogue_lists_every_text_as_empty(folder: Path) -> None:
    assert [line for line in catalogues.check(folder) if line.startswith("ru")] == [
        "ru: empty: 'Hello, <b>%(name)s</b>!'",
        "ru: empty: '%(n)s line'",
        "ru: empty: '👋 Off 5%%'",
        "ru: empty: 'Order' (noun)",
        "ru: empty: 'Order' (verb)",
    ]


def test_complete_catalogues_pass_and_the_texts_use_them(folder: Path) -> None:
    _translate(folder, "ru")
    _translate(folder, "es")

    assert catalogues.check(folder) == []
    texts = Texts.load(folder)
    assert texts.block("messages/cart.html", "c", "es", {}) == "👋 5% x"
    assert texts.block("messages/cart.html", "d", "es", {}) == "xy"


def test_an_update_changes_nothing_when_there_is_nothing_new(folder: Path) -> None:
    _translate(folder, "ru")
    before = catalogue_path(folder, "ru").read_bytes()

    catalogues.update(folder)

    assert catalogue_path(folder, "ru").read_bytes() == before


def test_a_text_that_comes_back_finds_its_translation(folder: Path) -> None:
    _translate(folder, "ru")
    _translate(folder, "es")
    before = catalogue_path(folder, "ru").read_bytes()
    template = folder / "messages/cart.html"

    template.write_text(CART.replace("Hello", "Bye"))
    catalogues.update(folder)
    assert catalogues.check(folder) == [
        "ru: empty: 'Bye, <b>%(name)s</b>!'",
        "ru: obsolete: 'Hello, <b>%(name)s</b>!'",
        "es: empty: 'Bye, <b>%(name)s</b>!'",
        "es: obsolete: 'Hello, <b>%(name)s</b>!'",
    ]
    template.write_text(CART)
    catalogues.update(folder, prune=True)

    assert catalogue_path(folder, "ru").read_bytes() == before


def test_a_broken_template_leaves_the_catalogues_alone(folder: Path) -> None:
    before = catalogue_path(folder, "ru").read_bytes()
    (folder / "messages/broken.html").write_text("{% block a %}")

    with pytest.raises(TemplateSyntaxError):
        catalogues.update(folder)
    assert catalogue_path(folder, "ru").read_bytes() == before


@pytest.mark.parametrize(
    ("message", "translation", "problem"),
    [
        ("Hello, <b>%(name)s</b>!", "¡<b>Hola</b>!", "placeholders differ"),
        ("Hello, <b>%(name)s</b>!", "<b>%(nombre)s</b>", "placeholders differ"),
        ("Hello, <b>%(name)s</b>!", "<i>%(name)s</i>", "tags differ"),
        ("👋 Off 5%%", "5% x", "placeholders differ"),
        ("%(n)s line", ("una", "%(n)s y"), "placeholders differ"),
        ("%(n)s line", ("%(n)s", "muchas"), "placeholders differ"),
        ("%(n)s line", ("%(n)s", ""), "empty"),
    ],
)
def test_faults_of_a_translation_are_named(
    folder: Path, message: str, translation: str | tuple[str, ...], problem: str
) -> None:
    _translate(folder, "ru")
    _translate(folder, "es")
    path = catalogue_path(folder, "es")
    catalogue = catalogues.read(path, "es")
    found = catalogue.get(message)
    assert found is not None
    found.string = translation
    catalogues._write(path, catalogue, prune=False)

    problems = catalogues.check(folder)

    assert len(problems) == 1
    assert problem in problems[0]


def test_the_one_of_russian_needs_its_number_as_21_uses_it(folder: Path) -> None:
    _translate(folder, "es")
    _translate(folder, "ru")
    path = catalogue_path(folder, "ru")
    catalogue = catalogues.read(path, "ru")
    found = catalogue.get("%(n)s line")
    assert found is not None
    found.string = ("одна", "%(n)s две", "%(n)s пять")
    catalogues._write(path, catalogue, prune=False)

    assert catalogues.check(folder) == ["ru: placeholders differ in 'одна': '%(n)s line'"]


def test_unknown_commands_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogues.main(["translate"]) == 2
    assert "update" in capsys.readouterr().err


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_no_sentence_ends_with_a_unit_that_may_be_cut_short_by_a_point(language: str) -> None:
    catalogue = catalogues.read(catalogue_path(FOLDER, language), language)
    texts = (text for message in catalogue for text in catalogues._forms(message.string))

    assert [text for text in texts if "%(unit)s." in text] == []
