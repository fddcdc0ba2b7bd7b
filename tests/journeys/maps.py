"""Nominatim and OSRM in miniature: what a journey says that they know, and the moods that such services have."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, str]
"""A status and a body; of a redirect the body is where it leads."""


@dataclass
class Maps:
    """Knows addresses (each a list of name, country, latitude, longitude) and one length for every road."""

    url: str = ""
    addresses: dict[str, list[tuple[str, str, float, float]]] = field(default_factory=dict)
    road_m: float | None = None
    """None: there is no road."""
    moods: list[Answer] = field(default_factory=list)
    """Answered one after the other before anything else."""
    open_gate: threading.Event = field(default_factory=threading.Event)
    """Cleared: an answer takes until it is set."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """What was asked for (the text or the road), and by whom (the user agent)."""

    options: list[dict[str, str]] = field(default_factory=list)
    """What else each question said."""

    def __post_init__(self) -> None:
        self.open_gate.set()

    def answer(self, target: str, agent: str) -> Answer:
        """What to answer to a request."""
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.asked.append((query.get("q", parts.path), agent))
        self.options.append(query)
        self.open_gate.wait(20)
        if self.moods:
            return self.moods.pop(0)
        if parts.path.startswith("/route/"):
            return 200, json.dumps(self._road())
        return 200, json.dumps([self._hit(*hit) for hit in self.addresses.get(query["q"], [])])

    def _road(self) -> dict[str, Any]:
        if self.road_m is None:
            return {"code": "NoRoute", "message": "Impossible route between points"}
        return {"code": "Ok", "routes": [{"distance": self.road_m, "duration": 60.0}]}

    @staticmethod
    def _hit(name: str, country: str, latitude: float, longitude: float) -> dict[str, Any]:
        address = {"country_code": country.lower()}
        return {"display_name": name, "lat": str(latitude), "lon": str(longitude), "address": address}


@contextmanager
def running_maps() -> Iterator[Maps]:
    """The services at one address of this machine."""
    maps = Maps()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = maps.answer(self.path, self.headers.get("User-Agent", ""))
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", body)
            self.send_header("Content-Type", "application/json" if body[:1] in "[{" else "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_said: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    maps.url = f"http://127.0.0.1:{server.server_port}"
    yield maps
    server.shutdown()
    server.server_close()
