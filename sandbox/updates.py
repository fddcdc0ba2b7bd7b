"""The updates of one bot: numbered, kept until acknowledged, handed out in order."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.refusals import bad_request, conflict

KINDS = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "guest_message",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
    ]
)
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
TERMINATED = "terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(slots=True, eq=False)
class Update:
    """One update; `lane` is the queue in which a webhook keeps it in order."""

    id: int
    kind: str
    payload: dict[str, Any]
    lane: tuple[str, int]
    expires_at: float

    def wire(self) -> dict[str, Any]:
        """Return the Update object."""
        return {"update_id": self.id, self.kind: self.payload}


@dataclass(slots=True)
class Shuffle:
    """A wish to swap the next updates: they wait here until there are enough."""

    count: int
    random: random.Random
    caught: list[Update] = field(default_factory=list)


class UpdateQueue:
    """What the bot has not acknowledged yet, with the tricks that a test may play on it."""

    def __init__(self, first_id: int) -> None:
        self.next_id = first_id
        self.pending: dict[int, Update] = {}
        self.again: deque[Update] = deque()
        self.last: Update | None = None
        self.last_of: dict[int, Update] = {}
        self.allowed: list[str] = []
        self.held = False
        self.withheld: list[Update] = []
        self.shuffle: Shuffle | None = None
        self.push_to: Callable[[Update], None] | None = None
        self._poller: asyncio.Future[str | None] | None = None

    def wants(self, kind: str) -> bool:
        """Tell whether the bot asked for updates of this kind."""
        return kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT

    def put(self, kind: str, payload: dict[str, Any], lane: tuple[str, int], expires_at: float) -> Update | None:
        """Number an update and offer it; None when the bot did not ask for this kind."""
        if not self.wants(kind):
            return None
        update = Update(self.next_id, kind, payload, lane, expires_at)
        self.next_id += 1
        self.last = self.last_of[lane[1]] = update
        if self.shuffle is not None:
            self._catch(update, self.shuffle)
        else:
            self._offer(update)
        return update

    def repeat(self, update: Update) -> None:
        """Deliver an update once more under its old number, acknowledged or not."""
        if self.push_to is None:
            self.again.append(update)
            self._wake(None)
        elif self.held:
            self.withheld.append(update)
        else:
            self.push_to(update)

    def _offer(self, update: Update) -> None:
        self.pending[update.id] = update
        if self.push_to is None:
            self._wake(None)
        elif self.held:
            self.withheld.append(update)
        else:
            self.push_to(update)

    def _catch(self, update: Update, shuffle: Shuffle) -> None:
        shuffle.caught.append(update)
        if len(shuffle.caught) >= shuffle.count:
            self.end_shuffle()

    def end_shuffle(self) -> None:
        """Let go of the caught updates, swapped.

        By polling, Telegram sorts by number: so the numbers are dealt anew. A webhook gets the old
        numbers in the new order.
        """
        shuffle, self.shuffle = self.shuffle, None
        if shuffle is None:
            return
        numbers = [update.id for update in shuffle.caught]
        shuffle.random.shuffle(shuffle.caught)
        if len(numbers) > 1 and [update.id for update in shuffle.caught] == numbers:
            shuffle.caught.reverse()
        if self.push_to is None:
            for number, update in zip(numbers, shuffle.caught, strict=True):
                update.id = number
        for update in shuffle.caught:
            self._offer(update)

    def hold(self) -> None:
        """Keep updates back until released."""
        self.held = True

    def release(self) -> None:
        """Offer whatever was kept back."""
        self.held = False
        if self.push_to is None:
            self._wake(None)
            return
        withheld, self.withheld = self.withheld, []
        for update in withheld:
            self.push_to(update)

    def acknowledge(self, offset: int) -> None:
        """Forget updates before the offset; a negative offset keeps only so many from the end."""
        if offset < 0:
            numbers = [*self.pending]
            offset = numbers[offset] if len(numbers) > -offset else 0
        done = list(itertools.takewhile(lambda number: number < offset, self.pending))
        for number in done:
            del self.pending[number]

    def drop_expired(self, now: float) -> None:
        """Forget updates that waited too long."""
        for number in [number for number, update in self.pending.items() if update.expires_at <= now]:
            del self.pending[number]

    def clear(self) -> None:
        """Forget all updates that wait."""
        self.pending.clear()
        self.again.clear()
        self.withheld.clear()

    def unsettled(self) -> bool:
        """Tell whether the bot has updates to fetch or to acknowledge; those held back do not count."""
        return bool(self.pending or self.again) and not self.held

    def push_through(self, push: Callable[[Update], None] | None) -> None:
        """Hand updates to a webhook from now on, those that wait included; None goes back to polling."""
        self.push_to = push
        self.withheld = []
        if push is None:
            return
        waiting = [*self.again, *self.pending.values()]
        self.again.clear()
        if self.held:
            self.withheld = waiting
            return
        for update in waiting:
            push(update)

    def settle(self, update: Update) -> None:
        """Forget an update that the webhook took, or that grew too old."""
        if self.pending.get(update.id) is update:
            del self.pending[update.id]

    def terminate_poll(self, reason: str) -> None:
        """Answer a getUpdates that waits with a conflict."""
        self._wake(reason)

    def _wake(self, reason: str | None) -> None:
        poller, self._poller = self._poller, None
        if poller is not None and not poller.done():
            poller.set_result(reason)

    def _batch(self, limit: int) -> list[Update]:
        if self.held:
            return []
        batch: list[Update] = []
        while self.again and len(batch) < limit:
            batch.append(self.again.popleft())
        batch.extend(itertools.islice(self.pending.values(), limit - len(batch)))
        return batch

    async def poll(self, offset: int, limit: int, seconds: float, now: Callable[[], float]) -> list[Update]:
        """Acknowledge up to the offset and return the next updates, waiting for one if there is none."""
        self.terminate_poll(TERMINATED)
        self.acknowledge(offset)
        deadline = time.monotonic() + seconds
        while True:
            self.drop_expired(now())
            batch = self._batch(limit)
            left = deadline - time.monotonic()
            if batch or left <= 0:
                return batch
            waiting: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
            self._poller = waiting
            try:
                await asyncio.wait({waiting}, timeout=left)
            finally:
                if self._poller is waiting:
                    self._poller = None
            if waiting.done() and (reason := waiting.result()):
                raise conflict(reason)


def check_kinds(allowed: list[str]) -> None:
    """Refuse kinds of updates that Telegram does not have (it would ignore them)."""
    unknown = [kind for kind in allowed if kind not in KINDS]
    if unknown:
        raise bad_request(f'unknown kind "{unknown[0]}" in allowed_updates: the sandbox refuses what Telegram ignores')
