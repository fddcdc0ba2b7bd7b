"""Delivery to webhooks by Telegram's rules: again until 2xx, in order within a lane, lanes in parallel."""

from __future__ import annotations

import asyncio
import json
import random
import re
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from sandbox.files import Upload
from sandbox.methods.call import Call, Doing, Said
from sandbox.parameters import method_named
from sandbox.refusals import Refused, bad_request
from sandbox.updates import Update, check_kinds
from sandbox.world import Bot, Wire, World

Execute = Callable[[Bot, str, dict[str, Any]], None]

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
LOOPBACK = ("127.0.0.1", "localhost", "::1")
ANSWER_SECONDS = 60.0
LONGEST_RETRY_AFTER = 3600


@dataclass(slots=True)
class Failure:
    """Why an update was not taken, and how long the webhook asked to wait."""

    text: str
    retry_after: int = 0


@dataclass(slots=True)
class Webhook:
    """Where a bot wants its updates, and how the delivery goes."""

    url: str
    secret: str | None
    max_connections: int
    tls: ssl.SSLContext | None
    session: aiohttp.ClientSession
    slots: asyncio.Semaphore
    lanes: dict[tuple[str, int], deque[Update]] = field(default_factory=dict)
    tasks: dict[tuple[str, int], asyncio.Task[None]] = field(default_factory=dict)
    last_error_at: float | None = None
    last_error: str | None = None

    def info(self) -> Wire:
        """Return the part of WebhookInfo that is known here."""
        wire: Wire = {"url": self.url, "has_custom_certificate": self.tls is not None}
        wire["max_connections"] = self.max_connections
        if self.last_error_at is not None:
            wire["last_error_date"] = int(self.last_error_at)
            wire["last_error_message"] = self.last_error
        return wire


