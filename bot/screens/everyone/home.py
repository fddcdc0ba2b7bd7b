"""The menu: what somebody of the staff can do, by their roles."""

from __future__ import annotations

from bot.buttons import Button
from bot.screens.screen import Face, NoState, Screen, Step, Turn
from services import cart, contact_requests, dead_rows, draft_list, loading_queue
from services.actor import Role

screen = Screen("home", roles=frozenset(Role))


@screen.shown
def show(turn: Turn, _state: NoState) -> Face:
    """Greet, and offer what the roles allow."""
    who = turn.actor
    rows: list[list[Button]] = []
    facts: dict[str, object] = {"name": who.name, "roles": sorted(who.roles), "draft": None, "waiting": None}
    if Role.REP in who.roles:
        draft = cart.current(turn.session, by=who)
        if draft is not None and draft.goods_minor:
            facts["draft"] = draft
            rows.append([Button("continue_order", "cart")])
        begun = draft_list.count(turn.session, by=who)
        if begun > 1:
            rows.append([Button("drafts", "drafts", (0,), facts={"drafts": begun})])
        rows.append([Button("catalogue", "category", (0, 0)), Button("my_orders", "orders", (0,))])
    if who.roles & {Role.REP, Role.ADMIN}:
        rows.append([Button("clients", "client_book", (0,)), Button("figures", "figures")])
    if Role.STOREKEEPER in who.roles:
        facts["waiting"] = loading_queue.count_waiting(turn.session, by=who)
        rows.append([Button("queue", "queue", (0,)), Button("stock", "stock")])
    if Role.ADMIN in who.roles:
        asked = contact_requests.count_open(turn.session, by=who)
        if asked:
            rows.append([Button("requests", "requests", (0,), facts={"requests": asked})])
        if Role.STOREKEEPER not in who.roles:
            rows.append([Button("stock", "stock")])
        rows.append([Button("company", "company"), Button("products", "goods", (0, 0))])
        stuck = dead_rows.count(turn.session, by=who)
        trouble = [Button("trouble", "trouble", (0,), facts={"stuck": stuck})] if stuck else []
        rows.append([Button("all_orders", "all_orders", (0,)), *trouble])
        rows.append([Button("give_access", "give_access"), Button("staff", "staff", (0,))])
    rows.append([Button("language", "choose_language"), Button("help", "help")])
    return Face(facts, rows)


@screen.pressed("home")
@screen.command("menu", "cancel", menu="command")
def open_menu(turn: Turn) -> Step:
    """Go to the menu; a draft stays as it is."""
    return turn.go("home")
