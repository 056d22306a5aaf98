"""What DATA means: the end, dots at the start of lines, line ends, in pieces of any size."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.smtp.data import DataDecoder, hops


def decode(*pieces: bytes) -> tuple[bytes, bytes, bool]:
    """Content, what is left over, and whether the end was seen."""
    decoder, content = DataDecoder(), b""
    for index, piece in enumerate(pieces):
        content += decoder.feed(piece)
        if decoder.ended:
            return content, decoder.rest + b"".join(pieces[index + 1 :]), True
    return content, b"", False


@pytest.mark.parametrize(
    ("wire", "content", "rest"),
    [
        (b".\r\n", b"", b""),  # an empty mail
        (b"a\r\n.\r\n", b"a\r\n", b""),
        (b"a\r\n.\r\nQUIT\r\n", b"a\r\n", b"QUIT\r\n"),
        (b"..\r\n.\r\n", b".\r\n", b""),
        (b".a\r\n..b\r\n.\r\n", b"a\r\n.b\r\n", b""),  # RFC 5321 4.5.2: a first dot goes, whatever follows
        (b"a.\r\n.\r\n", b"a.\r\n", b""),
        (b"\r\n.\r\n", b"\r\n", b""),
        (b"a\nb\rc\r\n.\r\n", b"a\r\nb\r\nc\r\n", b""),
        (b"a\r\r\n.\r\n", b"a\r\n\r\n", b""),
        (b"\n.\r\r\n.\r\n", b"\r\n.\r\n\r\n", b""),
        (b"\0\r\n.\r\n", b"\0\r\n", b""),
    ],
)
def test_the_end_is_found_and_stuffing_undone(wire: bytes, content: bytes, rest: bytes) -> None:
    assert decode(wire) == (content, rest, True)
    for cut in range(len(wire) + 1):
        assert decode(wire[:cut], wire[cut:]) == (content, rest, True), cut
    assert decode(*(wire[i : i + 1] for i in range(len(wire)))) == (content, rest, True)


@given(
    st.lists(st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"x", b"\0"]), max_size=12).map(b"".join),
    st.data(),
)
def test_pieces_mean_what_the_whole_means(wire: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=5)))
    pieces = [wire[a:b] for a, b in itertools.pairwise([0, *cuts, len(wire)])]
    whole = decode(wire + b"\r\n.\r\n")
    assert decode(*pieces, b"\r\n.\r\n") == whole


@given(st.binary(max_size=200))
def test_stuffed_content_comes_back_with_its_line_ends_normalised(content: bytes) -> None:
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    normal = b"\r\n".join(lines) + b"\r\n"
    wire = b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines)
    assert decode(wire + b".\r\n") == (normal, b"", True)


def test_received_lines_are_counted_in_the_header_only() -> None:
    assert hops(b"Received: a\r\nreceived: b\r\nX-Received: c\r\nSubject: x\r\n\r\nReceived: d\r\n") == 2
    assert hops(b"Subject: x\r\n") == 0
