"""Mail servers: folders read over IMAP, newest mails first, and a mail box that stays as it was."""

from stammkunde.connectors.imap.connector import Imap

__all__ = ["Imap"]
