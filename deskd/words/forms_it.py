"""What agents read on buttons, forms, lists and pages, in Italian."""

from __future__ import annotations

from typing import Final

FORMS: Final[dict[str, str]] = {
    # buttons and menu of a card
    "assign": "Assegna…",
    "escalate": "Escala…",
    "reply_with": "Rispondi con…",
    "menu_more": "Altro…",
    "menu_note": "Nota…",
    "menu_pending_until": "In attesa fino a…",
    "menu_hold_because": "Sospendi perché…",
    "menu_priority": "Priorità…",
    "menu_tags": "Etichette…",
    "menu_merge": "Unisci…",
    "menu_split": "Dividi…",
    "menu_show_all": "Mostra tutto",
    "show_all": "Mostra tutto",
    # forms: what all of them say
    "form_cancel": "Annulla",
    "form_close": "Chiudi",
    "form_save": "Salva",
    "form_until": "Fino a quando?",
    "form_until_hint": "Per esempio 2d, lunedì, domani 14:30 o 2026-10-20. Poi il ticket torna da solo.",
    "form_whom": "A chi?",
    "form_teams": "Team",
    "form_agents": "Persone",
    "form_levels": "Livelli",
    "form_reason": "Perché?",
    "form_empty": "Compila questo campo.",
    "form_not_offered": "Questa scelta non c'è più. Scegli di nuovo.",
    "form_too_long": "Troppo lungo: al massimo {limit} caratteri.",
    # assign, escalate
    "assign_title": "Assegna",
    "escalate_title": "Escala",
    "escalate_next": "Il livello successivo",
    "escalate_level": "Livello {level}",
    "escalate_hint": "È la prima cosa che legge chi lo prende in carico.",
    # reply
    "reply_title": "Risposta al cliente",
    "reply_send": "Invia",
    "reply_canned": "Risposta pronta",
    "reply_choose": "Scegline una, oppure scrivi sotto",
    "reply_fitting": "Per questo ticket",
    "reply_others": "Tutte le altre",
    "reply_text": "Quello che riceve il cliente",
    "reply_held": "Parte dopo {seconds} secondi; ❌ nel thread la ferma.",
    "reply_at_once": "Parte subito.",
    "reply_by_phone": (
        "Questo ticket è arrivato per telefono: lì non si può inviare nulla. Quello che scrivi resta interno, come nota."
    ),
    "reply_then": "E poi",
    "reply_then_stays": "Lo stato resta com'è",
    "reply_then_resolved": "Risolto, quando è partita",
    "reply_then_pending": "In attesa del cliente, quando è partita",
    "reply_mentions": (
        "Qui è menzionato un collega, oppure comincia come una nota o un comando. Toglilo, o fanne una nota."
    ),
    # priority, tags, note, hold, pending, merge, split
    "priority_title": "Priorità",
    "priority_urgency": "Urgenza",
    "priority_impact": "Impatto",
    "priority_hint": "Una priorità scelta da qualcuno resta. Altrimenti la decidono urgenza e impatto.",
    "tags_title": "Etichette",
    "tags_hint": "Separate da spazi o virgole. Quelle che togli qui spariscono dal ticket.",
    "note_title": "Nota",
    "note_text": "Che cosa deve dire?",
    "note_hint": "Resta interna: il cliente non la vede.",
    "hold_title": "In sospeso",
    "hold_reason": "Che cosa aspetta?",
    "pending_title": "In attesa del cliente",
    "merge_title": "Unisci",
    "merge_ref": "A quale ticket?",
    "merge_hint": "Questo ticket diventa parte di quello, con tutti i messaggi. Si può annullare.",
    "split_title": "Dividi",
    "split_from_which": "Da quale messaggio in poi?",
    "split_hint": "Quel messaggio, e ciò che è venuto dopo, diventa un ticket a sé. Si può annullare.",
    # a new ticket
    "new_title": "Nuovo ticket",
    "new_open": "Apri",
    "new_name": "Nome del cliente",
    "new_address": "Numero di telefono o indirizzo e-mail",
    "new_address_hint": (
        "Con un numero di telefono è una chiamata: lì non si può inviare nulla. A un indirizzo "
        "e-mail vanno le tue risposte."
    ),
    "new_subject": "Oggetto",
    "new_text": "Di che cosa si tratta?",
    "new_team": "Team incaricato",
    "new_by_rules": "Come dicono le regole",
    "new_assignee": "Chi lo prende?",
    "new_mine": "Io",
    "new_whoever": "A chi tocca nel team",
    "new_opened": "{ref} è aperto: {subject}",
    "wrong_address": "“{found}” non è né un numero di telefono né un indirizzo e-mail.",
    "not_a_customer": "“{found}” è un indirizzo del desk o di un operatore, non di un cliente.",
    "no_mail_channel": "Questo desk non invia e-mail: indica un numero di telefono.",
    "no_way_back": (
        "Questo ticket è arrivato per telefono: a {address} non si può inviare nulla. Quello che "
        "hai scritto è rimasto interno."
    ),
    # pages
    "page_message": "Il messaggio intero",
    "page_ticket": "Tutto ciò che è scritto",
    "page_more": "Continua a leggere ({part} di {parts})",
    "page_empty": "Non c'è niente da leggere.",
    # shortcuts
    "not_a_tickets_message": "Quel messaggio non è nel thread di un ticket.",
    "only_own_notes": "Al cliente può andare solo una nota scritta da te.",
    "note_already": "È già una nota.",
    "note_too_late": "Troppo tardi: il cliente ha già questo messaggio.",
    "note_of_desk": "Solo ciò che ha scritto un operatore può diventare una nota.",
    "no_text": "In quel messaggio non c'è testo.",
    # /desk and the home tab
    "not_of_roster": "Non sei tra gli operatori di questo desk. Un amministratore li aggiunge in deskd.yaml.",
    "slash_my": "I tuoi ticket aperti: {count}",
    "slash_queue": "Ticket aperti di {teams}: {count}",
    "slash_found": "Ticket trovati per “{words}”: {count}",
    "slash_found_many": "Ticket trovati per “{words}”, i {count} più recenti",
    "slash_no_team": "Non sei in nessun team.",
    "slash_unknown": "Qui “{found}” non c'è.",
    "slash_help": (
        "• {command} my – i tuoi ticket, prima quelli in scadenza\n"
        "• {command} queue – i ticket aperti dei tuoi team\n"
        "• {command} search PAROLE – per riferimento, cliente, oggetto o testo\n"
        "• {command} new – apre un ticket, per esempio dopo una telefonata\n"
        "• {command} help – questo elenco\n"
        "Nel thread di un ticket scrivi !help."
    ),
    "more_tickets": "… e altri {count}",
    "home_hello": "Ciao {name}, che bello rivederti.",
    "home_stranger": "Qui gli operatori del desk vedono i loro ticket.",
    "home_mine": "I miei ticket ({count})",
    "home_none_mine": "Non hai ticket aperti.",
    "home_queue": "{team} ({count} aperti)",
    "home_none_queue": "Qui non c'è niente di aperto.",
    "home_refresh": "Aggiorna",
    "home_new": "Nuovo ticket…",
}
