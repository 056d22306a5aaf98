"""What customers are sent: the built-in texts, an admin's own, and that a template ends soon and small."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd import templates
from deskd.config import Settings
from deskd.config.desk import Desk
from deskd.errors import BrokenInvariant

LANGUAGES = ("it", "en", "es", "pt")
CONTEXT = {
    "contact": {"name": "Maria Rossi", "address": "maria@cliente.example"},
    "ticket": {"ref": "ACME-1042", "subject": "Fattura 118", "status": "open", "priority": "high"},
    "desk": {"name": "Acme Support"},
    "agent": {"name": "Anna Rossi"},
    "match": {"invoice": "118"},
}


def desk(own: Mapping[str, Mapping[str, str]], languages: tuple[str, ...] = ("it", "en")) -> Settings:
    return Settings(Path("deskd.yaml"), Desk.model_construct(languages=languages), {}, templates=own)


def one(source: str, context: Mapping[str, object] = CONTEXT) -> str:
    return templates.render(desk({"own": {"it": source}}), "own", "it", context)


# ── built in ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_built_in_templates_are_those_that_rules_and_settings_know() -> None:
    from deskd.config.crosscheck import BUILT_IN_TEMPLATES

    assert tuple(templates.BUILT_IN) == BUILT_IN_TEMPLATES
    assert all(set(texts) == set(LANGUAGES) for texts in templates.BUILT_IN.values())


@pytest.mark.parametrize("name", templates.BUILT_IN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_built_in_text_names_the_ticket_and_the_desk_and_nothing_of_the_senders(
    name: str, language: str
) -> None:
    """Whoever writes under a stranger's address must not have us mail that stranger words of theirs."""
    source = templates.BUILT_IN[name][language]
    assert set(re.findall(r"{{ (.*?) }}", source)) == {"ticket.ref", "desk.name"}
    assert templates.faults(source) == []
    text = templates.render(desk({}), name, language, CONTEXT)
    assert "ACME-1042" in text
    assert text.endswith("Acme Support")


# ── which text ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("own", "name", "language", "expected"),
    [
        ({"own": {"it": "Ciao", "pt": "Olá"}}, "own", "pt", "Olá"),
        ({"own": {"it": "Ciao", "pt": "Olá"}}, "own", "pt-BR", "Olá"),  # a variant gets its language
        ({"own": {"it": "Ciao", "en": "Hi"}}, "own", "de", "Ciao"),  # else the desk's default
        ({"own": {"en": "Hi", "es": "Hola"}}, "own", "de", "Hi"),  # else English
        ({"own": {"es": "Hola"}}, "own", "de", "Hola"),  # else whatever there is
        ({"received": {"it": "Grazie"}}, "received", "it", "Grazie"),  # instead of the built-in one
        ({"own": {"it": "  Ciao\n"}}, "own", "it", "Ciao"),  # a YAML block's line end
    ],
)
def test_which_text_is_sent(
    own: Mapping[str, Mapping[str, str]], name: str, language: str, expected: str
) -> None:
    assert templates.render(desk(own), name, language, CONTEXT) == expected


def test_an_admins_text_leaves_the_other_languages_built_in() -> None:
    text = templates.render(desk({"received": {"it": "Grazie"}}), "received", "es", CONTEXT)
    assert text.startswith("Hola:")


def test_a_name_that_is_nobodys_is_our_fault() -> None:
    with pytest.raises(BrokenInvariant):
        templates.render(desk({}), "nothing", "it", CONTEXT)


