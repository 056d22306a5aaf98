"""How large and how tangled a mail may be before it is set aside unread (quarantined, with its raw form attached).

Real mail never meets these bounds; a mail that does was made to hurt. Below them every stage is linear in what it reads.
"""

from __future__ import annotations

DEPTH = 50  # multiparts within multiparts
PARTS = 500
HEADERS = 1_000  # lines in the top header, folded ones counted once
HEADER_BYTES = 256 * 1024
ADDRESSES = 500  # in one header
REFERENCES = 200  # ids kept of one References header, the newest; the oldest is kept as well
HTML_CHARS = 400_000  # what is turned into text or sanitised; the rest is left out, and said so
HTML_TOKENS = 40_000  # tags and pieces of text between them, likewise
HTML_DEPTH = 500  # elements within elements: sanitisers are quadratic in it
DECODED_BYTES = 64 * 1024 * 1024  # all decoded parts together
TEXT_CHARS = 2_000_000  # of one text part in `body`
HEAVY_BYTES = 64 * 1024  # from here on a mail is parsed off the event loop
