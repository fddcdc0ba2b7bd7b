"""Telegram's Bot API and a mail server in miniature, to try and test any bot with no token.

See README.md beside this file.
"""

from sandbox.client import Box
from sandbox.process import running_sandbox

__all__ = ["Box", "running_sandbox"]
