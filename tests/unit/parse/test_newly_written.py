"""What the writer wrote now, as mail programs of many makes and languages surround it."""

import pytest

from deskd.model import Address
from deskd.parse.html_text import render
from deskd.parse.newly_written import newly_written

MARIA = Address("Maria Rossi", "maria@cliente.example")

# What stands between the answer and the quote, a row a program and language.
BEFORE_A_QUOTE = {
    "Gmail it": "Il giorno lun 3 mar 2025 alle ore 10:00 Acme Support <support@acme.example> ha scritto:\n\n> ",
    "Gmail en": "On Mon, Mar 3, 2025 at 10:00 AM Acme Support <support@acme.example> wrote:\n\n> ",
    "Gmail en, folded": "On Mon, Mar 3, 2025 at 10:00 AM Acme Support <\nsupport@acme.example> wrote:\n\n> ",
    "Gmail es": "El lun, 3 mar 2025 a las 10:00, Acme Support (<support@acme.example>) escribió:\n\n> ",
    "Gmail pt-BR": "Em seg., 3 de mar. de 2025 às 10:00, Acme Support <support@acme.example>\nescreveu:\n\n> ",
    "Gmail pt-PT": "Acme Support <support@acme.example> escreveu (segunda, 3/03/2025 à(s) 10:00):\n\n> ",
    "Gmail de": "Am Mo., 3. März 2025 um 10:00 Uhr schrieb Acme Support <support@acme.example>:\n\n> ",
    "Gmail fr": "Le lun. 3 mars 2025 à 10:00, Acme Support <support@acme.example> a écrit :\n\n> ",
    "Apple it": "> Il giorno 3 mar 2025, alle ore 10:00, Acme Support <support@acme.example> ha scritto:\n> \n> ",
    "Apple en": "On 3 Mar 2025, at 10:00, Acme Support <support@acme.example> wrote:\n\n> ",
    "Apple es": "> El 3 mar 2025, a las 10:00, Acme Support <support@acme.example> escribió:\n> \n> ",
    "Apple pt": "> No dia 03/03/2025, às 10:00, Acme Support <support@acme.example> escreveu:\n> \n> ",
    "Apple de": "> Am 03.03.2025 um 10:00 schrieb Acme Support <support@acme.example>:\n> \n> ",
    "Apple fr": "> Le 3 mars 2025 à 10:00, Acme Support <support@acme.example> a écrit :\n> \n> ",
    "Thunderbird it": "Il 03/03/2025 10:00, Acme Support ha scritto:\n> ",
    "Thunderbird en": "On 3/3/25 10:00, Acme Support wrote:\n> ",
    "Thunderbird es": "El 3/3/25 a las 10:00, Acme Support escribió:\n> ",
    "Thunderbird pt": "Em 03/03/2025 10:00, Acme Support escreveu:\n> ",
    "Thunderbird de": "Am 03.03.25 um 10:00 schrieb Acme Support:\n> ",
    "Thunderbird fr": "Le 03/03/2025 à 10:00, Acme Support a écrit :\n> ",
    "Outlook it": "Da: Acme Support <support@acme.example>\nInviato: lunedì 3 marzo 2025 10:00\nA: Maria Rossi\nOggetto: Ordine\n\n",
    "Outlook en": "From: Acme Support <support@acme.example>\nSent: Monday, March 3, 2025 10:00 AM\nTo: Maria\nSubject: Order\n\n",
    "Outlook es": "De: Acme Support <support@acme.example>\nEnviado el: lunes, 3 de marzo de 2025 10:00\nPara: Maria\nAsunto: Pedido\n\n",
    "Outlook pt": "De: Acme Support <support@acme.example>\nEnviada: segunda-feira, 3 de março de 2025 10:00\nPara: Maria\nAssunto: Pedido\n\n",
    "Outlook pt-BR": "De: Acme Support <support@acme.example>\nEnviada em: segunda-feira, 3 de março de 2025 10:00\nPara: Maria\nAssunto: Pedido\n\n",
    "Outlook de": "Von: Acme Support <support@acme.example>\nGesendet: Montag, 3. März 2025 10:00\nAn: Maria\nBetreff: Bestellung\n\n",
    "Outlook fr": "De : Acme Support <support@acme.example>\nEnvoyé : lundi 3 mars 2025 10:00\nÀ : Maria\nObjet : Commande\n\n",
    "Outlook web": "________________________________\nDa: Acme Support <support@acme.example>\nInviato: lunedì 3 marzo 2025 10:00\nA: Maria <maria@cliente.example>\nOggetto: Re: Ordine\n\n",
    "Outlook mobile": "Scarica Outlook per Android<https://aka.ms/AAb9ysg>\n________________________________\nFrom: Acme Support <support@acme.example>\nSent: Monday, March 3, 2025 10:00:00 AM\nTo: Maria\nSubject: Re: Ordine\n\n",
    "Outlook bold": "*From:* Acme Support <support@acme.example>\n*Sent:* Monday, March 3, 2025 10:00 AM\n*To:* Maria\n*Subject:* Order\n\n",
    "Outlook Express": "----- Original Message -----\nFrom: Acme Support\nTo: Maria\nSent: Monday, March 03, 2025 10:00 AM\nSubject: Order\n\n",
    "Outlook 2003 it": "-----Messaggio originale-----\nDa: Acme Support\nInviato: lunedì 3 marzo 2025 10:00\nA: Maria\nOggetto: Ordine\n\n",
    "Outlook 2003 es": "-----Mensaje original-----\nDe: Acme Support\nEnviado el: lunes, 3 de marzo de 2025 10:00\nPara: Maria\nAsunto: Pedido\n\n",
    "Outlook 2003 pt": "-----Mensagem original-----\nDe: Acme Support\nEnviada em: segunda-feira, 3 de março de 2025 10:00\nPara: Maria\nAssunto: Pedido\n\n",
    "Outlook 2003 de": "-----Ursprüngliche Nachricht-----\nVon: Acme Support\nGesendet: Montag, 3. März 2025 10:00\nAn: Maria\nBetreff: Bestellung\n\n",
    "Outlook 2003 fr": "-----Message d'origine-----\nDe : Acme Support\nEnvoyé : lundi 3 mars 2025 10:00\nÀ : Maria\nObjet : Commande\n\n",
    "Samsung it": "-------- Messaggio originale --------\nDa: Acme Support <support@acme.example>\nData: 03/03/25 10:00 (GMT+01:00)\nA: maria@cliente.example\nOggetto: Ordine\n\n",
    "Samsung es": "-------- Mensaje original --------\nDe: Acme Support <support@acme.example>\nFecha: 3/3/25 10:00 (GMT+01:00)\nA: maria@cliente.example\nAsunto: Pedido\n\n",
    "Samsung pt": "-------- Mensagem original --------\nDe: Acme Support <support@acme.example>\nData: 03/03/25 10:00 (GMT+00:00)\nPara: maria@cliente.example\nAssunto: Pedido\n\n",
    "Yahoo it": "Il lunedì 3 marzo 2025 alle ore 10:00:00 CET, Acme Support <support@acme.example> ha scritto:\n\n",
    "Yahoo en": "On Monday, March 3, 2025 at 10:00:00 AM GMT+1, Acme Support <support@acme.example> wrote:\n\n",
    "Yahoo es": "El lunes, 3 de marzo de 2025, 10:00:00 CET, Acme Support <support@acme.example> escribió:\n\n",
    "Yahoo pt": "Em segunda-feira, 3 de março de 2025 10:00:00 GMT, Acme Support <support@acme.example> escreveu:\n\n",
    "Gmail forward it": "---------- Forwarded message ---------\nDa: Acme Support <support@acme.example>\nDate: lun 3 mar 2025 alle ore 10:00\nSubject: Ordine\nTo: <maria@cliente.example>\n\n",
    "Gmail forward es": "---------- Forwarded message ---------\nDe: Acme Support <support@acme.example>\nDate: lun, 3 mar 2025 a las 10:00\nSubject: Pedido\nTo: <maria@cliente.example>\n\n",
    "Apple forward it": "Inizio messaggio inoltrato:\n\nDa: Acme Support <support@acme.example>\nOggetto: Ordine\nData: 3 marzo 2025 alle ore 10:00:00 CET\nA: maria@cliente.example\n\n",
    "Apple forward es": "Inicio del mensaje reenviado:\n\n> De: Acme Support <support@acme.example>\n> Asunto: Pedido\n> ",
    "Apple forward pt": "Início da mensagem reencaminhada:\n\n> De: Acme Support <support@acme.example>\n> Assunto: Pedido\n> ",
    "Thunderbird forward it": "-------- Messaggio inoltrato --------\nOggetto: Ordine\nData: Mon, 3 Mar 2025 10:00:00 +0100\nMittente: Acme Support <support@acme.example>\nA: maria@cliente.example\n\n",
    "date, name, address": '03.03.2025, 10:00, "Acme Support" <support@acme.example>:\n> ',
}  # fmt: skip


