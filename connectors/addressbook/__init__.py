"""Address books: vCard and CSV exports of whatever program a company keeps its addresses in."""

from stammkunde.connectors.addressbook.connector import Addressbook

__all__ = ["Addressbook"]
