"""What a screen is: it declares its name, who may see it, its state, how it is shown, and its answers.

    screen = Screen("product", roles={Role.REP}, state=State)

    @screen.shown
    def show(turn: Turn, state: State) -> Face: ...

    @screen.pressed("product")
    def open_product(turn: Turn) -> Step: ...

    @screen.typed(Kind.TEXT)
    def quantity(turn: Turn) -> Step: ...

Showing is a pure function of what the services return; answering calls one service and names the next screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.orm import Session

from bot.buttons import Button
from bot.events import Incoming, Kind
from services import company
from services.access import Evidence
from services.access_codes import FreshCode
from services.actor import Actor, Role
from services.errors import DomainError

if TYPE_CHECKING:
    from db.models.company import Company

LARGEST_ID = 2**31 - 1
"""Ids are INTEGER columns; a database refuses to compare them with more."""
_FORMS = 10**9
"""What a button's version can hold."""


class Stale(DomainError):
    """The pressed button belongs to something that is no longer so, or was never ours."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A short line above a screen: a block of a template, and the facts that fill it."""

    template: str
    block: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Above:
    """A message that is sent once, and the screen anew below it: a ``document``, a ``photo`` or a ``map``.

    ``content``: sha256, name and content_type of a stored file; or latitude and longitude, with title and address
    where the map shall name the place.
    """

    kind: str
    content: Mapping[str, Any]
    caption: Notice | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Where the conversation goes next: a screen by its name, its state, and a line or a message above it."""

    screen: str
    state: Any
    notice: Notice | None = None
    above: Above | None = None
    at: str = ""
    """The screen that answered: its template has the caption of what is above."""
    reactions: tuple[tuple[str, str], ...] = ()
    """Emoji to put under messages of this chat: the message's id and the emoji. A courtesy, done where it can be."""

    def showing(self, kind: str, *, caption: str = "", facts: Mapping[str, Any] | None = None, **content: Any) -> Step:
        """The same step with a ``document``, ``photo`` or ``map`` above its screen, sent once.

        ``caption`` is a block of the answering screen's template, filled by ``facts``.
        """
        words = Notice(f"messages/{self.at}.html", caption, facts or {}) if caption else None
        return replace(self, above=Above(kind, content, words))

    def reacting(self, emoji: str, message_id: str) -> Step:
        """The same step with an emoji under a message of this chat, in place of what we put there before."""
        return replace(self, reactions=(*self.reactions, (message_id, emoji)))


@dataclass(frozen=True, slots=True)
class Ask:
    """A reply keyboard while something is awaited that only it can give.

    ``kind`` is ``place`` or ``contact``; ``prompt`` and ``label`` are blocks of the screen's template.
    """

    kind: str
    prompt: str
    label: str


@dataclass(frozen=True, slots=True)
class Face:
    """How a screen looks now: the facts of its template's ``body`` and the rows of buttons under it."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    rows: Sequence[Sequence[Button]] = ()
    ask: Ask | None = None


@dataclass(slots=True)
class Turn:
    """Everything that an answer may look at. ``state`` belongs to the screen that answers, where it is the
    living one; else it is that screen's empty state or None. ``ids`` and ``version`` came with the button.
    """

    session: Session
    incoming: Incoming
    locale: str
    now: datetime
    who: Actor | None = None
    state: Any = None
    ids: tuple[int, ...] = ()
    version: int = 0
    evidence: Evidence | None = None
    fresh_code: FreshCode | None = None
    """A password made and hashed beforehand, for answers that were declared with ``mints``."""
    entry_link: Callable[[str], str] = str
    """From a payload to the link that opens the bot with it."""
    at: str = ""
    """The name of the screen that answers."""
    heard: Mapping[str, Any] = field(default_factory=dict)
    """The facts of the internal event that is answered."""
    last_screen: Step | None = None
    """Where the chat stood before."""

    @property
    def actor(self) -> Actor:
        """Who acts, on screens that only staff may see."""
        if self.who is None:
            raise RuntimeError(f"the screen {self.at} is open to strangers but asks who they are")
        return self.who

    @property
    def company(self) -> Company:
        """The company's profile."""
        return company.get(self.session)

    @property
    def form_number(self) -> int:
        """No two events have the same: a form's number, which its buttons carry as their version."""
        return self.incoming.update_id % _FORMS or 1

    @property
    def text(self) -> str:
        """What was typed."""
        return self.incoming.text.strip()

    def id(self, position: int = 0) -> int:
        """An id that the button carried; a button without it, or with one no table can have, is not one of ours."""
        if self.amount(position) > LARGEST_ID:
            raise Stale
        return self.ids[position]

    def amount(self, position: int) -> int:
        """A quantity that the button carried among its ids."""
        if position >= len(self.ids):
            raise Stale
        return self.ids[position]

    def go(self, screen: str, notice: str = "", /, facts: Mapping[str, Any] | None = None, **state: Any) -> Step:
        """Go to a screen by name. ``notice`` is a block of the present screen's template."""
        return Step(screen, state, self._notice(notice, facts), at=self.at)

    def stay(self, notice: str = "", /, **facts: Any) -> Step:
        """Stay on this screen with its state as it is."""
        return Step(self.at, self.state, self._notice(notice, facts), at=self.at)

    def back(self, notice: str = "", /, **facts: Any) -> Step:
        """Stay where the chat stood before, wherever the button came from."""
        previous = self.last_screen or Step("home", {})
        return Step(previous.screen, previous.state, self._notice(notice, facts), at=self.at)

    def _notice(self, block: str, facts: Mapping[str, Any] | None) -> Notice | None:
        return Notice(f"messages/{self.at}.html", block, facts or {}) if block else None


