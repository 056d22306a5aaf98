"""A Telegram bot's account: updates in, by long polling or a webhook, and messages out.

https://core.telegram.org/bots/api, by the genuine python-telegram-bot. Its own polling and handlers are not used: they confirm an update while it is still being worked on.
"""

import logging
import os

os.environ.setdefault(
    "PTB_TIMEDELTA", "true"
)  # the library warns, at each 429, that times will become timedeltas
logging.getLogger("httpx").setLevel(
    logging.WARNING
)  # its INFO lines hold the address of each call, and that the token
