"""Senders that are programs: nobody reads what is written to them, and they write to nobody in particular."""

from __future__ import annotations

import re

from stammkunde.connectors.mail.message import Message

_NOBODY = re.compile(
    r"(?:do[-_.]?not|no|dont|never)[-_.]?(?:reply|answer|respond|response)|(?:nicht|keine?)[-_.]?(?:antwort|antworten)"
    r"|(?:ne[-_.]?pas|non?|pas[-_.]?de)[-_.]?(?:repondre|reponse|rispondere|risposta)|noreponse|unreplyable|nobody"
)
_ROBOT = re.compile(
    r"(?:.*[-_.+])?(?:rss-?feeds?|news-?letters?|mailings?|mailer|notifications?|digest|bulletin|autoresponder|bounces?|robot)\d*"
    r"|(?:rss|feeds?|news|updates?|promo(?:tions?)?|offers|angebote|notify|notifier|alerts?|announce(?:ments?)?|bot|bugzilla|jira|svn|cvs|git|daemon|cron|root)"
    r"(?:[-_.+](?:daemon|admin|robot|bot))?"
)
_ACCOUNT = re.compile(r"(?:www-data|www-run|wwwrun|apache|httpd|nginx|nobody|root|daemon|cgi)@")
"""Accounts under which programs run on a web server: as envelope sender they tell of a script."""

_LIST_ADDRESS = re.compile(r"owner-|[^@]*-(?:owner|bounces?|request)@")
_LIST_ENVELOPE = re.compile(
    r"owner-|[^@]*[-+](?:owner|bounces?|admin|errors?|request|return)(?:[-+=.*@]|\d|$)"
)
_REWRITTEN = re.compile(r"(?:prvs|btv1|[^@]*\bsrs[01]?)[=+-]")
"""Envelope senders that a server rewrote without any mailing: BATV's tags, and SRS of what somebody has forwarded."""

_TAG = re.compile(r"\d{4,}|[=#*]|(?:^|[-.+@])(?:bounces?|return|reply|env)(?:[-.+@_=]|$)")


def answers_nobody(address: str) -> bool:
    """Whether an address says of itself that it is not read (`noreply@`)."""
    return _NOBODY.match(address) is not None


def is_robot(address: str) -> bool:
    """Whether a local part is the name of a program or of a mailing instead of a person's or a desk's."""
    local = address.partition("@")[0]
    return _NOBODY.match(local) is not None or _ROBOT.fullmatch(local) is not None


def is_script(message: Message) -> bool:
    """Whether the envelope sender is a web server's account, and somebody else the author."""
    path = message.header("return-path").strip("<> ").lower()
    return _ACCOUNT.match(path) is not None and path not in message.header("from").lower()


def through_list(message: Message, sender: str) -> bool:
    """Whether a list's own address (`owner-x`, `x-bounces`), as all list servers name it, stands where the author's would.

    `sender` is the author's address: a desk may be called `shop-admin` as well, and then both are the same.
    """
    if _LIST_ADDRESS.match(sender):
        return True
    for name in ("return-path", "sender"):
        address = message.header(name).strip("<> ").lower()
        if not address or (sender and sender in address) or _REWRITTEN.match(address):
            continue
        if _LIST_ENVELOPE.match(address):
            return True
    return False


def is_tagged(message: Message, sender: str) -> bool:
    """Whether the envelope sender carries a recipient's or a mailing's mark (VERP), and so differs from the author."""
    path = message.header("return-path").strip("<> ").lower()
    if not path or path == sender or _REWRITTEN.match(path):
        return False
    return _TAG.search(path) is not None
