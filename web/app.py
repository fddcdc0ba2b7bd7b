"""The webhook as a Flask app for any WSGI server.

It answers 2xx only after the commit. While an event cannot be taken it answers 503 with ``Retry-After``, which
Telegram honours; never 410, which would make Telegram forget the webhook.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Response, jsonify, request

BODY_LIMIT = 1_000_000
"""Bytes. Telegram's updates hold no files; a larger body is none of theirs."""
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name

Accept = Callable[[Mapping[str, Any]], float]
"""Takes an update: 0 once it is taken, else the seconds after which to hand it in again."""


def create_app(
    *,
    path: str,
    secret: str,
    accept: Accept,
    health: Callable[[], Mapping[str, Any]],
) -> Flask:
    """Make the app. ``path``: where updates come in. Raises ValueError for an empty secret: anybody could post."""
    if not secret:
        raise ValueError("a webhook without a secret would let anybody post updates")
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    expected = secret.encode()

    @app.post(path)
    def telegram() -> Response:
        shown = request.headers.get(SECRET_HEADER, "").encode("latin-1", "replace")
        if not hmac.compare_digest(shown, expected):
            return Response(status=403)
        try:
            update = request.get_json(silent=True)
        except RecursionError:  # brackets without end are no update either
            update = None
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return Response(status=400)
        again = accept(update)
        if again:
            return Response(status=503, headers={"Retry-After": str(math.ceil(again))})
        return Response(status=200)

    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        report = dict(health())
        return jsonify(report), 200 if report["ok"] else 503

    return app
