"""What a kill in the middle of writing a file leaves behind goes at the next start."""

from __future__ import annotations

from pathlib import Path

from services.files import FileStore


def test_a_half_written_file_goes_and_the_whole_ones_stay(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    whole = store.put(b"%PDF whole")
    half = store.path(whole).with_name(".part-killed")
    half.write_bytes(b"%PDF ha")

    store.forget_partial()

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [store.path(whole)]
    assert store.read(whole) == b"%PDF whole"
