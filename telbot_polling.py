"""By polling; and the commands of an installation: ``python telbot_polling.py`` polls, ``COMMANDS`` are the rest."""

from __future__ import annotations

import signal
import sys
from datetime import UTC, datetime

from bot.desk import Desk, open_desk
from bot.polling import Polling
from db import migrate
from db.session import Database
from delivery.embedded import Delivery
from services import command_line, dead_rows, demo_company, first_admin
from settings import BotSettings, Settings, load, warn_of_open_file


def now() -> datetime:
    """This moment, UTC."""
    return datetime.now(UTC)


def database() -> Database:
    """The database alone, for what needs no messenger."""
    return Database(load().database_url.get_secret_value())


def ready_desk(settings: Settings) -> Desk:
    """The conversation on a database that is up to date; ends the process with help where it is not."""
    desk = open_desk(settings, clock=now)
    warn_of_open_file()
    with migrate.require_current(desk.database).transaction() as session:
        desk.move_in(session, settings.company, now=now())
    return desk


def poll() -> None:
    """Poll until SIGINT or SIGTERM."""
    desk = ready_desk(settings := load(BotSettings))
    delivery = Delivery(settings, {"tg": desk.telegram}, desk, clock=now)
    polling = Polling(desk.telegram, desk.conversation.handle, lambda handled: delivery.after("tg", handled))
    signal.signal(signal.SIGTERM, polling.stop)
    signal.signal(signal.SIGINT, polling.stop)
    delivery.start()
    polling.run()
    delivery.stop()


COMMANDS: command_line.Commands = {
    "poll": poll,
    "admin": lambda: first_admin.invite(ready_desk(load(BotSettings)), now=now()),
    "migrate": lambda: migrate.upgrade(database()),
    "seed": lambda: demo_company.plant(migrate.require_current(database()).transaction, now=now()),
    "dead": lambda: dead_rows.report(migrate.require_current(database()).reading),
    "retry": lambda row: dead_rows.retry_one(migrate.require_current(database()).transaction, row, now=now()),
}

if __name__ == "__main__":
    command_line.obey(sys.argv[1:], COMMANDS)
