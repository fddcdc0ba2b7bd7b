"""What people meet on their way through several screens, without a messenger."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.buttons import unpack
from bot.events import Kind
from db.models.catalogue import Product
from db.models.company import Company
from db.models.orders import Order, OrderLine
from db.models.people import AccessCode, Account, ContactRequest
from services.actor import Role
from tests.bot.hall import STRANGER, Hall
from tests.bot.talk import Talk, fingerprint
from tests.builders import NOON, make_category, make_draft, make_person, make_product, make_warehouse
from tests.services.desk import make_submitted

OUT_OF_DATE = "This button is out of date."


def buttons(screen: dict[str, Any]) -> list[tuple[str, str]]:
    """(label, data) of every button, row by row."""
    return [(button["label"], button.get("data", "")) for row in screen["rows"] for button in row]


def data_of(screen: dict[str, Any], words: str) -> str:
    """What the one button with these words carries."""
    [found] = [data for label, data in buttons(screen) if words in label]
    return found


# the form for a password


def test_a_password_is_issued_only_for_the_form_that_was_seen(talk: Talk, hall: Hall) -> None:
    ann = hall.desk.ann.id
    talk.press(ann, "give_access")
    talk.say(ann, "Anna")
    for_anna = data_of(talk.screen(ann), "Issue for Anna")
    talk.say(ann, "Boris")
    talk.press(ann, "access_role", 2)
    before = fingerprint(talk.reading)

    talk.press_data(ann, for_anna)

    assert OUT_OF_DATE in talk.screen(ann)["html"]
    assert "Boris" in talk.screen(ann)["html"]
    assert fingerprint(talk.reading) == before
    talk.press(ann, "give_access")
    talk.say(ann, "Boris")
    talk.press_data(ann, for_anna)
    assert fingerprint(talk.reading) == before
    talk.press_data(ann, data_of(talk.screen(ann), "Issue for Boris"))
    assert talk.read(select(AccessCode.name, AccessCode.role)) == [("Boris", "rep")]


def test_a_form_begun_anew_does_not_answer_to_the_buttons_of_the_last_one(talk: Talk, hall: Hall) -> None:
    ann = hall.desk.ann.id
    talk.press(ann, "give_access")
    talk.say(ann, "Anna")
    for_anna = data_of(talk.screen(ann), "Issue for Anna")
    talk.press(ann, "home")
    talk.press(ann, "give_access")
    talk.say(ann, "Boris")

    talk.press_data(ann, for_anna)

    assert OUT_OF_DATE in talk.screen(ann)["html"]
    assert talk.scalar(select(func.count()).select_from(AccessCode)) == 0


def test_warehouses_come_page_by_page_and_the_chosen_one_is_named(talk: Talk, hall: Hall) -> None:
    with talk.transaction() as session:
        for number in range(20):
            last = make_warehouse(session, f"Zone {number:02}")
    ann = hall.desk.ann.id
    talk.press(ann, "give_access")
    assert len([label for label, _ in buttons(talk.screen(ann)) if "Zone" in label]) <= 6

    seen = walk(talk, ann, "➡️")
    talk.press(ann, "access_warehouse", last.id)

    assert len([label for label in seen if "Zone" in label]) == 20
    assert "Warehouse: <b>Zone 19</b>" in talk.screen(ann)["html"]
    assert "✅ Zone 19" in [label for label, _ in buttons(talk.screen(ann))], "the page stays"


# what is not sold any more


def test_what_is_not_sold_any_more_can_be_taken_out(talk: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    order, _version = hall.orders["draft"]
    with talk.transaction() as session:
        session.execute(update(Product).where(Product.id == hall.milk.id).values(hidden=True))
    talk.press(rita, "cart")
    screen = talk.screen(rita)
    assert "not sold any more" in screen["html"]
    out = data_of(screen, "Milk")

    talk.press(rita, "product", hall.milk.id)
    assert "“Milk” is not sold any more" in talk.screen(rita)["html"]
    assert data_of(talk.screen(rita), "Milk") == out, "the rep is still in the cart"
    for _ in range(2):
        talk.press_data(rita, out)

    assert talk.scalar(select(func.count()).select_from(OrderLine).where(OrderLine.order_id == order)) == 0
    assert "The order is empty" in talk.screen(rita)["html"]


# quantities with a unit


@pytest.mark.parametrize(
    ("typed", "boxes", "pieces"),
    [
        ("2 box", 24_000, 5000),
        ("3 шт.", 0, 3000),
        ("1 caja", 12_000, 5000),
        ("2 Коробки", 24_000, 5000),
        ("4", 0, 4000),
    ],
)
def test_a_typed_unit_counts(talk: Talk, hall: Hall, typed: str, boxes: int, pieces: int) -> None:
    rita = hall.desk.rita.id
    talk.press(rita, "product", hall.milk.id)

    talk.say(rita, typed)

    assert _of_milk(talk, hall) == {hall.unit_ids[0]: pieces, **({hall.unit_ids[1]: boxes} if boxes else {})}
    assert ("How many (box)?" if boxes else "How many (pcs)?") in talk.screen(rita)["html"]
    assert "Noted." in talk.screen(rita)["html"]


@pytest.mark.parametrize(
    ("typed", "asked"), [("2 kg", "kg"), ("2 кг", "кг"), ("2 foo", "foo"), ("3паллеты.", "паллеты")]
)
def test_a_unit_that_the_product_does_not_have_is_not_guessed(talk: Talk, hall: Hall, typed: str, asked: str) -> None:
    rita = hall.desk.rita.id
    talk.press(rita, "product", hall.milk.id)
    before = fingerprint(talk.reading)

    talk.say(rita, typed)

    assert f"It is not sold by “{asked}”. The units are: pcs, box" in talk.screen(rita)["html"]
    assert fingerprint(talk.reading) == before


def test_a_part_of_what_cannot_be_divided_is_refused_by_its_name(talk: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    talk.press(rita, "product", hall.milk.id)
    before = fingerprint(talk.reading)

    talk.say(rita, "1,5 box")

    assert "Only whole numbers: box cannot be divided." in talk.screen(rita)["html"]
    assert fingerprint(talk.reading) == before


def _of_milk(talk: Talk, hall: Hall) -> dict[int, int]:
    rows = select(OrderLine.unit_id, OrderLine.quantity_milli).where(
        OrderLine.order_id == hall.orders["draft"][0], OrderLine.product_id == hall.milk.id
    )
    return {row.unit_id: row.quantity_milli for row in talk.read(rows)}


# the client's last order again


def test_the_last_order_is_repeated_beside_the_order_that_is_being_changed(talk: Talk, hall: Hall) -> None:
    rita = hall.desk.rita.id
    order_id, version = hall.orders["submitted"]
    talk.press(rita, "edit_order", order_id, version=version)
    edit_id = talk.scalar(select(Order.id).where(Order.edits_id == order_id))
    talk.press(rita, "set_quantity", edit_id, hall.unit_ids[0], 7000)

    for _ in range(2):
        talk.press(rita, "repeat_last", hall.client.id)

    assert "The client's last order" in talk.screen(rita)["html"]
    goods = select(OrderLine.order_id, OrderLine.quantity_milli).where(
        OrderLine.order_id >= edit_id, OrderLine.kind == "goods"
    )
    assert [tuple(row) for row in talk.read(goods.order_by(OrderLine.order_id))] == [
        (edit_id, 7000),
        (edit_id + 1, 4000),
    ]


# people of several roles


@pytest.mark.parametrize("roles", [[Role.REP, Role.STOREKEEPER], [Role.ADMIN, Role.STOREKEEPER], list(Role)])
def test_a_draft_is_not_shown_as_something_to_load(talk: Talk, hall: Hall, roles: list[Role]) -> None:
    with talk.transaction() as session:
        max_ = make_person(session, "Max", roles=roles)
        own = make_draft(session, max_, {hall.milk: 1}).id if Role.REP in roles else hall.orders["draft"][0]

    for order_id in (own, hall.orders["draft"][0]):
        talk.press(max_.id, "loading", order_id)

        assert "You have no right to do this" in talk.screen(max_.id)["html"]


# long lists


def test_every_line_of_a_long_order_can_be_read_before_it_is_confirmed(talk: Talk, hall: Hall) -> None:
    names = [f"Ware {number:02}" for number in range(45)]
    with talk.transaction() as session:
        goods = {make_product(session, name, warehouse=hall.desk.warehouse): 1 for name in names}
        order = make_submitted(session, hall.desk, goods)
        draft = make_draft(session, hall.desk.rita, goods)
        order_id, _draft_id = order.id, draft.id
    rita, bob = hall.desk.rita.id, hall.desk.bob.id

    for chat, verb, ids in ((rita, "cart", ()), (rita, "review", ()), (rita, "order", (order_id,)),
                            (bob, "loading", (order_id,))):  # fmt: skip
        talk.press(chat, verb, *ids)
        last = [label for label, _ in buttons(talk.screen(chat))][-1]
        read = pages_of(talk, chat)

        assert [name for name in names if not any(name in page for page in read)] == [], verb
        assert f"Page {len(read)} of {len(read)}" in read[-1], verb
        assert [label for label, _ in buttons(talk.screen(chat))][-1] == last, "what matters is on every page"
        assert len(buttons(talk.screen(chat))) <= 20
    talk.press(bob, "loading", order_id)
    assert "46 lines: 50 pcs" in talk.screen(bob)["html"]


def test_a_page_of_the_cart_has_a_button_for_each_of_its_lines(talk: Talk, hall: Hall) -> None:
    with talk.transaction() as session:
        make_draft(session, hall.desk.rita, {make_product(session, f"Ware {number:02}"): 1 for number in range(20)})
    talk.press(hall.desk.rita.id, "cart")

    labels = walk(talk, hall.desk.rita.id, "➡️")

    assert [label for label in labels if "Ware" in label] == [f"1 pcs · Ware {number:02}" for number in range(20)]


def test_categories_come_page_by_page(talk: Talk, hall: Hall) -> None:
    with talk.transaction() as session:
        for number in range(150):
            make_category(session, f"Kind {number:03}", parent=hall.category)
    rita = hall.desk.rita.id
    talk.press(rita, "category", hall.category.id, 0)
    assert len(buttons(talk.screen(rita))) <= 16

    labels = walk(talk, rita, "➡️")

    assert len([label for label in labels if "Kind" in label]) == 150
    assert "Milk · ₽89.00" in " ".join(label for label, _ in buttons(talk.screen(rita))), "the products stay"


# strangers who ask


def test_what_strangers_ask_waits_for_the_admin_until_it_is_done(talk: Talk, hall: Hall) -> None:
    ann = hall.desk.ann.id
    talk.press(ann, "home")
    assert not [label for label, _ in buttons(talk.screen(ann)) if "Requests" in label]
    talk.press(STRANGER, "get_in_touch", name="Olga <b>")
    assert "The admins know" in talk.screen(STRANGER)["html"]

    talk.press(ann, "home")
    talk.press_data(ann, data_of(talk.screen(ann), "Requests (1)"))

    screen = talk.screen(ann)
    assert f'<a href="tg://user?id={STRANGER}">Olga &lt;b&gt;</a>' in screen["html"]
    assert "Mar 2, 2026, 15:00" in screen["html"]
    talk.press_data(ann, data_of(screen, "Give access"))
    assert "Name: <b>Olga &lt;b&gt;</b>" in talk.screen(ann)["html"]
    done = data_of(screen, "Done")
    talk.press_data(ann, done)
    assert "There are none." in talk.screen(ann)["html"]
    before = fingerprint(talk.reading)
    talk.press_data(ann, done)
    assert "This request is done already." in talk.screen(ann)["html"]
    assert fingerprint(talk.reading) == before


def test_a_stranger_whom_nobody_can_be_told_of_is_sent_to_the_director(talk: Talk, hall: Hall) -> None:
    with talk.transaction() as session:
        session.execute(update(Company).values(director_phone="+7 900 000-00-00"))
        session.execute(update(Account).where(Account.person_id == hall.desk.ann.id).values(blocked_at=NOON))

    for _ in range(2):
        talk.press(STRANGER, "get_in_touch")
        html = talk.screen(STRANGER)["html"]

        assert "Nobody could be told" in html
        assert "The admins know" not in html
    assert talk.scalar(select(func.count()).select_from(ContactRequest)) == 1


# told in somebody's place


def test_an_admin_opens_the_order_that_nobody_of_the_warehouse_was_told_of(talk: Talk, hall: Hall) -> None:
    ann, rita = hall.desk.ann.id, hall.desk.rita.id
    with talk.transaction() as session:
        session.execute(update(Account).where(Account.person_id == hall.desk.bob.id).values(blocked_at=NOON))
    order_id, version = hall.orders["draft"]
    talk.press(rita, "submit", order_id, version=version)
    [told] = [payload for kind, payload in talk.left(ann) if kind == "chat.notice"]

    talk.press_data(ann, data_of(told, "Open"))

    screen = talk.screen(ann)
    assert f"Order No. {order_id}" in screen["html"]
    assert "👤 Rita" in screen["html"]
    verbs = {pressed.verb for _, data in buttons(screen) if (pressed := unpack(data))}
    assert verbs == {"order", "ask_cancel", "home", "order_history"}
    talk.press_data(ann, data_of(screen, "Cancel the order"))
    talk.press_data(ann, data_of(talk.screen(ann), "Yes, cancel it"))
    assert talk.scalar(select(Order.status).where(Order.id == order_id)) == "cancelled"


def test_an_admin_looks_at_a_draft_and_can_do_nothing_with_it(talk: Talk, hall: Hall) -> None:
    ann = hall.desk.ann.id
    before = fingerprint(talk.reading)

    talk.press(ann, "ask_cancel", hall.orders["draft"][0])

    verbs = {pressed.verb for _, data in buttons(talk.screen(ann)) if (pressed := unpack(data))}
    assert verbs == {"order", "home"}
    assert fingerprint(talk.reading) == before


def test_a_rep_who_is_storekeeper_too_cannot_cancel_somebody_elses_order(talk: Talk, hall: Hall) -> None:
    with talk.transaction() as session:
        both = make_person(session, "Max", roles=[Role.REP, Role.STOREKEEPER])
    talk.press(both.id, "ask_cancel", hall.orders["submitted"][0])

    verbs = {pressed.verb for _, data in buttons(talk.screen(both.id)) if (pressed := unpack(data))}
    assert "cancel" not in verbs
    assert "ask_cancel" not in verbs


# who leaves, and who cannot be reached


def test_what_somebody_was_loading_waits_again_when_they_are_dismissed(talk: Talk, hall: Hall) -> None:
    ann = hall.desk.ann.id
    order_id, _version = hall.orders["loading"]
    talk.press(ann, "staff", 0)

    talk.press(ann, "revoke", hall.desk.bob.id)

    assert "Access was taken away" in talk.screen(ann)["html"]
    row = talk.read(select(Order.status, Order.claimed_by).where(Order.id == order_id))
    assert [tuple(one) for one in row] == [("submitted", None)]
    [told] = [payload for kind, payload in talk.left(hall.desk.rita.id) if kind == "chat.notice"]
    assert f"Order No. {order_id} was put back into the queue by Ann." in told["html"]


def test_the_admins_are_told_who_cannot_be_reached_any_more(talk: Talk, hall: Hall) -> None:
    for _ in range(2):
        talk.conversation.handle(talk.event(hall.desk.bob.id, Kind.BLOCKED))

    [told] = [payload for kind, payload in talk.left(hall.desk.ann.id) if kind == "chat.notice"]
    assert "Bob" in told["html"]
    assert "storekeeper" in told["html"]


def pages_of(talk: Talk, chat: int) -> list[str]:
    """The text of every page of the living screen, from the first one on."""
    read = [talk.screen(chat)["html"]]
    while "➡️" in [label for label, _ in buttons(talk.screen(chat))]:
        talk.press_data(chat, data_of(talk.screen(chat), "➡️"))
        read.append(talk.screen(chat)["html"])
        assert len(read) < 100, "it never ends"
    return read


def walk(talk: Talk, chat: int, forward: str) -> list[str]:
    """Every label on the way through all pages of the living screen."""
    seen = [label for label, _ in buttons(talk.screen(chat))]
    while forward in [label for label, _ in buttons(talk.screen(chat))]:
        talk.press_data(chat, data_of(talk.screen(chat), forward))
        seen += [label for label, _ in buttons(talk.screen(chat))]
        assert len(seen) < 1000, "it never ends"
    return seen
