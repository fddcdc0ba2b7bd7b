"""How many totals of real tickets are read exactly, how long it takes, and how far a confident answer may be believed.

    RECEIPTS_DIR=/path/to/receipts python -m benchmarks.tickets --held-out

The folder holds ``labels.json`` (a list of file, lang, total) and ``images/``. Tesseract (with codes), RapidOCR and the
whole chain read the same photos one after another in one run, on one core. Seconds are those that a processor worked,
with all child processes; ``--help`` lists what can be asked for.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

for name in ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"  # before OpenCV and the models are loaded

from delivery.recognition import chain  # noqa: E402 - see above
from delivery.recognition.reading import Reading  # noqa: E402

LANGUAGES = {"eng": ("en",), "spa": ("es", "en"), "rus": ("ru", "en"), "deu": ("en",)}
"""What a company would set that gets such tickets; German has no model of its own."""
ENGINES: dict[str, tuple[str, ...] | None] = {
    "tesseract": ("fiscal_code", "tesseract"),
    "rapidocr": ("rapidocr",),
    "chain": None,
}
SEED = 5


@dataclass(frozen=True)
class Result:
    """One ticket read in one way."""

    file: str
    lang: str
    total_minor: int
    found: Reading
    cpu: float
    wall: float

    @property
    def exact(self) -> bool:
        """To the cent."""
        return self.found.total_minor == self.total_minor


def halves(labels: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The half that may be looked at, and the other one: of each language, by a fixed seed."""
    dice = random.Random(SEED)  # noqa: S311 - no secret
    tuning: list[dict[str, Any]] = []
    held_out: list[dict[str, Any]] = []
    for lang in sorted({label["lang"] for label in labels}):
        group = sorted((label for label in labels if label["lang"] == lang), key=lambda label: str(label["file"]))
        dice.shuffle(group)
        tuning += group[: len(group) // 2]
        held_out += group[len(group) // 2 :]
    return tuning, held_out


def worked() -> float:
    """Seconds that a processor worked for us and for our children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def read(label: dict[str, Any], content: bytes, wish: chain.Wish, folder: Path) -> Result:
    """Read one ticket and take the time."""
    cpu, wall = worked(), time.perf_counter()
    found = chain.read([content], wish, folder, lambda _: None)
    took = worked() - cpu, time.perf_counter() - wall
    return Result(label["file"], label["lang"], int(Decimal(label["total"]) * 100), found, *took)


def line(name: str, results: Sequence[Result]) -> str:
    """The figures of some tickets."""
    exact, sure = sum(each.exact for each in results), [each for each in results if each.found.confident]
    right = sum(each.exact for each in sure)
    cpu = sorted(each.cpu for each in results)
    precision = f"{right / len(sure):6.1%}" if sure else "     –"
    return (
        f"{name:<22}{len(results):4} {exact / len(results):7.1%} {len(sure) / len(results):10.1%} {precision:>10}"
        f" {statistics.median(cpu):8.2f} {cpu[int(len(cpu) * 0.9)]:7.2f}"
        f" {statistics.median(each.wall for each in results):8.2f}"
    )


def report(results: dict[str, list[Result]], *, misses: bool) -> None:
    """Print the figures of all ways side by side."""
    print(
        f"{'':<22}{'n':>4} {'exact':>7} {'confident':>10} {'precision':>10} {'cpu p50':>8} {'p90':>7} {'wall p50':>8}"
    )
    for lang in [*sorted({each.lang for group in results.values() for each in group}), None]:
        for way, group in results.items():
            some = [each for each in group if lang in {None, each.lang}]
            print(line(f"{lang or 'all'} {way}", some))
    if misses:
        for way, group in results.items():
            for each in group:
                if not each.exact:
                    print(f"{way:<10} {each.file:<34} {each.total_minor:>9} read as {each.found.total_minor}"
                          f"{' CONFIDENT' if each.found.confident else ''} {each.found.trouble or ''}")  # fmt: skip


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--held-out", action="store_true", help="only the half that nobody looked at while tuning")
    parser.add_argument("--tuning", action="store_true", help="only the other half")
    parser.add_argument("--only", choices=[*ENGINES], help="one way of reading")
    parser.add_argument(
        "--languages", choices=["own", "all"], default="own", help="of the ticket's country, or all three"
    )
    parser.add_argument("--misses", action="store_true", help="name what was read wrong")
    return parser.parse_args()


def chosen(labels: Sequence[dict[str, Any]], asked: argparse.Namespace) -> Iterable[dict[str, Any]]:
    """The tickets that were asked for."""
    tuning, held_out = halves(labels)
    return [*([] if asked.held_out else tuning), *([] if asked.tuning else held_out)]


def main() -> None:
    """Read them all in each way and print the figures."""
    asked = arguments()
    root = Path(os.environ["RECEIPTS_DIR"])
    labels = list(chosen(json.loads((root / "labels.json").read_text("utf-8")), asked))
    ways = [asked.only] if asked.only else [*ENGINES]
    results: dict[str, list[Result]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        for label in labels:
            content = (root / "images" / label["file"]).read_bytes()
            languages = LANGUAGES[label["lang"]] if asked.languages == "own" else ("ru", "es", "en")
            for way in ways:
                wish = chain.Wish(languages, seconds=60.0, engines=ENGINES[way])
                results[way].append(read(label, content, wish, Path(folder)))
    report(results, misses=asked.misses)


if __name__ == "__main__":
    main()