class Webhooks:
    """The webhooks of all bots."""

    def __init__(self, world: World, execute: Execute) -> None:
        self.world = world
        self.execute = execute
        self.by_bot: dict[int, Webhook] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def doing(self) -> dict[str, Doing]:
        """Return the methods that set and show webhooks."""
        return {"setWebhook": self._set, "deleteWebhook": self._delete, "getWebhookInfo": self._info}

    def unsettled(self, bot_id: int | None) -> bool:
        """Tell whether a delivery is under way or to be tried again."""
        return any(
            webhook.tasks and not self.world.bots[owner].updates.held
            for owner, webhook in self.by_bot.items()
            if bot_id in (None, owner)
        )

    async def clear(self) -> None:
        """Forget all webhooks and stop their deliveries."""
        for bot_id in list(self.by_bot):
            self._stop(self.world.bots[bot_id])
        if self._closing:
            await asyncio.wait(set(self._closing))

    def _set(self, call: Call) -> Any:
        url = call.get("url") or ""
        if not url:
            return self._delete(call)
        tls = _checked(call, url)
        connections = min(max(call.get("max_connections") or 40, 1), 100)
        if call.get("allowed_updates") is not None:
            check_kinds(call.get("allowed_updates"))
            call.bot.updates.allowed = call.get("allowed_updates")
        if call.get("drop_pending_updates"):
            call.bot.updates.clear()
        old = self.by_bot.get(call.bot.id)
        same = old is not None and (old.url, old.secret) == (url, call.get("secret_token")) and tls is None
        if same and old is not None and old.max_connections == connections:
            return Said(result=True, description="Webhook is already set")
        self._stop(call.bot)
        call.bot.updates.terminate_poll("terminated by setWebhook request")
        connector = aiohttp.TCPConnector(limit=connections, keepalive_timeout=15.0)
        session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        slots = asyncio.Semaphore(connections)
        webhook = Webhook(url, call.get("secret_token"), connections, tls, session, slots)
        self.by_bot[call.bot.id] = webhook
        call.bot.updates.push_through(lambda update: self._enqueue(call.bot, webhook, update))
        self.world.note("webhook", bot_id=call.bot.id, url=url)
        return Said(result=True, description="Webhook was set")

    def _delete(self, call: Call) -> Any:
        if call.get("drop_pending_updates"):
            call.bot.updates.clear()
        if call.bot.id not in self.by_bot:
            return Said(result=True, description="Webhook is already deleted")
        self._stop(call.bot)
        self.world.note("webhook", bot_id=call.bot.id, url="")
        return Said(result=True, description="Webhook was deleted")

    def _info(self, call: Call) -> Wire:
        webhook = self.by_bot.get(call.bot.id)
        wire = webhook.info() if webhook else {"url": "", "has_custom_certificate": False}
        wire["pending_update_count"] = len(call.bot.updates.pending)
        if call.bot.updates.allowed:
            wire["allowed_updates"] = call.bot.updates.allowed
        return wire

    def _stop(self, bot: Bot) -> None:
        webhook = self.by_bot.pop(bot.id, None)
        bot.updates.push_through(None)
        if webhook is None:
            return
        for task in webhook.tasks.values():
            task.cancel()
        closing = asyncio.ensure_future(webhook.session.close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    def _enqueue(self, bot: Bot, webhook: Webhook, update: Update) -> None:
        webhook.lanes.setdefault(update.lane, deque()).append(update)
        if update.lane not in webhook.tasks:
            webhook.tasks[update.lane] = asyncio.ensure_future(self._drain(bot, webhook, update.lane))

    async def _drain(self, bot: Bot, webhook: Webhook, lane: tuple[str, int]) -> None:
        """Deliver a lane in order; a failing update blocks this lane and no other."""
        waiting = webhook.lanes[lane]
        failures = 0
        try:
            while waiting:
                await self._while_held(bot)
                update = waiting[0]
                if update.expires_at <= self.world.now():
                    failure = None
                else:
                    async with webhook.slots:
                        failure = await self._post(bot, webhook, update)
                if failure is None:
                    waiting.popleft()
                    bot.updates.settle(update)
                    failures = 0
                    self.world.stir()
                    continue
                failures += 1
                webhook.last_error_at, webhook.last_error = self.world.now(), failure.text
                self.world.note("undelivered", bot_id=bot.id, update_id=update.id, error=failure.text)
                await asyncio.sleep(_pause(failures, failure) * self.world.settings.retry_scale)
        finally:
            webhook.lanes.pop(lane, None)
            webhook.tasks.pop(lane, None)
            self.world.stir()

    async def _while_held(self, bot: Bot) -> None:
        while bot.updates.held:
            await self.world.next_change(60.0)

    async def _post(self, bot: Bot, webhook: Webhook, update: Update) -> Failure | None:
        headers = {"Content-Type": "application/json"}
        if webhook.secret:
            headers[SECRET_HEADER] = webhook.secret
        body = json.dumps(update.wire(), ensure_ascii=False).encode("utf-8", "surrogatepass")
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        try:
            async with webhook.session.post(
                webhook.url,
                data=body,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
                ssl=webhook.tls or True,
            ) as response:
                answer = await response.read()
                if not 200 <= response.status < 300:
                    asked = response.headers.get("Retry-After", "")
                    text = f"Wrong response from the webhook: {response.status} {response.reason}"
                    return Failure(text, int(asked) if asked.isdigit() else 0)
        except aiohttp.ClientSSLError as error:
            return Failure(f"SSL error {error}")
        except aiohttp.ClientConnectorError:
            return Failure("Connection refused")
        except TimeoutError:
            return Failure("Read timeout expired")
        except aiohttp.ClientError as error:
            return Failure(f"Connection was closed: {type(error).__name__}")
        self._answered(bot, answer)
        return None

    def _answered(self, bot: Bot, answer: bytes) -> None:
        """Do the method that a webhook put into its answer, if it did."""
        try:
            body = json.loads(answer)
        except ValueError:
            return
        if not isinstance(body, dict) or not isinstance(body.get("method"), str):
            return
        given = {name: value for name, value in body.items() if name != "method"}
        try:
            self.execute(bot, method_named(body["method"]), given)
        except Refused as refused:
            self.world.note("refused", bot_id=bot.id, method=body["method"], error=refused.description)


def _pause(failures: int, failure: Failure) -> float:
    """The first retry comes at once, then after 2, 4, 8 … seconds, at most one to two minutes."""
    if failure.retry_after:
        return float(min(failure.retry_after, LONGEST_RETRY_AFTER))
    if failures == 1:
        return 0.0
    if failures > 6:
        return random.uniform(60.0, 120.0)  # noqa: S311 - spreads retries, no secret
    return float(2 ** (failures - 1))


def _checked(call: Call, url: str) -> ssl.SSLContext | None:
    """Check what setWebhook asks for; return the context that trusts the certificate given."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise bad_request("bad webhook: invalid URL") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if parts.hostname not in LOOPBACK:
        raise bad_request("bad webhook: the sandbox delivers to 127.0.0.1 and localhost only")
    secret = call.get("secret_token")
    if secret is not None and len(secret) > 256:
        raise bad_request("secret token is too long")
    if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]+", secret):
        raise bad_request("secret token contains unallowed characters")
    certificate = call.get("certificate")
    if certificate is None:
        return None
    if not isinstance(certificate, Upload):
        raise bad_request("bad webhook: certificate must be uploaded as a file")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # a certificate for a bare address names it in ways that differ
    try:
        context.load_verify_locations(cadata=certificate.content.decode("ascii"))
    except (ValueError, ssl.SSLError):
        raise bad_request("bad webhook: Failed to load certificate") from None
    return context
