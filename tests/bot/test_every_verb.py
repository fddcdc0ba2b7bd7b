"""Every verb of every screen, pressed by everybody: nothing breaks, and nobody does what is not theirs to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot import choices
from bot.screens.screen import LARGEST_ID
from db.models.catalogue import Product
from db.models.invoices import Invoice, InvoiceLine, MailRequest
from db.models.messaging import dead_letter
from db.models.orders import Order, OrderEvent, OrderLine
from db.models.people import AccessCode, Person
from db.models.record import AuditEntry
from db.models.stock import Reservation, Stock, StockMovement
from services.actor import Role
from tests.bot.hall import STRANGER, Hall
from tests.bot.talk import Talk, fingerprint, screens, talk_inside, undone

Ids = tuple[int, ...]
NOBODY: frozenset[Role] = frozenset()
EVERYBODY = NOBODY
"""As a screen says it: no roles asked for."""
STAFF, REP, STOREKEEPER, ADMIN = frozenset(Role), {Role.REP}, {Role.STOREKEEPER}, {Role.ADMIN}


@dataclass(frozen=True)
class Expected:
    """Who may press it, and what it carries when we make it, for an order of Rita's."""

    roles: frozenset[Role] | set[Role]
    ids: Callable[[Hall, int], Ids] = lambda _hall, _order: ()
    of_an_order: bool = False


def _order(_hall: Hall, order: int) -> Ids:
    return (order,)


def _client(hall: Hall, _order: int) -> Ids:
    return (hall.client.id,)


def _page(_hall: Hall, _order: int) -> Ids:
    return (0,)


def _ticket(hall: Hall, _order: int) -> Ids:
    return (hall.ticket_id,)


def _days(hall: Hall) -> Ids:
    """The first and the last day of the month, by their ordinals."""
    first = hall.day.replace(day=1).toordinal()
    return first, first + 27


