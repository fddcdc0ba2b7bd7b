"""How telebot's requests leave: posted as a form, by urllib3.

telebot itself puts every parameter into the address of the request, which servers and proxies cut or refuse when a
text is long, and goes through requests, which costs twice the time. It takes this in place of its own sending.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import orjson
import urllib3

CONNECTIONS = 16
CHUNK = 64 * 1024


class TooSlow(urllib3.exceptions.HTTPError):
    """Bytes keep coming, but too few of them."""


class Answer:
    """What telebot wants to know of an answer."""

    def __init__(self, response: urllib3.BaseHTTPResponse) -> None:
        self.status_code = response.status
        self.reason = response.reason or ""
        self.content = response.data

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; raises ValueError."""
        return orjson.loads(self.content)


class FormPost:
    """Posts requests over kept connections; safe to use from several threads. Nothing is retried or redirected."""

    def __init__(self, proxy: str = "") -> None:
        self._pool = _proxied(proxy) if proxy else urllib3.PoolManager(maxsize=CONNECTIONS)

    def __call__(
        self,
        _method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        timeout: tuple[float, float] = (3.0, 10.0),
        proxies: object = None,  # noqa: ARG002 - telebot names its own; ours is in the pool
    ) -> Answer:
        """Post one request; raises urllib3's HTTPError where no answer came."""
        fields: dict[str, Any] = {name: _plain(value) for name, value in (params or {}).items()}
        fields.update((name, _file(value)) for name, value in (files or {}).items())
        response = self._pool.request(
            "POST",
            url,
            fields=fields,
            encode_multipart=bool(files),
            timeout=urllib3.Timeout(connect=timeout[0], read=timeout[1]),
            retries=False,
            redirect=False,
        )
        return Answer(response)

    def download(self, url: str, *, largest: int, step: tuple[float, float], whole: float) -> tuple[int, str, bytes]:
        """Read a file: the status of the answer, its content type, and at most ``largest`` + 1 bytes of it.

        ``step`` and ``whole`` are seconds: to connect and to wait for the next bytes, and for all of it. Raises
        urllib3's HTTPError where it takes longer, no answer comes, or the answer ends before its end.
        """
        ends_at = time.monotonic() + whole
        response = self._pool.request(
            "GET",
            url,
            preload_content=False,
            decode_content=False,
            timeout=urllib3.Timeout(connect=step[0], read=step[1]),
            retries=False,
            redirect=False,
        )
        read = bytearray()
        try:
            while len(read) <= largest and (chunk := response.read1(CHUNK, decode_content=False)):
                read += chunk
                if time.monotonic() > ends_at:
                    raise TooSlow("the file takes too long")
        finally:
            response.close()
        return response.status, response.headers.get("Content-Type", ""), bytes(read)


def _plain(value: Any) -> Any:
    return ("false", "true")[value] if isinstance(value, bool) else str(value)


def _file(value: Any) -> tuple[str, bytes]:
    """Name and bytes of what telebot hands over: a pair, or something to read from."""
    name, content = value if isinstance(value, tuple) else ("file", value)
    return name, content if isinstance(content, bytes) else content.read()


def _proxied(proxy: str) -> urllib3.PoolManager:
    if proxy.startswith("socks"):
        from urllib3.contrib.socks import SOCKSProxyManager  # noqa: PLC0415 - needs PySocks, which few install

        return SOCKSProxyManager(proxy, maxsize=CONNECTIONS)
    return urllib3.ProxyManager(proxy, maxsize=CONNECTIONS)
