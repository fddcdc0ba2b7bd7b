"""Serving the app in this process: waitress, for one small machine. Never Flask's own development server."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

import waitress
from flask import Flask

THREADS = 8


def serve(app: Flask, listen: str) -> None:
    """Serve on ``listen`` (host:port) until SIGINT or SIGTERM; ends the process with one line where it cannot."""

    def end(*_: object) -> NoReturn:
        sys.exit()

    signal.signal(signal.SIGTERM, end)
    try:
        server = waitress.create_server(app, listen=listen, threads=THREADS, ident=None)
    except (OSError, ValueError) as trouble:
        sys.exit(f"WEBHOOK_LISTEN {listen} cannot be listened on: {trouble}")
    server.run()
