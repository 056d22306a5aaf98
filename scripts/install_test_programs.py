"""Install the Debian packages that the tests use, where this may be done; else say what will be left out.

Only what is missing is installed, and only as root or with a sudo that asks nothing. `make test` runs this first.
Exit status: 0, or 1 if something is still missing and ``CI=true``, because there nothing may be left out.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from tests.support.needs import Need, missing


def elevation() -> list[str] | None:
    """What to put before a command to run it as root: nothing, sudo, or None if there is no way to."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def install(packages: Sequence[str]) -> str | None:
    """Install Debian packages. Returns None, or why it could not be done."""
    root = elevation()
    if shutil.which("apt-get") is None:
        return "this machine has no apt-get"
    if root is None:
        return "that takes root, or a sudo that asks for no password"
    print(f"installing what the tests use: {' '.join(packages)}", flush=True)
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--yes", "--quiet=2"]
    for command in (["update"], ["install", "--no-install-recommends", *packages]):
        done = subprocess.run([*apt, *command], capture_output=True, text=True)
        if done.returncode:
            return f"apt-get {command[0]} failed:\n{done.stdout}{done.stderr}"
    return None


def main() -> int:
    """Install, then look again."""
    packages = [need.package for need in missing() if need.package]
    why = install(packages) if packages else None
    absent: list[Need] = [need for need in missing() if need.package]
    if not absent:
        return 0
    print(
        f"not installed: {', '.join(str(need.package) for need in absent)} — {why or 'apt-get did not bring it'}"
    )
    if os.environ.get("CI") == "true":
        print("CI leaves nothing out")
        return 1
    print("the tests that need it are left out; the end of the run lists them")
    return 0


if __name__ == "__main__":
    sys.exit(main())
