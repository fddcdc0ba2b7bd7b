"""Photos in, facts out, through a real child process: tickets that the tests draw, and what a camera does to them."""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from delivery.recognition import chain, reading, tesseract, tickets
from delivery.recognition.children import Children
from delivery.recognition.reading import Reading
from tests.conftest import absent
from tests.delivery.recognition import drawn
from tests.delivery.recognition.drawn import ENGLISH, FISCAL, RUSSIAN, SPANISH, jpeg, png, ticket


@pytest.fixture(scope="module")
def pool() -> Iterator[Children]:
    """One warm child for all of them."""
    children = Children()
    yield children
    children.close()


@pytest.fixture
def desk(pool: Children) -> Children:
    """The child, where Tesseract with our languages is installed."""
    missing = set(tesseract.MODELS.values()) - tesseract._installed()
    if missing:
        absent("Tesseract", f"no {', '.join(sorted(missing))}")
    return pool


def _read(desk: Children, *pictures: bytes, language: str = "en", currency: str | None = None) -> Reading:
    return tickets.recognise(pictures, languages=(language,), currency=currency, seconds=60, children=desk)


@pytest.mark.parametrize(
    ("language", "rows", "minor", "day"),
    [
        ("en", ENGLISH, 5508, date(2024, 6, 29)),
        ("es", SPANISH, 130000, date(2024, 5, 3)),
        ("ru", RUSSIAN, 149450, date(2024, 1, 31)),
    ],
    ids=["english", "spanish", "russian"],
)
def test_three_languages(
    desk: Children, language: str, rows: tuple[tuple[str, str], ...], minor: int, day: date
) -> None:
    found = _read(desk, jpeg(ticket(rows)), language=language, currency="EUR")

    assert (found.total_minor, found.confident, found.trouble) == (minor, True, None)
    assert (found.sold_on, found.currency, found.shop) == (day, "EUR", rows[0][0])
    assert (found.source, len(found.lines)) == (reading.TESSERACT, 2)


def test_lines_have_names_quantities_and_prices(desk: Children) -> None:
    first, second = _read(desk, jpeg(ticket(ENGLISH))).lines

    assert (first.name, first.quantity_milli, first.price_minor, first.sum_minor) == (
        "COLOUR CREAM 6.0 BROWN", 3000, 1250, 3750,
    )  # fmt: skip
    assert (second.quantity_milli, second.price_minor, second.sum_minor) == (1000, 840, 840)


def test_all_languages_of_the_house_at_once(desk: Children) -> None:
    found = tickets.recognise([jpeg(ticket(SPANISH))], seconds=60, children=desk)

    assert (found.total_minor, found.confident) == (130000, True)


@pytest.mark.parametrize("degrees", [90, 180, 270, 4, -5])
def test_turned_on_a_table(desk: Children, degrees: float) -> None:
    found = _read(desk, jpeg(drawn.on_a_table(ticket(ENGLISH), degrees=degrees)))

    assert (found.total_minor, found.confident) == (5508, True)


def test_the_camera_says_how_it_was_held(desk: Children) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = _read(desk, jpeg(ticket(ENGLISH).rotate(90, expand=True), exif=exif))

    assert (found.total_minor, found.confident) == (5508, True)


def test_grain(desk: Children) -> None:
    found = _read(desk, jpeg(drawn.noisy(ticket(ENGLISH))))

    assert (found.total_minor, found.confident) == (5508, True)


def test_an_album_is_one_ticket(desk: Children) -> None:
    found = _read(desk, jpeg(ticket(ENGLISH[:6])), jpeg(ticket(ENGLISH[6:])))

    assert (found.total_minor, found.confident, len(found.lines)) == (5508, True, 2)


def test_one_bad_picture_of_an_album_does_not_spoil_it(desk: Children) -> None:
    found = _read(desk, b"no picture", jpeg(ticket(ENGLISH)))

    assert (found.total_minor, found.trouble) == (5508, None)


