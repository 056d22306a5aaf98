"""Which channel an address belongs to."""

import pytest

from connectors.smtp.recipients import recipients_of

CHANNELS = {
    "support-mail": ["support@acme.example", "help+desk@acme.example", "hilfe@münchen.example"],
    "billing": ["billing@acme.example", "support@acme.example"],
}


@pytest.mark.parametrize(
    ("address", "channel"),
    [
        ("support@acme.example", "support-mail"),  # both name it: the first has it
        ("Support@ACME.Example", "support-mail"),
        ("support+abc@acme.example", "support-mail"),
        ("support+a+b@acme.example", "support-mail"),
        ('"support"@acme.example', "support-mail"),
        ("support@acme.example.", "support-mail"),
        ("help+desk@acme.example", "support-mail"),
        ("help@acme.example", None),
        ("hilfe@xn--mnchen-3ya.example", "support-mail"),
        ("hilfe@MÜNCHEN.example", "support-mail"),
        ("billing@acme.example", "billing"),
        ("Postmaster", "support-mail"),
        ("PostMaster@acme.example", "support-mail"),
        ("postmaster@münchen.example", "support-mail"),
        ("postmaster@other.example", None),
        ("nobody@acme.example", None),
        ("support@other.example", None),
        ("support", None),
        ("@acme.example", None),
        ("+x@acme.example", None),
        ("support@" + "ü" * 300, None),
    ],
)
def test_the_recipient_decides(address: str, channel: str | None) -> None:
    assert recipients_of(CHANNELS)(address) == channel
