"""The mail server in all its moods, over real SMTP."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from delivery.smtp import SmtpGateway
from services.ways_out import NeverAgain, TryLater

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

PASSWORD = "p@ss:w/rd%"
QUOTED = "p%40ss%3Aw%2Frd%25"


class Mailbox:
    """Takes letters, or answers as told: ``answers`` maps MAIL, RCPT, DATA to what is said instead of 250, and an
    address of a recipient to what is said to that one.
    """

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.letters: list[Envelope] = []

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        answer = self.answers.get(address) or self.answers.get("RCPT")
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.letters.append(envelope)
        if "drop" in self.answers:
            assert server.transport is not None
            server.transport.abort()
        return "250 accepted"


@contextmanager
def serving(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    """A server on a free port."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def letter(**headers: str) -> EmailMessage:
    message = EmailMessage()
    facts = {"From": "robot@mail.example", "To": "elka@example.com", "Subject": "Счёт", "Message-ID": "<1@x>"}
    for name, value in (facts | headers).items():
        message[name] = value
    message.set_content("Здравствуйте!\n.\nточка\n")
    return message


@contextmanager
def talking(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that speaks by hand to one caller."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(listening.getsockname()[1])
        thread.join(5)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    making = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    naming = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*making, *naming], check=True, capture_output=True)  # noqa: S603
    return certificate, key


def server_tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*map(str, certificate))
    return context


def trusting(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate[0]))


def test_a_letter_arrives() -> None:
    mailbox = Mailbox()
    with serving(mailbox) as port:
        SmtpGateway(f"smtp://127.0.0.1:{port}").send(letter())

    (envelope,) = mailbox.letters
    assert envelope.mail_from == "robot@mail.example"
    assert envelope.rcpt_tos == ["elka@example.com"]
    assert b"Message-ID: <1@x>" in bytes(envelope.content or b"")


@pytest.mark.parametrize(
    ("step", "answer", "reason"),
    [
        ("RCPT", "450 mailbox busy", "recipient refused: 450 mailbox busy"),
        ("RCPT", "421 too many", "recipient refused: 421 too many"),
        ("RCPT", "530 log in first", "recipient refused: 530 log in first"),
        ("DATA", "451 greylisted", "letter refused: 451 greylisted"),
        ("MAIL", "451 later", "our sender address refused: 451 later"),
        ("MAIL", "550 who are you", "our sender address refused: 550 who are you"),
    ],
)
def test_what_may_pass_is_tried_later(step: str, answer: str, reason: str) -> None:
    mailbox = Mailbox(**{step: answer})
    with serving(mailbox) as port, pytest.raises(TryLater) as refused:
        SmtpGateway(f"smtp://127.0.0.1:{port}").send(letter())

    assert refused.value.reason == reason
    assert refused.value.seconds is None
    assert mailbox.letters == []


@pytest.mark.parametrize(
    ("step", "answer", "reason"),
    [
        ("RCPT", "550 5.1.1 no such user", "recipient refused: 550 5.1.1 no such user"),
        ("RCPT", "553 bad name", "recipient refused: 553 bad name"),
        ("DATA", "554 looks like spam", "letter refused: 554 looks like spam"),
        ("MAIL", "552 too large", "letter refused: 552 too large"),
    ],
)
def test_what_is_refused_for_good_is_never_tried_again(step: str, answer: str, reason: str) -> None:
    with serving(Mailbox(**{step: answer})) as port, pytest.raises(NeverAgain) as refused:
        SmtpGateway(f"smtp://127.0.0.1:{port}").send(letter())

    assert refused.value.reason == reason


def test_a_connection_that_breaks_after_the_letter_is_tried_again() -> None:
    mailbox = Mailbox(drop="now")
    with serving(mailbox) as port, pytest.raises(TryLater, match="trouble while sending"):
        SmtpGateway(f"smtp://127.0.0.1:{port}").send(letter())

    assert len(mailbox.letters) == 1


def test_nobody_listens() -> None:
    with pytest.raises(TryLater, match="trouble while connecting: ConnectionRefusedError"):
        SmtpGateway(f"smtp://127.0.0.1:{free_port()}").send(letter())


def test_an_unknown_host_is_trouble_too() -> None:
    with pytest.raises(TryLater, match="while connecting"):
        SmtpGateway("smtp://mail.invalid:2525", 2).send(letter())


@pytest.mark.parametrize(
    ("greeting", "reason"),
    [
        (b"554 no service here\r\n", "refused while connecting: 554 no service here"),
        (b"421 too busy\r\n", "refused while connecting: 421 too busy"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "refused while connecting"),
        (b"", "trouble while connecting"),
    ],
)
def test_a_server_that_does_not_welcome_us(greeting: bytes, reason: str) -> None:
    with (
        talking(lambda connection: connection.sendall(greeting)) as port,
        pytest.raises(TryLater, match=reason),
    ):
        SmtpGateway(f"smtp://127.0.0.1:{port}").send(letter())


