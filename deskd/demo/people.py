"""Who takes part in the demo: customers with their mail addresses, agents and channels as desk/deskd.yaml names them."""

from __future__ import annotations

from dataclasses import dataclass

SUPPORT = "support@acme.example"


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer; `language` is the one of their mail program and of what they write."""

    key: str
    name: str
    address: str
    language: str

    @property
    def domain(self) -> str:
        return self.address.partition("@")[2]


@dataclass(frozen=True, slots=True)
class SlackPerson:
    """Somebody as Slack knows them; `handle` is what follows the @."""

    id: str
    handle: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class TelegramPerson:
    """A customer as Telegram knows them; `handle` is what follows the @."""

    id: int
    first_name: str
    last_name: str
    handle: str
    language: str


@dataclass(frozen=True, slots=True)
class SlackChannel:
    """A channel of the agents, or, with `customers`, one in which customers write."""

    id: str
    name: str
    topic: str
    customers: bool = False


CUSTOMERS = (
    Customer("maria", "Maria Bianchi", "maria@cliente.example", "it"),
    Customer("john", "John Miller", "john@client.example", "en"),
    Customer("lucia", "Lucía Fernández", "lucia@cliente-es.example", "es"),
    Customer("joao", "João Pereira", "joao@empresa.example", "pt"),
)

AGENTS = (
    SlackPerson("U0ANNA", "anna", "Anna Rossi", "anna@acme.example"),
    SlackPerson("U0BRUNO", "bruno", "Bruno Sá", "bruno@acme.example"),
    SlackPerson("U0CARLA", "carla", "Carla Ruiz", "carla@acme.example"),
)

SLACK_CUSTOMERS = (SlackPerson("U0ELENA", "elena", "Elena Greco", "elena@partner.example"),)

TELEGRAM_CUSTOMERS = (
    TelegramPerson(501, "Giulia", "Conti", "giuliac", "it"),
    TelegramPerson(502, "Rafael", "Souza", "rafasouza", "pt"),
)

CHANNELS = (
    SlackChannel("C0FRONT", "front-desk", "Level 1: every new ticket, unless a rule says otherwise"),
    SlackChannel("C0SPECIAL", "specialists", "Level 2: networks, and what level 1 passes on"),
    SlackChannel("C0ADMINS", "desk-admins", "What the desk tells its admins"),
    SlackChannel("C0HELP", "acme-help", "Customers in Slack write here", customers=True),
)


def customer_names() -> list[str]:
    """Under which the desk posts what they wrote."""
    named = [person.name for person in (*CUSTOMERS, *SLACK_CUSTOMERS)]
    return [*named, *(f"{person.first_name} {person.last_name}" for person in TELEGRAM_CUSTOMERS)]
