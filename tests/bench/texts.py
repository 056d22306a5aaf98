"""What the people in the bench's mails say, by language: a greeting first, then sentences in any order."""

from datetime import UTC, datetime

TODAY = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

NAMES = (
    "Maria Rossi",
    "Luca Bianchi",
    "Giulia Ferrari",
    "John Smith",
    "Emily Clark",
    "Pedro Costa",
    "Ana Silva",
    "Carmen Ruiz",
)

SUBJECTS = {
    "it": ("Fattura di ottobre", "Spedizione in ritardo", "Non riesco ad accedere", "Domanda sul contratto"),
    "en": ("Invoice for October", "Parcel has not arrived", "Cannot sign in", "Question about our contract"),
    "es": ("Factura de octubre", "El paquete no ha llegado", "No puedo entrar", "Pregunta sobre el contrato"),
    "pt": ("Fatura de outubro", "A encomenda não chegou", "Não consigo entrar", "Pergunta sobre o contrato"),
}

SENTENCES = {
    "it": (
        "Buongiorno,",
        "il totale della fattura di ottobre non corrisponde a quello che avevamo concordato per telefono la settimana scorsa.",
        "Vi chiedo cortesemente di controllare gli importi e di inviarmi un documento corretto entro la fine del mese.",
        "Il pacco risulta consegnato ma in portineria non è arrivato nulla e il corriere non risponde.",
        "Da questa mattina non riesco più ad accedere alla mia area riservata: la password viene rifiutata.",
        "Resto in attesa di un vostro gentile riscontro e ringrazio fin d'ora per la collaborazione.",
    ),
    "en": (
        "Good morning,",
        "the total on the October invoice does not match what we had agreed on the phone with your colleague last week.",
        "Could you please check the amounts and send me a corrected document before the end of the month?",
        "The parcel is shown as delivered, but nothing has arrived at our reception and the courier does not answer.",
        "Since this morning I can no longer sign in to my account: the password is refused every single time.",
        "I look forward to hearing from you and thank you in advance for your help with this.",
    ),
    "es": (
        "Buenos días,",
        "el total de la factura de octubre no coincide con lo que habíamos acordado por teléfono la semana pasada.",
        "Les ruego que comprueben los importes y me envíen un documento corregido antes de fin de mes.",
        "El paquete figura como entregado, pero en recepción no ha llegado nada y el mensajero no contesta.",
        "Desde esta mañana no puedo entrar en mi cuenta: la contraseña se rechaza una y otra vez.",
        "Quedo a la espera de su respuesta y les agradezco de antemano su colaboración.",
    ),
    "pt": (
        "Bom dia,",
        "o total da fatura de outubro não corresponde ao que tínhamos combinado por telefone na semana passada.",
        "Peço que verifiquem os valores e me enviem um documento corrigido antes do fim do mês.",
        "A encomenda aparece como entregue, mas não chegou nada à receção e o estafeta não responde.",
        "Desde esta manhã não consigo entrar na minha conta: a senha é recusada todas as vezes.",
        "Fico a aguardar a vossa resposta e agradeço desde já a colaboração.",
    ),
}
