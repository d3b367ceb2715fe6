"""Mailboxes as files: mbox, Maildir, folders and archives of single mails."""

from stammkunde.connectors.mailbox.connector import Mailbox

__all__ = ["Mailbox"]
