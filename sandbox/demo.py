"""`make demo`: a day in the demo company, played over real HTTP and SMTP, with no token and no account.

`python -m sandbox.demo` starts the sandbox in this process and the product in processes of its own, says where the
page is on which all can be watched and used, plays the day, prints what each person saw in the chat after each step,
and saves what came by mail under ``var/demo/``, or another folder that is named. Product and page stay up until
Ctrl-C or SIGTERM; with ``ONCE=1``, or where ``CI`` is set, it ends after the day, with 1 where a step did not work.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sandbox.client import Box
from sandbox.control_client import ControlError
from sandbox.demo_day import Day, silently
from sandbox.demo_host import ROOT, Failed, Host
from sandbox.demo_telling import Telling, say
from sandbox.process import running_sandbox
from sandbox.refusals import WrongControl
from sandbox.stage import Stage
from sandbox.story import StepFailed, Stopped

FOLDER = ROOT / "var" / "demo"
PORT = 8081
LOG_LINES = 20


def main(folder: Path) -> int:
    """Play the day in a folder that is emptied first, and stay; returns what the process ends with."""
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _end)
    try:
        with _alone(folder), ExitStack() as ends:
            return _show_all(folder, ends)
    except (Failed, ControlError) as failure:
        say(f"\nThe demo did not work: {failure}")
        return 1
    except KeyboardInterrupt:
        say("\nThe demo has ended.")
        return 0


def _end(number: int, _frame: object) -> None:
    """Leave by the way on which the product is ended too; a second signal does not cut it short."""
    signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + number)


def _show_all(folder: Path, ends: ExitStack) -> int:
    stage = Stage()
    box = _open_sandbox(ends, stage)
    ends.callback(stage.close)  # before the sandbox
    page = f"{box.api_url}/"
    with stage.busy():
        say(f"Telegram and a mail server in miniature. Watch and use all of it here:\n\n    {page}\n")
        host = Host(folder, box, stage)
        _open_browser(page)
        say("A fresh database with the demo company.\n")
        host.open()
    played = play(host.day, host.installation.log)
    _save_mail(folder / "mail", host.day)
    if ends_after_the_day():
        return 0 if played else 1
    say(
        f"\nThe bot and the page stay up until Ctrl-C:\n  page    {page}\n"
        f"  control {box.control_url} (sandbox/README.md)\n  Bot API {box.api_url}\n  mail    {box.smtp_url}"
    )
    threading.Event().wait()
    return 0


def ends_after_the_day() -> bool:
    """Whether nobody is there who would go on by hand."""
    return os.environ.get("ONCE") == "1" or bool(os.environ.get("CI"))


def _open_sandbox(ends: ExitStack, stage: Stage) -> Box:
    try:
        return ends.enter_context(running_sandbox(port=PORT, stage=stage))
    except OSError:
        box = ends.enter_context(running_sandbox(stage=stage))
        say(f"Port {PORT} is taken, so it is another one.")
        return box


def _open_browser(page: str) -> None:
    """Only for somebody who sits before the machine."""
    display = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if display and sys.stdout.isatty() and not ends_after_the_day():
        webbrowser.open(page)


def play(day: Day, log: Path) -> bool:
    """Play the day at full speed and tell it; False where it did not come to its end, which is told too."""
    day.around = Telling(day).step
    try:
        day.story.run()
    except StepFailed as failure:
        told = "\n".join(log.read_text("utf-8", "replace").splitlines()[-LOG_LINES:])
        say(f"\nThe demo did not work: {failure}\nThe end of {_shown(log)}:\n{told}")
        return False
    except (Stopped, WrongControl) as taken:
        say(f"\nSomebody took over on the page. {taken}".rstrip())
        return False
    finally:
        day.around = silently  # what is played on the page is seen there
    return True


def _save_mail(letters: Path, day: Day) -> None:
    """Save the letters as they came, and what was in them."""
    letters.mkdir()
    for mail in day.mails:
        saved = letters / f"{mail.number}.eml"
        saved.write_bytes(mail.raw)
        say(f"E-mail:  {_shown(saved)}")
        for attached in mail.attachments:
            paper = letters / Path(attached.name).name
            paper.write_bytes(attached.content)
            say(f"Invoice: {_shown(paper)} ({len(attached.content)} bytes)")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Empty the folder and hold it: a demo that runs there already must not lose its database."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Failed(f"another demo is running in {_shown(folder)}") from None
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        yield


def _shown(path: Path) -> Path:
    """A path as it is best read: from where we stand, if it lies below."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else FOLDER))
