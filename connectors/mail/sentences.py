"""The sentences by which mail programs and mail servers are known, in German, French, Italian and English.

Each table is compiled once; all patterns match without regard to case, with straight or curly apostrophes.
"""

from __future__ import annotations

import re


def _pattern(*alternatives: str, start: str = "") -> re.Pattern[str]:
    return re.compile(f"{start}(?:{'|'.join(alternatives)})", re.IGNORECASE)


AUTO_REPLY_SUBJECT = _pattern(
    r"auto(?:matic|mated)?[- ]?(?:reply|response|respond(?:er)?|answer)\b", r"auto ?:", r"out of (?:the )?office (?:auto|reply|message|notice)",
    r"automatische (?:antwort|r[üu]ckantwort|abwesenheits)", r"abwesenheits?(?:notiz|nachricht|meldung|assistent)",
    r"r[ée]ponse automatique", r"(?:message|notification|avis) d['’]absence", r"r[ée]pondeur automatique",
    r"risposta automatica", r"messaggio di assenza", r"risponditore automatico",
    start=r"\s*\W{0,3}",
)  # fmt: skip
"""What programs write before a subject; only at its beginning: after `Re:` or `AW:` it is a person's answer to it."""

AWAY_SUBJECT = _pattern(
    r"out of (?:the )?office", r"ooo\b", r"vacation\b", r"away (?:from|until|till|through)\b", r"on (?:vacation|holiday|(?:\w+ )?leave)\b",
    r"abwesen(?:d|heit)", r"(?:ausser|außer) haus", r"nicht im b[üu]ro", r"ferien", r"urlaub",
    r"absen(?:t|ce)", r"en (?:vacances|cong[ée])", r"fuori (?:ufficio|sede)", r"assen(?:te|za)", r"in (?:ferie|vacanza)",
)  # fmt: skip
"""What a person may write as well: it needs a sign of a program beside it."""

AUTOMATIC_REPLY = _pattern(
    r"this is an? (?:automat(?:ic|ed)|auto(?:matically)?[- ]generated) (?:e-?mail )?(?:reply|response|answer|acknowledg)",
    r"this (?:reply|response|acknowledg\w+) (?:was|has been|is being|is) (?:automatically|auto-?)\s?(?:generated|sent)",
    r"(?:dies|es handelt sich)(?:es)? (?:ist |um )?eine automatisch(?:e| generierte| erstellte| erzeugte)? (?:antwort|r[üu]ckmeldung|abwesenheits|eingangsbest)",
    r"diese antwort wurde automatisch", r"ceci est une r[ée]ponse automatique", r"cette r[ée]ponse (?:a [ée]t[ée]|est) (?:g[ée]n[ée]r[ée]|envoy[ée])e? automatiquement",
    r"questa [èe] una risposta automatica", r"questa risposta [èe] stata (?:generata|inviata) automaticamente",
)  # fmt: skip
AWAY = _pattern(
    r"\b(?:i am|i['’]m|i will be)\b.{0,30}?\b(?:away|out of (?:the )?office|on (?:vacation|holiday|leave)|travell?ing)",
    r"\b(?:ich bin|wir sind)\b.{0,60}?\b(?:abwesend|nicht im (?:b[üu]ro|hause?)|in den ferien|im urlaub|nicht erreichbar)",
    r"\b(?:je suis|nous sommes|je serai)\b.{0,60}?\b(?:absente?s?|en (?:vacances|cong[ée]s?))",
    r"\b(?:sono|siamo|sar[òo])\b.{0,60}?\b(?:assent[ei]|fuori (?:ufficio|sede)|in (?:ferie|vacanza))",
)  # fmt: skip

