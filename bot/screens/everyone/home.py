"""The menu: what somebody of the staff can do, by their roles."""

from __future__ import annotations

from bot.buttons import Button
from bot.screens.screen import Face, NoState, Screen, Step, Turn
from services import cart, contact_requests, dead_rows, draft_list, loading_queue, ticket_reviews, tickets
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
        rows += _begun(turn)
        rows.append([Button("catalogue", "category", (0, 0)), Button("my_orders", "orders", (0,))])
    if who.roles & {Role.REP, Role.ADMIN}:
        rows.append([Button("clients", "client_book", (0,)), Button("figures", "figures")])
        rows.append([Button("goals", "goals"), Button("ranking", "ranking")])
    if Role.STOREKEEPER in who.roles:
        facts["waiting"] = loading_queue.count_waiting(turn.session, by=who)
        rows.append([Button("queue", "queue", (0,)), Button("stock", "stock")])
    if who.roles & {Role.REP, Role.STOREKEEPER}:
        rows.append([Button("earnings", "earnings")])
    if Role.ADMIN in who.roles:
        rows += _to_see_to(turn)
        if Role.STOREKEEPER not in who.roles:
            rows.append([Button("stock", "stock")])
        rows.append([Button("company", "company"), Button("products", "goods", (0, 0))])
        stuck = dead_rows.count(turn.session, by=who)
        trouble = [Button("trouble", "trouble", (0,), facts={"stuck": stuck})] if stuck else []
        rows.append([Button("all_orders", "all_orders", (0,)), Button("earnings_all", "earnings_all"), *trouble])
        rows.append([Button("give_access", "give_access"), Button("staff", "staff", (0,))])
    rows.append([Button("digests", "digests"), Button("language", "choose_language"), Button("help", "help")])
    return Face(facts, rows)


def _begun(turn: Turn) -> list[list[Button]]:
    """What a rep has begun and not ended: several orders, a ticket."""
    begun = draft_list.count(turn.session, by=turn.actor)
    ticket = tickets.current(turn.session, by=turn.actor)
    rows = [[Button("drafts", "drafts", (0,), facts={"drafts": begun})]] if begun > 1 else []
    if ticket is not None:
        rows.append([Button("ticket", "ticket", (ticket.id,), facts={"ticket": ticket})])
    return rows


def _to_see_to(turn: Turn) -> list[list[Button]]:
    """What waits for an admin: people who ask, sales that are not like their tickets."""
    asked = contact_requests.count_open(turn.session, by=turn.actor)
    wanted = ticket_reviews.count_wanted(turn.session, by=turn.actor)
    rows = [[Button("requests", "requests", (0,), facts={"requests": asked})]] if asked else []
    if wanted:
        rows.append([Button("ticket_reviews", "ticket_reviews", (0,), facts={"wanted": wanted})])
    return rows


@screen.pressed("home")
@screen.command("menu", "cancel", menu="command")
def open_menu(turn: Turn) -> Step:
    """Go to the menu; a draft stays as it is."""
    return turn.go("home")
