"""What agents read, in Italian."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    # a ticket's own lines
    "no_subject": "(nessun oggetto)",
    "unreadable_subject": "Un messaggio illeggibile di {sender}",
    "unreadable": (
        "Impossibile leggere questo messaggio: {reason}. L'originale è conservato intatto: si può vedere con "
        "deskd inbox show {inbox} e riprovare con deskd inbox retry {inbox}."
    ),
    "look_here": "Dai un'occhiata a questo ticket, per favore.",
    "came_back": "Tempo scaduto: questo ticket era “{status}” ed è di nuovo aperto.",
    # buttons on its card
    "claim": "Prendi",
    "resolve": "Risolvi",
    # replies and notes
    "send_to_customer": "Invia al cliente",
    "kept_inside": "🔒 È rimasto interno: il cliente non lo vede. Era una risposta per il cliente?",
    "unsigned": (
        "💔 Qui qualcuno ha scritto in forma anonima, a nome del gruppo. Non si può sapere chi è stato, quindi il cliente non lo riceve. Nelle impostazioni del gruppo, togli l'anonimato a quell'amministratore e riscrivi il messaggio."
    ),
    "edit_too_late": (
        "Il cliente non riceve questa modifica: il messaggio era già partito. Per correggerlo, scrivine un altro."
    ),
    "edit_command": (
        "La risposta è stata fermata e resta interna. Un comando vale solo in un messaggio a sé: scrivilo di nuovo."
    ),
    "edit_adds": (
        "La risposta è stata fermata e resta interna: un file aggiunto dopo, o un testo sotto un altro file dell'album, non può partire con lei. Inviala di nuovo."
    ),
    "stop_too_late": "Troppo tardi: il cliente ha già questo messaggio.",
    "not_yours": "Solo chi ha scritto questa nota può inviarla.",
    "already_sent": "Questo messaggio è già stato inviato.",
    "recipient_refused": "Non consegnato a {address}: il server di posta ha risposto “{answer}”.",
    "not_sent": "⚠️ Il cliente non ha ricevuto questo messaggio: {error}",
    "files_not_shown": "Non è stato possibile mostrare qui i file: {error}",
    "file_not_shown": "troppo grande per essere mostrato qui",
    "files_too_large": (
        "“{name}” ({size}) è troppo grande: i file pesano {total} in tutto e un messaggio ne porta al massimo {limit}. "
        "Riscrivi senza questo file, o invia un link"
    ),
    # customers in chats
    "file_not_fetched": "troppo grande perché un bot lo scarichi: al massimo {limit}",
    "contacts_joined": "🔗 La persona di questa chat ha dimostrato che anche {address} è suo: ora è un solo contatto.",
    "part_contacts": "Annulla",
    "contacts_parted": "Sono di nuovo due contatti.",
    "customer_rated": "⭐ Il cliente ha dato {stars} su 5.",
    "customer_commented": "💬 Sulla sua valutazione: {text}",
    "customer_blocked": "🚫 Il cliente ha bloccato il bot: in questa chat non gli arriva più nulla finché non lo sblocca.",
    "customer_unblocked": "Il cliente ha sbloccato il bot.",
    "customer_file_lost": "⚠️ Non è stato possibile scaricare un file del cliente: {error}",
    "customer_floods": "🌊 Da questa chat arrivano più di {messages} messaggi in {per}: quelli che seguono entrano nel ticket, ma qui non si vedono finché non torna la calma.",
    "perhaps_sent": (
        "❔ Non si può sapere se il cliente ha ricevuto questo messaggio: {error}. Guarda la conversazione e poi scegli."
    ),
    "send_again": "Invia di nuovo",
    "it_arrived": "È arrivato",
    "perhaps_twice": "↻ Forse questo messaggio c’è già qui sopra:",
    "settled_already": "È già stato chiarito se questo messaggio è arrivato.",
    # who joins a ticket, and who takes part
    "join": "Unisci",
    "unjoin": "Separa",
    "linked_here": (
        "🔗 Questa mail cita {ref} ma non è stata unita: {because}. Se ne fa parte, premi Unisci: il mittente parteciperà a {ref}."
    ),
    "join_itself": "{ref} non può essere unito a sé stesso.",
    "join_unreadable": "{ref} sta al posto di un messaggio illeggibile: non c'è nulla da unire.",
    "joined_already": "{ref} fa già parte di un altro ticket.",
    "not_joined": "{ref} non fa parte di un altro ticket.",
    "joined_into": "Questo ticket ora fa parte di {ref}: si prosegue lì.",
    "took_in": "{ref} ora fa parte di questo ticket, con tutti i suoi messaggi; il mittente vi partecipa.",
    "gave_back": "{ref} è di nuovo un ticket a sé e ha ripreso i suoi messaggi.",
    "stands_alone": "Questo è di nuovo un ticket a sé, separato da {ref}.",
    "cc_proposed": (
        "In copia nella mail: {names}. Chi aggiungi potrà scrivere in questo ticket e ne riceverà le "
        "risposte."
    ),
    "cc_trusted": "In copia nella mail, e d'ora in poi tra i partecipanti: {names}.",
    "add_person": "Aggiungi {name}",
    "participant_added": (
        "{address} ora partecipa a questo ticket: quello che scrive entra nel ticket, e ne riceve le risposte."
    ),
    "bounced": "⚠️ Il cliente non ha ricevuto il messaggio: {reason}",
    "delayed": (
        "La mail è ancora in viaggio verso il cliente: {reason}. I server di posta continuano a provare."
    ),
    "came_back_before": (
        "L'ultima mail a {address} è tornata indietro ({reason}). Questa parte lo stesso; forse il cliente si può raggiungere in un altro modo."
    ),
    "answers_spent": (
        "{ref}: {address} ha ricevuto {count} risposte automatiche in un giorno e fino a domani non ne riceve altre. Probabilmente risponde un programma."
    ),
    "agent_kept_inside": (
        "🔒 È arrivato per mail ed è rimasto interno: {because}. Per raggiungere il cliente rispondi qui."
    ),
    "mailed_file_too_large": "il file {name} è troppo grande per una mail",
    "has_files": "contiene file, che il desk non inoltra dalla mail di un operatore",
    "no_reply_meant": "sembra una nota o un comando, oppure è vuoto",
    # handling a ticket
    "claimed_by_other": "{agent} segue già questo ticket. Per prenderlo: !assign @{me}.",
    "nobodys": "Questo ticket non è di nessuno: non c'è niente da rilasciare. Per prenderlo: !claim.",
    "already": "Questo ticket è già “{status}”.",
    "no_move": "Un ticket “{old}” non può diventare “{new}”. Prima riaprilo con !reopen.",
    # levels: going up, going back, handing over
    "escalated_note": "⬆️ Questo ticket passa a {team} (livello {level}). Motivo: {reason}",
    "deescalated_note": "⬇️ Questo ticket torna a {team} (livello {level}). Motivo: {reason}",
    "given_here": "📥 {ref} “{subject}” arriva qui da {team}. Cosa è successo finora: !summary",
    "escalated_here": "⬆️ {ref} “{subject}” è arrivato da {team}: {reason}",
    "deescalated_here": "⬇️ {ref} “{subject}” è tornato da {team}: {reason}",
    "nothing_above": "⬆️ {who} vuole far salire questo ticket, ma sopra il livello {level} non c'è nessuno; resta qui. Motivo: {reason}",
    "handoff": "📋 Passaggio di consegne di {ref}: {subject}",
    "handoff_why": "Perché sale di livello",
    "handoff_problem": "Il problema, con le parole del cliente",
    "handoff_tried": "Che cosa è stato chiesto e provato (→ al cliente, 🔒 interno)",
    "handoff_files": "Allegati",
    "handoff_had": "Chi l'ha avuto",
    "handoff_tags": "Etichette",
    "handoff_due": "Che cosa scade e quando",
    "handoff_timeline": "Cronologia",
    "handoff_none": "– nulla –",
    "step_opened": "aperto",
    "step_wrote": "è arrivato un messaggio",
    "step_replied": "risposta",
    "step_not_sent": "una risposta non è partita",
    "step_status": "stato cambiato",
    "step_claimed": "preso in carico",
    "step_assigned": "assegnato",
    "step_released": "rilasciato",
    "step_escalated": "salito di livello",
    "step_deescalated": "sceso di livello",
    "due_first_response": "prima risposta",
    "due_next_response": "prossima risposta",
    "due_resolution": "soluzione",
    "sla_warning": "⏰ {clock}: scade il {at}, e il tempo stringe.",
    "sla_missed": "🔥 {clock}: scaduta il {at}, e non è arrivata.",
    "sla_escalates": "{clock}: il termine era il {at}",
    "escalate_same": "Questo ticket è già di {team}.",
    "escalate_below": "{team} è di livello {level}: un ticket non sale fin lì. Usa !deescalate per rimandarlo indietro, oppure !assign.",
    "escalate_just_now": "{who} ha appena passato questo ticket a {team}: una volta basta.",
    "escalate_over": "Questo ticket è “{status}”. Riaprilo con !reopen prima di passarlo a un altro livello.",
    "no_team_of_level": "Nessun team di questo desk è di livello {level}.",
    "in_no_team": "{agent} non fa parte di nessun team.",
    "nothing_below": "Sotto questo livello non ce ne sono altri.",
    # commands that can't be read
    "unknown_command": "Questo desk non conosce il comando !{command}. !help elenca quelli che conosce.",
    "unknown_command_near": "Questo desk non conosce il comando !{command}. Forse !{near}? !help li elenca tutti.",
    "right_form": "La forma giusta: {form}\nPer esempio: {example}",
    "right_form_alone": "La forma giusta: {form}",
    "takes_nothing": "!{command} va scritto da solo, ma è seguito da “{found}”. Non è stato fatto nulla.",
    "needs_whom": "A chi va questo ticket?",
    "too_many_whom": "Un ticket va a una sola persona o a un solo team, non a “{found}”.",
    "nobody_called": "Nessuna persona e nessun team di questo desk si chiama “{name}”.",
    "nobody_called_near": "Nessuna persona e nessun team di questo desk si chiama “{name}”. Forse @{near}?",
    "several_called": "Più d'uno risponde al nome “{name}”. Quale fra questi: {keys}?",
    "needs_reason": "Che cosa aspetta questo ticket?",
    "needs_why_up": "Perché sale di livello? Chi lo prende legge prima di tutto il motivo.",
    "needs_why_down": "Perché torna indietro? Chi lo riceve legge prima di tutto il motivo.",
    "reason_too_long": "Il motivo è troppo lungo: al massimo {limit} caratteri. Il resto va in una nota.",
    "needs_value": "Quale? I valori possibili sono: {values}.",
    "wrong_value": "“{found}” non è fra i valori possibili: {values}.",
    "needs_tags": "Quali etichette?",
    "wrong_tag": "“{found}” non può essere un'etichetta: lettere, cifre e - _ . :, al massimo {limit} caratteri.",
    "too_many_tags": "Troppe etichette insieme: al massimo {limit} per volta.",
    "tag_both_ways": "“{found}” non si può aggiungere e togliere allo stesso tempo.",
    "wrong_time": "“{found}” non è una scadenza che questo desk capisce.",
    "time_past": "“{found}” è già passato.",
    "time_too_far": "“{found}” è troppo lontano: al massimo {limit} giorni.",
    "resolve_inside": (
        "Non è stato inviato nulla: una risposta che menziona un collega, o che inizia come una nota o un comando, resta interna. Scrivi l'ultima risposta senza; oppure prima la nota e poi !resolve."
    ),
    # help
    "help_head": "Che cosa si può scrivere nel thread di un ticket",
    "help_foot": (
        "Quello che si scrive qui va al cliente. Quello che inizia con note: o //, o che menziona un collega, un team o @here, resta interno. 👀 prende il ticket, ✅ sulla scheda lo risolve."
    ),
    "help_foot_internal": (
        "Quello che si scrive qui resta interno; quello che inizia con reply: va al cliente. "
        "👀 prende il ticket, ✅ sulla scheda lo risolve."
    ),
    "help_claim": "prende questo ticket",
    "help_assign": "lo assegna a una persona o a un team",
    "help_release": "lo rilascia: non è più di nessuno",
    "help_escalate": "lo passa al livello successivo, a un team, a una persona o a un livello, e dice perché",
    "help_deescalate": "lo rimanda al livello di sotto, e dice perché",
    "help_resolve": "lo risolve; con un'ultima risposta, non appena è partita",
    "help_pending": "lo mette in attesa del cliente; con una scadenza, il ticket torna da solo",
    "help_hold": "lo mette in sospeso, e dice perché; con una scadenza davanti, il ticket torna da solo",
    "help_reopen": "lo riapre",
    "help_close": "lo chiude definitivamente",
    "help_spam": "lo segna come spam",
    "help_priority": "imposta la priorità: low (bassa), normal (normale), high (alta), urgent (urgente)",
    "help_urgency": "imposta l'urgenza: low (bassa), medium (media), high (alta)",
    "help_impact": "imposta l'impatto: low (basso), medium (medio), high (alto)",
    "help_tag": "aggiunge etichette; con un meno davanti, le toglie",
    "help_help": "questo elenco, o di più su un comando",
    # the card's menu
    "menu_pending": "In attesa del cliente",
    "menu_hold": "In sospeso",
    "menu_not_a_request": "Non è una richiesta",
    "menu_spam": "È spam",
    "menu_reopen": "Riapri",
    "menu_history": "Cronologia",
    # canned replies and knowledge
    "no_canned": "Questo desk non ha risposte pronte. Le scrive un amministratore in appositi file; docs/canned.md spiega come.",
    "canned_head": "Risposte pronte, prima quelle adatte a questo ticket. Per vederne una, scrivi !canned e il suo nome:",
    "canned_preview": "📝 {name}, come la riceverebbe il cliente:",
    "kb_nothing": "Nessun articolo trovato per “{words}”.",
    "send_article": "Invia “{title}”",
    "no_such_text": "Non c'è nessun testo di nome “{name}”. Ci sono: {names}.",
    "one_name": "“{found}” non è il nome di una risposta pronta.",
    "needs_words": "Che cosa cerchi?",
    "help_canned": "le risposte pronte adatte; con un nome, un'anteprima con il pulsante che la invia",
    "help_kb": "cerca negli articoli",
    # other tickets, and screens about this one
    "customer_edited": "✏️ (modificato) {text}",
    "customer_deleted": "🗑️ Il cliente ha eliminato un suo messaggio; qui resta conservato: “{text}”",
    "wrote_again_telegram": (
        "⏳ Il cliente ha scritto di nuovo mentre la tua risposta è in attesa. Parte alle {at} così com'è: modificala per cambiarla; reagisci con 👎 per fermarla."
    ),
    "wrote_again": (
        "⏳ Il cliente ha scritto di nuovo mentre la tua risposta è in attesa. Parte alle {at} così com'è: modificala per cambiarla; eliminala, o reagisci con ❌, per fermarla."
    ),
    "direct_deleted": "🗑️ Eliminato nella conversazione con il cliente, che potrebbe averlo letto: “{text}”",
    "direct_note_refused": (
        "Questa conversazione la legge anche il cliente: qui nulla resta interno, e ciò che hai appena scritto non è una nota. Se non era per il cliente, eliminalo; le note vanno nel thread del ticket, nel canale del team."
    ),
    "undo_split": "Annulla la divisione",
    "split_from": "✂️ Separato da {ref}: ora è un ticket a sé.",
    "split_into": "✂️ L'ultimo messaggio del cliente, con ciò che è seguito, è ora {ref}.",
    "linked_with": "🔗 Collegato a {ref} “{subject}”.",
    "linked_already": "Questo ticket è già collegato a {ref}.",
    "not_linked": "Questo ticket non è collegato a {ref}.",
    "unlinked_from": "🔗 Non più collegato a {ref} “{subject}”.",
    "nothing_to_split": "Non c'è nulla da dividere: qui il cliente ha scritto una volta sola.",
    "no_such_ref": "Non esiste nessun ticket {ref}.",
    "this_ticket_itself": "{ref} è proprio questo ticket.",
    "merged_now": "Unito: si continua in {ref}. Per annullare, premi Separa o scrivi qui !unmerge.",
    "unmerged_now": "{ref} è di nuovo un ticket a sé.",
    "needs_ref": "Quale ticket?",
    "wrong_ref": "“{found}” non è il riferimento di un ticket.",
    "needs_note": "Che cosa deve dire la nota?",
    "screen_language": "Lingua",
    "screen_tags": "Etichette",
    "screen_undelivered": "⚠️ Le mail tornano indietro",
    "screen_tickets": "Ticket finora",
    "screen_participants": "Partecipano anche",
    "screen_other_open": "Altri ticket aperti",
    "screen_first": "Che cosa ha scritto il cliente all'inizio",
    "screen_last": "Che cosa ha scritto per ultimo",
    "screen_answer": "La nostra ultima risposta",
    "screen_note": "Ultima nota",
    "screen_links": "Ticket collegati",
    "screen_contact": "Cliente",
    "screen_state": "Stato e priorità",
    "screen_with": "In carico a",
    "screen_opened": "Aperto",
    "screen_updated": "Ultima modifica",
    "screen_due": "Prossima scadenza",
    "screen_messages": "Messaggi",
    "step_tags": "etichette cambiate",
    "step_classified": "priorità cambiata",
    "step_merged": "unito",
    "step_took_in": "ha incorporato",
    "step_split": "diviso",
    "step_linked": "collegato",
    "step_unlinked": "scollegato",
    "help_merge": "unisce questo ticket a un altro",
    "help_unmerge": "lo rende di nuovo un ticket a sé",
    "help_split": "fa dell'ultimo messaggio del cliente, e di ciò che è seguito, un ticket a sé",
    "help_link": "lo collega a un altro ticket",
    "help_unlink": "toglie il collegamento",
    "help_note": "scrive una nota interna",
    "help_contact": "chi è il cliente: indirizzi, lingua, etichette, altri ticket aperti",
    "help_history": "che cosa è successo, in una schermata",
    "help_summary": "il ticket in una schermata",
    "help_why": "dice quali regole sono scattate su questo ticket e perché; con il nome di una regola, perché è scattata o no",
    "why_fired": "Che cosa hanno fatto qui le regole:",
    "why_none": "Su questo ticket non è scattata nessuna regola.",
    "why_unknown": "Qui non è stata valutata nessuna regola con questo nome: {rule}.",
    "why_did": "messaggio {number}: è scattata, {because}",
    "why_did_not": "messaggio {number}: non è scattata, {because}",
}
