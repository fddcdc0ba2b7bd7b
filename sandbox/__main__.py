"""`python -m sandbox`: run until interrupted."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys

from sandbox.server import Server

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", choices=LOOPBACK, help="loopback only")
    parser.add_argument("--port", type=int, default=8081, help="Bot API and control; 0 = any free port")
    parser.add_argument("--smtp-port", type=int, default=2525, help="mail; 0 = any free port")
    parser.add_argument("--retry-scale", type=float, default=1.0, help="shortens the waits of webhook retries")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    server = Server()
    server.core.world.settings.retry_scale = arguments.retry_scale
    await server.open(arguments.host, arguments.port, arguments.smtp_port)
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end.set)
    sys.stdout.write(json.dumps(server.addresses()) + "\n")
    sys.stdout.flush()
    await end.wait()
    await server.close()


asyncio.run(_run(_arguments()))
