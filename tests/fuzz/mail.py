"""Bytes that lead parse where nothing led it before: `python -m tests.fuzz.mail [libFuzzer's options] FOLDER…`.

The folders hold what to begin with; the first one also keeps what was found to reach new code. Any exception but `MalformedMessage`
is a finding, as is a message that takes libFuzzer's `-timeout` (seconds) or `-rss_limit_mb`.
"""

import contextlib
import sys

import atheris

with atheris.instrument_imports(include=["deskd.parse"]):
    from deskd.errors import MalformedMessage
    from deskd.model import Envelope
    from deskd.parse import parse_mail
    from deskd.parse.slack import parse_slack

ENVELOPE = Envelope(mail_from="maria@customer.example", rcpt_to=("support@acme.example",))


def read(data: bytes) -> None:
    """Both readers, for what comes from outside may be taken for either."""
    with contextlib.suppress(MalformedMessage):
        parse_mail(data, ENVELOPE)
    with contextlib.suppress(MalformedMessage):
        parse_slack(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()
