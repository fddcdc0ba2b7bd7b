"""A mail server that takes every message, keeps it to be read, and fails on demand."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sandbox.refusals import WrongControl
from sandbox.world import World

SIZE_LIMIT = 25 * 1024 * 1024
KINDS = ("refuse", "drop", "hang")
STAGES = ("rcpt", "data")


@dataclass(slots=True)
class Mail:
    """One accepted message with its envelope."""

    number: int
    sender: str
    recipients: list[str]
    raw: bytes
    at: float
    user: str | None
    _summary: dict[str, Any] | None = field(default=None, repr=False)

    def parsed(self) -> EmailMessage:
        """Return the message with its headers and parts."""
        return message_from_bytes(self.raw, policy=policy.default)

    def view(self) -> dict[str, Any]:
        """Return the message with its parts for the control interface; bytes in base64."""
        message = self.parsed()
        return {
            **self._told(message),
            "html": text_of(html) if (html := message.get_body(("html",))) else None,
            "attachments": [
                {**_described(part), "content": base64.b64encode(content_of(part)).decode()}
                for part in message.iter_attachments()
            ],
            "raw": base64.b64encode(self.raw).decode(),
        }

    def summary(self) -> dict[str, Any]:
        """Return the message as a mailbox lists and opens it, with its headers and without the bytes of its parts."""
        if self._summary is None:  # a letter never changes, and parsing a large one takes its time
            self._summary = self._summarised(self.parsed())
        return self._summary

    def _summarised(self, message: EmailMessage) -> dict[str, Any]:
        return {
            **self._told(message),
            "html": message.get_body(("html",)) is not None,
            "attachments": [_described(part) for part in message.iter_attachments()],
            "headers": [[name, str(value)] for name, value in message.items()],
        }

    def _told(self, message: EmailMessage) -> dict[str, Any]:
        plain = message.get_body(("plain",))
        return {
            "number": self.number,
            "envelope_from": self.sender,
            "envelope_to": self.recipients,
            "at": self.at,
            "user": self.user,
            "subject": str(message["subject"] or ""),
            "from": str(message["from"] or ""),
            "to": str(message["to"] or ""),
            "message_id": str(message["message-id"] or ""),
            "text": text_of(plain) if plain else None,
        }


def text_of(part: MIMEPart) -> str:
    """Return the words of a part, whatever it says of their encoding."""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # a charset that nobody knows, or that it does not keep to
        return content_of(part).decode("utf-8", "replace")


def content_of(part: MIMEPart) -> bytes:
    """Return the bytes of an attachment."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _described(part: MIMEPart) -> dict[str, Any]:
    return {"name": part.get_filename() or "", "type": part.get_content_type(), "size": len(content_of(part))}


@dataclass(slots=True)
class MailFault:
    """One rule: what goes wrong, at RCPT or after DATA, for which recipients, how often."""

    id: int
    kind: str
    stage: str = "rcpt"
    code: int = 451
    text: str = "4.3.0 Try again later"
    to: frozenset[str] | None = None
    seconds: float | None = None
    keep: bool = False
    count: int | None = None
    hits: int = 0

    def strikes(self, stage: str, recipients: list[str]) -> bool:
        """Tell whether the rule is for this moment, and count it."""
        if self.stage != stage or (self.count is not None and self.hits >= self.count):
            return False
        if self.to is not None and not any(address.lower() in self.to for address in recipients):
            return False
        self.hits += 1
        return True

    def view(self) -> dict[str, Any]:
        """Return the rule for the control interface."""
        narrow = {"to": sorted(self.to) if self.to is not None else None, "count": self.count}
        given = {name: value for name, value in narrow.items() if value is not None}
        return {"id": self.id, "kind": self.kind, "stage": self.stage, "code": self.code, "hits": self.hits, **given}


