"""Rule folders of any size for the bench: of ten rules four look for words in subject or text, two for a pattern, two at the sender, one at a header, one at the ticket.

About one in fifty of them holds for a mail of the bench; so a mail fires a few of a hundred rules, as on a desk that uses them.
"""

from pathlib import Path

from tests.bench.texts import SENTENCES

_COMMON = sorted(
    {
        word.strip(",.:?!").lower()
        for lines in SENTENCES.values()
        for line in lines
        for word in line.split()
        if len(word) > 6
    }
)


A_FILE = 1_000  # rules in one file; a file has a limit


def write_rules(folder: Path, count: int) -> Path:
    """A folder of `count` rules."""
    folder.mkdir(parents=True, exist_ok=True)
    for first in range(0, count, A_FILE):
        text = "".join(_rule(number) for number in range(first, min(count, first + A_FILE)))
        (folder / f"{first:06d}-bench.yaml").write_text(f"rules:\n{text}")
    return folder


def _rule(number: int) -> str:
    words = ", ".join(f"word{number}x{each}" for each in range(5))
    if number % 50 == 0:
        words += f", {_COMMON[number // 50 % len(_COMMON)]}"
    conditions = (
        f"subject: {{words: [{words}]}}",
        f"text: {{words: [{words}]}}",
        f"any: [{{subject: {{words: [{words}]}}}}, {{text: {{words: [{words}]}}}}]",
        f"text: {{matches: '\\border[- ]?{number}\\d{{2,8}}\\b'}}",
        f"from: {{domain: client{number}.example}}",
        f"all: [{{text: {{words: [{words}]}}}}, {{kind: message}}]",
        f"subject: {{matches: '(?:case|caso) #?{number}\\b'}}",
        f"from: {{address: boss{number}@client.example}}",
        f"header: {{X-Campaign: campaign-{number}}}",
        f"ticket: {{tags: tag{number}x}}",
    )
    return f"  - name: rule {number}\n    when: {{{conditions[number % 10]}}}\n    then: [{{tag: tag{number}}}]\n"


def write_tests(folder: Path, count: int) -> Path:
    """A file of `count` tests for the rules of a folder: each calls up one of them."""
    lines = [
        f"  - {{name: test {number}, message: {{from: x@client{number * 10 + 4}.example, text: ok}}, expect: {{fires: [rule {number * 10 + 4}]}}}}\n"
        for number in range(min(count, 90))
    ]
    lines += [
        f"  - {{name: test {number}, message: {{text: nothing of note {number}}}, expect: {{tags: []}}}}\n"
        for number in range(len(lines), count)
    ]
    (folder / "tests.yaml").write_text("tests:\n" + "".join(lines))
    return folder
