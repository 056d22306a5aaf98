"""The demo's folder: an ordinary deskd.yaml and an ordinary rules folder, written once and then the user's own.

In: a folder. Out: the settings of the desk in it. Files that are there already are left as they are.
"""

from __future__ import annotations

import os
import shutil
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from deskd.config import Settings, load_config
from deskd.errors import UsageError

_TEMPLATE = Path(__file__).parent / "desk"


def write_desk(folder: Path) -> None:
    """Put deskd.yaml, the rules (the starter rules and the demo's own), canned replies and articles into `folder`. Raises `UsageError` when that can't be done."""
    try:
        (folder / "rules").mkdir(parents=True, exist_ok=True)
        if not (folder / "deskd.yaml").exists():
            _copy(_TEMPLATE / "deskd.yaml", folder)
            for rules in (starter_rules(), _TEMPLATE / "rules"):
                for file in sorted(rules.glob("*.yaml")):
                    _copy(file, folder / "rules")
            for shelf in ("canned", "knowledge"):
                shutil.copytree(_TEMPLATE / shelf, folder / shelf, dirs_exist_ok=True)
    except OSError as failure:
        raise UsageError(f"the demo's folder can't be written: {failure}") from failure


def _copy(file: Path, folder: Path) -> None:
    shutil.copyfile(file, folder / file.name)


def starter_rules() -> Path:
    """The starter rules: those of the checkout, or those that the installed package brought along."""
    checkout = Path(__file__).resolve().parents[2] / "rules"
    if checkout.is_dir():
        return checkout
    return Path(sysconfig.get_path("data")) / "share" / "deskd" / "rules"


def load_desk(folder: Path, given: Mapping[str, str]) -> Settings:
    """The settings of the desk in `folder`; `given` are the variables of this start. Raises `ConfigError`."""
    return load_config(folder / "deskd.yaml", {**os.environ, **given})
