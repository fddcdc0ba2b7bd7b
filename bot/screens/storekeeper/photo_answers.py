"""Photos of a loading, sent on whichever screen shows its order. An album comes as one event for each photo."""

from __future__ import annotations

from bot.screens.screen import Step, Turn
from services import loading_photos


def take(turn: Turn) -> Step:
    """Have the photo fetched; what becomes of it is heard of later."""
    chat, ref = turn.incoming.chat_key, turn.incoming.file_ref
    loading_photos.request(turn.session, turn.state.order_id, ref, chat_key=chat, by=turn.actor, now=turn.now)
    return turn.stay("photo_taken")


def show_kept(turn: Turn) -> Step | None:
    """Say how many photos the order has now, where this one was kept with the order that is shown."""
    order_id = turn.state.order_id
    if turn.heard["facts"].get("order_id") != order_id:
        return None
    if not loading_photos.is_kept(turn.session, order_id, turn.heard["sha256"]):
        return None
    count = loading_photos.count(turn.session, order_id)
    return turn.stay("photo_kept", order_id=order_id, count=count, most=loading_photos.MOST)
