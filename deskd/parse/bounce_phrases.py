"""What mail systems say when they refuse, as regular expressions by the reason they stand for: a table, no logic."""

from __future__ import annotations

# The first that fits counts: what is said of the sender or the message comes before what is said of the recipient.
# fmt: off
PHRASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("user unknown", (
        r"recipient address rejected: access denied",  # Microsoft 365's way to say so
    )),
    ("authentication", (
        r"dmarc", r"\bspf\b", r"dkim", r"unauthenticated", r"authentication[- ](?:checks?|required|results?|policy)",
        r"sender policy framework", r"sender id", r"not authenticated",
    )),
    ("too big", (
        r"too (?:big|large)",
        r"(?:message|mail|size|header)[\w ]* exceed(?:s|ed)? (?:the |its )?(?:\w+ )*(?:size|maximum|limit|fixed)",
        r"message size", r"exceeds? (?:\w+ )*size limit",
    )),
    ("rate limited", (
        r"too many (?:recipients|messages|connections|concurrent|e-?mails|sessions|errors|invalid)", r"rate limit",
        r"rate[- ]?limited", r"this hour", r"receiving (?:e-?)?mail (?:at a rate|too quickly)", r"throttl", r"sending (?:rate|limit)",
    )),
    ("mailbox full", (
        r"casella[^.\n]{0,30}piena", r"buzón[^.\n]{0,30}lleno", r"caixa[^.\n]{0,30}cheia", r"postfach[^.\n]{0,30}voll", r"boîte[^.\n]{0,30}pleine",
        r"(?:mail ?box|in ?box|account|quota|folder|storage|disk)[^.\n]{0,60}(?:full|exceed|over|limit|quota|enough)",
        r"over ?quota", r"(?:exceed|over)[^.\n]{0,40}(?:quota|storage|mailbox|local limit)", r"mailfolder is full",
        r"out of (?:quota|storage)", r"not enough (?:storage|disk) space",
        r"insufficient (?:disk |system )?(?:quota|storage)", r"no space left", r"user is over",
    )),
    ("relaying denied", (
        r"relay(?:ing)?[^.\n]{0,30}(?:denied|not (?:permitted|allowed|supported)|prohibited|refused)",
        r"(?:not|don't|doesn't|unable to|no|cannot|refus\w+ to) relay", r"relay[- ]?(?:not|access)", r"relaying",
        r"not an? (?:open relay|authorized relay)", r"mail server requires authentication", r"rcpthosts",
        r"local host",
    )),
    ("moved", (
        r"has moved", r"moved to", r"address (?:has )?(?:been )?(?:changed|replaced)", r"replaced by",
        r"has been replaced", r"no longer works (?:here|for|at)", r"has left the (?:company|organi)",
    )),
    ("suspended", (
        r"(?:account|mailbox|user|recipient|address|domain|e-?mail)[^.\n]{0,40}(?:disabled|suspended|inactive|deactivated|discontinued|not active|expired|frozen|locked|terminated|unavailable for|has been blocked)",
        r"(?:disabled|inactive|suspended|deactivated|expired) (?:account|mailbox|user|recipient|address)",
        r"temporarily (?:disabled|suspended)", r"vdelivermail: account", r"mailbox currently suspended",
    )),
    ("needs reverse DNS", (
        r"reverse (?:dns|lookup|hostname|address)", r"\bptr\b", r"\brdns\b",
        r"cannot find your (?:hostname|reverse)", r"fcrdns",
        r"(?:client|your) (?:host|ip address)[^.\n]{0,30}(?:no|without|does not have|not resolve|cannot resolve)",
        r"ip name lookup failed", r"no matches to nameserver",
    )),
    ("virus", (
        r"virus", r"malware", r"trojan", r"infected",
    )),
    ("rejected sender", (
        r"sender (?:address |domain |verif\w+ |e-?mail )?(?:is )?(?:rejected|failed|denied|refused|unknown|invalid|not|does)",
        r"(?:invalid|unknown|bad|unroutable|unresolvable) sender",
        r"sender(?:'s)? (?:address|domain)[^.\n]{0,50}(?:does not|not|invalid|reject|must|refused)",
        r"domain of sender", r"return path", r"from address", r"valid from:", r"from: ?domain",
        r"empty (?:envelope )?sender", r"null (?:sender|reverse)", r"<>[^.\n]{0,30}(?:denied|not|invalid)",
        r"sender not", r"(?:address|domain) not verified", r"you are not allowed to post",
        r"not (?:authorized|allowed|permitted) to send", r"access denied",
        r"(?:closed|restricted|private|members?)[- ](?:list|group)", r"only (?:subscribers|members|accept)",
        r"unauthenticated senders",
    )),
    ("blocked", (
        r"black ?-?list", r"block ?-?list", r"\bblocked\b", r"blocking", r"\brbl\b", r"dnsbl", r"spamhaus",
        r"spamcop", r"barracuda", r"reputation", r"(?:your|client|source|sending|from)[ \w]{0,20}\bip\b",
        r"(?:your|client|sending|source) ip address", r"open relay", r"dynamic (?:ip|address)", r"banned",
        r"connection (?:refused|rejected|denied|dropped)",
        r"(?:client )?host (?:rejected|\[[^\]]*\] (?:blocked|refused))", r"access (?:from|rejected)",
        r"no access from", r"helo", r"ehlo", r"service refused", r"denied access", r"mail server \[",
        r"bad (?:reputation|dns)", r"http[^ ]*(?:error|blocked|unblock|rbl|block)",
    )),
    ("spam", (
        r"\bspam", r"junk", r"unsolicited", r"looks like (?:advert|spam)", r"advertis", r"bulk (?:mail|e-?mail)",
        r"content (?:rejected|filter|analysis)",
        r"message (?:was )?(?:rejected|refused|filtered)(?: due to| by| because)? (?:content|spam|policy|the)",
        r"scored", r"spamassassin",
    )),
    ("policy", (
        r"polic(?:y|ies)", r"message (?:not accepted|rejected|refused|blocked|denied|prohibited)", r"security",
        r"suspicious", r"not (?:allowed|permitted|authori[sz]ed)", r"prohibited", r"restrict", r"denied by",
        r"administrative", r"tls", r"encrypt", r"executable", r"attachment", r"rfc ?\d{4}", r"non-?compliant",
        r"malformed", r"syntax", r"header",
    )),
    ("takes no mail", (
        r"null ?mx", r"(?:does|do) ?n[o']t (?:currently )?(?:accept|support|receive|allow)[^.\n]{0,30}(?:mail|smtp)",
        r"no (?:mx|mail) (?:record|host|server|exchanger)", r"no smtp service", r"find a mail exchanger",
        r"no (?:valid )?mx", r"smtp service not",
        r"not (?:accept|accepting) (?:any )?(?:mail|e-mail)",
    )),
    ("host unknown", (
        r"(?:host|domain|server|name)(?: or domain)?(?: name)?[^.\n]{0,20}(?:unknown|not (?:be )?found|(?:does|did) ?n[o']t exist|not exist|lookup failed|invalid)",
        r"unknown (?:host|domain|server)", r"no such (?:host|domain)",
        r"(?:can't|cannot|could ?n[o']t|unable to) (?:find|locate|resolve|look ?up)[^.\n]{0,60}(?:host|domain|server|name|address)",
        r"unroute?able", r"address lookups failed permanently", r"point to non-?existent", r"nxdomain", r"bad destination", r"name service error",
        r"illegal host/domain", r"domain (?:is )?not", r"invalid domain", r"dns (?:error|problem|failure|lookup)",
        r"destination (?:server|host)",
    )),
    ("filtered", (
        r"recipient(?:'s)? preferences", r"recipient (?:has )?(?:rejected|refused|blocked)",
    )),
    ("user unknown", (
        r"recip(?:ient)? ?not ?found", r"utente sconosciuto", r"destinatario (?:sconosciuto|inesistente)",
        r"(?:destinatario|casella|utente)[^.\n]{0,40}non esist", r"(?:usuario|destinatario) desconocido",
        r"(?:usuario|buzón|destinatario|cuenta)[^.\n]{0,40}no existe", r"usu[áa]rio desconhecido",
        r"(?:usu[áa]rio|caixa|destinat[áa]rio|conta)[^.\n]{0,40}n[ãa]o existe", r"(?:utilisateur|destinataire) inconnu",
        r"(?:empfänger|benutzer|postfach)[^.\n]{0,40}(?:unbekannt|existiert nicht)",
        r"(?:invalid|unknown)[^.\n]{0,30}userid",
        r"user[^.\n]{0,60}(?:unknown|not (?:found|known|exist|recogni|listed|here|valid|local)|(?:does|did) ?n[o']t exist|does ?n[o']t have|invalid|ambiguous)",
        r"unknown (?:user|recipient|address|local|account|mailbox|to)",
        r"no (?:such|valid|mailbox)[^.\n]{0,30}(?:user|mailbox|recipient|address|person|account|here|name|alias|email)",
        r"no mailbox", r"nobody",
        r"(?:recipient|address|mailbox|account|e-?mail|name|destination|addressee)[^.\n]{0,60}(?:unknown|not (?:be )?(?:found|known|exist|recogni\w+|listed|valid|a valid|our|local|here)|(?:does|did) ?n[o']t (?:exist|match)|invalid|not exist|no longer)",
        r"(?:invalid|bad|non-?existent|nonexistent|undefined|incorrect|illegal|wrong)[ -](?:user|recipient|address|mailbox|destination mailbox|e-?mail|account|local)",
        r"does ?n[o']t (?:exist|have (?:an|a) )", r"not (?:a )?(?:valid|known) (?:user|mailbox|recipient)",
        r"(?:is )?not known (?:at|here)", r"not (?:listed|found) in", r"mailbox not found",
        r"said: 550[^\n]{0,60}rejected", r"no local mailbox", r"unrouted", r"unknown",
    )),
    ("filtered", (
        r"recipient (?:address )?(?:is )?(?:rejected|not accepted)",
        r"mailbox (?:currently )?(?:unavailable|not available|temporarily)", r"requested action not taken",
        r"recipient rejected", r"(?:user|recipient) (?:reject|refus)", r"filter", r"undeliverable",
    )),
    ("expired", (
        r"time[- ]?d? ?out", r"expired", r"too long", r"giv(?:e|en|ing) up", r"retry", r"retries",
        r"could not (?:be delivered|deliver)[^.\n]{0,30}(?:within|in|for|after)", r"delay",
        r"not been (?:able|delivered)", r"deferred", r"greylist", r"try again", r"temporar", r"hours", r"days",
        r"unavailable",
    )),
    ("network", (
        r"protocol error", r"loop", r"hops", r"rout(?:e|ing)", r"unreachable", r"network", r"connection", r"connect",
    )),
)
# fmt: on