def test_a_fiscal_code_is_exact(desk: Children) -> None:
    found = _read(desk, jpeg(ticket(RUSSIAN, code=FISCAL)), language="ru")

    assert (found.total_minor, found.currency, found.confident) == (149450, "RUB", True)
    assert (found.source, found.fiscal_id) == (reading.FISCAL_CODE, "9289000100405801:12345:3522207165")
    assert len(found.lines) == 2


def test_a_refund_has_no_total_to_believe(desk: Children) -> None:
    found = _read(desk, jpeg(ticket(RUSSIAN, code=FISCAL.replace("n=1", "n=2"))), language="ru")

    assert (found.fiscal_id is not None, found.confident) == (True, False)


def test_a_code_to_pay_by_is_told(desk: Children) -> None:
    code = "BCD\n002\n1\nSCT\n\nSol S.L.\nES9121000418450200051332\nEUR1300.00"
    found = _read(desk, jpeg(ticket(SPANISH, code=code)), language="es")

    assert (found.payment_code, found.total_minor, found.currency, found.confident) == (code, 130000, "EUR", True)


def test_a_code_to_pay_by_that_says_another_sum_makes_unsure(desk: Children) -> None:
    code = "ST00012|Name=X|PersonalAcc=40702810138250123017|Sum=99900"
    found = _read(desk, jpeg(ticket(SPANISH, code=code)), language="es")

    assert (found.total_minor, found.confident) == (99900, False)


def test_a_photo_whose_text_is_blurred_still_gives_its_fiscal_code(desk: Children) -> None:
    whole = ticket(RUSSIAN, code=FISCAL.replace("n=1", "n=2"))
    text = whole.crop((0, 0, whole.width, 480))
    whole.paste(drawn.blurred(text, 12), (0, 0))
    found = _read(desk, jpeg(whole), language="ru")

    assert found.fiscal_id == "9289000100405801:12345:3522207165"
    assert not found.confident


def _cat() -> Image.Image:
    picture = Image.new("L", (800, 600), 180)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((200, 150, 600, 550), fill=90)
    pen.polygon([(230, 230), (260, 60), (360, 170)], fill=90)
    pen.polygon([(570, 230), (540, 60), (440, 170)], fill=90)
    pen.ellipse((290, 270, 350, 330), fill=220)
    pen.ellipse((450, 270, 510, 330), fill=220)
    return picture


@pytest.mark.parametrize(
    ("picture", "trouble"),
    [
        (lambda: jpeg(drawn.dark(ticket(ENGLISH))), reading.TOO_DARK),
        (lambda: jpeg(drawn.blurred(ticket(ENGLISH), 12)), reading.BLURRED),
        (lambda: jpeg(_cat()), reading.NO_TEXT),
        (lambda: jpeg(Image.new("L", (900, 1200), 255)), reading.NO_TEXT),
    ],
    ids=["dark", "blurred", "cat", "white"],
)
def test_what_is_wrong_with_the_photo_is_said(desk: Children, picture: object, trouble: str) -> None:
    found = _read(desk, picture())  # type: ignore[operator]

    assert (found.trouble, found.confident) == (trouble, False)


def _bomb() -> bytes:
    return png(Image.new("1", (20_000, 20_000)))


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (lambda: b"%PDF-1.7\n%", reading.PDF),
        (lambda: b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, reading.HEIC),
        (lambda: b"PK\x03\x04 not a picture", reading.NOT_A_PICTURE),
        (lambda: b"", reading.NOT_A_PICTURE),
        (lambda: jpeg(ticket(ENGLISH))[:4000], reading.BROKEN),
        (lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, reading.BROKEN),
        (_bomb, reading.TOO_LARGE),
        (lambda: b"\xff\xd8\xff" + b"\x00" * (20 * 1024 * 1024), reading.TOO_LARGE),
    ],
    ids=["pdf", "heic", "zip", "empty", "half", "header", "bomb", "bytes"],
)
def test_what_is_no_photo_is_refused_at_once(pool: Children, content: object, trouble: str) -> None:
    picture = content()  # type: ignore[operator]
    start = time.monotonic()
    found = _read(pool, picture)

    assert found == Reading(trouble=trouble)
    assert time.monotonic() - start < 10


