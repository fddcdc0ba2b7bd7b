"""The logo on the company's papers: shown, sent anew, taken away."""

from __future__ import annotations

from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, NoState, Screen, Step, Turn
from services import fetching, files, pictures
from services.actor import Role

screen = Screen("logo", roles=frozenset({Role.ADMIN}))


@screen.shown
def show(turn: Turn, _state: NoState) -> Face:
    """Ask for a picture; one that is there can be looked at and taken away."""
    logo = pictures.find_logo(turn.session)
    rows = [[Button("back", "company")]]
    if logo is not None:
        rows.insert(0, [Button("remove", "logo_remove", (logo.id,)), Button("look", "logo_look")])
    return Face({"has_logo": logo is not None}, rows)


@screen.pressed("logo")
def open_logo(turn: Turn) -> Step:
    """Ask for the logo."""
    return turn.go("logo")


@screen.pressed("logo_look")
def look(turn: Turn) -> Step:
    """Show the logo above the screen."""
    logo = pictures.find_logo(turn.session)
    step = turn.go("logo")
    return step.showing("photo", **files.as_document(logo)) if logo is not None else step


@screen.pressed("logo_remove")
def remove(turn: Turn) -> Step:
    """Print no logo any more; another one than the button was made for stays."""
    logo = pictures.find_logo(turn.session)
    if logo is None or logo.id != turn.id():
        return turn.go("logo", "changed")
    pictures.set_logo(turn.session, None, by=turn.actor, now=turn.now)
    return turn.go("logo", "removed")


@screen.typed(Kind.PHOTO, Kind.FILE)
def send(turn: Turn) -> Step:
    """Have the picture fetched; it becomes the logo when it was looked at."""
    incoming = turn.incoming
    fetching.request(
        turn.session,
        pictures.LOGO,
        incoming.file_ref,
        chat_key=incoming.chat_key,
        by=turn.actor,
        now=turn.now,
        name=incoming.file_name,
    )
    return turn.stay("fetching")