BOUNCE_SUBJECT = _pattern(
    r"undeliver(?:able|ed)", r"deliver[yi]\w* (?:status|fail|error|problem|report|has|delay|unsuccess|incomplete|notification)",
    r"(?:fail(?:ed|ure)|unsuccessful|delayed|permanent|incomplete) (?:mail )?deliver", r"(?:mail|message) delivery",
    r"returned mail", r"mail (?:system error|failure|could not)", r"failure (?:notice|delivery)", r"returned to sender",
    r"returning (?:your )?(?:message|mail)", r"(?:could|can) ?not (?:be )?(?:deliver|sen[dt])", r"nondeliverable", r"postmaster notify",
    r"non[- ]?deliver", r"warning: (?:could not|message)", r"(?:mail|message) (?:was |is )?(?:not delivered|rejected|bounced)",
    r"you .{1,120}? are not (?:a )?member",
    r"unzustellbar", r"nicht (?:zustellbar|zugestellt|ausgeliefert)", r"unzugestellt", r"zustell\w*.{0,20}(?:fehl|nicht|verz[öo]ger)",
    r"fehler bei der zustellung", r"(?:mail|nachricht|zustellung) (?:konnte nicht|fehlgeschlagen|verz[öo]gert)", r"r[üu]ckl[äa]ufer",
    r"non[- ](?:remis|distribu|livr|d[ée]livr)", r"[ée]chec (?:de|d['’])", r"(?:impossible de|ne peut pas [êe]tre) (?:remettre|remis|livr|distribu)",
    r"avis de non[- ]", r"retour [àa] l['’]exp[ée]diteur", r"(?:retard|notification d['’][ée]tat) de (?:la )?remise",
    r"(?:mancat[ao]|errore di|impossibile|notifica di) (?:consegna|recapit)", r"non (?:recapitabile|consegnat|recapitat)",
    r"messaggio (?:non|respinto|rifiutato)", r"(?:consegna|recapito) (?:non riuscit|fallit|ritardat)",
)  # fmt: skip
BOUNCE_TEXT = _pattern(
    r"(?:could|can|was|were|did|has|have|cannot)(?: ?not|n['’]t)? (?:yet )?(?:be|been|reach|able to)? ?(?:deliver|reach|sen[dt])",
    r"unable to deliver", r"undeliverable", r"delivery (?:to the following|has failed|attempt|failed)", r"permanent (?:fatal )?error",
    r"permanent(?:ly)? (?:failure|failed)", r"unknown user", r"user (?:\w+ )?unknown", r"error(?:s)? (?:occurred|delivering|while)",
    r"mail(?:box)? (?:\w+ )?(?:full|unavailable|not found)", r"rejected by", r"returned (?:message|below|mail)", r"no valid recipients",
    r"did not like our", r"failure reasons?", r"final-recipient:", r"action: *(?:failed|delayed)", r"\b5[05]\d[ -]5?\.?\d?",
    r"nicht zugestellt", r"unzustellbar", r"zustellung", r"n['’]a pas pu [êe]tre", r"non (?:remis|distribu)", r"impossibile (?:recapitare|consegnare)",
    r"non [èe] stato (?:possibile|recapitato|consegnato)",
)  # fmt: skip
LIST_REFUSAL = _pattern(
    r"(?:you )?(?:are|is) not (?:a |subscribed |allowed to post|a registered )?(?:member|subscri|to post|authori)",
    r"not allowed to post", r"non-?members? (?:are not|may not|posting)", r"only (?:members|subscribers) (?:may|can) post",
    r"posting by non-?members", r"kein mitglied (?:dieser|der) liste", r"n['’][êe]tes pas (?:abonn|membre|autoris)",
    r"non (?:sei|siete|[èe]) (?:un membro|iscritt|autorizzat)",
)  # fmt: skip

RETURNED = re.compile(
    r"^[ \t>]*+(?:[-=_*#]{2,}+(?![^\n]{0,200}\b(?:server|system|session|command))[^\n]{0,200}(?:copy|original|unsent|returned|message|mail|header)"
    r"|(?:received|return-path|message-id|dkim-signature|x-received|authentication-results):"
    r"|(?:original message|message headers?|original headers?) follows?"
    r"|(?:included is|below is|enclosed is|here is) (?:a copy|the)|original message:?[ \t]*$)",
    re.IGNORECASE | re.MULTILINE,
)
"""Where a report for people ends and the returned mail begins, as all servers without RFC 3464 mark it."""

