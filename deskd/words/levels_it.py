"""What agents read of levels, duty, handoffs and promises, in Italian."""

from __future__ import annotations

from typing import Final

LEVELS: Final[dict[str, str]] = {
    "away_now": "Risulti assente finché non scrivi !back. Quello che hai di urgente passa a qualcun altro.",
    "away_until": (
        "Risulti assente fino al {until}; con !back finisce prima. Quello che hai di urgente "
        "passa a qualcun altro."
    ),
    "back_now": "Sei di nuovo in servizio: i ticket ti vengono di nuovo assegnati.",
    "was_not_away": "Non risultavi assente.",
    "queue_given": "📥 Ora questo ticket è di {name}.",
    "queue_lost": (
        "📥 {name} non c'è e per questo ticket non è libero nessuno: resta in coda. Chi può, lo prenda con !claim."
    ),
    "waits_off_duty": "in attesa: nessuno in servizio",
    "waits_full": "in attesa: tutti già al limite",
    "waits_unskilled": "in attesa: nessuno con queste competenze",
    "waits_released": "in attesa: è stato rilasciato",
    "help_away": "avvisa che non ci sei: fino a quando, o fino a !back",
    "help_back": "avvisa che sei di nuovo in servizio",
    "help_queue": "i ticket in coda, nei tuoi team o in uno di essi",
    "screen_queue": "📥 In coda: {count}",
    "accept": "Accetta",
    "accepted_note": "🤝 {name} ha preso in carico questo ticket per {team}.",
    "accept_not_yours": (
        "Questo ticket è passato a {team}: lo accetta qualcuno di quel team. Per prenderlo tu, scrivi !claim."
    ),
    "accept_already": "Qui non c'è più niente da accettare.",
    "accept_late": (
        "⏳ Dal {since} nessuno di {team} ha accettato questo ticket. Se resta così, sale di livello."
    ),
    "accept_up": "{team} non lo ha accettato in tempo",
    "help_accept": "accetta un ticket passato al tuo team",
    "step_accepted": "accettato",
    "screen_clock": "Tempo trascorso, per livello",
    "screen_weight": "Urgenza e impatto",
    "screen_tasks": "Richiamate e visite",
    "weight_set": "impostata direttamente",
    "callback_set": "☎️ Da richiamare: {at} {place}",
    "visit_set": "🚐 Visita in loco: {at} {place}",
    "callback_due": "☎️ È ora di richiamare {who} {place}",
    "visit_due": "🚐 È l'ora della visita a {who} {place}",
    "task_done": "Fatto",
    "task_cancel": "Annulla",
    "task_invite": "Invita il cliente",
    "task_over": "È già stato fatto, o annullato.",
    "task_done_note": "✔️ Fatto: {what}",
    "task_cancelled": "✖️ Annullato: {what}",
    "task_invited": "📅 L'invito viene inviato al cliente.",
    "task_no_way": "A questo cliente non si può scrivere: comunica l'orario a voce.",
    "tasks_none": "Nessuna richiamata e nessuna visita in programma.",
    "needs_when": "Quando? Serve prima un orario.",
    "help_callback": "promette una telefonata: qui ti viene ricordata all'ora giusta",
    "help_visit": "promette una visita; con “invite” in fondo il cliente riceve un invito",
    "help_tasks": "richiamate e visite in programma, le più urgenti per prime",
    "outside_mailed": "📧 Il passaggio di consegne va a {name} per e-mail. La risposta arriva qui.",
    "outside_not_sent": "⚠️ Il passaggio di consegne non è arrivato: {error}. Bisogna avvisarli in un altro modo.",
    "outside_kept": "chi è fuori da Slack risponde al desk, non al cliente",
    "outside_asks": (
        "{desk} ti passa questa richiesta. Rispondi a questa e-mail senza cambiare l'indirizzo: "
        "così la tua risposta si aggiunge alla richiesta. Qui sotto quello che si sa finora."
    ),
    "outside_file": "{name} ({size}) non è allegato",
}