def test_silence_has_a_deadline() -> None:
    begun = time.monotonic()
    silent = threading.Event()
    with talking(lambda _: silent.wait(5) and None) as port:
        with pytest.raises(TryLater, match=r"no answer within 0\.3 s while connecting"):
            SmtpGateway(f"smtp://127.0.0.1:{port}", 0.3).send(letter())
        silent.set()

    assert time.monotonic() - begun < 2


def speak(connection: socket.socket, *answers: bytes) -> None:
    """Greet, and answer each line (the letter is one) with the next of ``answers``."""
    connection.sendall(b"220 hello\r\n")
    lines = connection.makefile("rb")
    for answer in answers:
        line = lines.readline()
        if answer.startswith(b"END "):
            while line.rstrip() != b".":
                line = lines.readline()
        connection.sendall(answer.removeprefix(b"END "))


def test_silence_after_the_letter_has_a_deadline() -> None:
    over = threading.Event()

    def talk(connection: socket.socket) -> None:
        speak(connection, b"250 x\r\n", b"250 x\r\n", b"250 x\r\n", b"354 go\r\n", b"END ")
        over.wait(5)

    with talking(talk) as port:
        with pytest.raises(TryLater, match=r"no answer within 0\.3 s while sending"):
            SmtpGateway(f"smtp://127.0.0.1:{port}", 0.3).send(letter())
        over.set()


@pytest.mark.parametrize("farewell", [b"", b"421 whatever\r\n", b"rubbish\r\n"])
def test_an_accepted_letter_is_sent_however_the_server_says_goodbye(farewell: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        speak(connection, b"250 x\r\n", b"250 x\r\n", b"250 x\r\n", b"354 go\r\n", b"END 250 ok\r\n", farewell)

    with talking(talk) as port:
        SmtpGateway(f"smtp://127.0.0.1:{port}", 2).send(letter())


def test_silence_at_goodbye_is_no_failure_and_no_long_wait() -> None:
    begun, over = time.monotonic(), threading.Event()

    def talk(connection: socket.socket) -> None:
        speak(connection, b"250 x\r\n", b"250 x\r\n", b"250 x\r\n", b"354 go\r\n", b"END 250 ok\r\n")
        over.wait(5)

    with talking(talk) as port:
        SmtpGateway(f"smtp://127.0.0.1:{port}", 10).send(letter())
        over.set()
    assert time.monotonic() - begun < 3


def knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
    """Lets ``robot@mail.example`` in; shows a wrong password in its answer, as some servers do."""
    assert isinstance(login, LoginPassword)
    success = (login.login, login.password) == (b"robot@mail.example", PASSWORD.encode())
    if success:
        return AuthResult(success=True)
    return AuthResult(success=False, handled=False, message=f"535 {login.password.decode()} is wrong")


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_login_over_tls(scheme: str, certificate: tuple[Path, Path]) -> None:
    mailbox = Mailbox()
    tls = server_tls(certificate)
    way = {"ssl_context": tls} if scheme == "smtps" else {"tls_context": tls, "require_starttls": True}
    with serving(mailbox, authenticator=knows, auth_required=True, auth_require_tls=scheme != "smtps", **way) as port:
        url = f"{scheme}://robot%40mail.example:{QUOTED}@127.0.0.1:{port}"
        SmtpGateway(url, tls=trusting(certificate)).send(letter())

    assert len(mailbox.letters) == 1


def test_a_certificate_that_we_do_not_trust_is_named(certificate: tuple[Path, Path]) -> None:
    mailbox = Mailbox()
    with (
        serving(mailbox, tls_context=server_tls(certificate)) as port,
        pytest.raises(TryLater, match="trouble while logging in: SSLCertVerificationError"),
    ):
        SmtpGateway(f"smtp+starttls://127.0.0.1:{port}").send(letter())

    assert mailbox.letters == []


def test_a_server_without_starttls_gets_neither_password_nor_letter() -> None:
    mailbox = Mailbox()
    with (
        serving(mailbox, authenticator=knows, auth_require_tls=False) as port,
        pytest.raises(TryLater, match="STARTTLS"),
    ):
        SmtpGateway(f"smtp+starttls://robot:{QUOTED}@127.0.0.1:{port}").send(letter())

    assert mailbox.letters == []


def test_a_wrong_password_is_our_trouble_and_is_not_shown() -> None:
    with (
        serving(Mailbox(), authenticator=knows, auth_required=True, auth_require_tls=False) as port,
        pytest.raises(TryLater, match="login refused, check SMTP_URL: 535") as refused,
    ):
        SmtpGateway(f"smtp://robot:{QUOTED}x@127.0.0.1:{port}").send(letter())

    assert PASSWORD not in refused.value.reason
    assert refused.value.__suppress_context__


def test_nothing_shows_the_password() -> None:
    gateway = SmtpGateway(f"smtps://robot:{QUOTED}@mail.example:465")

    shown = f"{gateway!r} {gateway} {vars(gateway)!r}"
    assert PASSWORD not in shown
    assert QUOTED not in shown
    assert repr(gateway) == "SmtpGateway(smtps://mail.example:465)"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example:25",
        "http://u:secret@mail.example",
        "smtp://u:secret@",
        "smtp://u:secret@mail.example:99999",
        "smtp://u:secret@mail.example:port",
        "smtp://u:secret@mail.example/path",
    ],
)
def test_a_wrong_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL") as refused:
        SmtpGateway(url)

    assert "secret" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("smtp://mail.example", "smtp://mail.example:25"),
        ("smtp+starttls://mail.example", "smtp+starttls://mail.example:587"),
        ("smtps://mail.example/", "smtps://mail.example:465"),
    ],
)
def test_ports_have_defaults(url: str, shown: str) -> None:
    assert repr(SmtpGateway(url)) == f"SmtpGateway({shown})"


