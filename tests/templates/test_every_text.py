"""Every text of the chat, in every language: nothing undefined, valid whatever the names, fit for a phone."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import Connection

import services
from bot import profile
from bot.events import Internal, Kind
from db.models.clients import Client
from db.models.company import Company
from db.models.messaging import dialogue
from db.models.orders import Order, OrderLine
from db.models.people import Account, Person
from db.session import Database
from sandbox.html_markup import parse_html
from sandbox.utf16 import units
from services import access_admin, access_codes, invoicing, mailing
from services.actor import Role
from services.errors import DomainError
from templates.environment import LANGUAGES, Texts
from tests.bot.hall import STRANGER, Hall, furnish
from tests.bot.talk import Talk, hasher, reading_inside, texts, transaction_inside
from tests.builders import make_client, make_draft, make_product, unit_of
from tests.conftest import EmptyDatabases
from tests.templates import (
    commission_walk,
    company_walk,
    credit_walk,
    digests_walk,
    goals_walk,
    office_walk,
    orders_walk,
    rep_walk,
    ticket_walk,
    warehouse_walk,
)
from tests.templates.facts import NOTICES, REFUSALS

Fixture = tuple[Connection, Hall]
NAMES = {
    "plain": "Молоко пастеризованное 3,2 %",
    "markup": "<b>Milk</i> & \"co\" </a> <script> &amp; 'x'",
    "emoji": "👩‍👩‍👧‍👦🇪🇸 :package: {{ x }} %(y)s " * 6,
    "long": "Ё" * 200,
}
"""Names that goods, clients, people and warehouses may have; their columns hold 200 characters."""
LONGEST_LABEL = 30
LONGEST_TEXT = 4096
WORDS = {
    "client", "address", "warehouse", "rep", "by", "storekeeper", "person_name", "username", "person", "product",
    "name", "reason",
}  # fmt: skip
"""Facts that people typed; the others are codes, figures and days."""


class Recording(Texts):
    """The texts, which also note what was rendered."""

    rendered: set[tuple[str, str]]

    def block(self, template: str, block: str, locale: str, facts: Mapping[str, Any]) -> str:
        own = template if block in self.blocks_of(template) else "messages/shared.html"
        self.rendered.add((own, block))
        return super().block(template, block, locale, facts)


def recording() -> Recording:
    made = Recording.load()
    assert isinstance(made, Recording)
    made.rendered = set()
    return made


@pytest.fixture(scope="module")
def database(empty_databases: EmptyDatabases) -> Iterator[Database]:
    """One is enough: the words do not know the database."""
    made = Database(empty_databases.new("sqlite"))
    yield made
    made.dispose()


@pytest.fixture
def inside(database: Database) -> Iterator[Connection]:
    with database.engine.connect() as opened:
        outer = opened.begin()
        yield opened
        outer.rollback()


class Walk:
    """Goes through every screen as everybody, and looks at all that is written."""

    def __init__(self, connection: Connection, name: str, language: str) -> None:
        self.texts = recording()
        self.talk = Talk(transaction_inside(connection), reading_inside(connection), texts=self.texts)
        self.language = language
        with self.talk.transaction() as session:
            self.hall = furnish(session, name=name[:200])
            session.execute(update(Person).values(language=language, name=name[:200]))
            session.execute(update(Company).values(name=name[:200], director_phone="+7 495 000-00-00"))
            for _ in range(8):
                make_product(session, name[:200], category=self.hall.category, warehouse=self.hall.desk.warehouse)
                make_client(session, name[:200])
            _ = self.hall.unit_ids
        self.labels: list[str] = []

    def look(self) -> None:
        """Check what has been written since the last time, and forget it."""
        for kind, payload in self.talk.left():
            if not payload.get("html"):  # a map has no words
                continue
            shown, _ = parse_html(payload["html"])
            assert 0 < units(shown) <= LONGEST_TEXT, (kind, units(shown))
            for button in (button for row in payload.get("rows", []) for button in row):
                assert button["label"].strip(), payload
                self.labels.append(button["label"])
            if "ask" in payload:
                self.labels.append(payload["ask"]["label"])
        self.talk.clear_outbox()

    def press(self, chat: int, verb: str, *ids: int, version: int = 0) -> None:
        handled = self.talk.press(chat, verb, *ids, version=version, language=self.language)
        assert handled.answer is not None
        assert len(handled.answer.text) <= 200
        self.look()

    def say(self, chat: int, text: str) -> None:
        self.talk.say(chat, text, language=self.language)
        self.look()

    def send(self, chat: int, kind: Kind, **content: Any) -> None:
        event = self.talk.event(chat, kind, message_id="6", language=self.language, **content)
        self.talk.conversation.handle(event)
        self.look()

    def hear(self, name: str, number: int, /, **facts: Any) -> None:
        """A job of ours found something out."""
        self.talk.conversation.hand_in(Internal(name, number, facts))
        self.look()

    def draft(self) -> tuple[int, int]:
        """The id and version of Rita's current draft."""
        query = select(Order.id, Order.version).where(Order.status == "draft").order_by(Order.id.desc())
        return tuple(self.talk.read(query)[0])  # type: ignore[return-value]

    def form(self, chat: int) -> int:
        """The number of the form that this chat fills in."""
        return int(self.talk.scalar(select(dialogue.c.state).where(dialogue.c.chat_key == f"tg:1:{chat}"))["form"])

    def state(self, chat: int) -> dict[str, Any]:
        """What this chat's screen remembers."""
        return dict(self.talk.scalar(select(dialogue.c.state).where(dialogue.c.chat_key == f"tg:1:{chat}")))

    def scalar_version(self, client_id: int) -> int:
        """The version of a client."""
        return int(self.talk.scalar(select(Client.version).where(Client.id == client_id)))

    def units(self, order: int) -> list[int]:
        """The units of an order's lines of goods."""
        goods = select(OrderLine.unit_id).where(OrderLine.order_id == order, OrderLine.kind == "goods")
        return [row.unit_id for row in self.talk.read(goods)]

    def version(self, order: int) -> int:
        return int(self.talk.scalar(select(Order.version).where(Order.id == order)))