@pytest.mark.parametrize("program", BEFORE_A_QUOTE)
def test_the_quote_goes(program: str) -> None:
    text = f"Buongiorno,\n\nil pacco non è arrivato.\nMaria\n\n{BEFORE_A_QUOTE[program]}Il suo ordine è partito.\n"
    assert newly_written(text, MARIA) == "Buongiorno,\n\nil pacco non è arrivato.\nMaria"


DEVICES = [
    "Sent from my iPhone",
    "Sent from my Galaxy",
    "Sent from Mail for Windows",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Inviato da iPhone",
    "Inviato dal mio dispositivo Samsung Galaxy",
    "Inviato da Outlook per Android",
    "Scarica Outlook per iOS (https://aka.ms/o0ukef)",
    "Inviato da Yahoo Mail per iPhone",
    "Enviado desde mi iPhone",
    "Enviado desde Correo para Windows",
    "Obtener Outlook para Android",
    "Enviado do meu iPhone",
    "Enviado a partir do meu smartphone Samsung Galaxy.",
    "Obter o Outlook para iOS",
    "Baixe o Outlook para Android",
    "Von meinem iPhone gesendet",
    "Gesendet von Mail für Windows",
    "Envoyé de mon iPhone",
]


@pytest.mark.parametrize("line", DEVICES)
def test_the_line_a_device_adds_goes(line: str) -> None:
    assert newly_written(f"Va bene, grazie.\n\n{line}\n", MARIA) == "Va bene, grazie."