def test_an_address_that_the_server_has_no_letters_for() -> None:
    with (
        serving(Mailbox(), enable_SMTPUTF8=False) as port,
        pytest.raises(NeverAgain, match=r"refused: .* such letters"),
    ):
        SmtpGateway(f"smtp://127.0.0.1:{port}").send(letter(To="ёлка@example.com"))


def test_a_password_outside_ascii_is_named_without_being_shown() -> None:
    with (
        serving(Mailbox(), authenticator=knows, auth_require_tls=False) as port,
        pytest.raises(TryLater, match="must be plain ASCII"),
    ):
        SmtpGateway(f"smtp://robot:%C3%B1andu@127.0.0.1:{port}").send(letter())


OFFICE = "office@example.org"


def test_a_copy_goes_in_the_same_transaction_and_does_not_stand_in_the_letter() -> None:
    mailbox = Mailbox()
    with serving(mailbox) as port:
        refused = SmtpGateway(f"smtp://127.0.0.1:{port}").send(letter(), copy_to=OFFICE)

    (envelope,) = mailbox.letters
    assert refused == ""
    assert envelope.rcpt_tos == ["elka@example.com", OFFICE]
    assert OFFICE.encode() not in bytes(envelope.content or b"")


@pytest.mark.parametrize("answer", ["550 no such user", "450 mailbox busy", "552 full"])
def test_a_refused_copy_does_not_keep_the_letter_back(answer: str) -> None:
    mailbox = Mailbox(**{OFFICE: answer})
    with serving(mailbox) as port:
        refused = SmtpGateway(f"smtp://127.0.0.1:{port}").send(letter(), copy_to=OFFICE)

    assert refused == f"copy refused: {answer}"
    assert [envelope.rcpt_tos for envelope in mailbox.letters] == [["elka@example.com"]]


def test_a_server_that_hangs_up_at_the_copy_gets_the_letter_without_it() -> None:
    mailbox = Mailbox(**{OFFICE: "421 too many recipients"})
    with serving(mailbox) as port:
        refused = SmtpGateway(f"smtp://127.0.0.1:{port}").send(letter(), copy_to=OFFICE)

    assert refused == "copy refused: 421 too many recipients"
    assert [envelope.rcpt_tos for envelope in mailbox.letters] == [["elka@example.com"]]


@pytest.mark.parametrize(("answer", "raised"), [("550 no such user", NeverAgain), ("450 mailbox busy", TryLater)])
def test_where_the_recipient_is_refused_no_copy_goes_alone(answer: str, raised: type[Exception]) -> None:
    mailbox = Mailbox(**{"elka@example.com": answer})
    with serving(mailbox) as port, pytest.raises(raised, match="recipient refused"):
        SmtpGateway(f"smtp://127.0.0.1:{port}").send(letter(), copy_to=OFFICE)

    assert mailbox.letters == []


@pytest.mark.parametrize("address", ["офис@example.org", "office", "office @example.org\r\nDATA"])
def test_a_copy_to_what_is_no_address_is_left_out(address: str) -> None:
    mailbox = Mailbox()
    with serving(mailbox) as port:
        refused = SmtpGateway(f"smtp://127.0.0.1:{port}").send(letter(), copy_to=address)

    assert refused
    assert [envelope.rcpt_tos for envelope in mailbox.letters] == [["elka@example.com"]]
