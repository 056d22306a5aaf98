"""The composition root: it alone, with the demo and the commands that look outside, imports connectors."""

from deskd.app.daemon import Daemon, run

__all__ = ["Daemon", "run"]
