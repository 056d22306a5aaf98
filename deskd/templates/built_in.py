"""The built-in texts for customers: template -> language -> Jinja2.

Portuguese is in Brazilian spelling, worded so that it reads well in Portugal too. Nothing in them is of the sender's making, neither their name nor the subject: whoever writes under a stranger's address must not be able to have
us mail that stranger words of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_RECEIVED = {
    "it": """\
Buongiorno,

grazie per averci scritto: abbiamo ricevuto la Sua richiesta, che ha il numero {{ ticket.ref }}. Le risponderemo al più presto.

Se vuole aggiungere qualcosa, basta rispondere a questo messaggio.

{{ desk.name }}""",
    "en": """\
Hello,

thank you for writing to us. We have received your request, {{ ticket.ref }}, and will get back to you as soon as we can.

If there is anything to add, simply reply to this message.

{{ desk.name }}""",
    "es": """\
Hola:

Gracias por escribirnos. Hemos recibido su consulta, con el número {{ ticket.ref }}, y le responderemos lo antes posible.

Si quiere añadir algo, basta con responder a este mensaje.

{{ desk.name }}""",
    "pt": """\
Olá,

Obrigado por nos escrever. Recebemos o seu pedido, com o número {{ ticket.ref }}, e responderemos assim que possível.

Se quiser acrescentar algo, basta responder a esta mensagem.

{{ desk.name }}""",
}

_RESOLVED = {
    "it": """\
Buongiorno,

la Sua richiesta {{ ticket.ref }} risulta risolta. Se qualcosa ancora non va, basta rispondere a questo messaggio e la riprendiamo subito.

Grazie,
{{ desk.name }}""",
    "en": """\
Hello,

we have marked your request {{ ticket.ref }} as resolved. If something still isn't right, simply reply to this message and we will pick it up again.

Thank you,
{{ desk.name }}""",
    "es": """\
Hola:

Hemos dado por resuelta su consulta {{ ticket.ref }}. Si algo todavía no funciona, basta con responder a este mensaje y la retomaremos.

Gracias,
{{ desk.name }}""",
    "pt": """\
Olá,

Demos como resolvido o seu pedido {{ ticket.ref }}. Se algo ainda não estiver bem, basta responder a esta mensagem e voltamos a ele.

Obrigado,
{{ desk.name }}""",
}

# A rule may send this and resolve the ticket in one go: it must be true either way.
_STILL_THERE = {
    "it": """\
Buongiorno,

non abbiamo più avuto Sue notizie sulla richiesta {{ ticket.ref }}. Se Le serve ancora una mano, basta rispondere a questo messaggio e \
riprendiamo da dove eravamo rimasti. Se invece è tutto a posto, non occorre fare nulla.

{{ desk.name }}""",
    "en": """\
Hello,

we haven't heard from you about {{ ticket.ref }} for a while. If you still need a hand, simply reply to this message and we will carry on \
where we left off. If all is well, there is nothing you need to do.

{{ desk.name }}""",
    "es": """\
Hola:

Hace unos días que no tenemos noticias suyas sobre la consulta {{ ticket.ref }}. Si todavía necesita ayuda, basta con responder a este mensaje y \
seguimos donde lo dejamos. Si ya está todo bien, no tiene que hacer nada.

{{ desk.name }}""",
    "pt": """\
Olá,

Há algum tempo que não temos notícias suas sobre o pedido {{ ticket.ref }}. Se ainda precisar de ajuda, basta responder a esta mensagem e \
retomamos o assunto. Se já está tudo bem, não é preciso fazer nada.

{{ desk.name }}""",
}

_OUT_OF_HOURS = {
    "it": """\
Buongiorno,

grazie per averci scritto. In questo momento siamo chiusi: la Sua richiesta {{ ticket.ref }} è arrivata e Le risponderemo alla riapertura.

{{ desk.name }}""",
    "en": """\
Hello,

thank you for writing to us. We are closed at the moment; your request {{ ticket.ref }} has arrived safely, and we will answer once we are back.

{{ desk.name }}""",
    "es": """\
Hola:

Gracias por escribirnos. En este momento estamos fuera de horario; su consulta {{ ticket.ref }} nos ha llegado y le responderemos en cuanto volvamos.

{{ desk.name }}""",
    "pt": """\
Olá,

Obrigado por nos escrever. Neste momento estamos fora do horário de atendimento; o seu pedido {{ ticket.ref }} já chegou e responderemos assim que \
voltarmos.

{{ desk.name }}""",
}

_ESCALATED = {
    "it": """\
Buongiorno,

per la Sua richiesta {{ ticket.ref }} abbiamo coinvolto i nostri specialisti, che ora se ne occupano. Per Lei non cambia nulla: può continuare a \
rispondere qui.

{{ desk.name }}""",
    "en": """\
Hello,

we have brought in our specialists for your request {{ ticket.ref }}, and they are looking after it now. Nothing changes for you: just keep \
replying here.

{{ desk.name }}""",
    "es": """\
Hola:

Hemos pasado su consulta {{ ticket.ref }} a nuestros especialistas, que ya se ocupan de ella. Para usted no cambia nada: puede seguir respondiendo \
aquí.

{{ desk.name }}""",
    "pt": """\
Olá,

O seu pedido {{ ticket.ref }} está agora com os nossos especialistas, que já cuidam dele. Da sua parte nada muda: pode continuar respondendo por aqui.

{{ desk.name }}""",
}

_RATE = {
    "it": """\
Buongiorno,

com'è andata con la richiesta {{ ticket.ref }}? Ci aiuta sapere che cosa ha funzionato e che cosa possiamo fare meglio: bastano due parole in \
risposta a questo messaggio.

Grazie,
{{ desk.name }}""",
    "en": """\
Hello,

how did we do with {{ ticket.ref }}? It helps us to know what went well and what we could do better: a word or two in reply to this message is plenty.

Thank you,
{{ desk.name }}""",
    "es": """\
Hola:

¿Qué tal le hemos atendido con la consulta {{ ticket.ref }}? Nos ayuda saber qué fue bien y qué podemos mejorar: bastan un par de palabras en \
respuesta a este mensaje.

Gracias,
{{ desk.name }}""",
    "pt": """\
Olá,

O que achou do atendimento do pedido {{ ticket.ref }}? É importante para nós saber o que funcionou e o que podemos melhorar: bastam duas palavras em \
resposta a esta mensagem.

Obrigado,
{{ desk.name }}""",
}

BUILT_IN: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "received": _RECEIVED,
        "resolved": _RESOLVED,
        "still_there": _STILL_THERE,
        "out_of_hours": _OUT_OF_HOURS,
        "escalated": _ESCALATED,
        "rate": _RATE,
    }
)
