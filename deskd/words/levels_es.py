"""What agents read of levels, duty, handoffs and promises, in Spanish."""

from __future__ import annotations

from typing import Final

LEVELS: Final[dict[str, str]] = {
    "away_now": "Figuras como ausente hasta que escribas !back. Lo urgente que tengas pasa a otra persona.",
    "away_until": (
        "Figuras como ausente hasta el {until}; con !back termina antes. Lo urgente que tengas "
        "pasa a otra persona."
    ),
    "back_now": "Ya estás de vuelta: se te asignan tickets otra vez.",
    "was_not_away": "No figurabas como ausente.",
    "queue_given": "📥 Este ticket lo tiene ahora {name}.",
    "queue_lost": (
        "📥 {name} no está y no hay nadie libre para este ticket: queda en cola. Quien pueda, que lo tome con !claim."
    ),
    "waits_off_duty": "en espera: nadie de turno",
    "waits_full": "en espera: todos están al tope",
    "waits_unskilled": "en espera: nadie con esa especialidad",
    "waits_released": "en espera: lo han liberado",
    "help_away": "avisa de que no estás: hasta cuándo, o hasta !back",
    "help_back": "avisa de que has vuelto",
    "help_queue": "los tickets en cola, en tus equipos o en uno de ellos",
    "screen_queue": "📥 En cola: {count}",
    "accept": "Aceptar",
    "accepted_note": "🤝 {name} se hace cargo de este ticket por {team}.",
    "accept_not_yours": (
        "Este ticket pasó a {team}: lo acepta alguien de ese equipo. Para tomarlo tú, escribe !claim."
    ),
    "accept_already": "Aquí ya no hay nada que aceptar.",
    "accept_late": "⏳ Desde el {since} nadie de {team} ha aceptado este ticket. Si sigue así, subirá de nivel.",
    "accept_up": "{team} no lo aceptó a tiempo",
    "help_accept": "acepta un ticket que pasó a tu equipo",
    "step_accepted": "aceptado",
    "screen_clock": "Tiempo empleado, por nivel",
    "screen_weight": "Urgencia e impacto",
    "screen_tasks": "Llamadas y visitas",
    "weight_set": "fijada directamente",
    "callback_set": "☎️ Hay que devolver la llamada: {at} {place}",
    "visit_set": "🚐 Visita: {at} {place}",
    "callback_due": "☎️ Es hora de devolver la llamada a {who} {place}",
    "visit_due": "🚐 Es la hora de la visita a {who} {place}",
    "task_done": "Hecho",
    "task_cancel": "Anular",
    "task_invite": "Invitar al cliente",
    "task_over": "Ya se hizo, o se anuló.",
    "task_done_note": "✔️ Hecho: {what}",
    "task_cancelled": "✖️ Anulado: {what}",
    "task_invited": "📅 La invitación se envía al cliente.",
    "task_no_way": "A este cliente no se le puede escribir: comunícale la hora por teléfono.",
    "tasks_none": "No hay llamadas ni visitas pendientes.",
    "needs_when": "¿Cuándo? Primero hace falta una hora.",
    "help_callback": "promete una llamada: aquí se te recuerda a su hora",
    "help_visit": "promete una visita; con “invite” al final el cliente recibe una invitación",
    "help_tasks": "llamadas y visitas pendientes, primero las más urgentes",
    "outside_mailed": "📧 El traspaso va a {name} por correo. La respuesta llega aquí.",
    "outside_not_sent": "⚠️ El traspaso no ha llegado: {error}. Hay que avisarles de otra manera.",
    "outside_kept": "quien está fuera de Slack responde al equipo, no al cliente",
    "outside_asks": (
        "{desk} te pasa esta consulta. Responde a este correo sin cambiar la dirección: así tu respuesta se añade a la consulta. Debajo está lo que se sabe hasta ahora."
    ),
    "outside_file": "{name} ({size}) no va adjunto",
}
