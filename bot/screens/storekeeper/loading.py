"""One order in the warehouse: what to load, for whom, where to and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Step, Turn
from bot.screens.storekeeper import photo_answers
from services import invoicing, loading, loading_photos, mailing, order_revisions, picking
from services.actor import Role
from services.order_states import Status
from services.paging import page_of_all

if TYPE_CHECKING:
    from db.models.orders import Order

LINES_PER_PAGE = 12
"""Beside the address, notes and what was changed."""


@dataclass(frozen=True)
class State:
    """Which order, and which page of its lines."""

    order_id: int = 0
    page: int = 0


screen = Screen("loading", roles=frozenset({Role.STOREKEEPER}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The card with the goods; the buttons carry the version of the order that is shown."""
    order = loading.get(turn.session, state.order_id, by=turn.actor)
    page = page_of_all(picking.goods_of(order), page=state.page, size=LINES_PER_PAGE)
    photos = loading_photos.count(turn.session, order.id)
    rows = [keyboards.pages(page, "loading", order.id), _map(order)]
    if photos:
        rows.append([Button("photos", "photo", (order.id, 0), facts={"photos": photos})])
    rows.append([Button("queue", "queue", (0,)), Button("menu", "home")])
    rows.append(_actions(turn, order))
    goods = picking.goods_of(order)
    changes = order_revisions.list_of(turn.session, order.id) if order.revision > 1 else []
    facts = {
        "order": order,
        "lines": goods,
        "page": page,
        "weight_g": sum(line.weight_g for line in goods),
        "marked": picking.count_marked(order),
        "mine": order.claimed_by == turn.actor.person_id,
        "keeper": loading.claimer(turn.session, order),
        "changed": changes[-1].difference if changes else {},
        "invoice": invoicing.find_of_order(turn.session, order.id),
        "mail": mailing.mail_state(turn.session, order.id),
        "photos": photos,
    }
    return Face(facts, rows)


@screen.pressed("loading")
def open_loading(turn: Turn) -> Step:
    """Show the order."""
    return turn.go("loading", order_id=turn.id(), page=turn.id(1) if len(turn.ids) > 1 else 0)


@screen.pressed("claim")
def claim(turn: Turn) -> Step:
    """Take the order to load it, line by line."""
    loading.claim(turn.session, turn.id(), turn.version, by=turn.actor, now=turn.now)
    return turn.go("pick", "claimed", order_id=turn.id())


@screen.pressed("release")
def release(turn: Turn) -> Step:
    """Put it back into the queue."""
    loading.release(turn.session, turn.id(), turn.version, by=turn.actor, now=turn.now)
    return turn.go("queue", "released")


@screen.pressed("pin")
def show_pin(turn: Turn) -> Step:
    """Send the place as a map that the messenger opens."""
    order = loading.get(turn.session, turn.id(), by=turn.actor)
    step = turn.go("loading", order_id=order.id)
    if order.latitude is None or order.longitude is None:
        return step
    title = order.client.name if order.client else order.address
    latitude, longitude = order.latitude, order.longitude
    return step.showing("map", latitude=latitude, longitude=longitude, title=title, address=order.address)


@screen.pressed("photo")
def show_photo(turn: Turn) -> Step:
    """Send one photo of the loading; its number counts from 0."""
    order_id, number = turn.id(), turn.id(1)
    photo = loading_photos.find(turn.session, order_id, number, by=turn.actor)
    step = turn.go("loading", order_id=order_id)
    facts = {"number": number + 1, "photos": loading_photos.count(turn.session, order_id), "order_id": order_id}
    return step.showing(
        "photo",
        caption="caption",
        facts=facts,
        sha256=photo.sha256,
        name=photo.name,
        content_type=photo.content_type,
    )


@screen.typed(Kind.PHOTO, Kind.FILE)
def take_photo(turn: Turn) -> Step:
    """A photo of the loading."""
    return photo_answers.take(turn)


@screen.heard("file.fetched")
def show_kept_photo(turn: Turn) -> Step | None:
    """A photo is kept now."""
    return photo_answers.show_kept(turn)


def _map(order: Order) -> list[Button]:
    if order.latitude is None or order.longitude is None:
        return []
    pin = f"{order.latitude:.6f}", f"{order.longitude:.6f}"
    link = f"https://www.openstreetmap.org/?mlat={pin[0]}&mlon={pin[1]}#map=17/{pin[0]}/{pin[1]}"
    return [Button("map", link=link), Button("pin", "pin", (order.id,))]


def _actions(turn: Turn, order: Order) -> list[Button]:
    if loading.can_be_claimed(turn.session, order):
        return [Button("claim", "claim", (order.id,), order.version)]
    if order.status == Status.LOADING and order.claimed_by == turn.actor.person_id:
        return [Button("release", "release", (order.id,), order.version), Button("pick", "pick", (order.id,))]
    return []
