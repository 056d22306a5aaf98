"""Why a mail server refused: its own words and codes -> a reason, and whether the address itself is no good.

`permanent` is about the recipient, not about the answer's first digit: only an address, domain or mailbox that isn't there (any more)
is permanent. A full mailbox, a blocked sender or a message taken for spam says nothing about the next one, even if the code was 5xx.
RFC 3463 (status codes), RFC 5321 4.2 (reply codes), and the phrases mail systems use.
"""

from __future__ import annotations

import re

PERMANENT = ("user unknown", "host unknown", "moved", "takes no mail")

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]\d)")
_REPLY = re.compile(r"(?<![\d.:-])([45]\d\d)(?=[\s:;#-])")

# The first that fits counts: what is said of the sender or the message comes before what is said of the recipient.
_PHRASES: tuple[tuple[str, str], ...] = (
    ("authentication", r"dmarc|\bspf\b|dkim|unauthenticated|authentication[- ](?:checks?|required|results?|policy)|sender policy framework|sender id|not authenticated"),
    ("too big", r"too (?:big|large)|(?:message|mail|size|header)[\w ]* exceed(?:s|ed)? (?:the |its )?(?:\w+ )*(?:size|maximum|limit|fixed)|message size|exceeds? (?:\w+ )*size limit"),
    ("rate limited", r"too many (?:recipients|messages|connections|concurrent|e-?mails|sessions|errors|invalid)|rate limit|rate[- ]?limited|this hour|throttl|sending (?:rate|limit)"),
    ("mailbox full", r"(?:mail ?box|in ?box|account|quota|folder|storage|disk)[^.\n]{0,60}(?:full|exceed|over|limit|quota|enough)|over ?quota|(?:exceed|over)[^.\n]{0,40}(?:quota|storage|mailbox|local limit)|mailfolder is full|out of (?:quota|storage)|not enough (?:storage|disk) space|insufficient (?:disk |system )?(?:quota|storage)|no space left|user is over"),
    ("relaying denied", r"relay(?:ing)?[^.\n]{0,30}(?:denied|not (?:permitted|allowed|supported)|prohibited|refused)|(?:not|don't|doesn't|unable to|no|cannot|refus\w+ to) relay|relay[- ]?(?:not|access)|relaying|not an? (?:open relay|authorized relay)|mail server requires authentication|rcpthosts|local host"),
    ("moved", r"has moved|moved to|address (?:has )?(?:been )?(?:changed|replaced)|replaced by|has been replaced|no longer works (?:here|for|at)|has left the (?:company|organi)"),
    ("suspended", r"(?:account|mailbox|user|recipient|address|domain|e-?mail)[^.\n]{0,40}(?:disabled|suspended|inactive|deactivated|discontinued|not active|expired|frozen|locked|terminated|unavailable for|has been blocked)|(?:disabled|inactive|suspended|deactivated|expired) (?:account|mailbox|user|recipient|address)|temporarily (?:disabled|suspended)|vdelivermail: account|mailbox currently suspended"),
    ("needs reverse DNS", r"reverse (?:dns|lookup|hostname|address)|\bptr\b|\brdns\b|cannot find your (?:hostname|reverse)|fcrdns|(?:client|your) (?:host|ip address)[^.\n]{0,30}(?:no|without|does not have|not resolve|cannot resolve)|ip name lookup failed|no matches to nameserver"),
    ("virus", r"virus|malware|trojan|infected"),
    ("rejected sender", r"sender (?:address |domain |verif\w+ |e-?mail )?(?:is )?(?:rejected|failed|denied|refused|unknown|invalid|not|does)|(?:invalid|unknown|bad|unroutable|unresolvable) sender|sender(?:'s)? (?:address|domain)[^.\n]{0,50}(?:does not|not|invalid|reject|must|refused)|domain of sender|return path|from address|valid from:|from: ?domain|empty (?:envelope )?sender|null (?:sender|reverse)|<>[^.\n]{0,30}(?:denied|not|invalid)|sender not|(?:address|domain) not verified|you are not allowed to post|not (?:authorized|allowed|permitted) to send|access denied|(?:closed|restricted|private|members?)[- ](?:list|group)|only (?:subscribers|members|accept)|unauthenticated senders"),
    ("blocked", r"black ?-?list|block ?-?list|\bblocked\b|blocking|\brbl\b|dnsbl|spamhaus|spamcop|barracuda|reputation|(?:your|client|source|sending|from)[ \w]{0,20}\bip\b|(?:your|client|sending|source) ip address|open relay|dynamic (?:ip|address)|banned|connection (?:refused|rejected|denied|dropped)|(?:client )?host (?:rejected|\[[^\]]*\] (?:blocked|refused))|access (?:from|rejected)|no access from|helo|ehlo|service refused|denied access|mail server \[|bad (?:reputation|dns)|http[^ ]*(?:error|blocked|unblock|rbl|block)"),
    ("spam", r"\bspam|junk|unsolicited|looks like (?:advert|spam)|advertis|bulk (?:mail|e-?mail)|content (?:rejected|filter|analysis)|message (?:was )?(?:rejected|refused|filtered)(?: due to| by| because)? (?:content|spam|policy|the)|scored|spamassassin"),
    ("policy", r"polic(?:y|ies)|message (?:not accepted|rejected|refused|blocked|denied|prohibited)|security|suspicious|not (?:allowed|permitted|authori[sz]ed)|prohibited|restrict|denied by|administrative|tls|encrypt|executable|attachment|rfc ?\d{4}|non-?compliant|malformed|syntax|header"),
    ("takes no mail", r"null ?mx|(?:does|do) ?n[o']t (?:currently )?(?:accept|support|receive|allow)[^.\n]{0,30}(?:mail|smtp)|no (?:mx|mail) (?:record|host|server|exchanger)|no smtp service|find a mail exchanger|no (?:valid )?mx|mx (?:record|points)|smtp service not|not (?:accept|accepting) (?:any )?(?:mail|e-mail)|(?:lowest numbered|best) mx"),
    ("host unknown", r"(?:host|domain|server|name)(?: or domain)?(?: name)?[^.\n]{0,20}(?:unknown|not (?:be )?found|(?:does|did) ?n[o']t exist|not exist|lookup failed|invalid)|unknown (?:host|domain|server)|no such (?:host|domain)|(?:can't|cannot|could ?n[o']t|unable to) (?:find|locate|resolve|look ?up)[^.\n]{0,60}(?:host|domain|server|name|address)|unroute?able|unrouteable|nxdomain|bad destination|name service error|illegal host/domain|domain (?:is )?not|invalid domain|dns (?:error|problem|failure|lookup)|destination (?:server|host)"),
    ("filtered", r"recipient(?:'s)? preferences|recipient (?:has )?(?:rejected|refused|blocked)"),
    ("user unknown", r"(?:invalid|unknown)[^.\n]{0,30}userid|user[^.\n]{0,60}(?:unknown|not (?:found|known|exist|recogni|listed|here|valid|local)|(?:does|did) ?n[o']t exist|does ?n[o']t have|invalid|ambiguous)|unknown (?:user|recipient|address|local|account|mailbox|to)|no (?:such|valid|mailbox)[^.\n]{0,30}(?:user|mailbox|recipient|address|person|account|here|name|alias|email)|no mailbox|nobody|(?:recipient|address|mailbox|account|e-?mail|name|destination|addressee)[^.\n]{0,60}(?:unknown|not (?:be )?(?:found|known|exist|recogni\w+|listed|valid|a valid|our|local|here)|(?:does|did) ?n[o']t (?:exist|match)|invalid|not exist|no longer)|(?:invalid|bad|non-?existent|nonexistent|undefined|incorrect|illegal|wrong)[ -](?:user|recipient|address|mailbox|destination mailbox|e-?mail|account|local)|does ?n[o']t (?:exist|have (?:an|a) )|not (?:a )?(?:valid|known) (?:user|mailbox|recipient)|(?:is )?not known (?:at|here)|not (?:listed|found) in|mailbox not found|said: 550[^\n]{0,60}rejected|no local mailbox|relaytest|unrouted|unknown"),
    ("filtered", r"recipient (?:address )?(?:is )?(?:rejected|not accepted)|mailbox (?:currently )?(?:unavailable|not available|temporarily)|requested action not taken|recipient rejected|(?:user|recipient) (?:reject|refus)|filter|undeliverable"),
    ("expired", r"time[- ]?d? ?out|expired|too long|giv(?:e|en|ing) up|retry|retries|could not (?:be delivered|deliver)[^.\n]{0,30}(?:within|in|for|after)|delay|not been (?:able|delivered)|deferred|greylist|try again|temporar|hours|days|unavailable"),
    ("network", r"protocol error|loop|hops|rout(?:e|ing)|unreachable|network|connection|connect"),
)  # fmt: skip
_COMPILED = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _PHRASES)
# What the enhanced codes mean by themselves (RFC 3463 3), where the words say nothing.
_BY_STATUS = {
    "1.0": "user unknown", "1.1": "user unknown", "1.2": "host unknown", "1.3": "user unknown", "1.4": "user unknown", "1.6": "moved", "1.10": "takes no mail",
    "1.7": "rejected sender", "1.8": "rejected sender", "2.0": "filtered", "2.1": "suspended", "2.2": "mailbox full", "2.3": "too big", "2.4": "filtered",
    "3.0": "system error", "3.1": "mailbox full", "3.2": "takes no mail", "3.4": "too big", "3.5": "system error", "4.1": "expired", "4.2": "network",
    "4.3": "network", "4.4": "host unknown", "4.6": "network", "4.7": "expired", "7.1": "policy", "7.25": "needs reverse DNS", "7.26": "authentication",
}  # fmt: skip


def find_status(text: str) -> str | None:
    """The first enhanced status code in a server's words: 5.1.1."""
    found = _STATUS.search(text)
    return f"{found[1]}.{found[2]}.{found[3]}" if found else None


def find_reply(text: str) -> str | None:
    """The first SMTP reply code: 550."""
    found = _REPLY.search(text)
    return found[1] if found else None


def reason_of(words: str, status: str | None) -> str:
    """A short name for why, from the server's words first and its status code second; "" when neither tells."""
    words = words[:2000]
    meant = _BY_STATUS.get(status.partition(".")[2]) if status else None
    if meant in PERMANENT and status and status[0] == "4" and meant != "user unknown":
        meant = "expired"
    for name, pattern in _COMPILED:
        if pattern.search(words):
            return (
                meant if name == "filtered" and meant == "user unknown" and "unavailable" in words else name
            )
    return meant or ""


def is_permanent(reason: str, status: str | None, action: str) -> bool:
    """Whether writing to that address again is useless."""
    if action in ("delayed", "relayed", "expanded", "delivered"):
        return False
    return reason in PERMANENT and not (reason == "host unknown" and (status or "").startswith("4"))
