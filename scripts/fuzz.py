"""Look for what breaks deskd until the time is up: `python -m scripts.fuzz MINUTES`.

Not part of CI. Every property test runs with ever new examples (hypothesis), then parse is led by coverage into what no example
reached (atheris, `tests/fuzz/`), in turn. What is found is printed, with the example or the file in build/fuzz that shows it, and becomes a
case of the corpus or an ``@example`` of the property. Exit status: 0 if nothing was found, else 1, at the first finding.
"""

import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

FOUND = Path("build/fuzz")
FIXTURES = Path("../shared/fixtures")
SLOW = 20  # seconds; instrumented code takes ten times as long, and over 1 s is a bug
LARGEST = 50_000  # bytes
TURN = 600  # seconds of atheris between two rounds of the properties


def properties(seconds_left: float) -> int:
    """Run the property tests once, each with many examples of one random seed. Returns pytest's exit status."""
    seed = secrets.randbits(32)
    print(f"properties with seed {seed}, {seconds_left / 60:.0f} minutes left", flush=True)
    pytest = [sys.executable, "-m", "pytest", "-q", "-m", "hypothesis", "-n", "auto", "--timeout=0", "tests"]
    return subprocess.run([*pytest, "--hypothesis-profile=fuzz", f"--hypothesis-seed={seed}"]).returncode


def bytes_for_parse(seconds_left: float) -> int:
    """Let atheris lead parse for a turn. Returns its exit status."""
    kept = FOUND / "mail"
    if not kept.exists():
        _begin_with(kept)
    seconds = int(min(TURN, max(10.0, seconds_left)))
    print(f"bytes for parse, for {seconds} s", flush=True)
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={SLOW}",
        f"-max_len={LARGEST}",
        "-rss_limit_mb=2000",
        "-print_final_stats=1",
        f"-artifact_prefix={FOUND}/",
        f"-dict={Path('tests/fuzz/mail.dict')}",
    ]
    return subprocess.run([sys.executable, "-m", "tests.fuzz.mail", *options, str(kept)]).returncode


def _begin_with(kept: Path) -> None:
    """Real messages, where there are some, and one small one."""
    kept.mkdir(parents=True)
    (kept / "small.eml").write_bytes(b"From: a@b.example\r\nSubject: =?utf-8?q?x?=\r\n\r\nHello\r\n")
    for number, message in enumerate(sorted(FIXTURES.rglob("*.eml"))):
        if message.stat().st_size <= LARGEST:
            shutil.copyfile(message, kept / f"{number}.eml")


def main(minutes: float) -> int:
    """Go round until the time is up or something is found; what is under way is finished."""
    end = time.monotonic() + minutes * 60
    while (left := end - time.monotonic()) > 0:
        if bytes_for_parse(left) or ((left := end - time.monotonic()) > 0 and properties(left)):
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
