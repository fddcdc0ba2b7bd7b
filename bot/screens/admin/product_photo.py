"""A product's photo: shown, sent anew, taken away."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Step, Turn
from services import fetching, files, pictures, product_admin
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which product."""

    product_id: int = 0


screen = Screen("product_photo", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """Ask for a picture; one that is there can be looked at and taken away."""
    product = product_admin.get(turn.session, state.product_id, by=turn.actor)
    rows = [[Button("back", "goods_edit", (product.id,))]]
    if product.photo_file_id is not None:
        remove = Button("remove", "photo_remove", (product.id, product.photo_file_id))
        rows.insert(0, [remove, Button("look", "photo_look", (product.id,))])
    return Face({"product": product}, rows)


@screen.pressed("goods_photo")
def open_photo(turn: Turn) -> Step:
    """Ask for the photo."""
    return turn.go("product_photo", product_id=turn.id())


@screen.pressed("photo_look")
def look(turn: Turn) -> Step:
    """Show the photo above the screen."""
    product = product_admin.get(turn.session, turn.id(), by=turn.actor)
    photo = pictures.find_photo(turn.session, product)
    step = turn.go("product_photo", product_id=product.id)
    return step.showing("photo", **files.as_document(photo)) if photo is not None else step


@screen.pressed("photo_remove")
def remove(turn: Turn) -> Step:
    """Show no photo any more; another one than the button was made for stays."""
    product = product_admin.get(turn.session, turn.id(), by=turn.actor)
    if product.photo_file_id is None or product.photo_file_id != turn.id(1):
        return turn.go("product_photo", "changed", product_id=product.id)
    product_admin.set_photo(turn.session, product.id, None, by=turn.actor, now=turn.now)
    return turn.go("product_photo", "removed", product_id=product.id)


@screen.typed(Kind.PHOTO, Kind.FILE)
def send(turn: Turn) -> Step:
    """Have the picture fetched; it becomes the photo when it was looked at."""
    incoming, product = turn.incoming, product_admin.get(turn.session, turn.state.product_id, by=turn.actor)
    fetching.request(
        turn.session,
        pictures.PRODUCT_PHOTO,
        incoming.file_ref,
        chat_key=incoming.chat_key,
        by=turn.actor,
        now=turn.now,
        name=incoming.file_name,
        product_id=product.id,
    )
    return turn.stay("fetching")
