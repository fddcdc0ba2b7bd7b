"""The mail server: one connection per letter, every step under a deadline, and errors sorted by what to do next."""

from __future__ import annotations

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Final, cast
from urllib.parse import unquote, urlsplit

from services.ways_out import NeverAgain, TryLater

DEADLINE_SECONDS: Final = 10.0
_FAREWELL_SECONDS: Final = 1.0
_PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_LETTER_TOO_LARGE: Final = 552
_DONE: Final = 250
_PLAIN: Final = re.compile(r"[^\s<>@,;]+@[^\s<>@,;]+")
_CLOSING: Final = 421
_TAKEN: Final = frozenset({250, 251})
_LOGIN_WANTED: Final = frozenset({530, 534, 535, 538})
_REASON_LENGTH: Final = 300


@dataclass(frozen=True, slots=True)
class _Account:
    """Where the mail server is and who we are there. The password is never shown."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)

    @classmethod
    def read(cls, url: str) -> _Account:
        """Read ``smtps://user:password@host:port``. Raises ValueError, which does not repeat the URL."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError("SMTP_URL is not a URL with a port between 1 and 65535") from None
        if parts.scheme not in _PORTS or not parts.hostname or parts.path not in {"", "/"}:
            raise ValueError("SMTP_URL must be smtp://, smtp+starttls:// or smtps:// user:password@host:port")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], user, password)


