"""Which of a desk's languages a text is in, by its function words. A few hundred characters are enough; too few give None."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_SAMPLE = 700  # characters looked at
_ENOUGH = 2  # function words that must be met
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_URL = re.compile(r"\S*(?:@|://|www\.)\S*")

_WORDS = {
    "it": "il lo la gli le un una uno di del della dei delle degli da dal dalla in nel nella con su sul sulla per tra fra che chi cui non è sono ho "
    "hai ha abbiamo hanno mi ti ci vi si ma o anche come quando dove perché perche questo questa questi quello quella più piu già ancora grazie "
    "ciao buongiorno buonasera salve vorrei posso potete può puo cosa mio mia nostro vostro suo essere stato fatto fare sto stiamo alla al ai "
    "alle agli all dell nell sull l'ho c'è cordiali saluti gentile spett ordine fattura pagamento non funziona ricevuto ancora mai sempre però",
    "en": "the a an of to and in is it you that he was for on are with as i his they be at one have this from or had by but what some we can out "
    "other were all there when your how said each she which do their if will way about many then them would like so these her him has "
    "my me our us not no don't can't i'm i've it's please thanks thank hello hi dear regards could should been does did am any just "
    "invoice order payment help received still working work need want",
    "es": "el la los las un una unos unas de del en con por para que quien no es son está esta están he ha hemos han mi me te se nos os pero o "
    "también como cuando donde porque este estos estas ese esa más ya aún todavía gracias hola buenos buenas días tardes quisiera puedo "
    "pueden puede qué cuál su sus nuestro al y lo le les muy sin sobre hasta desde tengo tiene hacer hecho ser sido estoy estamos usted "
    "ustedes saludos estimado estimados factura pedido pago funciona recibido nunca siempre ayuda quiero necesito favor hay según",
    "pt": "o a os as um uma uns umas de do da dos das em no na nos nas com por para que quem não nao é são está estão tenho tem temos têm meu minha "
    "me te se mas ou também como quando onde porque este esta isto esse essa isso mais já ainda obrigado obrigada olá bom boa dia tarde "
    "gostaria posso podem pode qual seu sua seus nosso ao aos à às e lhe muito sem sobre até desde fazer feito ser sido estou estamos você "
    "vocês cumprimentos prezado prezados fatura pedido pagamento funciona recebi nunca sempre ajuda quero preciso favor há pelo pela",
    "de": "der die das ein eine einen dem den des und in ist ich sie er es wir ihr nicht mit auf für von zu bei nach aus wenn aber oder auch wie wann "
    "wo warum dieser diese dieses mehr schon noch danke hallo guten tag bitte können könnte kann haben habe hat sind war wurde mein unser "
    "ihre ihnen sehr geehrte damen herren grüße freundlichen rechnung bestellung zahlung hilfe im am zum zur uns mir",
    "fr": "le la les un une des du de et à est il elle nous vous ils ne pas que qui en dans pour sur avec par au aux ce cette ces mais ou aussi comme "
    "quand où pourquoi plus déjà encore merci bonjour je j'ai suis avons avez ont mon ma mes notre votre son sa leur très sans être été "
    "fait faire peux pouvez peut cordialement facture commande paiement aide reçu c'est n'est d'une l'on qu'il",
}  # fmt: skip
_SETS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
# Letters and endings that tell close relatives apart; counted half.
_LETTERS = {"it": "", "en": "", "es": "ñ¿¡", "pt": "ãõ", "de": "ßüöä", "fr": "œùûêîô"}
_ENDINGS = {
    "it": ("zione", "zioni", "mente", "tà", "ità", "aggio", "gli", "cchi", "zzo", "zza"),
    "en": ("ing", "tion", "ly", "ed", "'t", "'s"),
    "es": ("ción", "ciones", "mente", "dad", "amos", "ado"),
    "pt": ("ção", "ções", "mente", "dade", "nho", "nha", "lho", "lha"),
    "de": ("ung", "ungen", "heit", "keit", "lich", "isch", "en"),
    "fr": ("eux", "ement", "ée", "ées", "aux", "ez"),
}
_ELIDED = {
    "it": ("l'", "un'", "dell'", "all'", "nell'", "c'", "d'", "quest'", "sull'", "dall'"),
    "fr": ("l'", "d'", "j'", "n'", "qu'", "c'", "s'", "m'"),
}


def detect(text: str, candidates: Sequence[str]) -> str | None:
    """The likeliest of `candidates` (ISO 639-1), or None when the text is too short or says nothing clear.

    A language the detector doesn't know can't win. A text in a language that is no candidate gives None when that one is clearly nearer.
    """
    sample = text[:_SAMPLE].lower().replace("’", "'")
    if "@" in sample or "/" in sample or "www." in sample:
        sample = _URL.sub(" ", sample)
    words = _WORD.findall(sample)
    if not words:
        return None
    points = dict.fromkeys(_SETS, 0.0)
    for word in words:
        for language, weight in _weights(word):
            points[language] += weight
    for language, letters in _LETTERS.items():
        points[language] += 0.5 * sum(sample.count(letter) for letter in letters)
    best = max(
        (language for language in candidates if language in points),
        key=lambda each: points[each],
        default=None,
    )
    if best is None or points[best] < _ENOUGH or points[best] < 0.12 * len(words):
        return None
    nearest = max(points[language] for language in points if language != best)
    return best if points[best] > nearest else None


@lru_cache(maxsize=20_000)
def _weights(word: str) -> tuple[tuple[str, float], ...]:
    """What a word says of each language; most say nothing."""
    found = []
    for language, known in _SETS.items():
        telling = (len(word) > 3 and word.endswith(_ENDINGS[language])) + word.startswith(
            _ELIDED.get(language, ("\0",))
        )
        if weight := (word in known) + 0.5 * telling:
            found.append((language, weight))
    return tuple(found)
