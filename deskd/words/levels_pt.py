"""What agents read of levels, duty, handoffs and promises, in Portuguese."""

from __future__ import annotations

from typing import Final

LEVELS: Final[dict[str, str]] = {
    "away_now": "Você consta como ausente até escrever !back. O que tiver de urgente passa para outra pessoa.",
    "away_until": (
        "Você consta como ausente até {until}; com !back termina antes. O que tiver de urgente passa para outra pessoa."
    ),
    "back_now": "Você está de volta: os tickets voltam a ser atribuídos a você.",
    "was_not_away": "Você não constava como ausente.",
    "queue_given": "📥 Este ticket agora está com {name}.",
    "queue_lost": (
        "📥 {name} não está e ninguém está livre para este ticket: ele fica na fila. Quem puder, assuma com !claim."
    ),
    "waits_off_duty": "à espera: ninguém de plantão",
    "waits_full": "à espera: todos no limite",
    "waits_unskilled": "à espera: ninguém com essa competência",
    "waits_released": "à espera: foi liberado",
    "help_away": "avisa que você não está: até quando, ou até !back",
    "help_back": "avisa que você voltou",
    "help_queue": "o que está na fila, nas suas equipes ou em uma delas",
    "screen_queue": "📥 Na fila: {count}",
    "accept": "Aceitar",
    "accepted_note": "🤝 {name} assumiu este ticket por {team}.",
    "accept_not_yours": (
        "Este ticket passou para {team}: quem o aceita é alguém dessa equipe. Para você mesmo assumir, escreva !claim."
    ),
    "accept_already": "Não há mais nada para aceitar aqui.",
    "accept_late": "⏳ Desde {since} ninguém de {team} aceitou este ticket. Se assim ficar, sobe de nível.",
    "accept_up": "{team} não o aceitou a tempo",
    "help_accept": "aceita um ticket que passou para a sua equipe",
    "step_accepted": "aceito",
    "screen_clock": "Tempo decorrido, por nível",
    "screen_weight": "Urgência e impacto",
    "screen_tasks": "Ligações e visitas",
    "weight_set": "definida diretamente",
    "callback_set": "☎️ Ligar de volta: {at} {place}",
    "visit_set": "🚐 Visita no local: {at} {place}",
    "callback_due": "☎️ Está na hora de ligar de volta para {who} {place}",
    "visit_due": "🚐 Está na hora da visita a {who} {place}",
    "task_done": "Feito",
    "task_cancel": "Cancelar",
    "task_invite": "Convidar o cliente",
    "task_over": "Já foi feito, ou cancelado.",
    "task_done_note": "✔️ Feito: {what}",
    "task_cancelled": "✖️ Cancelado: {what}",
    "task_invited": "📅 O convite é enviado ao cliente.",
    "task_no_way": "Não há como escrever a este cliente: informe o horário por telefone.",
    "tasks_none": "Não há ligações nem visitas marcadas.",
    "needs_when": "Quando? Primeiro é preciso um horário.",
    "help_callback": "promete uma ligação: aqui vem o lembrete na hora certa",
    "help_visit": "promete uma visita; com “invite” no fim, o cliente recebe um convite",
    "help_tasks": "ligações e visitas marcadas, as mais urgentes primeiro",
    "outside_mailed": "📧 A transferência vai para {name} por e-mail. A resposta chega aqui.",
    "outside_not_sent": "⚠️ A transferência não chegou: {error}. É preciso avisar de outra forma.",
    "outside_kept": "quem está fora do Slack responde à equipe, não ao cliente",
    "outside_asks": (
        "{desk} passa este pedido para você. Responda a este e-mail sem mudar o endereço: assim a sua resposta se junta ao pedido. Veja abaixo o que se sabe até agora."
    ),
    "outside_file": "{name} ({size}) não vai em anexo",
}
