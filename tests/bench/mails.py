"""The mails that the bench sends: made up, but shaped like those a help desk gets, and about 5 KB each on the average.

Of twenty: ten are multipart/alternative, three plain text, three answers with a quotation that name an earlier mail of the same set and a
reference of the desk's, three carry a small
attachment, one is an automatic answer. Four languages. The same `label` and `count` give the same bytes; another label gives other Message-IDs.
"""

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import format_datetime

from tests.bench.texts import NAMES, SENTENCES, SUBJECTS, TODAY

ADDRESS = "support@acme.example"
KINDS = ("alternative",) * 10 + ("plain",) * 3 + ("answer",) * 3 + ("attachment",) * 3 + ("automatic",)


@dataclass(frozen=True, slots=True)
class Mail:
    """`rfc_id`: its Message-ID without the angle brackets."""

    sender: str
    rfc_id: str
    data: bytes


def mixed(count: int, label: str, first: int = 0) -> Iterator[Mail]:
    """`count` mails; `first`: the number of the first one, so that processes can share a set."""
    for number in range(first, first + count):
        yield _mail(number, label)


def large(size: int, label: str, number: int) -> Mail:
    """A mail of `size` bytes, nearly all of it one attachment that doesn't compress."""
    rest = random.Random(f"{label}:{number}")
    attachment = base64.encodebytes(rest.randbytes((size - 3000) * 56 // 77)).replace(b"\n", b"\r\n")
    return _built(number, label, "alternative", rest, attachment)


def _mail(number: int, label: str) -> Mail:
    rest = random.Random(f"{label}:{number}")
    kind = KINDS[number % len(KINDS)]
    image = rest.randbytes(rest.randint(1500, 4000))
    attachment = base64.encodebytes(image).replace(b"\n", b"\r\n") if kind == "attachment" else b""
    return _built(number, label, kind, rest, attachment)


def _built(number: int, label: str, kind: str, rest: random.Random, attachment: bytes) -> Mail:
    language = rest.choice(sorted(SENTENCES))
    name = rest.choice(NAMES)
    sender = f"{name.lower().replace(' ', '.')}.{number % 500}@customer{number % 50}.example"
    rfc_id = f"{label}.{number}.{rest.getrandbits(48):012x}@mail.customer{number % 50}.example"
    text = _text(language, name, rest)
    subject = f"{rest.choice(SUBJECTS[language])} {number}"
    header = [*_trace(number, rest), f"From: {name} <{sender}>", f"To: Acme Support <{ADDRESS}>"]
    if kind == "answer":
        earlier = _mail(number - number % len(KINDS), label)
        header += [f"In-Reply-To: <{earlier.rfc_id}>", f"References: <{earlier.rfc_id}>"]
        sender, subject = earlier.sender, f"Re: [ACME-{1001 + number}] {subject}"
        header[-4] = f"From: {name} <{sender}>"
        text += ["", "Il giorno dom 22 nov 2026 Acme Support <support@acme.example> ha scritto:"]
        text += [f"> {line}" for line in _text(language, name, rest)]
    if kind == "automatic":
        header += ["Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All"]
        subject = f"Automatic reply: {subject}"
    header += [
        f"Subject: {subject}",
        f"Message-ID: <{rfc_id}>",
        f"Date: {format_datetime(TODAY)}",
        "MIME-Version: 1.0",
    ]
    body = _plain(text) if kind in ("plain", "automatic") else _alternative(text, rest)
    if attachment:
        body = _with(body, attachment, rest)
    return Mail(sender, rfc_id, "\r\n".join(header).encode() + b"\r\n" + body)


def _text(language: str, name: str, rest: random.Random) -> list[str]:
    """Lines: a greeting, some paragraphs, a signature."""
    sentences = SENTENCES[language]
    lines = [sentences[0], ""]
    for _ in range(rest.randint(2, 4)):
        lines += [" ".join(rest.sample(sentences[1:], 3)), ""]
    return [*lines, "-- ", name, "Customer S.p.A., Via Roma 1, 20121 Milano", "Tel. +39 02 5550 1234"]


def _trace(number: int, rest: random.Random) -> list[str]:
    """What servers write on top of a mail."""
    hops = [
        f"Received: from mx{hop}.customer{number % 50}.example (mx{hop}.customer{number % 50}.example [192.0.2.{hop}])\r\n"
        f"\tby relay{hop}.acme.example with ESMTPS id {rest.getrandbits(64):016X}\r\n"
        f"\t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384); {format_datetime(TODAY)}"
        for hop in (3, 2, 1)
    ]
    signature = base64.b64encode(rest.randbytes(256)).decode()
    folded = "\r\n\t".join(signature[at : at + 70] for at in range(0, len(signature), 70))
    domain = f"customer{number % 50}.example"
    return [
        *hops,
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=mail;\r\n\th=from:to:subject:date:message-id;\r\n\tb={folded}",
    ]


def _plain(lines: list[str]) -> bytes:
    return (
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + "\r\n".join(lines).encode()
        + b"\r\n"
    )


def _alternative(lines: list[str], rest: random.Random) -> bytes:
    boundary = f"alt{rest.getrandbits(64):016x}".encode()
    style = '<style>p {margin: 0 0 1em; font-family: "Segoe UI", Arial, sans-serif}</style>'
    paragraphs = "\r\n".join(
        f'<p class="MsoNormal"><span lang="IT">{line or "&nbsp;"}</span></p>' for line in lines
    )
    html = f"<html><head>{style}</head><body>\r\n{paragraphs}\r\n</body></html>\r\n".encode()
    return (
        b'Content-Type: multipart/alternative; boundary="' + boundary + b'"\r\n\r\n'
        b"--" + boundary + b"\r\n" + _plain(lines) + b"--" + boundary + b"\r\n"
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + html + b"--" + boundary + b"--\r\n"
    )  # fmt: skip


def _with(body: bytes, attachment: bytes, rest: random.Random) -> bytes:
    boundary = f"mix{rest.getrandbits(64):016x}".encode()
    return (
        b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n'
        b"--" + boundary + b"\r\n" + body + b"--" + boundary + b"\r\n"
        b'Content-Type: image/png; name="foto.png"\r\nContent-Disposition: attachment; filename="foto.png"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + attachment + b"--" + boundary + b"--\r\n"
    )  # fmt: skip
