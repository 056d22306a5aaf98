"""Run the tests: `python -m scripts.run_tests ARGS…`, the arguments are pytest's.

What fails when hundreds of real processes come and go beside it is looked at a second time, by itself. If it fails again, it fails. If it
passes, it is named as unstable, for somebody to mend: a test that depends on the machine's load is a defect of its own, but not one of deskd.
More than `UNSTABLE_AT_MOST` failures are no accident, and get no second look. Exit status: pytest's.
"""

import json
import subprocess
import sys
from pathlib import Path

UNSTABLE_AT_MOST = 5
TESTS_FAILED = 1  # pytest's exit status; others mean that it was interrupted or couldn't begin
LAST_FAILED = Path(".pytest_cache/v/cache/lastfailed")


def pytest(*arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *arguments]).returncode


def failed() -> list[str]:
    """The node ids of the tests that the last run saw failing."""
    return sorted(json.loads(LAST_FAILED.read_text(encoding="utf-8"))) if LAST_FAILED.exists() else []


def main(arguments: list[str]) -> int:
    LAST_FAILED.unlink(missing_ok=True)
    status = pytest(*arguments)
    suspects = failed()
    if status != TESTS_FAILED or not 0 < len(suspects) <= UNSTABLE_AT_MOST:
        return status
    print(f"\n{len(suspects)} failed among the others. A second look at each, by itself:\n", flush=True)
    still = [test for test in suspects if pytest("-q", test)]
    for test in suspects:
        print(f"{'FAILED TWICE' if test in still else 'UNSTABLE, mend it'}: {test}", flush=True)
    return TESTS_FAILED if still else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
