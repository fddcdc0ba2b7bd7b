"""What the one environment promises about every text."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateSyntaxError, UndefinedError

from templates.environment import LANGUAGES, MissingText, Texts, collapse, normalise

RU = """
msgid ""
msgstr ""
"Language: ru\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; "
"plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgid "Hello, %(name)s, 5%% off!"
msgstr "Привет, %(name)s, скидка 5%%!"

msgid "%(lines)s line"
msgid_plural "%(lines)s lines"
msgstr[0] "%(lines)s строка"
msgstr[1] "%(lines)s строки"
msgstr[2] "%(lines)s строк"

msgctxt "noun"
msgid "Order"
msgstr "Заказ"

#, fuzzy
msgid "Unsure"
msgstr "Может быть"
"""

CART = """
{% block hello %}
:package: <b>{% trans name=name %}Hello, {{ name }}, 5% off!{% endtrans %}</b>
{% endblock %}
{% block lines %}{% trans lines=lines %}{{ lines }} line{% pluralize %}{{ lines }} lines{% endtrans %}{% endblock %}
{% block order %}{% trans "noun" %}Order{% endtrans %}{% endblock %}
{% block unsure %}{% trans %}Unsure{% endtrans %}{% endblock %}
{% block bare %}{{ name }}{% endblock %}
{% block tall %}
first
{% if True %}
second

{% endif %}

{% if False %}
left out
{% endif %}

third
{% endblock %}
"""


SHARED = "{% block back %}:arrow_left: {% trans %}Back{% endtrans %}{% endblock %}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Templates of two screens, shared labels, and a Russian catalogue."""
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages/shared.html").write_text(
        "{% block back %}:arrow_left: {% trans %}Back{% endtrans %}{% endblock %}"
    )
    (tmp_path / "messages/cart.html").write_text(CART)
    catalogue = tmp_path / "locale/ru/LC_MESSAGES/telbot.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(RU)
    return tmp_path


@pytest.fixture
def texts(folder: Path) -> Texts:
    """The texts of ``folder``."""
    return Texts.load(folder)


def test_a_block_speaks_the_language_of_each_render(texts: Texts) -> None:
    facts = {"name": "Ann"}

    assert texts.block("messages/cart.html", "hello", "ru", facts) == "📦 <b>Привет, Ann, скидка 5%!</b>"
    assert texts.block("messages/cart.html", "hello", "en", facts) == "📦 <b>Hello, Ann, 5% off!</b>"
    assert texts.block("messages/cart.html", "hello", "es", facts) == "📦 <b>Hello, Ann, 5% off!</b>"


def test_data_is_escaped_and_its_emoji_names_stay(texts: Texts) -> None:
    shown = texts.block("messages/cart.html", "hello", "ru", {"name": "<A> & :package: 5%s"})

    assert shown == "📦 <b>Привет, &lt;A&gt; &amp; :package: 5%s, скидка 5%!</b>"


@pytest.mark.parametrize(
    ("number", "russian", "english"),
    [
        (1, "1 строка", "1 line"),
        (3, "3 строки", "3 lines"),
        (11, "11 строк", "11 lines"),
        (21, "21 строка", "21 lines"),
    ],
)
def test_plurals(texts: Texts, number: int, russian: str, english: str) -> None:
    assert texts.block("messages/cart.html", "lines", "ru", {"lines": number}) == russian
    assert texts.block("messages/cart.html", "lines", "en", {"lines": number}) == english


def test_a_context_tells_meanings_apart_and_fuzzy_texts_are_not_used(texts: Texts) -> None:
    assert texts.block("messages/cart.html", "order", "ru", {}) == "Заказ"
    assert texts.block("messages/cart.html", "unsure", "ru", {}) == "Unsure"


def test_a_missing_fact_is_an_error(texts: Texts) -> None:
    with pytest.raises(UndefinedError):
        texts.block("messages/cart.html", "bare", "ru", {})


def test_shared_labels_are_found_from_every_template(texts: Texts) -> None:
    assert texts.plain("messages/cart.html", "back", "en", {}) == "⬅️ Back"
    assert texts.has_block("messages/cart.html", "back")
    assert not texts.has_block("messages/cart.html", "nowhere")
    with pytest.raises(MissingText):
        texts.block("messages/cart.html", "nowhere", "en", {})


def test_lines_of_a_block_are_kept_and_control_lines_leave_no_gap(texts: Texts) -> None:
    assert texts.text("messages/cart.html", "tall", "en", {}) == "first\nsecond\n\nthird"
    assert texts.plain("messages/cart.html", "tall", "en", {}) == "first second third"


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    """A template that shows a name and nothing else."""
    folder = tmp_path_factory.mktemp("echo")
    (folder / "a.html").write_text("{% block bare %}{{ name }}{% endblock %}")
    return Texts.load(folder)


@given(name=st.text())
def test_plain_text_is_the_data_itself(echo: Texts, name: str) -> None:
    assert echo.plain("a.html", "bare", "en", {"name": name}) == collapse(name.strip())


def test_an_unknown_emoji_name_is_refused(folder: Path) -> None:
    (folder / "messages/bad.html").write_text("one\n{% block a %}:no_such_thing: 12:30:45 a:hover:b{% endblock %}")

    with pytest.raises(TemplateSyntaxError, match="no such emoji: :no_such_thing:") as refused:
        Texts.load(folder).block("messages/bad.html", "a", "en", {})
    assert refused.value.lineno == 2


def test_threads_do_not_mix_languages(texts: Texts) -> None:
    wrong: list[str] = []

    def read(language: str, expected: str) -> None:
        for number in range(200):
            shown = texts.block("messages/cart.html", "lines", language, {"lines": number * 10 + 5})
            if not shown.endswith(expected):
                wrong.append(shown)

    threads = [threading.Thread(target=read, args=pair) for pair in [("ru", "строк"), ("en", "lines")] * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("ru-RU", "ru"),
        ("ru", "ru"),
        ("be", "ru"),
        ("uk_UA", "ru"),
        ("kk", "ru"),
        ("es-MX", "es"),
        ("pt-br", "es"),
        ("ca", "es"),
        ("gl", "es"),
        ("EN-gb", "en"),
        ("de", "en"),
        ("", "en"),
        (None, "en"),
        ("rus", "en"),
    ],
)
def test_the_nearest_language(code: str | None, language: str) -> None:
    assert normalise(code) == language


def test_every_template_of_the_product_compiles() -> None:
    texts = Texts.load()

    assert "messages/units.html" in texts.names()
    for name in texts.names():
        texts.blocks_of(name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_units_have_names(language: str) -> None:
    texts = Texts.load()
    names = {code: texts.unit(code, language) for code in texts.blocks_of("messages/units.html")}

    assert all(re.fullmatch(r"\S{1,6}", name) for name in names.values())
    assert texts.unit("barrel", language) == "barrel"


def test_units_in_russian() -> None:
    texts = Texts.load()

    assert [texts.unit(code, "ru") for code in ("pcs", "kg", "box", "pallet")] == ["шт.", "кг", "кор.", "пал."]