VERBS: dict[str, Expected] = {
    # everybody
    "choose_language": Expected(EVERYBODY),
    "get_in_touch": Expected(EVERYBODY),
    "blank": Expected(EVERYBODY),
    "help": Expected(EVERYBODY),
    "language": Expected(EVERYBODY, _page),
    "leave_help": Expected(EVERYBODY),
    "leave_language": Expected(EVERYBODY),
    "home": Expected(STAFF),
    # the rep
    "all_clients": Expected(REP | ADMIN),
    "ask_cancel": Expected(REP | ADMIN, _order, of_an_order=True),
    "cancel": Expected(REP | ADMIN, _order, of_an_order=True),
    "cart": Expected(REP),
    "categories": Expected(REP, lambda hall, _: (hall.category.id, 0)),
    "category": Expected(REP, lambda hall, _: (hall.category.id, 0)),
    "clear": Expected(REP, _order, of_an_order=True),
    "client": Expected(REP | ADMIN, _client),
    "client_blank": Expected(REP | ADMIN, lambda _hall, _: (1, 1)),
    "client_book": Expected(REP | ADMIN, _page),
    "client_card": Expected(REP | ADMIN, _client),
    "client_clear": Expected(REP | ADMIN, lambda hall, _: (hall.client.id, 5)),
    "client_edit": Expected(REP | ADMIN, _client),
    "client_field": Expected(REP | ADMIN, lambda hall, _: (hall.client.id, 5)),
    "client_is_new": Expected(REP | ADMIN, lambda _hall, _: (1,)),
    "client_language": Expected(REP | ADMIN, lambda hall, _: (hall.client.id, 1)),
    "client_map": Expected(REP | ADMIN, _client),
    "client_near": Expected(REP | ADMIN, _page),
    "client_new": Expected(REP | ADMIN, _page),
    "client_order": Expected(REP | ADMIN, _client),
    "client_question": Expected(REP | ADMIN, lambda _hall, _: (1, 1)),
    "client_save": Expected(REP | ADMIN, lambda _hall, _: (1,)),
    "client_speaks": Expected(REP | ADMIN, lambda _hall, _: (1, 1)),
    "clients": Expected(REP | ADMIN, _page),
    "day": Expected(REP, lambda hall, _: (hall.day.toordinal(),)),
    "days": Expected(REP, lambda hall, _: (hall.day.toordinal(),)),
    "order": Expected(REP | ADMIN, _order, of_an_order=True),
    "orders": Expected(REP, _page),
    "mail_address": Expected(REP | ADMIN, _order, of_an_order=True),
    "mail_again": Expected(REP | ADMIN, _order, of_an_order=True),
    "mail_and_save": Expected(REP | ADMIN, _order, of_an_order=True),
    "mail_once": Expected(REP | ADMIN, _order, of_an_order=True),
    "paper_pdf": Expected(REP | ADMIN, _order, of_an_order=True),
    "papers": Expected(REP | ADMIN, _order, of_an_order=True),
    "place": Expected(REP),
    "place_hit": Expected(REP, lambda _hall, _: (0, 1)),
    "place_yes": Expected(REP, lambda _hall, _: (0, 1)),
    "window": Expected(REP, lambda hall, _: (hall.day.toordinal(), 540, 780)),
    "describe": Expected(REP, lambda hall, _: (hall.milk.id, 1)),
    "favourite": Expected(REP, lambda hall, _: (hall.milk.id, 1)),
    "favourites": Expected(REP, _page),
    "found": Expected(REP, _page),
    "leave_product": Expected(REP, lambda hall, _: (hall.category.id,)),
    "product_photo": Expected(REP, lambda hall, _: (hall.milk.id,)),
    "quick_order": Expected(REP, _page),
    "recent": Expected(REP, _page),
    "repeat_last": Expected(REP, lambda hall, _: (hall.client.id,)),
    "product": Expected(REP, lambda hall, _: (hall.milk.id,)),
    "review": Expected(REP),
    "set_quantity": Expected(REP, lambda hall, order: (order, hall.unit_ids[0], 7000), of_an_order=True),
    "take_out": Expected(REP, lambda hall, order: (order, hall.unit_ids[0]), of_an_order=True),
    "submit": Expected(REP, _order, of_an_order=True),
    "unit": Expected(REP, lambda hall, _: (hall.milk.id, hall.unit_ids[1])),
    "why": Expected(REP, lambda _hall, _: (1,)),
    "ask_delete_draft": Expected(REP, _order, of_an_order=True),
    "back_order": Expected(REP, _order, of_an_order=True),
    "cut": Expected(REP, _order, of_an_order=True),
    "delete_draft": Expected(REP, _order, of_an_order=True),
    "detach_edit": Expected(REP, _order, of_an_order=True),
    "draft": Expected(REP, _order, of_an_order=True),
    "drafts": Expected(REP, _page),
    "drop_edit": Expected(REP, _order, of_an_order=True),
    "drop_line_note": Expected(REP, lambda hall, order: (order, hall.unit_ids[0]), of_an_order=True),
    "drop_note": Expected(REP, _order, of_an_order=True),
    "edit_order": Expected(REP | ADMIN, _order, of_an_order=True),
    "line": Expected(REP, lambda hall, order: (order, hall.unit_ids[0]), of_an_order=True),
    "line_note": Expected(REP, lambda hall, order: (order, hall.unit_ids[0]), of_an_order=True),
    "line_quantity": Expected(REP, lambda hall, order: (order, hall.unit_ids[0], 7000), of_an_order=True),
    "new_draft": Expected(REP),
    "orders_found": Expected(REP),
    "orders_only": Expected(REP, _page),
    "put_back": Expected(REP, lambda hall, order: (order, hall.unit_ids[0], 7000, 0), of_an_order=True),
    "save_edit": Expected(REP, _order, of_an_order=True),
    "story": Expected(REP | ADMIN, _order, of_an_order=True),
    "ticket": Expected(REP, _ticket),
    "ticket_amount": Expected(REP, _ticket),
    "ticket_any_client": Expected(REP, _ticket),
    "ticket_ask_discard": Expected(REP, _ticket),
    "ticket_client": Expected(REP, lambda hall, _: (hall.ticket_id, 0)),
    "ticket_day": Expected(REP, lambda hall, _: (hall.ticket_id, hall.day.toordinal())),
    "ticket_discard": Expected(REP, _ticket),
    "ticket_done": Expected(REP, _ticket),
    "ticket_draft": Expected(REP, _ticket),
    "ticket_drop_note": Expected(REP, _ticket),
    "ticket_join": Expected(REP, _ticket),
    "ticket_leave_out": Expected(REP, lambda hall, _: (hall.ticket_id, 1)),
    "ticket_line": Expected(REP, lambda hall, _: (hall.ticket_id, 1)),
    "ticket_lines": Expected(REP, lambda hall, _: (hall.ticket_id, 0)),
    "ticket_note": Expected(REP, _ticket),
    "ticket_on": Expected(REP, lambda hall, _: (hall.ticket_id, hall.day.toordinal() - 2)),
    "ticket_photo": Expected(REP, lambda hall, _: (hall.ticket_id, 0)),
    "ticket_product": Expected(REP, lambda hall, _: (hall.ticket_id, 1, hall.milk.id)),
    "ticket_record": Expected(REP, _ticket),
    "ticket_set_units": Expected(REP, lambda hall, _: (hall.ticket_id, hall.category.id, 2000)),
    "ticket_take_amount": Expected(REP, _ticket),
    "ticket_take_read": Expected(REP, _ticket),
    "ticket_this_client": Expected(REP, lambda hall, _: (hall.ticket_id, hall.client.id)),
    "ticket_units": Expected(REP, lambda hall, _: (hall.ticket_id, hall.category.id)),
    "tickets": Expected(REP, _page),
    # the storekeeper
    "claim": Expected(STOREKEEPER, _order, of_an_order=True),
    "confirm": Expected(STOREKEEPER, _order, of_an_order=True),
    "dispatch": Expected(STOREKEEPER, _order, of_an_order=True),
    "let_wait": Expected(STOREKEEPER, _order, of_an_order=True),
    "load_rest": Expected(STOREKEEPER, _order, of_an_order=True),
    "loaded_line": Expected(STOREKEEPER, lambda hall, order: (order, hall.lines[order], 3000), of_an_order=True),
    "no_vehicle": Expected(STOREKEEPER, _order, of_an_order=True),
    "photo": Expected(STOREKEEPER, lambda _hall, order: (order, 0), of_an_order=True),
    "pick": Expected(STOREKEEPER, _order, of_an_order=True),
    "pick_line": Expected(STOREKEEPER, lambda hall, order: (order, hall.lines[order]), of_an_order=True),
    "pin": Expected(STOREKEEPER, _order, of_an_order=True),
    "queue_all": Expected(STOREKEEPER),
    "queue_of": Expected(STOREKEEPER, lambda hall, _: (0, 1, 1, hall.kazan.id)),
    "queue_warehouse": Expected(STOREKEEPER, lambda hall, _: (hall.kazan.id,)),
    "short_cause": Expected(STOREKEEPER, lambda hall, order: (order, hall.lines[order], 1000, 1), of_an_order=True),
    "short_line": Expected(STOREKEEPER, lambda hall, order: (order, hall.lines[order], 1000), of_an_order=True),
    "unmark_line": Expected(STOREKEEPER, lambda hall, order: (order, hall.lines[order]), of_an_order=True),
    "vehicle": Expected(STOREKEEPER, lambda hall, order: (order, hall.orders["loaded"][0]), of_an_order=True),
    # who looks after the stock
    "book": Expected(STOREKEEPER | ADMIN, lambda hall, _: (hall.milk.id, hall.kazan.id, 0, 5000)),
    "list_book": Expected(STOREKEEPER | ADMIN, lambda hall, _: (hall.kazan.id,)),
    "list_house": Expected(STOREKEEPER | ADMIN, lambda hall, _: (hall.kazan.id,)),
    "list_houses": Expected(STOREKEEPER | ADMIN, _page),
    "stock": Expected(STOREKEEPER | ADMIN),
    "stock_at": Expected(STOREKEEPER | ADMIN, lambda hall, _: (hall.milk.id, hall.kazan.id)),
    "stock_entry": Expected(STOREKEEPER | ADMIN, lambda hall, _: (hall.milk.id, hall.kazan.id, 0)),
    "stock_low": Expected(STOREKEEPER | ADMIN),
    "stock_of": Expected(STOREKEEPER | ADMIN, lambda hall, _: (hall.milk.id,)),
    "stock_page": Expected(STOREKEEPER | ADMIN, _page),
    "loading": Expected(STOREKEEPER, _order, of_an_order=True),
    "queue": Expected(STOREKEEPER, _page),
    "release": Expected(STOREKEEPER, _order, of_an_order=True),
    # the admin
    "access_days": Expected(ADMIN, lambda _hall, _: (7,)),
    "access_issue": Expected(ADMIN),
    "access_page": Expected(ADMIN, _page),
    "access_role": Expected(ADMIN, lambda _hall, _: (1,)),
    "access_warehouse": Expected(ADMIN, lambda hall, _: (hall.kazan.id,)),
    "all_orders": Expected(ADMIN, _page),
    "all_orders_only": Expected(ADMIN, lambda _hall, _: (4,)),
    "order_history": Expected(ADMIN, _order, of_an_order=True),
    "credit": Expected(ADMIN, _order, of_an_order=True),
    "credit_all": Expected(ADMIN, lambda _hall, order: (order, 1), of_an_order=True),
    "credit_issue": Expected(ADMIN, _order, of_an_order=True),
    "credit_line": Expected(ADMIN, lambda hall, order: (order, hall.lines[order]), of_an_order=True),
    "credit_page": Expected(ADMIN, lambda _hall, order: (order, 0), of_an_order=True),
    "credit_set": Expected(ADMIN, lambda hall, order: (order, hall.lines[order], 1000, 1), of_an_order=True),
    "void": Expected(ADMIN, _order, of_an_order=True),
    "void_sale": Expected(ADMIN, _order, of_an_order=True),
    "trouble": Expected(ADMIN, _page),
    "trouble_aside": Expected(ADMIN, _page),
    "trouble_letter_aside": Expected(ADMIN, _page),
    "trouble_retry": Expected(ADMIN, _page),
    "trouble_retry_all": Expected(ADMIN, _page),
    "trouble_row": Expected(ADMIN, _page),
    "figures": Expected(REP | ADMIN),
    "figures_days": Expected(REP | ADMIN, lambda _hall, _: (0, 0)),
    "figures_first": Expected(REP | ADMIN, lambda hall, _: (0, 0, hall.day.toordinal() - 1)),
    "figures_last": Expected(REP | ADMIN, lambda hall, _: (0, 0, hall.day.toordinal(), hall.day.toordinal())),
    "figures_file": Expected(REP | ADMIN),
    "figures_page": Expected(REP | ADMIN, _page),
    "figures_span": Expected(REP | ADMIN, lambda _hall, _: (4, 0, 0)),
    "review_accept": Expected(ADMIN, _ticket),
    "review_ask": Expected(ADMIN, _ticket),
    "review_photo": Expected(ADMIN, lambda hall, _: (hall.ticket_id, 0)),
    "ticket_review": Expected(ADMIN, _ticket),
    "ticket_reviews": Expected(ADMIN, _page),
    # goals and ranking
    "goals": Expected(REP | ADMIN, lambda _hall, _: (2, 0, 0)),
    "goals_picture": Expected(REP | ADMIN, lambda _hall, _: (2, 0)),
    "goal_list": Expected(ADMIN, _page),
    "goal_card": Expected(ADMIN, lambda _hall, _: (1,)),
    "goal_remove": Expected(ADMIN, lambda _hall, _: (1,)),
    "goal_end": Expected(ADMIN, lambda _hall, _: (1, 1)),
    "goal_new": Expected(ADMIN),
    "goal_new_back": Expected(ADMIN),
    "goal_new_page": Expected(ADMIN, _page),
    "goal_whose": Expected(ADMIN, lambda hall, _: (1, hall.desk.rita.id)),
    "goal_metric": Expected(ADMIN, lambda _hall, _: (1,)),
    "goal_scope": Expected(ADMIN, lambda hall, _: (2, hall.category.id)),
    "goal_look": Expected(ADMIN, lambda hall, _: (hall.category.id,)),
    "goal_span": Expected(ADMIN, lambda _hall, _: (2,)),
    "goal_when": Expected(ADMIN, lambda hall, _: (1, hall.day.replace(day=1).toordinal())),
    "goal_sheet": Expected(ADMIN),
    "goal_sheet_file": Expected(ADMIN),
    "goal_sheet_page": Expected(ADMIN, _page),
    "goal_sheet_save": Expected(ADMIN),
    "ranking": Expected(REP | ADMIN, lambda _hall, _: (0, 2, 0, 0)),
    "ranking_picture": Expected(REP | ADMIN, lambda _hall, _: (0, 2, 0, 0)),
    "ranking_private": Expected(REP | ADMIN, lambda _hall, _: (1,)),
    "team": Expected(ADMIN, lambda _hall, _: (1, 0)),
    "team_member": Expected(ADMIN, lambda hall, _: (1, hall.desk.rita.id, 1, 0)),
    "team_remove": Expected(ADMIN, lambda _hall, _: (1,)),
    "team_remove_now": Expected(ADMIN, lambda _hall, _: (1,)),
    "team_rename": Expected(ADMIN, lambda _hall, _: (1,)),
    "teams": Expected(ADMIN, _page),
    # digests
    "digests": Expected(STAFF),
    "digests_now": Expected(STAFF, _page),
    "digests_switch": Expected(STAFF, lambda _hall, _: (0, 1)),
    # commission
    "earnings": Expected(STAFF, lambda hall, _: (0, *_days(hall))),
    "earnings_all": Expected(ADMIN, lambda hall, _: _days(hall)),
    "earnings_days": Expected(STAFF, _page),
    "earnings_file": Expected(STAFF, lambda hall, _: (hall.desk.rita.id, *_days(hall))),
    "earnings_first": Expected(STAFF, lambda hall, _: (0, _days(hall)[0])),
    "earnings_last": Expected(STAFF, lambda hall, _: (0, *_days(hall))),
    "commission_rules": Expected(ADMIN, lambda _hall, _: (0, 0)),
    "rule": Expected(ADMIN, lambda _hall, _: (1,)),
    "rule_ask": Expected(ADMIN, _page),
    "rule_back": Expected(ADMIN),
    "rule_browse": Expected(ADMIN, lambda hall, _: (hall.category.id,)),
    "rule_category": Expected(ADMIN, lambda hall, _: (hall.category.id,)),
    "rule_change": Expected(ADMIN, lambda _hall, _: (1,)),
    "rule_day": Expected(ADMIN, lambda hall, _: (hall.day.toordinal(),)),
    "rule_end": Expected(ADMIN, lambda hall, _: (1, hall.day.toordinal())),
    "rule_kind": Expected(ADMIN, _page),
    "rule_last": Expected(ADMIN, lambda hall, _: (1, hall.day.toordinal())),
    "rule_month": Expected(ADMIN, lambda hall, _: (hall.day.toordinal(),)),
    "rule_new": Expected(ADMIN),
    "rule_no_end": Expected(ADMIN),
    "rule_no_name": Expected(ADMIN),
    "rule_page": Expected(ADMIN, _page),
    "rule_product": Expected(ADMIN, lambda hall, _: (hall.milk.id,)),
    "rule_role": Expected(ADMIN, _page),
    "rule_save": Expected(ADMIN),
    "rule_scope": Expected(ADMIN, _page),
    "rule_trial": Expected(ADMIN, lambda _hall, _: (1, 0)),
    "settle_ask": Expected(ADMIN, lambda hall, _: (_days(hall)[0] - 1,)),
    "settle_close": Expected(ADMIN, lambda hall, _: (_days(hall)[0] - 1,)),
    "settle_day": Expected(ADMIN, lambda hall, _: (_days(hall)[0] - 1,)),
    "settle_days": Expected(ADMIN, lambda hall, _: (_days(hall)[0] - 1,)),
    "settle_show": Expected(ADMIN, lambda _hall, _: (1,)),
    "settlement": Expected(ADMIN),
    "settlements": Expected(ADMIN, _page),
    "trial": Expected(ADMIN, lambda _hall, _: (1, 1, 0)),
    # the company and what it sells
    "category_units": Expected(ADMIN, lambda hall, _: (hall.category.id,)),
    "tickets_language": Expected(ADMIN, lambda _hall, _: (1, 1)),
    "tickets_rate": Expected(ADMIN, lambda _hall, _: (5,)),
    "tickets_setup": Expected(ADMIN),
    "units_stop": Expected(ADMIN, lambda hall, _: (hall.category.id,)),
    "bank": Expected(ADMIN),
    "bank_save": Expected(ADMIN),
    "category_browse": Expected(ADMIN, lambda hall, _: (hall.category.id, 0)),
    "category_edit": Expected(ADMIN, lambda hall, _: (hall.category.id,)),
    "category_into": Expected(ADMIN, lambda hall, _: (hall.category.id, 0)),
    "category_mode": Expected(ADMIN, lambda hall, _: (hall.category.id, 1)),
    "category_remove": Expected(ADMIN, lambda hall, _: (hall.category.id,)),
    "company": Expected(ADMIN),
    "company_empty": Expected(ADMIN, lambda _hall, _: (4,)),
    "company_field": Expected(ADMIN, _page),
    "company_section": Expected(ADMIN, _page),
    "company_set": Expected(ADMIN, lambda _hall, _: (11, choices.number_of("yes"))),
    "company_sure": Expected(ADMIN, lambda _hall, _: (13, choices.number_of("no"))),
    "day_on": Expected(ADMIN, lambda hall, _: (hall.day.toordinal(),)),
    "days_off": Expected(ADMIN, _page),
    "goods": Expected(ADMIN, lambda hall, _: (hall.category.id, 0)),
    "goods_below": Expected(ADMIN, lambda hall, _: (hall.category.id, 0)),
    "goods_browse": Expected(ADMIN, lambda hall, _: (hall.milk.id, hall.category.id)),
    "goods_edit": Expected(ADMIN, lambda hall, _: (hall.milk.id,)),
    "goods_empty": Expected(ADMIN, lambda hall, _: (hall.milk.id, 5)),
    "goods_field": Expected(ADMIN, lambda hall, _: (hall.milk.id, 0)),
    "goods_found": Expected(ADMIN, _page),
    "goods_hide": Expected(ADMIN, lambda hall, _: (hall.milk.id, 1)),
    "goods_into": Expected(ADMIN, lambda hall, _: (hall.milk.id, hall.category.id)),
    "goods_new": Expected(ADMIN),
    "goods_new_back": Expected(ADMIN),
    "goods_new_browse": Expected(ADMIN, lambda hall, _: (hall.category.id,)),
    "goods_new_into": Expected(ADMIN, lambda hall, _: (hall.category.id,)),
    "goods_new_light": Expected(ADMIN),
    "goods_new_rate": Expected(ADMIN, lambda _hall, _: (choices.number_of("10"),)),
    "goods_new_unit": Expected(ADMIN, _page),
    "goods_photo": Expected(ADMIN, lambda hall, _: (hall.milk.id,)),
    "goods_rate": Expected(ADMIN, lambda hall, _: (hall.milk.id, choices.number_of("10"))),
    "logo": Expected(ADMIN),
    "logo_look": Expected(ADMIN),
    "logo_remove": Expected(ADMIN, lambda _hall, _: (1,)),
    "pack": Expected(ADMIN, lambda hall, _: (hall.unit_ids[1],)),
    "pack_empty": Expected(ADMIN, lambda hall, _: (hall.unit_ids[1], 1)),
    "pack_field": Expected(ADMIN, lambda hall, _: (hall.unit_ids[1], 1)),
    "pack_remove": Expected(ADMIN, lambda hall, _: (hall.unit_ids[1],)),
    "packs": Expected(ADMIN, lambda hall, _: (hall.milk.id,)),
    "photo_look": Expected(ADMIN, lambda hall, _: (hall.milk.id,)),
    "photo_remove": Expected(ADMIN, lambda hall, _: (hall.milk.id, 1)),
    "price_list": Expected(ADMIN),
    "warehouse": Expected(ADMIN, lambda hall, _: (hall.kazan.id,)),
    "warehouse_close": Expected(ADMIN, lambda hall, _: (hall.kazan.id, 1)),
    "warehouse_empty": Expected(ADMIN, lambda hall, _: (hall.kazan.id, 1)),
    "warehouse_field": Expected(ADMIN, lambda hall, _: (hall.kazan.id, 2)),
    "warehouse_map": Expected(ADMIN, lambda hall, _: (hall.kazan.id,)),
    "warehouse_new": Expected(ADMIN),
    "warehouses": Expected(ADMIN, _page),
    "working_day": Expected(ADMIN, lambda _hall, _: (6, 1)),
    "working_days": Expected(ADMIN),
    # access
    "give_access": Expected(ADMIN),
    "request_access": Expected(ADMIN, _page),
    "request_done": Expected(ADMIN, _page),
    "requests": Expected(ADMIN, _page),
    "revoke": Expected(ADMIN, lambda hall, _: (hall.rob.id,)),
    "staff": Expected(ADMIN, lambda _hall, _: (1, 0)),
    "staff_member": Expected(ADMIN, lambda hall, _: (hall.rob.id, 0)),
    "staff_role": Expected(ADMIN, lambda hall, _: (hall.rob.id, 1, 1)),
    "staff_warehouse": Expected(ADMIN, lambda hall, _: (hall.rob.id, hall.kazan.id, 1)),
    "staff_revoke": Expected(ADMIN, lambda hall, _: (hall.rob.id,)),
    "staff_reissue": Expected(ADMIN, lambda hall, _: (hall.rob.id,)),
    "staff_codes": Expected(ADMIN, _page),
    "code_withdraw": Expected(ADMIN, _page),
}
"""Beside the code on purpose: a new verb has to be written down here, with who may press it."""

