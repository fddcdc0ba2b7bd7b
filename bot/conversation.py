"""One incoming event, one transaction: seen before? - where does the chat stand? - what do the rules say? - what
has to leave? - commit. What is sent, is sent afterwards, from the rows that were written here.

A refusal rolls back to a savepoint, so that the business is untouched while the answer is still committed. A bug
rolls back everything; after the third time the event is put aside and the person is told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import answering, hearing, internal, notices, rendering, stage
from bot.buttons import unpack
from bot.events import Handled, Incoming, Internal, Kind, PressAnswer, TryAgain
from bot.hearing import Listener
from bot.menus import Menus
from bot.screens.registry import Registry
from bot.screens.screen import Face, Notice, Screen, Step, Turn
from bot.stage import Picture
from db.session import Transaction, in_short, is_away
from services import access, access_codes, announcements, dialogues, inbox, outbox, pace, people
from services.access import Evidence
from services.access_codes import CodeHasher, FreshCode, Presented
from services.actor import Role
from services.dialogues import Dialogue
from services.errors import DomainError
from services.outbox import Item, Message
from templates.environment import Texts, normalise

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
REFUSALS = "messages/refusals.html"
STRANGERS = (2.0, 20)
"""Per second, and at once: what a chat of nobody's may send before it is no longer heard."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was hashed before the transaction: a password that was presented, or a fresh one."""

    evidence: Evidence | None = None
    fresh_code: FreshCode | None = None


