"""Everything that leaves, inside one process: hints, relay and ways out, put together for a door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from bot.connectors.connector import Connector
from bot.events import Handled, Internal
from db.session import Transaction
from delivery import ownership
from delivery.charts.way import ChartsWay
from delivery.chat import KINDS, ChatWay, Courtesy, Pace
from delivery.commissions import CommissionWay
from delivery.digests import DigestWay
from delivery.fetching import FetchingWay
from delivery.figures import FiguresWay
from delivery.geocoders import Geocoder
from delivery.geocoding import GeocodingWay
from delivery.goals import GoalsWay
from delivery.hints import Hints
from delivery.invoices import DrawingWay, MailingWay
from delivery.profile import ProfileWay
from delivery.recognising import RecognisingWay, not_at_all
from delivery.recognition.tickets import recognise
from delivery.relay import Relay
from delivery.routing import Router, RoutingWay
from delivery.smtp import SmtpGateway
from delivery.ways import Way
from services import digests
from services.files import FileStore
from services.jobs import Job
from templates.environment import Texts

FONTS = Path(__file__).resolve().parent.parent / "fonts"


class DeliverySettings(Protocol):
    """What this room wants to know of the settings."""

    smtp_url: SecretStr
    mail_from: str
    files_dir: Path
    geocoder: str
    geocoder_url: str
    geocoder_key: SecretStr
    router_url: str
    recognition: bool
    chat_rate: float
    chat_burst: int
    notice_rate: float


class House(Protocol):
    """What this room is given of the one that talks with people."""

    @property
    def texts(self) -> Texts:
        """All texts."""

    @property
    def transaction(self) -> Transaction:
        """Opens a transaction."""

    @property
    def reading(self) -> Transaction:
        """Opens a transaction that only reads."""

    @property
    def hand_in(self) -> Callable[[Internal], Handled]:
        """Takes what a job found out."""


class Delivery:
    """Runs the relay in threads of this process. ``start`` after any fork; owns the installation's relay lock."""

    def __init__(
        self,
        settings: DeliverySettings,
        connectors: Mapping[str, Connector],
        house: House,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._hand_in = house.hand_in
        self._files_dir = settings.files_dir
        self._hints = Hints(transaction=house.transaction, clock=clock, chores=[digests.put_due])
        self._courtesies = {name: Courtesy(connector) for name, connector in connectors.items()}
        self._relay = Relay(
            transaction=house.transaction,
            ways=self._ways(settings, connectors, house, clock),
            clock=clock,
            come_back=self._hints.come_back,
        )

    def _ways(
        self,
        settings: DeliverySettings,
        connectors: Mapping[str, Connector],
        house: House,
        clock: Callable[[], datetime],
    ) -> dict[str, Way]:
        texts = house.texts
        store = FileStore(settings.files_dir)
        pace = Pace(settings.chat_rate, settings.chat_burst, settings.notice_rate)
        chat = ChatWay(connectors, pace, store, self._hand_back)
        gateway = SmtpGateway(settings.smtp_url.get_secret_value())
        drawing = DrawingWay(texts, FONTS, store, self._hand_back)
        mail = MailingWay(texts, gateway, store, self._hand_back, sender=settings.mail_from, clock=clock)
        return {
            **dict.fromkeys(KINDS, chat),
            **dict.fromkeys((Job.DRAW_INVOICE, Job.DRAW_CREDIT_NOTE), drawing),
            Job.MAIL_INVOICE: mail,
            **self._map_services(settings),
            Job.SET_PROFILE: ProfileWay(connectors, clock),
            Job.DRAW_FIGURES: FiguresWay(texts, house.reading, store, self._hand_back),
            Job.DRAW_COMMISSION: CommissionWay(texts, house.reading, store, self._hand_back),
            Job.DRAW_GOALS: GoalsWay(texts, store, self._hand_back, clock=clock),
            Job.DRAW_CHART: ChartsWay(texts, FONTS, store, self._hand_back),
            Job.TELL_DIGEST: DigestWay(house.reading, self._hand_back, clock=clock),
            Job.FETCH_FILE: FetchingWay(connectors, store, self._hand_back),
            Job.READ_TICKET: RecognisingWay(
                connectors, store, recognise if settings.recognition else not_at_all, self._hand_back, clock=clock
            ),
        }

    def _map_services(self, settings: DeliverySettings) -> dict[str, Way]:
        key = settings.geocoder_key.get_secret_value()
        geocoder = Geocoder(settings.geocoder, settings.geocoder_url, key=key) if settings.geocoder != "none" else None
        router = Router(settings.router_url) if settings.router_url else None
        return {
            Job.FIND_PLACE: GeocodingWay(geocoder, self._hand_back),
            Job.FIND_ROAD: RoutingWay(router, self._hand_back),
        }

    def _hand_back(self, event: Internal) -> None:
        self._hints.kick(self._hand_in(event).lanes)

    def start(self) -> None:
        """Take the relay's lock and begin. Raises ownership.AlreadyOwned."""
        self._lock = ownership.own(self._files_dir / "relay.lock")
        FileStore(self._files_dir).forget_partial()
        self._hints.start(self._relay.drain)

    def after(self, platform: str, handled: Handled) -> None:
        """Do what an event asks for after its commit: free the pressed button, look at the lanes."""
        if handled.answer is not None:
            self._courtesies[platform].answer(handled.answer)
        self._hints.kick(handled.lanes)

    @property
    def last_sweep(self) -> datetime | None:
        """When the relay last looked at all lanes, UTC."""
        return self._hints.last_sweep

    def stop(self) -> None:
        """Let running deliveries finish and end all threads."""
        self._hints.stop()
        for courtesy in self._courtesies.values():
            courtesy.stop()