@dataclass(slots=True)
class PostOffice:
    """The mailbox of everybody, its SMTP server and the faults in force."""

    world: World
    mails: list[Mail] = field(default_factory=list)
    faults: dict[int, MailFault] = field(default_factory=dict)
    credentials: dict[str, str] = field(default_factory=dict)
    open_sessions: set[asyncio.BaseTransport] = field(default_factory=set)
    host: str = ""
    port: int = 0
    _server: asyncio.Server | None = None
    _last_fault: int = 0

    async def open(self, host: str, port: int) -> None:
        """Listen; port 0 takes any free one, and keeps it for the next time."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, host, port)
        self.host, self.port = host, self._server.sockets[0].getsockname()[1]

    def _protocol(self) -> Any:
        return SMTP(
            _Handler(self),
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname="sandbox.localhost",
            ident="sandbox",
            authenticator=self._login,
            auth_require_tls=False,
            timeout=300.0,
        )

    def _login(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> Any:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False)
        user, password = data.login.decode(), data.password.decode()
        known = not self.credentials or self.credentials.get(user) == password
        return AuthResult(success=known, handled=False, auth_data=user)

    @property
    def is_up(self) -> bool:
        """Whether the port is open."""
        return self._server is not None

    async def down(self) -> None:
        """Close the port and cut whoever is connected."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            for transport in list(self.open_sessions):
                transport.close()
            self.open_sessions.clear()
        self.world.note("mail down")

    async def up(self) -> None:
        """Listen again on the same port."""
        if self._server is None:
            await self.open(self.host, self.port)
            self.world.note("mail up")

    async def clear(self) -> None:
        """Forget mails, faults and credentials; be up."""
        self.mails.clear()
        self.faults.clear()
        self.credentials.clear()
        if self.host:
            await self.up()

    async def close(self) -> None:
        """Stop for good."""
        await self.down()

    def keep(self, envelope: Any, session: Any) -> None:
        """Put a message into the mailbox."""
        raw = envelope.original_content or b""
        user = session.auth_data if isinstance(session.auth_data, str) else None
        number = len(self.mails) + 1
        mail = Mail(number, envelope.mail_from, list(envelope.rcpt_tos), raw, self.world.now(), user)
        self.mails.append(mail)
        self.world.note("mail", number=number, to=mail.recipients)

    def add_fault(self, kind: str, **options: Any) -> MailFault:
        """Put a rule in force."""
        if kind not in KINDS or options.get("stage", "rcpt") not in STAGES:
            raise WrongControl(f"a mail fault is one of {', '.join(KINDS)}, its stage one of {', '.join(STAGES)}")
        to = options.pop("to", None)
        if to is not None:
            options["to"] = frozenset(address.lower() for address in ([to] if isinstance(to, str) else to))
        self._last_fault += 1
        fault = MailFault(self._last_fault, kind, **options)
        self.faults[fault.id] = fault
        return fault

    def struck(self, stage: str, recipients: list[str]) -> MailFault | None:
        """Return the rule that is due."""
        return next((fault for fault in self.faults.values() if fault.strikes(stage, recipients)), None)

    def find(self, to: str | None = None) -> list[Mail]:
        """Return the mails, oldest first, or those to one address."""
        return [mail for mail in self.mails if to is None or to.lower() in map(str.lower, mail.recipients)]


class _Handler:
    """What aiosmtpd asks about each command."""

    def __init__(self, post: PostOffice) -> None:
        self.post = post

    async def handle_EHLO(  # noqa: N802 - aiosmtpd names its hooks so
        self, server: Any, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.post.open_sessions = {each for each in self.post.open_sessions if not each.is_closing()}
        self.post.open_sessions.add(server.transport)
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: Any, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        fault = self.post.struck("rcpt", [address])
        answer = await self._suffer(server, fault) if fault else None
        if answer is None:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return answer or "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.post.world.in_flight += 1
        try:
            fault = self.post.struck("data", envelope.rcpt_tos)
            if fault is not None:
                if fault.keep:
                    self.post.keep(envelope, session)
                answer = await self._suffer(server, fault)
                if answer is not None or fault.keep:
                    return answer or "250 OK"
            self.post.keep(envelope, session)
            return "250 OK: kept"
        finally:
            self.post.world.in_flight -= 1
            self.post.world.stir()

    async def _suffer(self, server: Any, fault: MailFault) -> str | None:
        """Let the fault happen; None when the command goes on after it."""
        if fault.kind == "refuse":
            return f"{fault.code} {fault.text}"
        if fault.kind == "hang":
            await asyncio.sleep(fault.seconds or 3600.0)
            return None
        server.transport.abort()
        return "421 4.3.0 Connection dropped"
