"""The file store: bytes by their hash, whole or not at all, and names that are only shown."""

from __future__ import annotations

import hashlib
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.files import File
from services import files
from services.files import FileStore
from tests.builders import NOON, later, make_person

PDF = b"%PDF-1.7 small"
SHA256 = hashlib.sha256(PDF).hexdigest()


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    """A disk that takes no more: the kernel refuses to let a file grow beyond ``size`` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_was_put_is_read_back_by_its_hash(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")

    assert store.put(PDF) == SHA256

    assert store.read(SHA256) == PDF
    assert store.path(SHA256) == tmp_path / "files" / SHA256[:2] / SHA256[2:]


def test_the_same_bytes_are_one_file_from_however_many_threads(tmp_path: Path) -> None:
    store = FileStore(tmp_path)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(store.put, [PDF] * 32)) == {SHA256}

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [store.path(SHA256)]


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    store = FileStore(tmp_path)

    with _files_of_at_most(4), pytest.raises(OSError, match="too large"):
        store.put(PDF)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert store.put(PDF) == SHA256


@pytest.mark.parametrize(
    "name",
    ["", "../../etc/passwd", "/etc/passwd", SHA256[:-1], SHA256 + "0", SHA256.upper(), SHA256 + "\n", "g" * 64, "\0"],
)
def test_nothing_but_a_hash_becomes_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        FileStore(tmp_path).path(name)


def test_a_hash_that_was_never_put_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileStore(tmp_path).read(SHA256)


def test_the_same_bytes_under_the_same_name_are_one_row(session: Session) -> None:
    rita = make_person(session)

    def record(name: str, minutes: int) -> File:
        return files.record(
            session,
            sha256=SHA256,
            name=name,
            content_type="application/pdf",
            size=14,
            created_by=rita.id,
            now=later(minutes=minutes),
        )

    first = record("invoice.pdf", 0)
    again = record("invoice.pdf", 1)
    other = record("copy.pdf", 2)

    assert again is first
    assert (first.sha256, first.name, first.content_type, first.size) == (SHA256, "invoice.pdf", "application/pdf", 14)
    assert (first.created_by, first.created_at) == (rita.id, NOON)
    assert other.id != first.id
    assert session.scalar(select(func.count()).select_from(File)) == 2


def test_a_name_from_outside_is_kept_only_as_text(session: Session) -> None:
    file = files.record(
        session, sha256=SHA256, name="../../a\x00b\n.pdf", content_type="x", size=1, created_by=None, now=NOON
    )

    assert file.name == "_.._ab .pdf"


@pytest.mark.parametrize(
    ("outside", "shown"),
    [
        ("накладная № 5.pdf", "накладная № 5.pdf"),
        ("/etc/passwd", "_etc_passwd"),
        ("..\\..\\boot.ini", "_.._boot.ini"),
        ("a\tb\r\nc", "a b c"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        (".hidden", "hidden"),
        ("", "file"),
        (" .. ", "file"),
        ("\x00\x1b", "file"),
        ("я" * 300 + ".pdf", "я" * 251 + ".pdf"),
        ("x" * 254 + " y", "x" * 254),
        ("x." + "y" * 300, "x." + "y" * 253),
    ],
)
def test_names_as_they_are_shown(outside: str, shown: str) -> None:
    assert files.shown_name(outside) == shown


@given(st.text(max_size=400))
def test_whatever_the_name_it_is_one_short_line_without_a_path(outside: str) -> None:
    shown = files.shown_name(outside)

    assert 1 <= len(shown) <= 255
    assert not set(shown) & {"/", "\\", "\0", "\n", "\r"}
    assert not shown.startswith(".")
    assert files.shown_name(shown) == shown
