"""What agents read of levels, duty, handoffs and promises, in Portuguese."""

from __future__ import annotations

from typing import Final

LEVELS: Final[dict[str, str]] = {
    "away_now": "Está ausente até escrever !back. O que tiver de urgente passa para outra pessoa.",
    "away_until": (
        "Está ausente até {until}; com !back termina antes. O que tiver de urgente passa para outra pessoa."
    ),
    "back_now": "Está de volta: os tickets voltam a ser-lhe atribuídos.",
    "was_not_away": "Não estava ausente.",
    "queue_given": "📥 Este ticket está agora com {name}.",
    "queue_lost": (
        "📥 {name} não está e ninguém está livre para este ticket: fica à espera. Quem puder, "
        "assuma-o com !claim."
    ),
    "waits_off_duty": "à espera: ninguém de serviço",
    "waits_full": "à espera: todos no limite",
    "waits_unskilled": "à espera: ninguém com essa competência",
    "waits_released": "à espera: foi devolvido",
    "help_away": "avisa que não está: até quando, ou até !back",
    "help_back": "avisa que voltou",
    "help_queue": "o que espera por alguém, nas suas equipas ou numa delas",
    "screen_queue": "📥 À espera de alguém: {count}",
    "accept": "Aceitar",
    "accepted_note": "🤝 {name} assumiu este ticket por {team}.",
    "accept_not_yours": (
        "Este ticket passou para {team}: aceita-o alguém dessa equipa. Para o assumir, escreva !claim."
    ),
    "accept_already": "Aqui já não há nada para aceitar.",
    "accept_late": "⏳ Desde {since} ninguém de {team} aceitou este ticket. Se assim ficar, sobe de nível.",
    "accept_up": "{team} não o aceitou a tempo",
    "help_accept": "aceita um ticket que passou para a sua equipa",
    "step_accepted": "aceite",
    "screen_clock": "Tempo decorrido, por nível",
    "screen_weight": "Urgência e impacto",
    "screen_tasks": "Chamadas e visitas",
    "weight_set": "definida diretamente",
    "callback_set": "☎️ Ligar de volta: {at} {place}",
    "visit_set": "🚐 Visita no local: {at} {place}",
    "callback_due": "☎️ Está na hora de ligar de volta a {who} {place}",
    "visit_due": "🚐 Está na hora da visita a {who} {place}",
    "task_done": "Feito",
    "task_cancel": "Anular a marcação",
    "task_invite": "Convidar o cliente",
    "task_over": "Já foi feito, ou anulado.",
    "task_done_note": "✔️ Feito: {what}",
    "task_cancelled": "✖️ Anulado por nós: {what}",
    "task_invited": "📅 O convite segue para o cliente.",
    "task_no_way": "A este cliente não se pode escrever: diga-lhe a hora pessoalmente.",
    "tasks_none": "Não há chamadas nem visitas marcadas.",
    "needs_when": "Quando? Primeiro é preciso uma hora.",
    "help_callback": "promete uma chamada: aqui é lembrada na hora certa",
    "help_visit": "promete uma visita; com “invite” no fim o cliente recebe um convite",
    "help_tasks": "chamadas e visitas marcadas, as mais urgentes primeiro",
    "outside_mailed": "📧 A passagem segue para {name} por e-mail. A resposta chega aqui.",
    "outside_not_sent": "⚠️ A passagem não chegou: {error}. É preciso avisá-los de outra forma.",
    "outside_kept": "quem está fora do Slack responde à equipa, não ao cliente",
    "outside_asks": (
        "{desk} passa-lhe este pedido. Responda a este e-mail sem mudar o endereço: assim a sua "
        "resposta junta-se ao pedido. Segue-se o que se sabe até agora."
    ),
    "outside_file": "{name} ({size}) não segue em anexo",
}
