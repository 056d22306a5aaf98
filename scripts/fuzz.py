"""Run every property test with ever new examples until the time is up: `python -m scripts.fuzz MINUTES`.

Not part of CI. What it finds is printed by pytest with the example that shows it, and becomes a case of the corpus or
an ``@example`` of the property. Exit status: 0 if nothing was found, else 1, at the first finding.
"""

import secrets
import subprocess
import sys
import time


def one_round(seconds_left: float) -> int:
    """Run the property tests once, each with many examples of one random seed. Returns pytest's exit status."""
    seed = secrets.randbits(32)
    print(f"seed {seed}, {seconds_left / 60:.0f} minutes left", flush=True)
    pytest = [sys.executable, "-m", "pytest", "-q", "-m", "hypothesis", "-n", "auto", "--timeout=0", "tests"]
    return subprocess.run([*pytest, "--hypothesis-profile=fuzz", f"--hypothesis-seed={seed}"]).returncode


def main(minutes: float) -> int:
    """Go round until the time is up or something is found; the round under way is finished."""
    end = time.monotonic() + minutes * 60
    while (left := end - time.monotonic()) > 0:
        if one_round(left):
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
