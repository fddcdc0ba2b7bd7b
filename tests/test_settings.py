"""The settings: all that is wrong is told at once, no secret is shown, and who has no token is helped."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

import settings as module
from settings import Settings

NAMES = tuple(Settings.model_fields)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No environment and no .env but the test's own."""
    for name in NAMES:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_everything_has_a_default() -> None:
    found = module.load()

    assert found.bot_api_url == "https://api.telegram.org"
    assert found.database_url.get_secret_value() == "sqlite:///var/telbot.sqlite3"
    assert (found.chat_rate, found.chat_burst, found.notice_rate) == (1.0, 5, 30.0)


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, nothing_set: Path) -> None:
    (nothing_set / ".env").write_text("MAIL_FROM=file@example.org\nLOG_LEVEL=DEBUG\nUNKNOWN=x\n")
    monkeypatch.setenv("MAIL_FROM", "env@example.org")

    found = module.load()

    assert (found.mail_from, found.log_level) == ("env@example.org", "DEBUG")


def test_an_empty_setting_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_API_URL", "")
    monkeypatch.setenv("CHAT_RATE", "")

    assert (module.load().bot_api_url, module.load().chat_rate) == ("https://api.telegram.org", 1.0)


def test_all_that_is_wrong_is_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"BOT_API_URL": "ftp://x", "SMTP_URL": "http://user:hush@x", "CHAT_RATE": "-1", "CHAT_BURST": "0",
             "NOTICE_RATE": "fast"}  # fmt: skip
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as ended:
        module.load()

    told = str(ended.value)
    assert [line.split()[0] for line in told.splitlines()[1:-1]] == list(wrong)
    assert "BOT_API_URL must begin with https:// or http://" in told
    assert "SMTP_URL must begin with smtp://, smtp+starttls:// or smtps://" in told
    assert "hush" not in told
    assert told.endswith("See .env.example.")


def test_a_webhook_needs_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_URL", "https://desk.example.org/telegram")

    with pytest.raises(SystemExit, match="WEBHOOK_SECRET must be set where WEBHOOK_URL is"):
        module.load()

    monkeypatch.setenv("WEBHOOK_SECRET", "s-e_cret")
    assert module.load().webhook_secret.get_secret_value() == "s-e_cret"