def storekeeper(walk: Walk) -> None:
    bob = walk.hall.desk.bob.id
    order, version = walk.hall.orders["submitted"]
    walk.say(bob, "/menu")
    walk.press(bob, "queue", 0)
    walk.press(bob, "loading", order)
    walk.press(bob, "claim", order, version=version)
    walk.press(bob, "release", order, version=walk.version(order))
    walk.press(bob, "claim", order, version=walk.version(order))
    walk.press(bob, "confirm", order, version=walk.version(order))
    for known, _ in walk.hall.orders.values():
        walk.press(bob, "loading", known)


def admin(walk: Walk) -> None:
    ann, hall = walk.hall.desk.ann.id, walk.hall
    walk.say(ann, "/menu")
    walk.press(ann, "staff", 0)
    walk.press(ann, "staff_member", 0, hall.rob.id)
    walk.press(ann, "revoke", hall.rob.id)
    walk.press(ann, "give_access")
    walk.say(ann, "Нина <b> Петрова")
    for role in range(3):
        walk.press(ann, "access_role", role)
    walk.press(ann, "access_warehouse", hall.kazan.id)
    walk.press(ann, "access_days", 1)
    walk.press(ann, "access_issue", version=walk.form(ann))
    for chat in (STRANGER + 1, STRANGER + 2):
        walk.talk.press(chat, "get_in_touch", name=hall.rob.name, language=walk.language)
    walk.say(ann, "/menu")
    walk.press(ann, "requests", 0)
    for _ in range(2):
        walk.press(ann, "request_done", 1)
    walk.press(ann, "request_access", 2)


