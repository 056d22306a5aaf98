"""Write the JSON Schemas that editors use from the models that deskd reads files with: `make schema`.

With `--check` nothing is written: exit status 1 and the files' names if one is not what the models say now.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from deskd.config import schema as config_schema
from deskd.rules import schema as rules_schema

FOLDER = Path(__file__).resolve().parents[1] / "config" / "schema"
SCHEMAS: dict[str, Callable[[], str]] = {
    "deskd.schema.json": config_schema.schema_text,
    "rules.schema.json": rules_schema.schema_text,
}


def stale() -> dict[Path, str]:
    """Each file that isn't what the models say, with what it should hold."""
    wanted = {FOLDER / name: text() for name, text in SCHEMAS.items()}
    return {path: text for path, text in wanted.items() if not path.exists() or path.read_text() != text}


def main(check: bool) -> int:
    """Write what is stale, or only say so."""
    for path, text in stale().items():
        print(f"{'stale, run make schema' if check else 'written'}: config/schema/{path.name}")
        if not check:
            FOLDER.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return int(check and bool(stale()))


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
