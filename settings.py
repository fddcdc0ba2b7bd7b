"""The settings of a process: read once by the doors, from the environment or ``.env``, and handed down."""

from __future__ import annotations

import logging
import os
import re
import stat
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import available_timezones

from babel.core import get_global
from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from delivery import geocoders
from delivery.letters import is_address
from delivery.smtp import SmtpGateway
from services.company import Profile
from templates.environment import LANGUAGES

log = logging.getLogger(__name__)

ENV_FILE = ".env"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
DRIVERS = {"sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg"}
PROXIES = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"}

HOW_TO_BEGIN = (
    "BOT_TOKEN is not set. Talk to @BotFather in Telegram, send /newbot, and put the token it gives you into .env "
    "as BOT_TOKEN=123456:ABC… To try the product without any token: make demo"
)


class Settings(BaseSettings):
    """Everything that differs between installations. README explains each; ``repr`` shows no secret."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, env_ignore_empty=True, extra="ignore", frozen=True, validate_default=True
    )

    bot_token: SecretStr = SecretStr("")
    bot_api_url: str = "https://api.telegram.org"
    bot_proxy: SecretStr = SecretStr("")
    database_url: SecretStr = SecretStr("sqlite:///var/telbot.sqlite3")
    smtp_url: SecretStr = SecretStr("smtp://127.0.0.1:25")
    mail_from: str = ""
    """Empty: the company's address."""
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    webhook_certificate: Path | None = None
    webhook_listen: str = "127.0.0.1:8080"
    files_dir: Path = Path("var/files")
    log_level: str = "INFO"
    company_name: str = Field(default="TelBot", max_length=200)
    company_phone: str = Field(default="", max_length=32)
    """The director's, shown to those who have no password."""
    company_country: str = "RU"
    company_currency: str = "RUB"
    company_time_zone: str = "Europe/Moscow"
    company_language: str = "ru"
    chat_rate: float = Field(default=1.0, ge=0)
    """Messages per second to one chat after a burst; 0 lifts the limit."""
    chat_burst: int = Field(default=5, ge=1)
    notice_rate: float = Field(default=30.0, ge=0)
    """Notices per second to all chats together; 0 lifts the limit."""
    geocoder: str = "nominatim"
    """Who says where an address lies: one of ``delivery.geocoders``, or ``none``: only the table of towns."""
    geocoder_url: str = ""
    """Empty: where that one is for everybody."""
    geocoder_key: SecretStr = SecretStr("")
    router_url: str = ""
    """An OSRM-compatible router; empty: the road is reckoned from the way as the crow flies."""
    recognition: bool = True
    """Whether photos of tickets are read; where not, or where no engine is installed, they are filled in by hand."""

    @field_validator("bot_token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", value.get_secret_value()):
            raise ValueError("must be as @BotFather gave it, such as 123456:ABC-def, without blanks")
        return value

    @field_validator("bot_api_url")
    @classmethod
    def _http(cls, value: str) -> str:
        if _address(value, "https://api.telegram.org").scheme not in {"http", "https"}:
            raise ValueError("must begin with https:// or http://")
        return value.rstrip("/")

    @field_validator("geocoder")
    @classmethod
    def _geocoder(cls, value: str) -> str:
        if value.lower() not in {*geocoders.SERVICES, "none"}:
            raise ValueError(f"must be one of {', '.join(geocoders.SERVICES)}, none")
        return value.lower()

    @field_validator("geocoder_key")
    @classmethod
    def _geocoder_key(cls, value: SecretStr, others: ValidationInfo) -> SecretStr:
        service = geocoders.SERVICES.get(others.data.get("geocoder", ""))
        if service is not None and service.needs_key and not value.get_secret_value():
            raise ValueError(f"must be set where GEOCODER is {others.data['geocoder']}: the key that it gave you")
        return value

    @field_validator("geocoder_url", "router_url")
    @classmethod
    def _map_service(cls, value: str) -> str:
        if value and _address(value, "https://maps.example.org").scheme not in {"http", "https"}:
            raise ValueError("must begin with https:// or http://")
        return value.rstrip("/")

    @field_validator("bot_proxy")
    @classmethod
    def _proxy(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value():
            return value
        scheme = _address(value.get_secret_value(), "http://host:3128").scheme
        if scheme not in PROXIES:
            raise ValueError("must begin with http://, https://, socks5:// or socks5h://")
        if scheme.startswith("socks") and find_spec("socks") is None:
            raise ValueError("needs PySocks for socks: .venv/bin/pip install pysocks")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr) -> SecretStr:
        try:
            url = make_url(value.get_secret_value())
        except (ArgumentError, ValueError):
            url = None
        if url is None or url.drivername not in DRIVERS:
            raise ValueError("must be sqlite:///a/file or postgresql+psycopg://user:password@host:5432/name")
        if not url.database or url.database == ":memory:":
            raise ValueError("must name a database at its end, such as sqlite:///var/telbot.sqlite3")
        if url.get_backend_name() == "sqlite":
            _can_write(Path(url.database))
        else:
            _are_options(url.query)
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value().partition("://")[0] not in {"smtp", "smtp+starttls", "smtps"}:
            raise ValueError("must begin with smtp://, smtp+starttls:// or smtps://")
        try:
            SmtpGateway(value.get_secret_value())
        except ValueError as fault:
            raise ValueError(str(fault).removeprefix("SMTP_URL ")) from None
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        if value and not is_address(value):
            raise ValueError("must be an address alone, such as desk@example.org; the name shown is the company's")
        return value

    @field_validator("webhook_url")
    @classmethod
    def _webhook_url(cls, value: str) -> str:
        if value:
            url = _address(value, "https://desk.example.org/telegram")
            if url.scheme != "https" and not (url.scheme == "http" and _is_this_machine(url.hostname or "")):
                raise ValueError("must begin with https:// (http:// only for this machine itself)")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _secret(cls, value: SecretStr, others: ValidationInfo) -> SecretStr:
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", value.get_secret_value(), re.ASCII):
            raise ValueError("must be 1 to 256 of A-Z a-z 0-9 _ -")
        has_url = others.data.get("webhook_url", "one that is wrong")
        if has_url and not value.get_secret_value():
            raise ValueError("must be set where WEBHOOK_URL is: 1 to 256 of A-Z a-z 0-9 _ -")
        return value

    @field_validator("webhook_certificate")
    @classmethod
    def _certificate(cls, value: Path | None) -> Path | None:
        if value is not None and not (value.is_file() and os.access(value, os.R_OK)):
            raise ValueError("is no file that can be read")
        return value

    @field_validator("webhook_listen")
    @classmethod
    def _listen(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
            raise ValueError("must be host:port, such as 127.0.0.1:8080")
        return value

    @field_validator("files_dir")
    @classmethod
    def _files(cls, value: Path) -> Path:
        _can_write(value / "file")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in LOG_LEVELS:
            raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
        return value.upper()

    @field_validator("company_country")
    @classmethod
    def _country(cls, value: str) -> str:
        if value.upper() not in get_global("territory_currencies"):
            raise ValueError("must be two letters of ISO 3166, such as RU")
        return value.upper()

    @field_validator("company_currency")
    @classmethod
    def _currency(cls, value: str) -> str:
        if value.upper() not in get_global("all_currencies"):
            raise ValueError("must be three letters of ISO 4217, such as RUB")
        return value.upper()

    @field_validator("company_time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("must be a name such as Europe/Moscow")
        return value

    @field_validator("company_language")
    @classmethod
    def _language(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError(f"must be one of {', '.join(LANGUAGES)}")
        return value

    @property
    def token(self) -> str:
        """The bot's token; ends the process with help where there is none."""
        token = self.bot_token.get_secret_value()
        if not token:
            sys.exit(HOW_TO_BEGIN)
        return token

    @property
    def webhook(self) -> tuple[str, str, Path | None]:
        """Where Telegram shall send updates, the secret it shall show, and a self-signed certificate."""
        return self.webhook_url, self.webhook_secret.get_secret_value(), self.webhook_certificate

    @property
    def company(self) -> Profile:
        """What a company that is not in the database yet begins with."""
        return Profile(
            name=self.company_name,
            director_phone=self.company_phone,
            country=self.company_country,
            currency=self.company_currency,
            time_zone=self.company_time_zone,
            language=self.company_language,
        )

    def secrets(self) -> list[str]:
        """Everything that no log may show: the secret settings, and the passwords inside the addresses."""
        database = make_url(self.database_url.get_secret_value())
        addresses = (urlsplit(url.get_secret_value()) for url in (self.bot_proxy, self.smtp_url))
        alone = (self.bot_token, self.webhook_secret, self.geocoder_key)
        known: list[Any] = [secret.get_secret_value() for secret in alone]
        known += [unquote(address.password) for address in addresses if address.password]
        known += [database.password]
        for name, value in database.query.items():
            if re.search("password", name, re.IGNORECASE):
                known += [value] if isinstance(value, str) else value
        return [str(secret) for secret in known if secret]


class BotSettings(Settings):
    """For commands that talk with Telegram."""

    @field_validator("bot_token")
    @classmethod
    def _has_token(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value():
            raise ValueError(HOW_TO_BEGIN.removeprefix("BOT_TOKEN "))
        return value


class WebhookSettings(BotSettings):
    """For commands that need to know where Telegram sends updates."""

    @field_validator("webhook_url")
    @classmethod
    def _has_url(cls, value: str) -> str:
        if not value:
            raise ValueError("is not set. It is where Telegram sends updates: https://desk.example.org/telegram")
        return value


def load(kind: type[Settings] = Settings) -> Settings:
    """Read the settings, or end the process with one line per setting that is wrong."""
    try:
        found = kind()
    except ValidationError as error:
        wrong = [
            f"{'.'.join(str(part) for part in fault['loc']).upper()} {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors(include_input=False)
        ]
        if wrong == [HOW_TO_BEGIN]:
            sys.exit(HOW_TO_BEGIN)
        lines = "\n".join(f"  {line}" for line in wrong)
        sys.exit(f"The settings (environment or .env) are not right:\n{lines}\nSee .env.example.")
    return found


def warn_of_open_file() -> None:
    """Say so in the log where other people of this machine can read the tokens and passwords in ``.env``."""
    file = Path(ENV_FILE)
    if file.is_file() and stat.S_IMODE(file.stat().st_mode) & (stat.S_IROTH | stat.S_IWOTH):
        log.warning(".env can be read by everybody on this machine; keep it to yourself: chmod 600 .env")


def _address(url: str, example: str) -> SplitResult:
    """Take an address apart. Raises ValueError where it has no host or no possible port; does not repeat it."""
    try:
        parts = urlsplit(url)
        sound = bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", url)
    except ValueError:
        sound = False
    if not sound:
        raise ValueError(f"must be an address such as {example}")
    return parts


def _are_options(names: Iterable[str]) -> None:
    """Raise ValueError where one of the words behind the ``?`` is nothing that PostgreSQL's client knows."""
    try:
        make_conninfo(**dict.fromkeys(names, "1"))
    except ProgrammingError as fault:
        raise ValueError(f"has something wrong behind the ?: {str(fault).strip()}") from None


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _can_write(file: Path) -> None:
    """Raise ValueError where the file, or one in its folder, could not be written. Makes nothing."""
    folder = next(above for above in file.absolute().parents if above.exists())
    writable = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
    if not writable or file.is_dir() or (file.exists() and not os.access(file, os.W_OK)):
        raise ValueError(f"names {file}, which this user cannot write")