SIGNATURES = [
    "-- \nMaria Rossi\nCliente SpA",
    "--\nMaria Rossi",
    "Maria Rossi\nResponsabile acquisti\nTel. +39 06 1234567\nwww.cliente.example",
    "Dott.ssa Maria Rossi\nCliente SpA\nTel: +39 06 1234567\nmaria@cliente.example",
    "_______________\nMaria Rossi\nTel. +39 06 1234567\nmaria@cliente.example",
]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_the_signature_goes(signature: str) -> None:
    assert newly_written(f"Il totale non torna.\n\n{signature}\n", MARIA) == "Il totale non torna."


# Nothing of these may be cut.
WHOLE = {
    "the writer's own quotation": "Il manuale dice:\n> premere il tasto rosso\nma il tasto rosso non c'è.",
    "a shell's prompt": "Faccio così:\n\n> npm install\n> npm start\n\ne non parte.",
    "code at the end": "Il codice:\n\n>>> print(1)\n1",
    "a name after thanks": "Va bene.\n\nGrazie,\nMaria",
    "what somebody wrote, told": "Il tecnico mi ha scritto:\nnon si può fare.",
    "a form": "From: Maria\nDate: 3 marzo\nTo: voi\nSubject: reso\n\nVorrei rendere il prodotto.",
    "a dash list": "Vorrei:\n-- uno\n-- due\n-- tre",
    "a ruled letter": "Prima parte\n\n-----\n\nSeconda parte",
    "an address in the text": "Scrivetemi a maria@cliente.example\noppure +39 06 1234567",
    "only contact data": "Maria Rossi\nTel. +39 06 1234567\nmaria@cliente.example",
    "a journey": "Vorrei prenotare:\nDa: 3 marzo\nA: 10 marzo\nOggetto: camera doppia\nGrazie",
    "a sentence like a device's": "Il modulo?\nInviato da Roma con posta certificata",
    "labels of another kind": "Da: Roma\nA: Milano\nil treno delle 10",
}


@pytest.mark.parametrize("case", WHOLE)
def test_in_doubt_nothing_is_cut(case: str) -> None:
    assert newly_written(WHOLE[case], MARIA) == WHOLE[case]


def test_inline_answers_keep_what_they_answer() -> None:
    text = (
        "Ciao, rispondo sotto.\n\nOn Mon, 3 Mar 2025, Acme <support@acme.example> wrote:\n"
        "> Che modello è?\nIl 300.\n> Da quando?\nDa ieri.\n> Saluti\n> Acme\n"
    )
    expected = "Ciao, rispondo sotto.\n\n> Che modello è?\nIl 300.\n> Da quando?\nDa ieri."
    assert newly_written(text, MARIA) == expected


def test_an_answer_below_the_quote_stays_alone() -> None:
    text = "On Mon, 3 Mar 2025 at 10:00, Acme <support@acme.example> wrote:\n> Che modello è?\n> Grazie\n\nIl 300.\n"
    assert newly_written(text, MARIA) == "Il 300."


def test_a_signature_below_the_quote_doesnt_save_it() -> None:
    text = "Il 300.\n\nOn Mon, 3 Mar 2025 at 10:00, Acme <support@acme.example> wrote:\n> Che modello?\n\n-- \nMaria\n"
    assert newly_written(text, MARIA) == "Il 300."


