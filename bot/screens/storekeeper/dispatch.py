"""The last look before an order leaves: what is short, on which vehicle, with whom, and the confirmation."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.parsing_vehicle import parse_trip
from bot.screens.screen import Face, Screen, Step, Turn
from bot.screens.storekeeper import photo_answers
from services import claims, loading, loading_photos, picking, shelf, vehicles
from services.actor import Role

MOST_LISTED = 12
"""Of the short lines; the list has them all."""


@dataclass(frozen=True)
class State:
    """Which order."""

    order_id: int = 0


screen = Screen("dispatch", roles=frozenset({Role.STOREKEEPER}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """What will be billed; the confirmation carries the version of exactly this."""
    order = loading.get(turn.session, state.order_id, by=turn.actor)
    claims.check(order, by=turn.actor, action="picking.read")
    goods, short = picking.goods_of(order), picking.list_short(order)
    chosen = (order.vehicle, order.driver)
    trips = vehicles.list_recent(turn.session, order.warehouse_id)
    offered = [trip for trip in trips if (trip.vehicle, trip.driver) != chosen]
    rows = [[Button("trip", "vehicle", (order.id, trip.order_id), facts={"trip": trip})] for trip in offered]
    if any(chosen):
        rows.append([Button("no_vehicle", "no_vehicle", (order.id,))])
    back = [Button("list", "pick", (order.id,)), Button("release", "release", (order.id,), order.version)]
    rows.append(back)
    if any(line.loaded_milli != 0 for line in goods):
        rows.append([Button("confirm", "confirm", (order.id,), order.version)])
    elif picking.is_nothing_there(order):
        rows.append([Button("let_wait", "let_wait", (order.id,), order.version)])
    facts = {
        "order": order,
        "short": short[:MOST_LISTED],
        "more": len(short) - MOST_LISTED,
        "count": len(goods),
        "open": len(goods) - picking.count_marked(order),
        "nothing": all(line.loaded_milli == 0 for line in goods),
        "relying": shelf.count_relying(turn.session, order.warehouse_id or 0, picking.missing_of(short)),
        "photos": loading_photos.count(turn.session, order.id),
    }
    return Face(facts, rows)


@screen.pressed("dispatch")
def open_dispatch(turn: Turn) -> Step:
    """Show it."""
    return turn.go("dispatch", order_id=turn.id())


@screen.pressed("vehicle")
def take_vehicle(turn: Turn) -> Step:
    """The same vehicle and driver as an earlier order."""
    vehicles.set_like(turn.session, turn.id(), turn.id(1), by=turn.actor, now=turn.now)
    return turn.go("dispatch", order_id=turn.id())


@screen.pressed("no_vehicle")
def forget_vehicle(turn: Turn) -> Step:
    """Nothing is said about the vehicle."""
    vehicles.set_for(turn.session, turn.id(), "", "", by=turn.actor, now=turn.now)
    return turn.go("dispatch", order_id=turn.id())


@screen.typed(Kind.TEXT)
def type_vehicle(turn: Turn) -> Step:
    """A registration number, a driver, or both; what is not typed stays."""
    trip = parse_trip(turn.text)
    if trip is None:
        return turn.stay("vehicle_unclear")
    order = loading.get(turn.session, turn.state.order_id, by=turn.actor)
    vehicle, driver = trip.vehicle or order.vehicle, trip.driver or order.driver
    vehicles.set_for(turn.session, order.id, vehicle, driver, by=turn.actor, now=turn.now)
    return turn.stay("vehicle_noted")


@screen.typed(Kind.PHOTO, Kind.FILE)
def take_photo(turn: Turn) -> Step:
    """A photo of the loading."""
    return photo_answers.take(turn)


@screen.heard("file.fetched")
def show_kept_photo(turn: Turn) -> Step | None:
    """A photo is kept now."""
    return photo_answers.show_kept(turn)


@screen.pressed("let_wait")
def let_wait(turn: Turn) -> Step:
    """Nothing of it is there: correct the shelf and let all of it wait for stock."""
    loading.let_wait(turn.session, turn.id(), turn.version, by=turn.actor, now=turn.now)
    return turn.go("queue", "waits")


@screen.pressed("confirm")
def confirm(turn: Turn) -> Step:
    """It leaves: ship what was loaded and bill it."""
    invoice = loading.confirm(turn.session, turn.id(), turn.version, by=turn.actor, now=turn.now)
    return turn.go("loading", "confirmed", {"invoice": invoice.label}, order_id=turn.id())