class _CutOff(Exception):
    """The server ended the talk because of the copy."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SmtpGateway:
    """Hands letters to the mail server at ``url``; ``seconds`` is how long any one step may take.

    ``tls`` replaces the system's idea of which certificates to trust.
    """

    def __init__(self, url: str, seconds: float = DEADLINE_SECONDS, *, tls: ssl.SSLContext | None = None) -> None:
        self._account = _Account.read(url)
        self._seconds = seconds
        self._tls = tls
        name = socket.gethostname()
        self._own_name = name if "." in name and name.isascii() else "[127.0.0.1]"

    def __repr__(self) -> str:
        return f"SmtpGateway({self._account.scheme}://{self._account.host}:{self._account.port})"

    def send(self, message: EmailMessage, *, copy_to: str = "") -> str:
        """Return once the server has accepted the letter for whom it is to; why it refused the copy, or nothing.

        ``copy_to`` gets the same letter in the same transaction, and does not stand in it: a retry cannot double it
        while the recipient waits, and a copy that is refused is no fault of the letter's.
        Raises TryLater for trouble that may pass or that is ours (connection, login, sender, any 4xx), also when
        the connection broke after the letter, so that it may arrive twice under one Message-ID. Raises NeverAgain
        where the server refuses the recipient or the letter for ever (5xx).
        """
        try:
            return self._send(message, copy_to)
        except _CutOff as cut:
            self._send(message, "")
            return cut.reason

    def _send(self, message: EmailMessage, copy_to: str) -> str:
        with self._sorted_errors("connecting"):
            connection = self._open()
        try:
            with self._sorted_errors("logging in"):
                self._introduce(connection)
            with self._sorted_errors("sending"):
                copy_refused = self._hand_over(connection, message, copy_to)
            self._say_goodbye(connection)
        finally:
            connection.close()
        return copy_refused

    def _hand_over(self, connection: smtplib.SMTP, message: EmailMessage, copy_to: str) -> str:
        """One transaction: the sender, the recipient, the copy where one is wanted, the letter.

        ``smtplib`` would go on as long as anybody is accepted, and the copy alone is not what was asked for.
        """
        (sender,) = message["From"].addresses
        (recipient,) = message["To"].addresses
        plain = all(address.isascii() for address in (sender.addr_spec, recipient.addr_spec))
        if not plain and not connection.has_extn("smtputf8"):
            raise smtplib.SMTPNotSupportedError
        content = message.as_bytes(policy=cast(EmailPolicy, message.policy).clone(utf8=not plain))
        options = ["BODY=8BITMIME"] if connection.has_extn("8bitmime") else []
        code, text = connection.mail(sender.addr_spec, [*options, *([] if plain else ["SMTPUTF8"])])
        if code != _DONE:
            raise smtplib.SMTPSenderRefused(code, text, sender.addr_spec)
        code, text = connection.rcpt(recipient.addr_spec)
        if code not in _TAKEN:
            raise smtplib.SMTPRecipientsRefused({recipient.addr_spec: (code, text)})
        copy_refused = self._add_copy(connection, copy_to) if copy_to else ""
        code, text = connection.data(content)
        if code != _DONE:
            raise smtplib.SMTPDataError(code, text)
        return copy_refused

    def _add_copy(self, connection: smtplib.SMTP, address: str) -> str:
        """Why the server would not take the copy as well, if so. Raises _CutOff where it would not even go on."""
        if not address.isascii() or _PLAIN.fullmatch(address) is None:
            return "no e-mail address that a copy could go to"
        try:
            code, text = connection.rcpt(address)
        except (smtplib.SMTPServerDisconnected, OSError):
            raise _CutOff("the server broke off at the copy") from None
        if code == _CLOSING:
            raise _CutOff(self._reason("copy refused", code, text))
        return "" if code in _TAKEN else self._reason("copy refused", code, text)

    @staticmethod
    def _say_goodbye(connection: smtplib.SMTP) -> None:
        """The letter is accepted, whatever happens now; waiting long would only make it look unsent."""
        with suppress(OSError, smtplib.SMTPException):
            if connection.sock is not None:
                connection.sock.settimeout(_FAREWELL_SECONDS)
            connection.quit()

    def _open(self) -> smtplib.SMTP:
        account = self._account
        if account.scheme == "smtps":
            return smtplib.SMTP_SSL(
                account.host, account.port, self._own_name, timeout=self._seconds, context=self._trust()
            )
        return smtplib.SMTP(account.host, account.port, self._own_name, timeout=self._seconds)

    def _introduce(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        if self._account.scheme == "smtp+starttls":
            connection.starttls(context=self._trust())
            connection.ehlo_or_helo_if_needed()
        if self._account.user:
            connection.login(self._account.user, self._account.password)

    def _trust(self) -> ssl.SSLContext:
        return self._tls or ssl.create_default_context()

    @contextmanager
    def _sorted_errors(self, step: str) -> Iterator[None]:
        """Turn what smtplib raises into what to do next. The original is not shown: it may hold what we sent."""
        try:
            yield
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise self._sort(step, error) from None

    def _sort(self, step: str, error: Exception) -> TryLater | NeverAgain:
        """Sort by what has failed: an answer of the server, or the way to it."""
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code, text = next(iter(error.recipients.values()))
            return self._answer("recipient refused", code, text)
        if isinstance(error, smtplib.SMTPResponseException):
            return self._sort_answer(step, error)
        if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):  # smtplib hides some
            return TryLater(f"no answer within {self._seconds:g} s while {step}")
        if step == "sending" and isinstance(error, smtplib.SMTPNotSupportedError | UnicodeError):
            return NeverAgain("recipient refused: the mail server takes no such letters in an address")
        if isinstance(error, UnicodeError):
            return TryLater("user and password in SMTP_URL must be plain ASCII")
        return TryLater(self._reason(f"trouble while {step}", 0, f"{type(error).__name__}: {error}"))

    def _sort_answer(self, step: str, error: smtplib.SMTPResponseException) -> TryLater | NeverAgain:
        code, text = error.smtp_code, error.smtp_error
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return TryLater(self._reason("login refused, check SMTP_URL", code, text))
        if isinstance(error, smtplib.SMTPDataError) or code == _LETTER_TOO_LARGE:
            return self._answer("letter refused", code, text)
        if isinstance(error, smtplib.SMTPSenderRefused):
            return TryLater(self._reason("our sender address refused", code, text))
        return TryLater(self._reason(f"refused while {step}", code, text))

    def _answer(self, what: str, code: int, text: bytes | str) -> TryLater | NeverAgain:
        """What an answer about the recipient or the letter means: 5xx is for ever, unless it asks us to log in."""
        reason = self._reason(what, code, text)
        for_ever = 500 <= code < 600 and code not in _LOGIN_WANTED
        return NeverAgain(reason) if for_ever else TryLater(reason)

    def _reason(self, what: str, code: int, text: bytes | str) -> str:
        """A line for people, in which the server cannot show our password to them."""
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        for secret in self._secrets():
            said = said.replace(secret, "***")
        said = " ".join("".join(c if c.isprintable() else " " for c in said).split())
        return f"{what}: {code or ''} {said}".replace(":  ", ": ")[:_REASON_LENGTH].strip()

    def _secrets(self) -> list[str]:
        """The password and the forms in which it is sent."""
        user, password = self._account.user, self._account.password
        if not password:
            return []
        sent = (password, f"\0{user}\0{password}")
        return [password, *(base64.b64encode(form.encode()).decode() for form in sent)]
