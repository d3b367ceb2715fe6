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
_ACCOUNT = re.compile(
    r"<?(?:www-data|www-run|wwwrun|apache|httpd|nginx|nobody|root|daemon|web|cgi)@"
)
"""Accounts under which programs run on a web server: as envelope sender they tell of a script."""

_LIST_ENVELOPE = re.compile(
    r"<?(?:owner-|(?:[^@]*[-.+=](?:owner|bounces?|admin|errors?|request|return|list)(?:[-+=.*@]|\d|$)))",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"\d{4,}|[=#*]|(?:^|[-.+@])(?:bounces?|return|reply|env)(?:[-.+@_=]|$)", re.IGNORECASE
)


def answers_nobody(address: str) -> bool:
    """Whether an address says of itself that it is not read (`noreply@`)."""
    return _NOBODY.match(address) is not None


def is_robot(address: str) -> bool:
    """Whether a local part is the name of a program or of a mailing instead of a person's or a desk's."""
    local = address.partition("@")[0]
    return _NOBODY.match(local) is not None or _ROBOT.fullmatch(local) is not None


def is_script(message: Message) -> bool:
    """Whether the envelope sender is a web server's account, and somebody else the author."""
    path = message.header("return-path")
    return bool(path) and _ACCOUNT.match(path.lower()) is not None


def through_list(message: Message, sender: str) -> bool:
    """Whether envelope sender, `Sender` or author is a list's own address (`owner-x`, `x-bounces`), as all list servers name it."""
    return any(
        value and _LIST_ENVELOPE.match(value) is not None
        for value in (message.header("return-path"), message.header("sender"), sender)
    )


def is_tagged(message: Message, sender: str) -> bool:
    """Whether the envelope sender carries a recipient's or a mailing's mark (VERP), and so differs from the author."""
    path = message.header("return-path").strip("<> ").lower()
    return bool(path) and path != sender and _TAG.search(path) is not None
