"""What cards and posts say of their own, in the languages agents may read. Everything else on them comes in as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deskd.model import Priority, Status


@dataclass(frozen=True, slots=True)
class Words:
    """`more` takes the number of characters left out."""

    contact: str
    channel: str
    status: str
    priority: str
    team: str
    level: str
    assignee: str
    nobody: str
    tags: str
    due: str
    opened: str
    more: str
    too_late: str
    not_now: str
    statuses: Mapping[Status, str]
    priorities: Mapping[Priority, str]


_EN = Words(
    contact="Contact", channel="Channel", status="Status", priority="Priority", team="Team", level="level {level}",
    assignee="Assignee", nobody="nobody yet", tags="Tags", due="Due", opened="Opened",
    more="… {count} more characters are not shown here",
    too_late="That took too long for Slack, and nothing was done. Please press again.",
    not_now="The desk can't say that just now. Please try again in a moment.",
    statuses={
        "new": "new", "open": "open", "pending": "pending", "hold": "on hold", "resolved": "resolved",
        "closed": "closed", "spam": "spam",
    },
    priorities={"low": "low", "normal": "normal", "high": "high", "urgent": "urgent"},
)  # fmt: skip

_IT = Words(
    contact="Contatto", channel="Canale", status="Stato", priority="Priorità", team="Team", level="livello {level}",
    assignee="Assegnato a", nobody="ancora nessuno", tags="Etichette", due="Scadenza", opened="Aperto",
    more="… altri {count} caratteri non sono mostrati qui",
    too_late="Slack non ha aspettato: ci è voluto troppo tempo e non è stato fatto nulla. Premi di nuovo.",
    not_now="Il desk ora non può rispondere. Riprova tra un momento.",
    statuses={
        "new": "nuovo", "open": "aperto", "pending": "in attesa del cliente", "hold": "in sospeso", "resolved": "risolto",
        "closed": "chiuso", "spam": "spam",
    },
    priorities={"low": "bassa", "normal": "normale", "high": "alta", "urgent": "urgente"},
)  # fmt: skip

_ES = Words(
    contact="Contacto", channel="Canal", status="Estado", priority="Prioridad", team="Equipo", level="nivel {level}",
    assignee="Asignado a", nobody="nadie todavía", tags="Etiquetas", due="Vence", opened="Abierto",
    more="… {count} caracteres más no se muestran aquí",
    too_late="Se tardó demasiado para Slack y no se hizo nada. Pulsa de nuevo.",
    not_now="El desk no puede responder ahora mismo. Inténtalo de nuevo en un momento.",
    statuses={
        "new": "nuevo", "open": "abierto", "pending": "a la espera del cliente", "hold": "en pausa",
        "resolved": "resuelto", "closed": "cerrado", "spam": "spam",
    },
    priorities={"low": "baja", "normal": "normal", "high": "alta", "urgent": "urgente"},
)  # fmt: skip

_PT = Words(
    contact="Contato", channel="Canal", status="Status", priority="Prioridade", team="Equipe", level="nível {level}",
    assignee="Atribuído a", nobody="ainda ninguém", tags="Etiquetas", due="Prazo", opened="Aberto",
    more="… mais {count} caracteres não são mostrados aqui",
    too_late="Demorou demais para o Slack e nada foi feito. Clique de novo.",
    not_now="A central não consegue responder agora. Tente de novo daqui a pouco.",
    statuses={
        "new": "novo", "open": "aberto", "pending": "à espera do cliente", "hold": "em pausa",
        "resolved": "resolvido", "closed": "fechado", "spam": "spam",
    },
    priorities={"low": "baixa", "normal": "normal", "high": "alta", "urgent": "urgente"},
)  # fmt: skip

_LANGUAGES: Mapping[str, Words] = {"en": _EN, "it": _IT, "es": _ES, "pt": _PT}


def words(language: str) -> Words:
    """The words in this language, English where it is none of ours."""
    return _LANGUAGES.get(language.partition("-")[0].lower(), _EN)