def test_no_picture_at_all(pool: Children) -> None:
    assert _read(pool).trouble == reading.NOT_A_PICTURE


def test_a_photo_of_35_megapixels_is_unpacked_small(desk: Children) -> None:
    large = ticket(ENGLISH).resize((5000, 7000))
    found = _read(desk, jpeg(large))

    assert (found.total_minor, found.trouble) == (5508, None)


def test_without_any_engine_codes_are_read_all_the_same(pool: Children) -> None:
    picture = jpeg(ticket(RUSSIAN, code=FISCAL))
    order = {"languages": ["ru"], "currency": None, "engines": [reading.FISCAL_CODE]}
    found = Reading.from_json(pool.ask([picture], order, 20)[-1]["reading"])

    assert (found.trouble, found.total_minor, found.confident) == (reading.NO_ENGINE, 149450, True)


def test_what_was_known_when_the_time_was_over_is_told() -> None:
    known = Reading(fiscal_id="1:2:3", total_minor=100).to_json()
    script = (
        f"import json, time; print(json.dumps({{'final': False, 'reading': {known!r}}}), flush=True); time.sleep(60)"
    )
    with closing(Children(command=(sys.executable, "-c", script))) as children:
        found = tickets.recognise([b"x"], seconds=1.5, children=children)

    assert (found.trouble, found.fiscal_id, found.total_minor) == (reading.TOOK_TOO_LONG, "1:2:3", 100)


@pytest.mark.parametrize("reading_", ["{}", '{"total_minor": 1}', "[]", "1"])
def test_a_child_that_talks_nonsense_is_not_believed(reading_: str) -> None:
    script = f'print(\'{{"final": true, "reading": {reading_}}}\', flush=True); input(); input()'
    with closing(Children(command=(sys.executable, "-c", script))) as children:
        found = tickets.recognise([b"x"], seconds=20, children=children)

    assert found == Reading(trouble=reading.BROKEN)


def test_where_no_child_can_be_started_there_is_no_engine() -> None:
    found = tickets.recognise([b"x"], children=Children(command=("/nothing-here",)))

    assert found == Reading(trouble=reading.NO_ENGINE)


def test_a_child_that_serves_nobody_any_more_leaves_nothing(
    desk: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even what its libraries would write when they end."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    children = Children()
    order = {"languages": ["en"], "currency": None, "engines": [reading.RAPIDOCR]}
    children.ask([jpeg(ticket(ENGLISH[-3:]))], order, 60)
    (child,) = children._idle
    assert child._process.stdin is not None
    child._process.stdin.close()
    child._process.wait(20)

    assert list(tmp_path.iterdir()) == []
    children.close()


def test_rapidocr_alone(pool: Children) -> None:
    if find_spec("rapidocr_onnxruntime") is None:
        absent("RapidOCR", "requirements/ocr.txt is not installed")
    order = {"languages": ["en"], "currency": None, "engines": [reading.RAPIDOCR]}
    found = Reading.from_json(pool.ask([jpeg(ticket(ENGLISH))], order, 60)[-1]["reading"])

    assert (found.total_minor, found.confident, found.source) == (5508, True, reading.RAPIDOCR)


def test_engines_that_nobody_wished_for_stay_out(tmp_path: object) -> None:
    wish = chain.Wish(("en",), engines=())
    picture = io.BytesIO(jpeg(ticket(ENGLISH))).getvalue()

    assert chain.read([picture], wish, tmp_path, lambda _: None) == Reading(trouble=reading.NO_ENGINE)  # type: ignore[arg-type]
