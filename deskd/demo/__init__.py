"""`deskd demo`: the ordinary daemon between stand-ins for Slack and the mail server, and one local page on which to be customer and agent.

Not the desk itself: nothing outside this package imports it but the command line. `docs/demo.md` tells how to use it.
"""

from deskd.demo.run import main, run_demo
from deskd.demo.show import Demo

__all__ = ["Demo", "main", "run_demo"]