def stranger(walk: Walk) -> None:
    fresh = access_codes.prepare(hasher())
    with walk.talk.transaction() as session:
        access_admin.issue(
            session, fresh, by=None, name="<i>Nina</b>", role=Role.REP, warehouse_ids=(),
            valid_for=access_admin.LONGEST_VALIDITY, now=walk.talk.clock(),
        )  # fmt: skip
    walk.say(STRANGER, "/start")
    walk.say(STRANGER, "/start nothing")
    walk.say(STRANGER, "who is there?")
    for _ in range(2):
        walk.press(STRANGER, "get_in_touch")
    walk.send(STRANGER, Kind.CONTACT, phone="+79160000000")
    walk.send(STRANGER, Kind.CONTACT, phone="+79161234567", is_own_phone=True)
    nobody = update(Account).where(Account.person_id == walk.hall.desk.ann.id)
    with walk.talk.transaction() as session:
        session.execute(nobody.values(blocked_at=walk.talk.clock()))
    walk.press(STRANGER, "get_in_touch")
    with walk.talk.transaction() as session:
        session.execute(nobody.values(blocked_at=None))
    walk.say(STRANGER, "/help")
    walk.say(STRANGER, fresh.password)


def everybody(walk: Walk) -> None:
    """What is sent where it is of no use; help and languages by role."""
    for chat in (walk.hall.desk.rita.id, walk.hall.desk.bob.id, walk.hall.desk.ann.id):
        walk.say(chat, "/help")
        walk.press(chat, "choose_language")
        walk.press(chat, "language", LANGUAGES.index(walk.language))
    rita = walk.hall.desk.rita.id
    walk.say(rita, "/menu")
    walk.say(rita, "tell me")
    walk.say(rita, "/unheard")
    for kind in (Kind.PLACE, Kind.CONTACT, Kind.PHOTO, Kind.FILE, Kind.STICKER, Kind.VOICE, Kind.OTHER):
        walk.send(rita, kind)
    walk.press(rita, "place")
    walk.say(rita, "/menu")


ODD = [("markup", "ru"), ("emoji", "en"), ("long", "es")]


@pytest.mark.parametrize(("name", "language"), [*(("plain", language) for language in LANGUAGES), *ODD])
def test_every_screen_with_whatever_names(inside: Connection, name: str, language: str) -> None:
    walk = Walk(inside, NAMES[name], language)
    walks = (
        rep_walk,
        ticket_walk,
        commission_walk,
        company_walk,
        orders_walk,
        warehouse_walk,
        digests_walk,
        office_walk,
        credit_walk,
        goals_walk,
    )
    told = [story for others in walks for story in others.STORIES]
    for story in (storekeeper, admin, *told, stranger, everybody):
        story(walk)

    pieces = profile._pieces(NAMES[name][:200], walk.talk.conversation._menus, walk.texts)
    assert all(piece.value for piece in pieces)
    assert [label for label in set(walk.labels) if len(label) >= LONGEST_LABEL] == []
    assert unrendered(walk.texts) == set()


