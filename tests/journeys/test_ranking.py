"""The ranking over the wire: places, the own one, privacy, earlier months, and no look for storekeepers."""

from __future__ import annotations

from sandbox.client_chat import Chat
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade, load_all, open_card


def load(house: House, trade: Trade, rep: Chat, store: Chat, pieces: int) -> None:
    """The rep sells so many pieces for 100 each, and they are loaded."""
    order_id = trade.submitted(rep, {trade.product(on_hand=1000): pieces})
    open_card(house, store, order_id)
    house.press(store, "I take it")
    load_all(house, store)


def seen(chat: Chat) -> str:
    """The newest ranking in a chat."""
    return next(message.text for message in reversed(chat.messages()) if message.text.startswith("🏆"))


@on("webhook")
def test_two_reps_compare_and_an_admin_hides_the_figures(house: House) -> None:
    trade = Trade(house)
    rita, rob = f"Rita {trade.number} Top", f"Rob {trade.number} Top"
    reps = {name: house.staff(name, Role.REP) for name in (rita, rob)}
    admin, store = house.staff("Ada", Role.ADMIN), house.staff("Stan", Role.STOREKEEPER)
    load(house, trade, reps[rita], store, 400)
    load(house, trade, reps[rob], store, 300)

    house.say(reps[rob], "/ranking")
    house.wait_until(lambda: any(message.kind == "photo" for message in reps[rob].messages()))
    text = seen(reps[rob])
    assert f"{rita} · ₽40,092.05" in text
    assert f"{rob} 👈 · ₽30,092.05" in text
    assert text.index(rita) < text.index(rob)
    house.say(reps[rob], "/menu")
    house.press(reps[rob], "Ranking")
    house.press(reps[rob], "Units")
    assert f"{rob} 👈 · 300 units" in seen(reps[rob])
    house.press(reps[rob], "Plan")
    assert "no goal for the sum of all sales" in seen(reps[rob]) or "Nobody has a goal" in seen(reps[rob])
    house.press(reps[rob], "Growth")
    assert f"{rob} 👈 · +₽30,092.05" in seen(reps[rob])
    house.press(reps[rob], "Sales")
    house.press(reps[rob], next(label for label in reps[rob].last().labels if "⬅️" in label))
    assert f"{rob} 👈 · ₽0.00" in seen(reps[rob])

    house.say(admin, "/ranking")
    house.settle()
    house.say(admin, "/menu")
    house.press(admin, "Ranking")
    house.press(admin, "Hide others' figures")
    try:
        assert f"{rita} · ₽40,092.05" in seen(admin)
        house.say(reps[rob], "/рейтинг")
        house.settle()
        text = seen(reps[rob])
        assert f"{rob} 👈 · ₽30,092.05" in text
        assert rita in text
        assert "40,092" not in text
        assert "The figures of others are not shown." in text
        with house.refuses(reps[rob], "You have no right to do this."):
            reps[rob].press_data("ranking_private.0.0")
    finally:
        house.press(admin, "Show reps all figures")
    with house.refuses(store, "You have no right to do this."):
        store.press_data("ranking.0-2-0-0.0")
