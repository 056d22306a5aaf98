"""What agents read on buttons, forms, lists and pages, in Spanish."""

from __future__ import annotations

from typing import Final

FORMS: Final[dict[str, str]] = {
    # buttons and menu of a card
    "assign": "Asignar…",
    "escalate": "Escalar…",
    "reply_with": "Responder con…",
    "menu_more": "Más…",
    "menu_note": "Nota interna…",
    "menu_pending_until": "A la espera hasta…",
    "menu_hold_because": "Poner en pausa porque…",
    "menu_priority": "Prioridad…",
    "menu_tags": "Etiquetas…",
    "menu_merge": "Unir…",
    "menu_split": "Dividir…",
    "menu_show_all": "Mostrar todo",
    "show_all": "Mostrar todo",
    # forms: what all of them say
    "form_cancel": "Cancelar",
    "form_close": "Cerrar",
    "form_save": "Guardar",
    "form_until": "¿Hasta cuándo?",
    "form_until_hint": "Por ejemplo 2d, lunes, mañana 14:30 o 2026-10-20. Después el ticket vuelve solo.",
    "form_whom": "¿A quién?",
    "form_teams": "Equipos",
    "form_agents": "Personas",
    "form_levels": "Niveles",
    "form_reason": "¿Por qué?",
    "form_empty": "Rellena este campo.",
    "form_not_offered": "Esa opción ya no está disponible. Elige otra vez.",
    "form_too_long": "Demasiado largo: {limit} caracteres como máximo.",
    # assign, escalate
    "assign_title": "Asignar",
    "escalate_title": "Escalar",
    "escalate_next": "El siguiente nivel",
    "escalate_level": "Nivel {level}",
    "escalate_hint": "Es lo primero que lee quien lo recibe.",
    # reply
    "reply_title": "Respuesta al cliente",
    "reply_send": "Enviar",
    "reply_canned": "Respuesta preparada",
    "reply_choose": "Elige una o escribe abajo",
    "reply_fitting": "Para este ticket",
    "reply_others": "Todas las demás",
    "reply_text": "Lo que recibe el cliente",
    "reply_held": "Sale a los {seconds} segundos; un ❌ en el hilo la detiene.",
    "reply_at_once": "Sale enseguida.",
    "reply_by_phone": (
        "Este ticket llegó por teléfono: ahí no se puede enviar nada. Lo que escribas queda como nota interna."
    ),
    "reply_then": "Y después",
    "reply_then_stays": "El estado queda como está",
    "reply_then_resolved": "Resuelto, cuando haya salido",
    "reply_then_pending": "A la espera del cliente, cuando haya salido",
    "reply_mentions": (
        "Aquí se menciona a un compañero, o empieza como una nota o un comando. Quítalo, o "
        "conviértelo en nota."
    ),
    # priority, tags, note, hold, pending, merge, split
    "priority_title": "Prioridad",
    "priority_urgency": "Urgencia",
    "priority_impact": "Impacto",
    "priority_hint": (
        "Una prioridad que alguien eligió se mantiene. Si nadie lo hizo, la deciden la urgencia y el impacto."
    ),
    "tags_title": "Etiquetas",
    "tags_hint": "Separadas por espacios o comas. Las que quites aquí se quitan del ticket.",
    "note_title": "Nota interna",
    "note_text": "¿Qué debe decir?",
    "note_hint": "Es interna: el cliente no la ve.",
    "hold_title": "En pausa",
    "hold_reason": "¿A qué está esperando?",
    "pending_title": "A la espera del cliente",
    "merge_title": "Unir",
    "merge_ref": "¿A qué ticket?",
    "merge_hint": "Este ticket pasa a formar parte de aquel, con todos sus mensajes. Se puede deshacer.",
    "split_title": "Dividir",
    "split_from_which": "¿A partir de qué mensaje?",
    "split_hint": "Ese mensaje, y lo que vino después, pasa a ser un ticket aparte. Se puede deshacer.",
    # a new ticket
    "new_title": "Nuevo ticket",
    "new_open": "Abrir",
    "new_name": "Nombre del cliente",
    "new_address": "Teléfono o correo electrónico",
    "new_address_hint": (
        "Con un teléfono es una llamada: ahí no se puede enviar nada. A un correo van tus respuestas."
    ),
    "new_subject": "Asunto",
    "new_text": "¿De qué se trata?",
    "new_team": "Equipo",
    "new_by_rules": "Como digan las reglas",
    "new_assignee": "¿Quién lo toma?",
    "new_mine": "Yo",
    "new_whoever": "A quien le toque en el equipo",
    "new_opened": "{ref} está abierto: {subject}",
    "wrong_address": "“{found}” no es ni un teléfono ni un correo electrónico.",
    "not_a_customer": "“{found}” es una dirección del propio desk o de un agente, no de un cliente.",
    "no_mail_channel": "Este desk no envía correos: indica un teléfono.",
    "no_way_back": (
        "Este ticket llegó por teléfono: no se puede enviar nada a {address}. Lo que escribiste quedó como interno."
    ),
    # pages
    "page_message": "El mensaje entero",
    "page_ticket": "Todo lo escrito",
    "page_more": "Seguir leyendo ({part} de {parts})",
    "page_empty": "No hay nada que leer.",
    # shortcuts
    "not_a_tickets_message": "Ese mensaje no está en el hilo de un ticket.",
    "only_own_notes": "Al cliente solo puede ir una nota que hayas escrito tú.",
    "note_already": "Esto ya es una nota.",
    "note_too_late": "Demasiado tarde: el cliente ya tiene este mensaje.",
    "note_of_desk": "Solo lo que escribió alguien del equipo puede ser una nota.",
    "no_text": "Ese mensaje no tiene texto.",
    # /desk and the home tab
    "not_of_roster": "No estás entre los agentes de este desk. Un administrador los añade en deskd.yaml.",
    "slash_my": "Tus tickets abiertos: {count}",
    "slash_queue": "Tickets abiertos de {teams}: {count}",
    "slash_found": "Tickets encontrados para “{words}”: {count}",
    "slash_found_many": "Tickets encontrados para “{words}”, los {count} más recientes",
    "slash_no_team": "No estás en ningún equipo.",
    "slash_unknown": "Aquí no hay “{found}”.",
    "slash_help": (
        "• {command} my – tus tickets, primero los que vencen antes\n"
        "• {command} queue – los tickets abiertos de tus equipos\n"
        "• {command} search PALABRAS – por referencia, cliente, asunto o texto\n"
        "• {command} new – abre un ticket, por ejemplo tras una llamada\n"
        "• {command} help – esta lista\n"
        "En el hilo de un ticket escribe !help."
    ),
    "more_tickets": "… y {count} más",
    "home_hello": "Hola, {name}. Nos alegra verte.",
    "home_stranger": "Aquí los agentes del desk ven sus tickets.",
    "home_mine": "Mis tickets ({count})",
    "home_none_mine": "No tienes tickets abiertos.",
    "home_queue": "{team} ({count} abiertos)",
    "home_none_queue": "Aquí no hay nada abierto.",
    "home_refresh": "Actualizar",
    "home_new": "Nuevo ticket…",
}