every_verb = pytest.mark.parametrize("verb", sorted(VERBS))
OF_RITA = [
    model.__table__
    for model in (OrderEvent, Invoice, InvoiceLine, MailRequest, Reservation, Stock, StockMovement, Product)
]


def may(verb: str, roles: list[str]) -> bool:
    wanted = VERBS[verb].roles
    return not wanted or any(role in wanted for role in roles)


def orders_of(verb: str, hall: Hall) -> Iterator[tuple[int, int]]:
    """The id and version of each order that the verb is pressed for: one in each state, where it is about orders."""
    yield from hall.orders.values() if VERBS[verb].of_an_order else [hall.orders["submitted"]]


def carried(verb: str, hall: Hall) -> Iterator[tuple[Ids, int]]:
    """What a button with this verb may come back with: as made by us, stale, empty, of things that never were."""
    for order, version in orders_of(verb, hall):
        ids = VERBS[verb].ids(hall, order)
        yield ids, version
        yield ids, version - 1
    yield (), 0
    for number in (0, 1, LARGEST_ID, LARGEST_ID + 1, 999_999_999_999_999):
        yield (number,) * max(1, len(VERBS[verb].ids(hall, 1))), 999_999_999


def test_every_verb_is_written_down_here_with_its_roles() -> None:
    declared = {verb: set(screen.roles) for verb, (screen, _) in screens().presses.items()}

    assert declared == {verb: set(expected.roles) for verb, expected in VERBS.items()}