# ── what renders ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Grazie {{ contact.name }}: {{ ticket.ref }}", "Grazie Maria Rossi: ACME-1042"),
        ("{{ contact['name'] }}", "Maria Rossi"),
        ("{{ contact.name.split()[0] }}", "Maria"),  # a first name
        ("{{ contact.name.split()[9] }}!", "!"),
        ("{{ contact.name|default('cliente', true)|upper }}", "MARIA ROSSI"),
        ("{{ match.invoice }}, {{ match.other }}.", "118, ."),  # what isn't known is empty
        ("{{ match.other.deep.upper() }}!", "!"),
        ("{% if match.other > 3 %}x{% endif %}!", "!"),
        ("{% if ticket.priority == 'high' %}Subito{% else %}Presto{% endif %}", "Subito"),
        ("{% if ticket.priority in ['high', 'urgent'] %}Subito{% endif %}", "Subito"),
        ("{% for word in contact.name.split() %}{{ loop.index }}{{ word }} {% endfor %}", "1Maria 2Rossi"),
        ("{% set who = contact.name ~ ' di ' ~ desk.name %}{{ who }}", "Maria Rossi di Acme Support"),
        ("{{ 'n' + 1 + 2 }} {{ 1 + 2 }} {{ 3 - 1 }}", "n12 3 2"),
        ("{{ contact.name|replace('a', 'o') }}", "Morio Rossi"),
        ("{{ 'abc'|join('-') }}", "a-b-c"),
        ("a &amp; <b> {{ desk.name }}", "a &amp; <b> Acme Support"),  # plain text: nothing is escaped
    ],
)
def test_what_renders(source: str, expected: str) -> None:
    assert templates.faults(source) == []
    assert one(source) == expected


def test_a_value_is_one_line_and_never_a_template() -> None:
    """A customer's name can't bring paragraphs, or code, of its own along."""
    context = {"contact": {"name": "Maria\r\n\r\nYou won!\u2028{{ desk.name }}"}, "desk": {"name": "Acme"}}
    assert one("{{ contact.name }}", context) == "Maria You won! {{ desk.name }}"


def test_a_name_of_any_length_is_cut() -> None:
    assert len(one("{{ contact.name }}", {"contact": {"name": "x" * 1_000_000}})) == 1_000


def test_with_an_empty_context_everything_is_empty() -> None:
    assert one("[{{ contact.name }}{{ ticket.ref }}{{ agent.name.title() }}]", {}) == "[]"


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("Ciao {{ contact.name", 1, "unexpected end"),
        ("Ciao\n{% if %}", 2, "isn't Jinja2"),
        ("{{ conact.name }}", 1, "'conact'"),
        ("Ciao\n\n{{ contact.nme }}", 3, "contact.nme"),
        ("{{ contact['nme'] }}", 1, "contact.nme"),
        ("{{ telegram_link.url }}", 1, "telegram_link by itself"),
        ("{{ contact.name|center(9) }}", 1, "'center'"),
        ("{{ 1 is divisibleby 0 }}", 1, "'divisibleby'"),
        ("{{ 'a' * 10**9 }}", 1, "'*'"),  # gigabytes
        ("{{ 9 ** 9 ** 9 }}", 1, "'**'"),  # hours
        ("{{ '%999999999d' % 1 }}", 1, "'%'"),
        ("{{ '%999999999d'|format(1) }}", 1, "'format'"),
        ("{{ '{:>999999999}'.format(1) }}", 1, "'format'"),
        ("{{ 'a'.ljust(10**9) }}", 1, "'ljust'"),
        ("{% for i in range(10**9) %}{% endfor %}", 1, "'range'"),
        ("{{ lipsum(10000) }}", 1, "'lipsum'"),
        ("{% macro a() %}{{ a() }}{% endmacro %}", 1, "'macro'"),
        ("{% include 'received' %}", 1, "'include'"),
        ("{% import 'os' as os %}", 1, "'import'"),
        ("{{ contact.__class__.__mro__ }}", 1, "'__class__'"),  # the usual way out of a sandbox
        ("{{ contact|attr('x') }}", 1, "'attr'"),
        ("{% set x = [contact, contact] %}", 1, "a list"),
        ("{{ contact.name.split(*contact) }}", 1, "'*' before"),
        ("{% for a in contact recursive %}{{ loop(a) }}{% endfor %}", 1, "recursive"),
        ("{{ 1 < 'a' }}", 1, "can't be worked out"),  # shows only when it runs
        ("x" * 20_001, 1, "20001 characters"),
        ("{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}", 1, "can't be read"),
        ("{{ contact" + ".name" * 3_000 + " }}", 1, "deep"),
        ("{{ " + "9" * 5_000 + " }}", 1, "can't be read"),
        ("{% for a in contact %}" * 3 + "{% endfor %}" * 3, 1, "loops in one another"),
    ],
)
def test_what_is_wrong_is_found_when_it_is_loaded(source: str, line: int, message: str) -> None:
    found = templates.faults(source)
    assert any(fault.line == line and message in fault.message for fault in found), found