Answer = Callable[[Turn], Step]
Reply = Callable[[Turn], Step | None]
"""An answer to what was typed or sent, which may say that it is not for it: None, having changed nothing."""
Claim = tuple[Callable[[str], bool], Reply]
"""Tells by its text whether something is meant for a screen wherever the chat stands, and answers it."""
Show = Callable[[Turn, Any], Face]


R = TypeVar("R", bound=Reply)
A = TypeVar("A", bound=Answer)


@dataclass(frozen=True)
class NoState:
    """The state of a screen that has none."""


class Screen:
    """A screen and its answers. ``roles`` empty: everybody, strangers too."""

    def __init__(self, name: str, *, roles: frozenset[Role] = frozenset(), state: type[Any] = NoState) -> None:
        self.name = name
        self.roles = roles
        self.state = state
        self.show: Show | None = None
        self.presses: dict[str, Answer] = {}
        self.inputs: dict[Kind, Reply] = {}
        self.others: dict[Kind, Reply] = {}
        self.commands: dict[str, Answer] = {}
        self.menu: dict[str, str] = {}
        self.everywhere: dict[Kind, Answer] = {}
        self.claims: dict[Kind, Claim] = {}
        self.hears: dict[str, Reply] = {}
        self.minting: set[str] = set()

    @property
    def template(self) -> str:
        """Its template in ``templates/``."""
        return f"messages/{self.name}.html"

    def shown(self, show: Show) -> Show:
        """Declare how the screen is shown."""
        self.show = show
        return show

    def pressed(self, *verbs: str, mints: bool = False) -> Callable[[A], A]:
        """Declare the answer to a button. Verbs are unique over all screens.

        ``mints``: the answer needs a fresh password, made and hashed before the transaction opens.
        """
        if mints:
            self.minting.update(verbs)

        def declare(answer: A) -> A:
            self.presses.update(dict.fromkeys(verbs, answer))
            return answer

        return declare

    def typed(self, *kinds: Kind) -> Callable[[R], R]:
        """Declare the answer to what is typed or sent while this screen is the living one.

        It may return None, having changed nothing: then what was sent is as if the screen had no use for it.
        """
        return self._replies(self.inputs, kinds)

    def otherwise(self, *kinds: Kind) -> Callable[[R], R]:
        """Declare the answer to what the living screen has no use for, for those who may see this screen.

        It may return None as well.
        """
        return self._replies(self.others, kinds)

    def command(self, *names: str, menu: str = "") -> Callable[[A], A]:
        """Declare the answer to ``/name``, which works on every screen.

        ``menu``: the block of the template that describes the first name in the messenger's menu of commands, for
        those who may see this screen; without it the menu does not have it.
        """
        if menu:
            self.menu[names[0]] = menu

        def declare(answer: A) -> A:
            self.commands.update(dict.fromkeys(names, answer))
            return answer

        return declare

    def anywhere(self, *kinds: Kind) -> Callable[[A], A]:
        """Declare the answer to something that is meant for this screen wherever the chat stands."""

        def declare(answer: A) -> A:
            self.everywhere.update(dict.fromkeys(kinds, answer))
            return answer

        return declare

    def claims_text(self, when: Callable[[str], bool]) -> Callable[[R], R]:
        """Declare the answer to a text that says itself that it is meant for this screen, wherever the chat stands.

        Only for those who may see this screen. It may return None as well.
        """

        def declare(reply: R) -> R:
            self.claims[Kind.TEXT] = when, reply
            return reply

        return declare

    def heard(self, *names: str) -> Callable[[R], R]:
        """Declare the answer to an internal event about the person in whose chat this is the living screen.

        It is drawn in place. The answer may return None: then it does not concern what is shown.
        """

        def declare(reply: R) -> R:
            self.hears.update(dict.fromkeys(names, reply))
            return reply

        return declare

    @staticmethod
    def _replies(table: dict[Kind, Reply], kinds: Sequence[Kind]) -> Callable[[R], R]:
        def declare(reply: R) -> R:
            table.update(dict.fromkeys(kinds, reply))
            return reply

        return declare

    def open_to(self, who: Actor | None) -> bool:
        """Tell whether this person may see the screen."""
        return not self.roles or (who is not None and bool(self.roles & who.roles))

    def read_state(self, stored: Any) -> Any:
        """The state as its class, from what was stored; a form of an older version is read as far as it goes."""
        if isinstance(stored, self.state):
            return stored
        known = {name: stored[name] for name in self.state.__dataclass_fields__ if name in stored}
        return self.state(**known)