@every_verb
def test_nothing_that_a_button_carries_breaks_it(verb: str, talk: Talk, connection: Connection, hall: Hall) -> None:
    for chat in _who_may(verb, hall):
        for ids, version in carried(verb, hall):
            with undone(connection):
                data = f"{verb}.{'-'.join(str(part) for part in ids)}.{version}"
                handled = talk_inside(connection).press_data(chat, data)

                assert handled.answer is not None, data
                assert talk.kinds(chat).count("chat.screen") == 1, data
                assert talk.scalar(select(func.count()).select_from(dead_letter)) == 0


def _who_may(verb: str, hall: Hall) -> list[int]:
    roles = {"rita": ["rep"], "bob": ["storekeeper"], "ann": ["admin"], "stranger": []}
    return [hall.people[name] for name, own in roles.items() if may(verb, own)]


@every_verb
def test_nobody_does_what_only_others_may(verb: str, talk: Talk, hall: Hall) -> None:
    """A foreign role, a revoked person and a stranger change nothing, are told so, and each try leaves a record."""
    roles = {"rita": ["rep"], "bob": ["storekeeper"], "ann": ["admin"], "rex": [], "stranger": []}
    strange = [hall.people[name] for name, own in roles.items() if not may(verb, own)]
    before = fingerprint(talk.reading)
    tries = 0
    for chat in strange:
        for order, version in orders_of(verb, hall):
            handled = talk.press(chat, verb, *VERBS[verb].ids(hall, order), version=version)
            tries += 1

            assert handled.answer is not None
            assert handled.answer.text == "⛔ You have no right to do this."
            assert talk.kinds(chat).count("chat.screen") == 1
            talk.clear_outbox()

    assert fingerprint(talk.reading) == before
    refused = AuditEntry.action == f"refused.screen.{screens().presses[verb][0].name}"
    assert talk.scalar(select(func.count()).select_from(AuditEntry).where(refused)) == tries


