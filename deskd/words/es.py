"""What agents read, in Spanish."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    # a ticket's own lines
    "no_subject": "(sin asunto)",
    "unreadable_subject": "Un mensaje ilegible de {sender}",
    "unreadable": (
        "No se pudo leer este mensaje: {reason}. El original se conserva intacto: puedes verlo con deskd inbox show {inbox} y volver a intentarlo con deskd inbox retry {inbox}."
    ),
    "look_here": "Échale un vistazo a este ticket, por favor.",
    "came_back": "Se acabó el plazo: este ticket estaba en “{status}” y vuelve a estar abierto.",
    # buttons on its card
    "claim": "Tomar",
    "resolve": "Resolver",
    # replies and notes
    "send_to_customer": "Enviar al cliente",
    "kept_inside": "🔒 Quedó como interno: el cliente no lo ve. ¿Era para el cliente?",
    "unsigned": (
        "💔 Alguien ha escrito aquí de forma anónima, en nombre del grupo. No se puede saber quién ha sido, así que el cliente no lo recibe. En los ajustes del grupo, quita el anonimato a ese administrador y vuelve a escribir el mensaje."
    ),
    "edit_too_late": (
        "El cliente no recibe este cambio: el mensaje ya había salido. Para corregirlo, escribe otro."
    ),
    "edit_command": (
        "La respuesta se detuvo y queda como interna. Un comando solo vale en un mensaje aparte: escríbelo de nuevo."
    ),
    "edit_adds": (
        "La respuesta se detuvo y queda como interna: un archivo añadido después, o un texto bajo otro archivo del álbum, no puede salir con ella. Envíala de nuevo."
    ),
    "stop_too_late": "Demasiado tarde: el cliente ya tiene este mensaje.",
    "not_yours": "Solo quien escribió esta nota puede enviarla.",
    "already_sent": "Este mensaje ya se envió.",
    "recipient_refused": "No se entregó a {address}: su servidor de correo respondió “{answer}”.",
    "not_sent": "⚠️ El cliente no recibió este mensaje: {error}",
    "files_not_shown": "No se pudieron mostrar aquí los archivos: {error}",
    "file_not_shown": "demasiado grande para mostrarlo aquí",
    "files_too_large": (
        "“{name}” ({size}) es demasiado grande: los archivos ocupan {total} en total y un mensaje lleva como máximo {limit}. "
        "Escríbelo de nuevo sin él o envía un enlace"
    ),
    # customers in chats
    "file_not_fetched": "demasiado grande para que lo descargue un bot: como máximo {limit}",
    "contacts_joined": "🔗 La persona de este chat ha demostrado que {address} también es suya: ahora es un solo contacto.",
    "part_contacts": "Deshacer",
    "contacts_parted": "Vuelven a ser dos contactos.",
    "customer_rated": "⭐ El cliente ha dado {stars} de 5.",
    "customer_commented": "💬 Sobre su valoración: {text}",
    "customer_blocked": "🚫 El cliente ha bloqueado el bot: en este chat no le llega nada hasta que lo desbloquee.",
    "customer_unblocked": "El cliente ha desbloqueado el bot.",
    "customer_file_lost": "⚠️ No se ha podido descargar un archivo del cliente: {error}",
    "customer_floods": "🌊 De este chat llegan más de {messages} mensajes en {per}: los que sigan entran en el ticket, pero aquí no se ven hasta que se calme.",
    "perhaps_sent": (
        "❔ No hay forma de saber si el cliente recibió este mensaje: {error}. Mira la conversación y elige."
    ),
    "send_again": "Enviar de nuevo",
    "it_arrived": "Llegó",
    "perhaps_twice": "↻ Puede que este mensaje ya esté aquí arriba:",
    "settled_already": "Ya quedó aclarado si este mensaje llegó.",
    # who joins a ticket, and who takes part
    "join": "Unir",
    "unjoin": "Separar",
    "linked_here": (
        "🔗 Este correo menciona {ref}, pero no se ha unido a él: {because}. Si forma parte, pulsa Unir: su remitente participará en {ref}."
    ),
    "join_itself": "{ref} no puede unirse a sí mismo.",
    "join_unreadable": "{ref} ocupa el lugar de un mensaje ilegible: no hay nada que unir.",
    "joined_already": "{ref} ya forma parte de otro ticket.",
    "not_joined": "{ref} no forma parte de otro ticket.",
    "joined_into": "Este ticket forma parte ahora de {ref}: continúa allí.",
    "took_in": "{ref} forma parte ahora de este ticket, con todos sus mensajes; su remitente participa.",
    "gave_back": "{ref} vuelve a ser un ticket aparte y se ha llevado sus mensajes.",
    "stands_alone": "Este vuelve a ser un ticket aparte, separado de {ref}.",
    "cc_proposed": (
        "En copia del correo: {names}. Quien añadas podrá escribir en este ticket y recibirá sus respuestas."
    ),
    "cc_trusted": "En copia del correo, y desde ahora participantes: {names}.",
    "add_person": "Añadir a {name}",
    "participant_added": (
        "{address} participa ahora en este ticket: lo que escriba se añade a él y recibirá sus respuestas."
    ),
    "bounced": "⚠️ El cliente no recibió el mensaje: {reason}",
    "delayed": (
        "El correo sigue de camino al cliente: {reason}. Los servidores de correo seguirán intentándolo."
    ),
    "came_back_before": (
        "El último correo a {address} fue devuelto ({reason}). Este se envía de todos modos; quizá se pueda localizar al cliente de otra manera."
    ),
    "answers_spent": (
        "{ref}: se han enviado {count} respuestas automáticas a {address} en un día y no recibirá más hasta que ese día termine. Lo más probable es que allí conteste un programa."
    ),
    "agent_kept_inside": (
        "🔒 Llegó por correo y quedó como interno: {because}. Para llegar al cliente, responde aquí."
    ),
    "mailed_file_too_large": "el archivo {name} es más grande de lo que admite un correo",
    "has_files": "lleva archivos, que el desk no reenvía desde el correo de un agente",
    "no_reply_meant": "parece una nota o un comando, o no dice nada",
    # handling a ticket
    "claimed_by_other": "{agent} ya lleva este ticket. Para tomarlo: !assign @{me}.",
    "nobodys": "Este ticket no es de nadie: no hay nada que liberar. Para tomarlo: !claim.",
    "already": "Este ticket ya está en “{status}”.",
    "no_move": "Un ticket en “{old}” no puede pasar a “{new}”. Primero reábrelo con !reopen.",
    # levels: going up, going back, handing over
    "escalated_note": "⬆️ Este ticket sube a {team} (nivel {level}). Motivo: {reason}",
    "deescalated_note": "⬇️ Este ticket vuelve a {team} (nivel {level}). Motivo: {reason}",
    "given_here": "📥 {ref} “{subject}” llega aquí desde {team}. Lo que ha pasado hasta ahora: !summary",
    "escalated_here": "⬆️ {ref} “{subject}” ha subido desde {team}: {reason}",
    "deescalated_here": "⬇️ {ref} “{subject}” ha vuelto desde {team}: {reason}",
    "nothing_above": "⬆️ {who} quiere que este ticket suba, pero no hay nadie por encima del nivel {level}; se queda aquí. Motivo: {reason}",
    "handoff": "📋 Traspaso de {ref}: {subject}",
    "handoff_why": "Por qué sube de nivel",
    "handoff_problem": "El problema, en palabras del cliente",
    "handoff_tried": "Qué se ha preguntado y probado (→ al cliente, 🔒 interno)",
    "handoff_files": "Archivos adjuntos",
    "handoff_had": "Quién lo tuvo",
    "handoff_tags": "Etiquetas",
    "handoff_due": "Qué vence y cuándo",
    "handoff_timeline": "Cronología",
    "handoff_none": "– nada –",
    "step_opened": "abierto",
    "step_wrote": "llegó un mensaje",
    "step_replied": "respuesta",
    "step_not_sent": "una respuesta no salió",
    "step_status": "cambio de estado",
    "step_claimed": "tomado",
    "step_assigned": "asignado",
    "step_released": "liberado",
    "step_escalated": "subió de nivel",
    "step_deescalated": "bajó de nivel",
    "due_first_response": "primera respuesta",
    "due_next_response": "próxima respuesta",
    "due_resolution": "solución",
    "sla_warning": "⏰ {clock}: vence el {at}, y queda poco tiempo.",
    "sla_missed": "🔥 {clock}: venció el {at}, y no ha llegado.",
    "sla_escalates": "{clock}: el plazo era el {at}",
    "escalate_same": "Este ticket ya es de {team}.",
    "escalate_below": "{team} es de nivel {level}: un ticket no sube hasta ahí. Usa !deescalate para devolverlo, o !assign.",
    "escalate_just_now": "{who} acaba de pasar este ticket a {team}: con una vez basta.",
    "escalate_over": "Este ticket está en “{status}”. Reábrelo con !reopen antes de pasarlo a otro nivel.",
    "no_team_of_level": "Ningún equipo de este desk es de nivel {level}.",
    "in_no_team": "{agent} no está en ningún equipo.",
    "nothing_below": "No hay ningún nivel por debajo de este.",
    # commands that can't be read
    "unknown_command": "Este desk no conoce el comando !{command}. !help muestra los que conoce.",
    "unknown_command_near": "Este desk no conoce el comando !{command}. ¿Quizá !{near}? !help los muestra todos.",
    "right_form": "La forma correcta: {form}\nPor ejemplo: {example}",
    "right_form_alone": "La forma correcta: {form}",
    "takes_nothing": "!{command} va solo, pero le sigue “{found}”. No se hizo nada.",
    "needs_whom": "¿Para quién es este ticket?",
    "too_many_whom": "Un ticket va a una sola persona o a un solo equipo, no a “{found}”.",
    "nobody_called": "Ninguna persona ni equipo de este desk se llama “{name}”.",
    "nobody_called_near": "Ninguna persona ni equipo de este desk se llama “{name}”. ¿Quizá @{near}?",
    "several_called": "Hay más de uno con el nombre “{name}”. ¿Cuál de estos: {keys}?",
    "needs_reason": "¿A qué está esperando este ticket?",
    "needs_why_up": "¿Por qué sube de nivel? Quien lo toma lee primero tu motivo.",
    "needs_why_down": "¿Por qué vuelve? El equipo que lo recibe lee primero tu motivo.",
    "reason_too_long": "El motivo es demasiado largo: {limit} caracteres como máximo. El resto va en una nota.",
    "needs_value": "¿Cuál? Los valores posibles son: {values}.",
    "wrong_value": "“{found}” no está entre los valores posibles: {values}.",
    "needs_tags": "¿Qué etiquetas?",
    "wrong_tag": "“{found}” no puede ser una etiqueta: letras, cifras y - _ . :, {limit} caracteres como máximo.",
    "too_many_tags": "Son demasiadas etiquetas: {limit} como máximo cada vez.",
    "tag_both_ways": "“{found}” no se puede añadir y quitar a la vez.",
    "wrong_time": "“{found}” no es un plazo que este desk entienda.",
    "time_past": "“{found}” ya pasó.",
    "time_too_far": "“{found}” queda demasiado lejos: {limit} días como máximo.",
    "resolve_inside": (
        "No se envió nada: una respuesta que menciona a un compañero, o que empieza como una nota o un comando, queda como interna. Escribe la última respuesta sin eso; o primero la nota y después !resolve."
    ),
    # help
    "help_head": "Lo que se puede escribir en el hilo de un ticket",
    "help_foot": (
        "Lo que se escribe aquí va al cliente. Lo que empieza por note: o //, o menciona a un compañero, a un equipo o a @here, queda como interno. 👀 toma el ticket, ✅ en la tarjeta lo resuelve."
    ),
    "help_foot_internal": (
        "Lo que se escribe aquí queda como interno; lo que empieza por reply: va al cliente. 👀 toma el ticket, ✅ en la tarjeta lo resuelve."
    ),
    "help_claim": "toma este ticket",
    "help_assign": "lo asigna a una persona o a un equipo",
    "help_release": "lo libera: ya no es de nadie",
    "help_escalate": "lo pasa al siguiente nivel, a un equipo, a una persona o a un nivel, y dice por qué",
    "help_deescalate": "lo devuelve al nivel anterior, y dice por qué",
    "help_resolve": "lo resuelve; con una última respuesta, en cuanto haya salido",
    "help_pending": "lo deja a la espera del cliente; con un plazo, el ticket vuelve solo",
    "help_hold": "lo pone en pausa, y dice por qué; con un plazo delante, el ticket vuelve solo",
    "help_reopen": "lo abre de nuevo",
    "help_close": "lo cierra definitivamente",
    "help_spam": "lo marca como spam",
    "help_priority": "fija la prioridad: low (baja), normal, high (alta), urgent (urgente)",
    "help_urgency": "fija la urgencia: low (baja), medium (media), high (alta)",
    "help_impact": "fija el impacto: low (bajo), medium (medio), high (alto)",
    "help_tag": "añade etiquetas; con un menos delante, las quita",
    "help_help": "esta lista, o más sobre un comando",
    # the card's menu
    "menu_pending": "A la espera del cliente",
    "menu_hold": "En pausa",
    "menu_not_a_request": "No es una consulta",
    "menu_spam": "Es spam",
    "menu_reopen": "Reabrir",
    "menu_history": "Historial",
    # canned replies and knowledge
    "no_canned": "Este desk no tiene respuestas preparadas. Las escribe un administrador, en archivos; docs/canned.md explica cómo.",
    "canned_head": "Respuestas preparadas, primero las que encajan con este ticket. Para ver una, escribe !canned y su nombre:",
    "canned_preview": "📝 {name}, tal como la recibiría el cliente:",
    "kb_nothing": "No se ha encontrado ningún artículo para “{words}”.",
    "send_article": "Enviar “{title}”",
    "no_such_text": "No hay ningún texto llamado “{name}”. Hay: {names}.",
    "one_name": "“{found}” no es el nombre de una respuesta preparada.",
    "needs_words": "¿Qué buscas?",
    "help_canned": "las respuestas preparadas que encajan; con un nombre, una vista previa con el botón que la envía",
    "help_kb": "busca en los artículos",
    # other tickets, and screens about this one
    "customer_edited": "✏️ (editado) {text}",
    "customer_deleted": "🗑️ El cliente ha eliminado un mensaje suyo; aquí se conserva: “{text}”",
    "wrote_again_telegram": (
        "⏳ El cliente ha vuelto a escribir mientras tu respuesta espera. Sale a las {at} tal como está: para cambiarla, edítala; para detenerla, reacciona con 👎."
    ),
    "wrote_again": (
        "⏳ El cliente ha vuelto a escribir mientras tu respuesta espera. Sale a las {at} tal como está: para cambiarla, edítala; para detenerla, bórrala o reacciona con ❌."
    ),
    "direct_deleted": "🗑️ Eliminado en la conversación con el cliente, que quizá ya lo leyó: “{text}”",
    "direct_note_refused": (
        "El cliente lee este hilo: aquí nada es interno, y lo que acabas de escribir no es una nota. Si no era para el cliente, bórralo; las notas van en el hilo del ticket, en el canal del equipo."
    ),
    "undo_split": "Deshacer la división",
    "split_from": "✂️ Separado de {ref}: ahora es un ticket aparte.",
    "split_into": "✂️ El último mensaje del cliente, y lo que vino después, es ahora {ref}.",
    "linked_with": "🔗 Enlazado con {ref} “{subject}”.",
    "linked_already": "Este ticket ya está enlazado con {ref}.",
    "not_linked": "Este ticket no está enlazado con {ref}.",
    "unlinked_from": "🔗 Ya no está enlazado con {ref} “{subject}”.",
    "nothing_to_split": "No hay nada que dividir: el cliente solo ha escrito una vez aquí.",
    "no_such_ref": "No existe ningún ticket {ref}.",
    "this_ticket_itself": "{ref} es este mismo ticket.",
    "merged_now": "Unido: se sigue en {ref}. Para deshacerlo, pulsa Separar o escribe aquí !unmerge.",
    "unmerged_now": "{ref} vuelve a ser un ticket aparte.",
    "needs_ref": "¿Qué ticket?",
    "wrong_ref": "“{found}” no es la referencia de un ticket.",
    "needs_note": "¿Qué debe decir la nota?",
    "screen_language": "Idioma",
    "screen_tags": "Etiquetas",
    "screen_undelivered": "⚠️ El correo rebota",
    "screen_tickets": "Tickets hasta ahora",
    "screen_participants": "También participan",
    "screen_other_open": "Otros tickets abiertos",
    "screen_first": "Lo primero que escribió el cliente",
    "screen_last": "Lo último que escribió",
    "screen_answer": "Nuestra última respuesta",
    "screen_note": "Última nota",
    "screen_links": "Tickets enlazados",
    "screen_contact": "Cliente",
    "screen_state": "Estado y prioridad",
    "screen_with": "Lo lleva",
    "screen_opened": "Abierto",
    "screen_updated": "Último cambio",
    "screen_due": "Próximo plazo",
    "screen_messages": "Mensajes",
    "step_tags": "etiquetas cambiadas",
    "step_classified": "prioridad cambiada",
    "step_merged": "unido",
    "step_took_in": "incorporó",
    "step_split": "dividido",
    "step_linked": "enlazado",
    "step_unlinked": "enlace deshecho",
    "help_merge": "une este ticket a otro",
    "help_unmerge": "hace que vuelva a ser un ticket aparte",
    "help_split": "convierte el último mensaje del cliente, y lo que vino después, en un ticket aparte",
    "help_link": "lo enlaza con otro ticket",
    "help_unlink": "deshace el enlace",
    "help_note": "escribe una nota interna",
    "help_contact": "quién es el cliente: direcciones, idioma, etiquetas, otros tickets abiertos",
    "help_history": "qué ha pasado, en una pantalla",
    "help_summary": "el ticket en una pantalla",
    "help_why": "dice qué reglas se han aplicado en este ticket y por qué; con el nombre de una regla, por qué se aplicó o no",
    "why_fired": "Lo que han hecho aquí las reglas:",
    "why_none": "En este ticket no se ha aplicado ninguna regla.",
    "why_unknown": "Aquí no se ha evaluado ninguna regla con este nombre: {rule}.",
    "why_did": "mensaje {number}: se aplicó, {because}",
    "why_did_not": "mensaje {number}: no se aplicó, {because}",
}
