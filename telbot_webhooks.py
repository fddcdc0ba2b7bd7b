"""Behind a webhook: ``app`` for any WSGI server, and ``COMMANDS`` to serve it here and to tell Telegram of it."""

from __future__ import annotations

import atexit
import json
import sys
from urllib.parse import urlsplit

from flask import Flask

from bot.webhook import Webhook
from delivery.embedded import Delivery
from services import command_line
from settings import BotSettings, WebhookSettings, load
from telbot_polling import now, ready_desk
from web.app import create_app
from web.health import Health
from web.serving import serve


def create() -> Flask:
    """The app with everything behind it; its threads start here, so call it after any fork."""
    desk = ready_desk(settings := load(WebhookSettings))
    delivery = Delivery(settings, {"tg": desk.telegram}, desk, clock=now)
    webhook = Webhook(desk.telegram.read, desk.conversation.handle, lambda handled: delivery.after("tg", handled))
    health = Health(desk.database, delivery, desk.telegram.webhook, now)
    url, secret, _ = settings.webhook
    app = create_app(path=urlsplit(url).path or "/", secret=secret, accept=webhook.accept, health=health)
    delivery.start()
    atexit.register(delivery.stop)
    return app


def register() -> str:
    """Tell Telegram where to send updates."""
    settings = load(WebhookSettings)
    ready_desk(settings).telegram.set_webhook(*settings.webhook)
    return f"Telegram sends updates to {settings.webhook_url}"


COMMANDS: command_line.Commands = {
    "serve": lambda: serve(create(), load().webhook_listen),
    "set": register,
    "show": lambda: json.dumps(ready_desk(load(BotSettings)).telegram.webhook(), indent=2, ensure_ascii=False),
    "remove": lambda: ready_desk(load(BotSettings)).telegram.remove_webhook(),
}


def __getattr__(name: str) -> Flask:
    """``telbot_webhooks:app``, made in the worker process that first asks for it."""
    if name != "app":
        raise AttributeError(name)
    app: Flask = globals().setdefault("app", command_line.plainly(create))
    return app


if __name__ == "__main__":
    command_line.obey(sys.argv[1:], COMMANDS)
