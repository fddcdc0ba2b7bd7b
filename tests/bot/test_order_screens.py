"""What a rep reads of an order that is being built: sums that add up in both conventions, and whose draft is which."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from db.models.catalogue import Product
from db.models.company import Company
from db.models.orders import Order
from db.models.people import Person
from services import draft_list
from tests.bot.hall import Hall
from tests.bot.talk import Talk
from tests.builders import NOON, actor_of, make_draft, unit_of


@pytest.mark.parametrize(
    ("included", "bill"),
    [
        (True, ["Goods: ₽445.00", "Delivery: ₽16.90 (1.7 km)", "<b>Total: ₽461.90</b>", "of which VAT: ₽76.99"]),
        (False, ["Goods: ₽445.00", "Delivery: ₽16.90 (1.7 km)", "VAT on top: ₽92.38", "<b>Total: ₽554.28</b>"]),
    ],
)
def test_a_bill_adds_up_from_top_to_bottom_in_both_conventions(
    talk: Talk,
    hall: Hall,
    included: bool,  # noqa: FBT001 - a case of the table
    bill: list[str],
) -> None:
    rita = hall.desk.rita.id
    with talk.transaction() as session:
        session.execute(update(Company).values(prices_include_vat=included))

    for verb in ("cart", "review"):
        talk.press(rita, verb)
        shown = talk.screen(rita)["html"]
        assert "5 pcs × ₽89.00 = ₽445.00" in shown
        lines = shown.splitlines()
        first = lines.index(bill[0])
        assert lines[first : first + 4] == bill


def test_two_drafts_for_one_client_can_be_told_apart(talk: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    with talk.transaction() as session:
        rep, known = session.get_one(Person, rita), session.get_one(Order, hall.orders["draft"][0])
        draft_list.begin(session, by=actor_of(rep), now=NOON)
        make_draft(session, rep, {unit_of(session.get_one(Product, hall.milk.id)): 1}, client=known.client)

    talk.press(rita, "drafts", 0)

    labels = [button["label"] for row in talk.screen(rita)["rows"] for button in row]
    assert [labels[0], labels[2]] == ["▶️ Milk shop · ₽105.90", "📝 Milk shop · ₽461.90"]
