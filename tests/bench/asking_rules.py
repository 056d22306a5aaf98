"""What it costs to ask the rules about one mail of 5 KB."""

from time import perf_counter

from deskd.config import load_config
from deskd.model import Envelope
from deskd.parse import parse_mail
from deskd.rules import ContactFacts, Facts, evaluate, load_rules
from tests.bench.figures import Figure
from tests.bench.mails import mixed
from tests.bench.rulesets import write_rules
from tests.bench.run import Run
from tests.bench.running import configuration

SIZES = (100, 1_000, 10_000)
MAILS = 200


async def asking(run: Run) -> list[Figure]:
    messages = [
        parse_mail(mail.data, Envelope(), ("it", "en", "es", "pt")) for mail in mixed(MAILS, run.label())
    ]
    facts = [
        Facts(
            "message",
            "support-mail",
            message,
            True,
            contact=ContactFacts(message.sender.address),
            language=message.language or "en",
        )
        for message in messages
    ]
    figures = []
    for size in SIZES:
        folder = run.desk_folder()
        settings = load_config(configuration(folder, run.sqlite(), write_rules(folder / "rules", size)), {})
        began = perf_counter()
        ruleset = load_rules(settings.desk.rules, settings)
        loaded = perf_counter() - began
        evaluate(ruleset, facts[0])
        began = perf_counter()
        fired = sum(len(evaluate(ruleset, each).fired) for each in facts)
        took = (perf_counter() - began) / len(facts)
        figures.append(
            Figure(
                f"asking {size:,} rules about a mail of 5 KB",
                f"{took * 1e6:,.0f} µs",
                f"{fired / len(facts):.1f} fire, loaded in {loaded:.2f} s",
            )
        )
    return figures
