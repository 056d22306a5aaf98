"""sisimai's bounces, complaints and vacation notes: the class of each, and for each recipient whether writing again is useless."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from tests.corpus.score import Score, read

# A receipt ("delivered") is automatic mail to a desk.
KINDS = {
    "bounce": "bounce",
    "auto-reply": "auto_reply",
    "feedback-report": "complaint",
    "delivered": "auto_reply",
}


def scores(folder: Path) -> list[Score]:
    """Class by mail; hard or soft by recipient, as a multiset, since the answers name no addresses."""
    kinds, hardness = Score("sisimai: class", 0.97), Score("sisimai: hard or soft", 0.93)
    answers = json.loads((folder / "sisimai/expected.json").read_text())
    for name, answer in sorted(answers.items()):
        message = read((folder / "sisimai" / name).read_bytes())
        kinds.count(name, KINDS[answer["class"]], message.kind)
        if answer["class"] == "bounce":
            left = Counter(bounce.permanent for bounce in message.bounces)
            for recipient in answer["recipients"]:
                expected = recipient["hardbounce"]
                found = expected if left[expected] else (not expected if left[not expected] else None)
                if found is not None:
                    left[found] -= 1
                hardness.count(f"{name} {recipient['reason']}", expected, found)
    return [kinds, hardness]