@pytest.mark.parametrize("verb", sorted(verb for verb, expected in VERBS.items() if expected.of_an_order))
def test_the_right_role_is_not_enough_for_somebody_elses_order(
    verb: str, talk: Talk, connection: Connection, hall: Hall
) -> None:
    """Rob may do all this with his own orders, Boris with those of Kazan; Rita's stay as they are."""
    foreign = hall.rob if Role.REP in VERBS[verb].roles else hall.boris
    before = _ritas(talk, hall)
    for order, version in orders_of(verb, hall):
        with undone(connection):
            handled = talk_inside(connection).press(foreign.id, verb, *VERBS[verb].ids(hall, order), version=version)

            assert _ritas(talk, hall) == before
            screen = talk.screen(foreign.id)
            assert "You have no right" in screen["html"] or "This order is not yours" in screen["html"]
            assert "Milk" not in screen["html"], "it says what the order holds"
            assert handled.answer is not None
            latest = talk.scalar(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(1))
            assert latest.startswith("refused."), latest


def _ritas(talk: Talk, hall: Hall) -> object:
    """Her orders with their lines, and all that hangs on them."""
    mine = select(Order.id).where(Order.rep_id == hall.desk.rita.id)
    lines = select(*OrderLine.__table__.columns).where(OrderLine.order_id.in_(mine)).order_by(OrderLine.id)
    whole = select(*Order.__table__.columns).where(Order.rep_id == hall.desk.rita.id).order_by(Order.id)
    return talk.read(whole), talk.read(lines), fingerprint(talk.reading, OF_RITA)


