"""`python -m deskd` is `deskd`."""

from __future__ import annotations

from deskd.cli import main

if __name__ == "__main__":
    main()
