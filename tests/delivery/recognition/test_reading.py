"""A reading goes through JSON and comes back the same."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from delivery.recognition.reading import SOURCES, TROUBLES, Reading, ReadLine

_texts = st.text(max_size=20)
_figures = st.none() | st.integers(-(10**12), 10**12)
_lines = st.builds(
    ReadLine,
    text=_texts,
    article=st.none() | _texts,
    name=_texts,
    quantity_milli=_figures,
    price_minor=_figures,
    sum_minor=_figures,
)
_readings = st.builds(
    Reading,
    total_minor=_figures,
    currency=st.sampled_from([None, "EUR", "RUB"]),
    sold_on=st.none() | st.dates(),
    sold_at=st.none() | st.times(),
    shop=st.none() | _texts,
    tax_id=st.none() | _texts,
    lines=st.lists(_lines, max_size=3).map(tuple),
    fiscal_id=st.none() | _texts,
    barcodes=st.lists(_texts, max_size=3).map(tuple),
    payment_code=st.none() | _texts,
    text=_texts,
    source=st.sampled_from(SOURCES),
    confident=st.booleans(),
    trouble=st.sampled_from([None, *TROUBLES]),
)


@given(_readings)
def test_a_reading_survives_json(reading: Reading) -> None:
    assert Reading.from_json(json.loads(json.dumps(reading.to_json()))) == reading