def test_revoking_oneself_is_refused_to_the_last_admin(talk: Talk, hall: Hall) -> None:
    before = fingerprint(talk.reading)
    ann = hall.desk.ann.id

    handled = talk.press(ann, "revoke", ann)

    assert fingerprint(talk.reading) == before
    assert handled.answer is not None
    assert handled.answer.text == "⚠️ This is the last admin. Make another one first."


def test_whoever_is_revoked_between_screen_and_press_is_a_stranger(talk: Talk, hall: Hall) -> None:
    talk.press(hall.desk.bob.id, "queue", 0)
    talk.press(hall.desk.ann.id, "revoke", hall.desk.bob.id)
    before = fingerprint(talk.reading)
    order, version = hall.orders["submitted"]

    talk.press(hall.desk.bob.id, "claim", order, version=version)

    assert fingerprint(talk.reading) == before
    assert "You have no right to do this" in talk.screen(hall.desk.bob.id)["html"]
    assert "This is the order desk" in talk.screen(hall.desk.bob.id)["html"]


def test_a_stranger_cannot_make_us_hash_or_issue(talk: Talk, hall: Hall) -> None:
    before = talk.scalar(select(func.count()).select_from(AccessCode))

    talk.press(STRANGER, "access_issue")

    assert talk.scalar(select(func.count()).select_from(AccessCode)) == before
    assert talk.scalar(select(func.count()).select_from(Person)) == 6