def unrendered(known: Recording) -> set[tuple[str, str]]:
    """Blocks of screens that the walk has not come by; notices and refusals have their tables below."""
    tables = {"messages/notices.html", "messages/refusals.html", "messages/units.html", "messages/parts.html"}
    templates = [name for name in known.names() if name.startswith("messages/") and name not in tables]
    return {(name, block) for name in templates for block in known.blocks_of(name)} - known.rendered


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["markup", "long"])
def test_a_full_order_stays_one_message(inside: Connection, name: str, language: str) -> None:
    """45 lines of goods with long names: in the cart, in the review, for the rep, and for the storekeeper."""
    walk = Walk(inside, NAMES[name], language)
    rita, bob = walk.hall.desk.rita, walk.hall.desk.bob.id
    with walk.talk.transaction() as session:
        goods = {
            unit_of(make_product(session, NAMES[name], article="A" * 60 + str(number), on_hand=999_999)): 123_456
            for number in range(45)
        }
        order = make_draft(session, session.get_one(Person, rita.id), goods)
        order.address, order.note = "Улица " * 80, "Осторожно & <b> " * 60
        draft = order.id
    for page in range(6):
        walk.press(rita.id, "cart", page)
    for page in range(3):
        walk.press(rita.id, "review", page)
        walk.press(rita.id, "why", 1)
    walk.press(rita.id, "submit", draft, version=walk.version(draft))
    for page in range(3):
        walk.press(rita.id, "order", draft, page)
        walk.press(bob, "loading", draft, page)
    walk.press(bob, "claim", draft, version=walk.version(draft))
    for page in range(6):
        walk.press(bob, "pick", draft, page)

    assert walk.talk.scalar(select(Order.status).where(Order.id == draft)) == "loading"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_became_of_the_mail(inside: Connection, language: str) -> None:
    walk = Walk(inside, NAMES["markup"], language)
    rita, (order, _) = walk.hall.desk.rita.id, walk.hall.orders["loaded"]
    now = walk.talk.clock()
    seen = set()
    for state in ("queued", "delayed", "refused", "accepted"):
        with walk.talk.transaction() as session:
            invoice = invoicing.find_of_order(session, order)
            assert invoice is not None
            asked = mailing.request(session, invoice, "shop@example.com", by=None, now=now)
            asked.state, asked.reason = state, "550 <no> & never" * 40
        walk.talk.clear_outbox()
        walk.talk.press(rita, "order", order)
        seen.add(walk.talk.screen(rita)["html"])
        walk.look()
        walk.press(rita, "papers", order)

    assert len(seen) == 4, "each state reads differently"


# what no screen shows


def odd(facts: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The same facts with a name that somebody may have."""
    return {key: name if key in WORDS else value for key, value in facts.items()}


def check_html(html: str) -> None:
    shown, _ = parse_html(html)
    assert 0 < units(shown) < 1500


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["told", *sorted(NAMES)])
def test_every_notice(name: str, language: str) -> None:
    for block, facts in NOTICES.items():
        for in_their_place in (False, True):
            told = {**(facts if name == "told" else odd(facts, NAMES[name])), "in_their_place": in_their_place}
            check_html(texts().block("messages/notices.html", block, language, told))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["told", *sorted(NAMES)])
def test_every_refusal(name: str, language: str) -> None:
    for block, facts in REFUSALS.items():
        told = facts if name == "told" else odd(facts, NAMES[name])
        check_html(texts().block("messages/refusals.html", block, language, told))


def test_every_refusal_of_the_product_has_a_text_and_facts_here() -> None:
    for module in pkgutil.iter_modules(services.__path__, "services."):
        importlib.import_module(module.name)
    keys = {refusal.key for refusal in _below(DomainError) if not refusal.__module__.startswith("tests.")}

    assert keys == set(REFUSALS)
    assert set(texts().blocks_of("messages/refusals.html")) == keys | {"not_done"}


def test_every_notice_has_facts_here() -> None:
    opening = {"open_ticket", "open_logo", "open_product", "open_loading", "open_order", "open_low"}
    opening |= {"open_figures", "open_goals", "open_goal_sheet", "open_digests"}
    labels = opening | {"open_papers", "requests", "correct_address", "mail_it", "open_statement", "place"}

    assert set(texts().blocks_of("messages/notices.html")) - labels == set(NOTICES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("seconds", "count"), [(1, "1"), (2, "2"), (5, "5"), (21, "21"), (119, "119"), (900, "15")])
def test_waits_are_told_in_the_right_form(language: str, seconds: int, count: str) -> None:
    told = texts().block("messages/refusals.html", "too_many_tries", language, {"wait_seconds": seconds})

    assert f" {count} " in told.replace("\xa0", " ")
    check_html(told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_unit_has_a_short_name(language: str) -> None:
    for code in texts().blocks_of("messages/units.html"):
        assert 0 < len(texts().unit(code, language)) < 10
    assert texts().unit("barrel", language) == "barrel"


def _below(refusal: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in refusal.__subclasses__():
        yield child
        yield from _below(child)