class Conversation:
    """Hands events to the screens and the rules. Knows no messenger; every part is given to it."""

    def __init__(
        self,
        *,
        transaction: Transaction,
        reading: Transaction,
        registry: Registry,
        texts: Texts,
        hasher: CodeHasher,
        clock: Clock,
        entry_link: Callable[[str], str],
    ) -> None:
        self._transaction = transaction
        self._reading = reading
        self._registry = registry
        self._texts = texts
        self._hasher = hasher
        self._clock = clock
        self._entry_link = entry_link
        self._menus = Menus(registry, texts)

    def handle(self, incoming: Incoming) -> Handled:
        """Take one event, once and for all, and say what to do after the commit.

        Raises TryAgain when nothing was taken: the database is away, or it failed for the first or second time.
        """
        incoming, presented = _without_password(incoming)
        try:
            proof = self._prove(incoming, presented)
            with self._transaction() as session:
                return self._take(session, incoming, proof)
        except Exception as bug:
            if is_away(bug):
                log.warning("%r waits for the database: %s", incoming, type(bug).__name__)
                raise TryAgain(1.0) from None
            log.exception("%r failed", incoming)
            return self._count_failure(incoming, bug)

    def hand_in(self, event: Internal) -> Handled:
        """Take what one of our jobs found out; the same event handed in twice is taken once."""
        now = self._clock()
        source = f"internal:{event.name}"
        with self._transaction() as session:
            if not inbox.accept(session, source, event.number, chat_key="", now=now):
                return Handled(duplicate=True)
            listeners = hearing.listeners(session, self._registry, event)
            internal.HANDLERS[event.name](session, event.facts, now)
            return self._let_hear(session, event, listeners, now)

    def _let_hear(self, session: Session, event: Internal, listeners: list[Listener], now: datetime) -> Handled:
        """Draw anew the living screens that want to know; where there is none, say it in a notice."""
        lanes: set[str] = set()
        has_heard = False
        for incoming, dialogue in listeners:
            turn = self._turn(session, dialogue, incoming, Proof(), now)
            step = hearing.hear(self._registry, turn, event)
            if step is not None:
                lanes.update(self._show(turn, dialogue, step).lanes)
                has_heard = True
        if not has_heard and event.name in internal.UNHEARD:
            internal.UNHEARD[event.name](session, event.facts, now)
        return Handled(lanes=sorted(lanes | set(self._tell(session, now).lanes)))

    def _tell(self, session: Session, now: datetime) -> Handled:
        """Write what was announced into the outbox; there is no screen to show."""
        outbox.put(session, notices.items(session, self._texts) + self._menus.of_changed(session), now=now)
        return Handled(lanes=outbox.lanes_to_kick(session))

    def _prove(self, incoming: Incoming, presented: Presented | None) -> Proof:
        """Do all hashing of passwords while no transaction is open."""
        if incoming.kind is Kind.PRESS:
            return Proof(fresh_code=self._mint(incoming))
        if presented is None:
            return Proof()
        with self._reading() as session:
            found = access.look_up(session, presented, incoming.chat_key, now=self._clock())
        return Proof(evidence=access.verify(found, presented, self._hasher))

    def _mint(self, incoming: Incoming) -> FreshCode | None:
        """A fresh password for an admin who presses for one; strangers cannot make us hash."""
        pressed = unpack(incoming.data)
        if pressed is None or pressed.verb not in self._registry.minting:
            return None
        sender = incoming.sender
        with self._reading() as session:
            who = people.find_actor(session, sender.platform, sender.external_id, origin=incoming.chat_key)
        if who is None or Role.ADMIN not in who.roles:
            return None
        return access_codes.prepare(self._hasher)

    def _take(self, session: Session, incoming: Incoming, proof: Proof) -> Handled:
        now = self._clock()
        if not inbox.accept(session, incoming.source, incoming.update_id, chat_key=incoming.chat_key, now=now):
            return Handled(duplicate=True)
        if incoming.kind in {Kind.BLOCKED, Kind.UNBLOCKED}:
            if incoming.kind is Kind.BLOCKED:
                people.mark_blocked(session, incoming.chat_key, now=now)
            else:
                people.mark_unblocked(session, incoming.chat_key)
            return self._tell(session, now)
        dialogue = dialogues.lock(session, incoming.chat_key)
        turn = self._turn(session, dialogue, incoming, proof, now)
        if turn.who is None and self._is_flood(session, incoming, now):
            return Handled()
        if turn.who is not None and turn.who.is_marked_blocked:
            people.mark_unblocked(session, incoming.chat_key)
        step = self._answer(turn)
        return self._show(turn, dialogue, step)

    def _turn(self, session: Session, dialogue: Dialogue, incoming: Incoming, proof: Proof, now: datetime) -> Turn:
        sender = incoming.sender
        who = people.find_actor(session, sender.platform, sender.external_id, origin=incoming.chat_key)
        locale = who.language if who else dialogue.language or normalise(sender.language)
        return Turn(
            session=session,
            incoming=incoming,
            locale=locale,
            now=now,
            who=who,
            evidence=proof.evidence,
            fresh_code=proof.fresh_code,
            entry_link=self._entry_link,
            last_screen=Step(dialogue.screen, dialogue.state) if dialogue.screen else None,
        )

    @staticmethod
    def _is_flood(session: Session, incoming: Incoming, now: datetime) -> bool:
        per_second, burst = STRANGERS
        limit = pace.Limit(f"stranger:{incoming.chat_key}", per_second, burst)
        return pace.wait(session, limit, now=now) > 0

    def _answer(self, turn: Turn) -> Step:
        """Let the right screen answer; a refusal undoes what it did and becomes the line above the screen."""
        mark, before = announcements.count(turn.session), (turn.who, turn.locale)
        savepoint = turn.session.begin_nested()
        try:
            step = answering.answer(self._registry, self._texts, turn)
            turn.session.flush()
        except DomainError as refusal:
            savepoint.rollback()
            turn.who, turn.locale = before
            announcements.forget_since(turn.session, mark)
            refusal.record(turn.session, now=turn.now)
            return self._refused(turn, refusal)
        savepoint.commit()
        return step

    def _refused(self, turn: Turn, refusal: DomainError) -> Step:
        """Where somebody stands after a refusal: where they were, if they may still be there."""
        notice = Notice(REFUSALS, refusal.key, refusal.facts)
        last = turn.last_screen
        screen = self._registry.screens.get(last.screen) if last else None
        if last is None or screen is None or not screen.open_to(turn.who):
            return Step("home", {}, notice)
        return replace(last, notice=notice)

    def _show(self, turn: Turn, dialogue: Dialogue, step: Step) -> Handled:
        """Write the next screen, and all that was announced, into the outbox, and where the chat now stands."""
        dialogue.language = turn.locale
        screen, state, face, notice = self._face(turn, step)
        message = rendering.screen_message(self._texts, screen, face, turn.locale, notice)
        prompt, hush = self._reply_keyboard(turn, dialogue, screen, face)
        above = rendering.above_messages(self._texts, step.above, turn.locale) if step.above else []
        picture = Picture(message, above, prompt, hush, step.reactions)
        items = stage.items(turn.session, dialogue, turn.incoming, picture)
        items += self._menus.of_chat(turn, dialogue) + notices.items(turn.session, self._texts)
        dialogue.screen, dialogue.state = screen.name, asdict(state)
        dialogues.save(turn.session, dialogue)
        outbox.put(turn.session, items, now=turn.now)
        answer = None
        if turn.incoming.kind is Kind.PRESS:
            text = rendering.toast(self._texts, notice, turn.locale)
            answer = PressAnswer(turn.incoming.press_id, text)
        return Handled(lanes=outbox.lanes_to_kick(turn.session), answer=answer)

    def _reply_keyboard(
        self, turn: Turn, dialogue: Dialogue, screen: Screen, face: Face
    ) -> tuple[Message | None, Message | None]:
        """What brings a reply keyboard up, or takes the one that is up away."""
        was_asking, dialogue.asking = dialogue.asking, face.ask is not None
        if face.ask is not None and not was_asking:
            return rendering.prompt(self._texts, screen, face.ask, face, turn.locale), None
        if face.ask is None and was_asking:
            return None, {"html": self._texts.block(screen.template, "hush", turn.locale, {})}
        return None, None

    def _face(self, turn: Turn, step: Step) -> tuple[Screen, Any, Face, Notice | None]:
        """The screen to show and how it looks. What cannot be shown any more gives way to the way in."""
        screen = self._registry.screens.get(step.screen)
        if screen is None or not screen.open_to(turn.who):
            screen, step = self._way_in(turn), Step("", {}, step.notice)
        try:
            state, face = rendering.draw(turn, screen, step)
        except DomainError as refusal:
            refusal.record(turn.session, now=turn.now)  # a guessed id is refused here, and must not go unnoticed
            screen = self._way_in(turn)
            step = Step(screen.name, {}, step.notice or Notice(REFUSALS, refusal.key, refusal.facts))
            state, face = rendering.draw(turn, screen, step)
        return screen, state, face, step.notice

    def _way_in(self, turn: Turn) -> Screen:
        return self._registry.screens["home" if turn.who else "welcome"]

    def _count_failure(self, incoming: Incoming, bug: Exception) -> Handled:
        """Count a failed try in a transaction of its own; after the last one put the event aside and say so."""
        now = self._clock()
        error = in_short(bug)
        try:
            with self._transaction() as session:
                tries = inbox.count_failure(
                    session, incoming.source, incoming.update_id, chat_key=incoming.chat_key, error=error, now=now
                )
                if tries is not None and tries >= inbox.TRIES:
                    self._bury(session, incoming, error, now)
                lanes = outbox.lanes_to_kick(session)
        except Exception as trouble:
            if is_away(trouble):
                raise TryAgain(1.0) from None
            raise
        if tries is not None and tries < inbox.TRIES:
            raise TryAgain(0.5 * tries)
        return Handled(lanes=lanes)

    def _bury(self, session: Session, incoming: Incoming, error: str, now: datetime) -> None:
        inbox.bury(
            session,
            incoming.source,
            incoming.update_id,
            chat_key=incoming.chat_key,
            raw=incoming.raw,
            error=error,
            now=now,
        )
        locale = dialogues.language_of(session, incoming.chat_key) or normalise(incoming.sender.language)
        apology = self._texts.block(REFUSALS, "not_done", locale, {})
        told = Item(notices.chat_lane(incoming.chat_key), "chat.notice", {"html": apology, "rows": []})
        outbox.put(session, [told], now=now)


def _without_password(incoming: Incoming) -> tuple[Incoming, Presented | None]:
    """Take a password out of the event before anything can fail: what fails is kept, whole."""
    presented = access_codes.parse_code(incoming.text) if incoming.kind in {Kind.TEXT, Kind.COMMAND} else None
    if presented is None:
        return incoming, None
    return replace(incoming, kind=Kind.PASSWORD, text="", raw={}), presented