def test_all_faults_are_told_at_once_with_the_nearest_right_word() -> None:
    found = templates.faults("{{ conact.name }}\n{{ ticket.reff|uper }}")
    assert [(fault.line, fault.remedy) for fault in found] == [
        (1, "did you mean 'contact'?"),
        (2, "did you mean 'upper'?"),
        (2, "did you mean 'ticket.ref'?"),
    ]


def test_problems_say_which_template_in_which_language() -> None:
    problems = templates.check_templates(desk({"received": {"it": "Ciao", "en": "Hi\n{{ nobody }}"}}))
    assert [str(problem) for problem in problems] == [
        "deskd.yaml: templates.received.en, line 2: found the name 'nobody', "
        "expected one of contact, ticket, desk, agent, telegram_link, match"
    ]


# ── bounds ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "source",
    [
        "{% set x = 'aaaaaaaaaa' %}" + "{% set x = x ~ x %}" * 60 + "{{ x }}",  # 10^19 characters
        "{% set x = 'aaaaaaaaaa' %}" + "{% set x = x + x %}" * 60 + "{{ x }}",
        "{% set x = 'aaaaaaaaaa' %}" + "{% set x = x|replace('a', x) %}" * 60 + "{{ x }}",
        "{% set x = 'aaaaaaaaaa' %}" + "{% set x = x|join(x) %}" * 60 + "{{ x }}",
        "{% set x = 'é' %}"
        + "{% set x = x|replace('é', 'éé')|urlencode|replace('%', 'éé') %}" * 20
        + "{{ x }}",
        "{% for a in desk.name %}{% for b in desk.name %}{{ desk.name }}{% endfor %}{% endfor %}",
    ],
)
def test_what_grows_stops_growing(source: str) -> None:
    assert templates.faults(source) == []
    text = one(source, {"desk": {"name": "x" * 1_000}})
    assert len(text) == templates.MAX_OUTPUT


def test_a_loop_ends_after_a_hundred_rounds() -> None:
    assert one("{% for letter in desk.name %}.{% endfor %}", {"desk": {"name": "x" * 1_000}}) == "." * 100


def test_a_text_that_cant_be_worked_out_gives_way_to_another_and_at_last_to_its_own_words() -> None:
    breaks = "Ciao{% if ticket.subject > 3 %}, subito{% endif %}"
    context = {"ticket": {"subject": "Fattura"}}
    assert templates.render(desk({"own": {"es": breaks, "it": "Ciao"}}), "own", "es", context) == "Ciao"
    assert templates.render(desk({"own": {"it": breaks}}), "own", "it", context) == "Ciao, subito"


PIECES = st.sampled_from(
    "{{ }} {% %} contact . name ticket ref if else endif for in endfor set = ~ + - | upper join replace ( ) [ ] ' , 1 x match a < == "
    "not default items split".split()
)


@given(st.lists(PIECES, max_size=40).map(" ".join), st.text(max_size=50))
def test_what_passed_the_check_renders(source: str, name: str) -> None:
    if not templates.faults(source):
        assert len(one(source, {"contact": {"name": name}})) <= templates.MAX_OUTPUT


@given(st.text(max_size=200))
def test_any_text_is_judged(source: str) -> None:
    assert all(fault.line >= 1 and fault.message for fault in templates.faults(source))