DELAY = _pattern(
    r"warning message only", r"not yet been delivered", r"(?:has|have) been delayed", r"will (?:be retried|continue|keep|try|retry)",
    r"delayed (?:\d|mail)", r"could not send message for", r"do not need to resend", r"wird (?:weiter|erneut)",
    r"noch nicht zugestellt", r"verz[öo]gert", r"n['’]a pas encore [ée]t[ée]", r"retard[ée]e?\b", r"non [èe] (?:ancora|stato ancora)", r"ritardat",
)  # fmt: skip
DELAY_SUBJECT = _pattern(
    r"\bdelay",
    r"warning: (?:could not|message)",
    r"verz[öo]ger",
    r"\bretard",
    r"ritard",
    r"still being retried",
)
FULL = _pattern(
    r"quota", r"(?:mail\s?box|mail\s?folder|inbox|account)(?: is)? (?:\w+ )?full", r"(?:disk|storage|space)[^\n]{0,20}(?:full|exceed|limit)",
    r"postfach[^\n]{0,20}voll", r"speicherplatz", r"bo[îi]te[^\n]{0,30}pleine", r"espace insuffisant", r"casella[^\n]{0,30}piena",
)  # fmt: skip
PERMANENT = _pattern(
    r"unknown", r"not found", r"no such", r"(?:does ?n[o']t|do not) exist", r"not listed", r"invalid", r"could not find", r"reject", r"denied",
    r"disabled", r"locked", r"inactive", r"not a (?:valid|member)", r"unrouteable", r"malformed", r"prohibit", r"not permitted",
    r"unbekannt", r"existiert nicht", r"nicht gefunden", r"abgelehnt", r"inconnu", r"n['’]existe pas", r"introuvable", r"rejet",
    r"sconosciut", r"inesistente", r"non esiste", r"non trovato", r"rifiutat",
)  # fmt: skip
TRANSIENT = _pattern(
    r"expired?\b", r"time[d ]?\s?-?out", r"too long", r"(?:for the last|for|after) [\d.]+ (?:seconds|minutes|hours?|days?)", r"deferred",
    r"temporar", r"try again", r"connection (?:refused|reset|lost)", r"unable to connect", r"gr[ea]ylist", r"resources?\b",
    r"(?:wasn['’]t|not) able to establish", r"vor[üu]bergehend", r"zeit[üu]berschreitung", r"temporaire", r"d[ée]lai", r"temporane", r"scadut",
)  # fmt: skip

SUBSCRIBED = _pattern(
    r"you(?:['’]re| are| have)? (?:currently )?(?:receiv(?:e|ed|ing)|getting) (?:this|the|these|our)\b[^.\n]{0,60}\b(?:because|since|as)\b",
    r"(?:this|the) (?:e-?mail|message|newsletter|mailing) (?:was|is|has been) (?:sent|delivered|e-?mailed) to [^\n]{0,80}(?:because|as|@)",
    r"(?:to|or) (?:be )?(?:un|sub)subscribe\b", r"to (?:cancel|change|modify|manage|stop|end|remove)\b[^.\n]{0,60}\b(?:subscri|mailing|newsletter|e-?mail)",
    r"(?:manage|change|update|edit) (?:my|your) (?:e-?mail |subscri|preferences|profile)", r"(?:your )?subscription is\b", r"subscribed (?:to|as)", r"(?:for|your) subscription (?:changes|settings|options)",
    r"(?:rather|do|no longer|wish|prefer)(?: wish| want)?(?: not)? (?:to )?(?:receive|get) (?:any )?(?:future|further|more|these|such)\b[^.\n]{0,30}(?:e-?mail|mailing|message|newsletter)",
    r"unsubscrib\w*[^\n]{0,80}(?:https?:|www\.|mailto:|@|\|)", r"view (?:this|it) (?:e-?mail|newsletter|message)? ?(?:in|on) (?:your|a|the) ",
    r"sie erhalten (?:diese|diesen|den|unseren)\b[^.\n]{0,60}\b(?:weil|da|aufgrund)\b", r"(?:newsletter|mailing)[^.\n]{0,40}\b(?:abbestellen|abmelden)[^\n]{0,60}(?:https?:|hier|www\.|@)",
    r"(?:vom newsletter|sich) (?:hier )?(?:abmelden|austragen)[^\n]{0,60}(?:https?:|hier|www\.|@)", r"keine (?:weiteren )?(?:newsletter|e-?mails?|mailings?) mehr (?:erhalten|w[üu]nschen)",
    r"(?:abmeldelink|abo verwalten|newsletter-einstellungen)",
    r"vous recevez (?:ce|cet|cette|notre)\b[^.\n]{0,60}\b(?:car|parce|suite)\b", r"pour (?:vous|se) d[ée]s(?:abonner|inscrire)", r"(?:lien|cliquez)[^.\n]{0,40}d[ée]s(?:abonner|inscrire|inscription|abonnement)",
    r"ricev(?:i|ete|uto) quest[ao]\b[^.\n]{0,60}\b(?:perch[ée]|in quanto)", r"per (?:disiscriver|cancellar|annullare l['’]iscrizione)", r"se non desider[ai]\w*[^.\n]{0,40}ricevere",
)  # fmt: skip
UNSUBSCRIBE_LINK = re.compile(
    r"<a\b[^<>]{0,1000}(?:unsubscri|opt-?out|abmeld|abbestell|d[ée]sabonn|d[ée]sinscri|disiscri|cancella(?:zione|ti))"
    r"|<a\b[^<>]{0,1000}>\s{0,20}(?:<[^<>]{0,200}>\s{0,20}){0,6}(?:unsubscribe|abmelden|abbestellen|austragen|se d[ée]sabonner|se d[ée]sinscrire"
    r"|disiscriviti|cancellati|manage (?:my )?subscriptions?)",
    re.IGNORECASE,
)