def test_a_forward_without_a_word_is_what_its_sender_says() -> None:
    text = "---------- Forwarded message ---------\nDa: Corriere <c@x.example>\nDate: lun 3 mar\nSubject: Pacco\nTo: <m@x.example>\n\nNon consegnato."
    assert newly_written(text, MARIA) == text


def test_an_answer_without_a_word_is_empty() -> None:
    assert (
        newly_written("On Mon, 3 Mar 2025 at 10:00, Acme <s@acme.example> wrote:\n> Che modello?\n", MARIA)
        == ""
    )


HTML = {
    "Gmail": '<div dir="ltr">Il 300.</div><br><div class="gmail_quote"><div class="gmail_attr">Op ma 3 mrt 2025 schreef Acme:<br></div><blockquote class="gmail_quote">Che modello?</blockquote></div>',
    "Outlook": "<p>Il 300.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p><b>Da:</b> Acme</p></div><p>Che modello?</p>",
    "Outlook web": '<div>Il 300.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>Da:</b> Acme</div><div>Che modello?</div>',
    "Thunderbird": '<p>Il 300.</p><div class="moz-cite-prefix">Il 3/3/25, Acme ha scritto:<br></div><blockquote type="cite">Che modello?</blockquote>',
    "Apple": '<div>Il 300.</div><br><div><blockquote type="cite"><div>Il giorno 3 mar 2025, alle ore 10:00, Acme &lt;s@acme.example&gt; ha scritto:</div><div>Che modello?</div></blockquote></div>',
    "Yahoo": '<div>Il 300.</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>Em segunda, Acme escreveu:</div><div>Che modello?</div></div>',
    "Gmail with signature": '<div>Il 300.</div><div class="gmail_signature">Maria<br>Cliente SpA</div><div class="gmail_quote">On x wrote: <blockquote>Che modello?</blockquote></div>',
}  # fmt: skip


@pytest.mark.parametrize("program", HTML)
def test_html_is_understood_by_what_programs_mark(program: str) -> None:
    assert newly_written(render(HTML[program]).marked, MARIA) == "Il 300."


def test_html_answers_below_keep_what_they_answer() -> None:
    html = '<div class="gmail_quote">On x<blockquote>Che modello?</blockquote></div><div>Il 300.</div>'
    assert newly_written(render(html).marked, MARIA).endswith("Il 300.")


@pytest.mark.parametrize(
    "before_the_quote",
    [
        "2011/4/7 Nathan Иова <support@example.com>\n\n> ",
        "------On 12/29/1987 17:32 PM, Julius Caesar wrote-----\n\n",
        "Op 17-feb.-2015, om 13:18 heeft Julius Caesar <pantheon@rome.example> het volgende geschreven:\n\n> ",
        "Den 24 februari, 2015 at 22:48:32, Ida (ida@x.example) skrev:\n\n> ",
        "Vào 14:24 8 tháng 6, 2017, Hùng Nguyễn <hung@x.example> đã viết:\n\n> ",
        "Fra: Ida\nSendt: 3. marts 2025\nTil: Acme\nEmne: Ordre\n\n",
        "On Nov 30, 2011, at 12:47 PM, Somebody <\n416ffd3258d4d2fa4c85cfa4c44e1721d66e3e8f4\n@somebody.example>wrote:\n\n",
    ],
)
def test_the_quote_goes_in_other_tongues_too(before_the_quote: str) -> None:
    assert newly_written(f"Fine.\n\n{before_the_quote}Was it?\n", MARIA) == "Fine."


def test_a_quote_wrapped_by_an_answer_goes() -> None:
    text = "Va bene.\n\nOn 3/3/2025 10:00, Acme wrote:\n\n> Che modello?\n> Grazie\n\nA presto, Maria\n"
    assert newly_written(text, MARIA) == "Va bene.\n\n\nA presto, Maria"


GMAIL = '<div class="gmail_quote"><div class="gmail_attr">On 3/3/2025 10:00, Acme wrote:<br></div>'


def test_answers_written_into_gmails_quote_stay_with_what_they_answer() -> None:
    html = f'{GMAIL}<blockquote class="gmail_quote">uno?</blockquote><div>A</div><blockquote class="gmail_quote">due?</blockquote><div>B</div></div>'
    assert newly_written(render(html).marked, MARIA).split() == [">", "uno?", "A", ">", "due?", "B"]


def test_what_a_writer_indents_stays() -> None:
    html = '<div>Dice:</div><blockquote class="gmail_quote">errore 12</blockquote>'
    assert newly_written(render(html).marked, MARIA).split() == ["Dice:", ">", "errore", "12"]
