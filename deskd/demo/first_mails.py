"""The mails with which the demo starts: what customers write on an ordinary morning, in their own words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FirstMail:
    """A mail; `customer` is a key of people.py, `minutes_ago` how long before the start its Date says it was written."""

    customer: str
    subject: str
    text: str
    minutes_ago: int


FIRST_MAILS = (
    FirstMail(
        "maria",
        "Fattura 118: il totale non torna",
        "Buongiorno,\n\nnella fattura 118 ci avete addebitato dodici licenze, ma noi ne usiamo dieci. "
        "Potreste controllare e, se è il caso, mandarci una nota di credito?\n\n"
        "Grazie mille\n\n-- \nMaria Bianchi\nAmministrazione · Studio Bianchi, Torino\n",
        42,
    ),
    FirstMail(
        "joao",
        "VPN em baixo desde ontem",
        "Boa tarde,\n\ndesde ontem à noite que a VPN não liga em nenhum dos nossos portáteis. "
        "Aparece o erro 809 e estamos parados. Precisamos de ajuda com urgência, por favor.\n\n"
        "Com os melhores cumprimentos,\nJoão Pereira\n\n-- \nJoão Pereira\nEmpresa Exemplo, Lda. · Porto\n",
        31,
    ),
    FirstMail(
        "lucia",
        "Pedido 5512: ¿dónde está mi paquete?",
        "Hola, buenos días:\n\nHice el pedido 5512 hace dos semanas y el número de seguimiento lleva "
        "cinco días sin moverse. ¿Me podrían decir cuándo llega?\n\nMuchas gracias,\nLucía\n",
        18,
    ),
    FirstMail(
        "john",
        "Charged twice for October",
        "Hi there,\n\nmy card was charged twice for October, 49.00 each time. "
        "Could you check, and refund one of the two?\n\nThanks a lot,\nJohn\n\n"
        "-- \nJohn Miller\nMiller & Sons\n",
        9,
    ),
    FirstMail(
        "maria",
        "Non riesco a entrare nel portale",
        "Buongiorno, sono ancora io.\n\nDa stamattina il portale non accetta più la mia password, "
        "e la mail per cambiarla non arriva. Non è urgente, ma domani mi serve.\n\nMaria\n",
        2,
    ),
)
