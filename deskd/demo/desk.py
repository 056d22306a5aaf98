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
from deskd.words import TEXTS

_TEMPLATE = Path(__file__).parent / "desk"
_ENGLISH = "agent_language: en"


def write_desk(folder: Path, language: str = "en") -> None:
    """Put deskd.yaml, the rules (the starter rules and the demo's own), canned replies and articles into `folder`; agents read `language`. Raises `UsageError` when that can't be done."""
    try:
        (folder / "rules").mkdir(parents=True, exist_ok=True)
        if not (folder / "deskd.yaml").exists():
            text = (_TEMPLATE / "deskd.yaml").read_text(encoding="utf-8")
            (folder / "deskd.yaml").write_text(
                text.replace(_ENGLISH, f"agent_language: {language}"), encoding="utf-8"
            )
            for rules in (starter_rules(), _TEMPLATE / "rules"):
                for file in sorted(rules.glob("*.yaml")):
                    _copy(file, folder / "rules")
            for shelf in ("canned", "knowledge"):
                shutil.copytree(_TEMPLATE / shelf, folder / shelf, dirs_exist_ok=True)
    except OSError as failure:
        raise UsageError(f"the demo's folder can't be written: {failure}") from failure


def language_of(env: Mapping[str, str]) -> str:
    """The language of whoever starts the demo, as their terminal has it (POSIX: LC_ALL, LC_MESSAGES, LANG), if deskd knows it; else English."""
    told = next((env[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(name)), "")
    return told[:2] if told[:2] in TEXTS else "en"


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
