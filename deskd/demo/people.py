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
    """An agent as Slack knows them; `handle` is what follows the @."""

    id: str
    handle: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class SlackChannel:
    """A team's channel."""

    id: str
    name: str
    topic: str


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

CHANNELS = (
    SlackChannel("C0FRONT", "front-desk", "Level 1: every new ticket, unless a rule says otherwise"),
    SlackChannel("C0SPECIAL", "specialists", "Level 2: networks, and what level 1 passes on"),
)
