"""`python -m sandbox`: run until interrupted, alone or with somebody's bot.

One line of JSON with the addresses is printed when it is ready. With --run the bot is started with its token and the
addresses in its environment; what it prints goes to stderr.
"""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import sys
import threading
from contextlib import ExitStack

from sandbox.client import Box
from sandbox.control_client import ControlError
from sandbox.own_bot import Command, OwnBot
from sandbox.process import running_sandbox
from sandbox.refusals import WrongControl
from sandbox.stage import Stage

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1", choices=LOOPBACK, help="loopback only")
    parser.add_argument("--port", type=int, default=8081, help="page, Bot API and control; 0 = any free port")
    parser.add_argument("--smtp-port", type=int, default=2525, help="mail; 0 = any free port")
    parser.add_argument("--retry-scale", type=float, default=1.0, help="shortens the waits of webhook retries")
    run = parser.add_argument_group("with a bot of yours")
    run.add_argument("--run", metavar="COMMAND", type=shlex.split, help='starts the bot, e.g. --run "python bot.py"')
    run.add_argument("--username", default="sandbox_bot", help="of the bot (%(default)s)")
    run.add_argument("--name", default="Bot", help="of the bot (%(default)s)")
    for what, name in (("token", "BOT_TOKEN"), ("api", "BOT_API_URL"), ("mail", "SMTP_URL")):
        run.add_argument(f"--{what}-variable", metavar="NAME", default=name, help="in its environment (%(default)s)")
    return parser.parse_args()


def _main(arguments: argparse.Namespace) -> None:
    end = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: end.set())
    stage = Stage()
    with ExitStack() as ends:
        box = ends.enter_context(running_sandbox(arguments.host, arguments.port, arguments.smtp_port, stage=stage))
        ends.callback(stage.close)  # before the sandbox
        box.settings(retry_scale=arguments.retry_scale)
        if arguments.run:
            _run_bot(box, stage, arguments)
        sys.stdout.write(json.dumps(box.control("addresses")) + "\n")
        sys.stdout.flush()
        end.wait()


def _run_bot(box: Box, stage: Stage, arguments: argparse.Namespace) -> None:
    variables = arguments.token_variable, arguments.api_variable, arguments.mail_variable
    command = Command(arguments.run, *variables)
    OwnBot(box, stage, command, username=arguments.username, name=arguments.name).start()
    sys.stderr.write(f"The bot is running. Talk to it here: {box.api_url}/\n")


try:
    _main(_arguments())
except (OSError, ControlError, WrongControl) as trouble:
    sys.exit(f"The sandbox cannot run: {trouble}")
