"""The call logs of Asterisk and the systems built on it: `Master.csv` in all its widths, and `cdr_custom`."""

from stammkunde.connectors.asterisk.connector import Asterisk, Settings

__all__ = ["Asterisk", "Settings"]