@pytest.mark.parametrize("name", ["Yandex", "google"])
def test_some_geocoders_need_a_key(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("GEOCODER", name)

    with pytest.raises(SystemExit, match=f"GEOCODER_KEY must be set where GEOCODER is {name.lower()}"):
        module.load()

    monkeypatch.setenv("GEOCODER_KEY", "k")
    assert module.load().geocoder == name.lower()


def test_who_has_no_token_is_told_how_to_get_one() -> None:
    with pytest.raises(SystemExit) as ended:
        _ = module.load().token

    told = str(ended.value)
    assert "@BotFather" in told
    assert "/newbot" in told
    assert "make demo" in told


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = {
        "BOT_TOKEN": "77:canary-token",
        "WEBHOOK_SECRET": "canary-webhook",
        "DATABASE_URL": "postgresql+psycopg://desk:canary-database@db/desk",
        "SMTP_URL": "smtps://desk:canary%2Bmail@mail.example.org:465",
        "BOT_PROXY": "http://desk:canary-proxy@proxy:1080",
        "GEOCODER_KEY": "canary-geocoder",
    }
    for name, value in hidden.items():
        monkeypatch.setenv(name, value)

    found = module.load()

    assert "canary" not in f"{found!r}{found!s}{found.model_dump()}{found.model_dump_json()}"
    assert found.secrets() == [
        "77:canary-token", "canary-webhook", "canary-geocoder", "canary-proxy", "canary+mail", "canary-database",
    ]  # fmt: skip


def test_they_do_not_change() -> None:
    found = module.load()

    with pytest.raises(ValidationError):
        found.bot_token = SecretStr("other")  # type: ignore[misc]
    assert found.bot_token.get_secret_value() == ""


def test_a_trailing_slash_of_the_api_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_API_URL", "http://127.0.0.1:8081/")

    assert module.load().bot_api_url == "http://127.0.0.1:8081"


FAULTS = [
    ("BOT_TOKEN", "canary", "must be as @BotFather gave it"),
    ("BOT_TOKEN", "77:canary token", "must be as @BotFather gave it"),
    ("BOT_TOKEN", "x77:canary", "must be as @BotFather gave it"),
    ("BOT_API_URL", "https://", "must be an address such as https://api.telegram.org"),
    ("BOT_API_URL", "https://canary:port", "must be an address such as https://api.telegram.org"),
    ("BOT_PROXY", "ftp://canary", "must begin with http://, https://, socks5:// or socks5h://"),
    ("BOT_PROXY", "canary", "must be an address such as http://host:3128"),
    ("DATABASE_URL", "canary", "must be sqlite:///a/file or postgresql+psycopg://"),
    ("DATABASE_URL", "mysql://desk:canary@host/desk", "must be sqlite:///a/file or postgresql+psycopg://"),
    ("DATABASE_URL", "postgresql+nothing://desk:canary@host/desk", "must be sqlite:///a/file or postgresql+psycopg://"),
    (
        "DATABASE_URL",
        "postgresql+psycopg://desk:canary@host:port/desk",
        "must be sqlite:///a/file or postgresql+psycopg",
    ),
    ("DATABASE_URL", "postgresql+psycopg://desk:canary@host", "must name a database at its end"),
    ("DATABASE_URL", "postgresql+psycopg://h/desk?password=canary&milk=1", "has something wrong behind the ?: invalid"),
    ("DATABASE_URL", "sqlite://", "must name a database at its end"),
    ("DATABASE_URL", "sqlite:///taken/desk.sqlite3", "names taken/desk.sqlite3, which this user cannot write"),
    ("DATABASE_URL", "sqlite:///.", "names ., which this user cannot write"),
    ("FILES_DIR", "taken/files", "names taken/files/file, which this user cannot write"),
    ("SMTP_URL", "smtp://", "must be smtp://, smtp+starttls:// or smtps:// user:password@host:port"),
    ("SMTP_URL", "smtps://desk:canary@mail:port", "is not a URL with a port between 1 and 65535"),
    ("SMTP_URL", "smtps://desk:canary@mail:70000", "is not a URL with a port between 1 and 65535"),
    ("MAIL_FROM", "canary", "must be an address alone"),
    ("MAIL_FROM", "Desk <canary@example.org>", "must be an address alone"),
    ("LOG_LEVEL", "canary", "must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
    ("WEBHOOK_LISTEN", "8080", "must be host:port"),
    ("WEBHOOK_LISTEN", "127.0.0.1:canary", "must be host:port"),
    ("WEBHOOK_LISTEN", "127.0.0.1:65536", "must be host:port"),
    ("WEBHOOK_URL", "http://desk.example.org/canary", "must begin with https://"),
    ("WEBHOOK_URL", "desk.example.org", "must be an address such as https://desk.example.org/telegram"),
    ("WEBHOOK_SECRET", "canary!", "must be 1 to 256 of A-Z a-z 0-9 _ -"),
    ("WEBHOOK_CERTIFICATE", "canary.pem", "is no file that can be read"),
    ("GEOCODER", "canary", "must be one of nominatim, photon, yandex, google, none"),
    ("GEOCODER_URL", "ftp://canary", "must begin with https:// or http://"),
    ("ROUTER_URL", "canary", "must be an address such as https://maps.example.org"),
    ("COMPANY_CURRENCY", "Canary", "must be three letters of ISO 4217"),
    ("COMPANY_CURRENCY", "QQQ", "must be three letters of ISO 4217"),
    ("COMPANY_COUNTRY", "Canary", "must be two letters of ISO 3166"),
    ("COMPANY_LANGUAGE", "canary", "must be one of ru, es, en"),
    ("COMPANY_TIME_ZONE", "canary", "must be a name such as Europe/Moscow"),
]


@pytest.mark.parametrize(("name", "value", "told"), FAULTS)
def test_each_wrong_setting_is_named_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, nothing_set: Path, name: str, value: str, told: str
) -> None:
    (nothing_set / "taken").write_text("a file where a folder should be")
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("WEBHOOK_SECRET", value if name == "WEBHOOK_SECRET" else "s")

    with pytest.raises(SystemExit) as ended:
        module.load()

    [_, line, _] = str(ended.value).splitlines()
    assert line.startswith(f"  {name} {told}"), line
    assert "canary" not in line.replace("canary.pem", "")


def test_a_socks_proxy_needs_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PROXY", "socks5://desk:canary@proxy:1080")

    if find_spec("socks") is None:
        with pytest.raises(SystemExit, match="BOT_PROXY needs PySocks"):
            module.load()
    else:
        assert module.load().secrets() == ["canary"]


def test_a_webhook_without_secret_is_told_beside_other_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"WEBHOOK_URL": "http://desk.example.org", "LOG_LEVEL": "loud"}.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as ended:
        module.load()

    named = [line.split()[0] for line in str(ended.value).splitlines()[1:-1]]
    assert named == ["WEBHOOK_URL", "WEBHOOK_SECRET", "LOG_LEVEL"]


@pytest.mark.parametrize(
    "url",
    ["https://desk.example.org/telegram", "http://127.0.0.1:9/telegram", "http://localhost/t", "http://[::1]:9/t"],
)
def test_telegram_comes_by_https_and_a_sandbox_on_this_machine_by_http(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("WEBHOOK_URL", url)
    monkeypatch.setenv("WEBHOOK_SECRET", "s")

    assert module.load().webhook == (url, "s", None)


@pytest.mark.parametrize(
    ("name", "value", "field", "read"),
    [
        ("COMPANY_CURRENCY", "eur", "company_currency", "EUR"),
        ("COMPANY_COUNTRY", "es", "company_country", "ES"),
        ("COMPANY_LANGUAGE", "es", "company_language", "es"),
        ("LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("WEBHOOK_LISTEN", "[::1]:0", "webhook_listen", "[::1]:0"),
        ("MAIL_FROM", "desk@склад.example", "mail_from", "desk@склад.example"),
        ("GEOCODER", "None", "geocoder", "none"),
        ("ROUTER_URL", "http://127.0.0.1:5000/", "router_url", "http://127.0.0.1:5000"),
    ],
)
def test_what_is_right_in_another_way_is_taken(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, field: str, read: str
) -> None:
    monkeypatch.setenv(name, value)

    assert getattr(module.load(), field) == read


@pytest.mark.parametrize(
    ("url", "hidden"),
    [
        ("postgresql+psycopg://desk@db/desk?password=canary%2B1", ["canary+1"]),
        ("postgresql+psycopg://desk:canary%2F2@db/desk?sslmode=require&sslpassword=canary3", ["canary/2", "canary3"]),
        ("postgresql+psycopg://desk:can/ary@db/desk", ["can/ary"]),
    ],
)
def test_a_password_anywhere_in_the_databases_address_is_a_secret(
    monkeypatch: pytest.MonkeyPatch, url: str, hidden: list[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    assert module.load().secrets() == hidden
