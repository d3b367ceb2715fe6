"""What can go wrong, one class for each kind of failure; a message names the thing and the remedy."""


class StammkundeError(Exception):
    """Base of all refusals that a person can mend; printed as one line."""


class SettingError(StammkundeError):
    """A setting is missing, unknown or out of range; names the setting and what it should be."""


class ConnectorError(StammkundeError):
    """A source can't be read; names the setting or file and the remedy."""


class HomeError(StammkundeError):
    """The home can't be opened: absent, of a newer version, in use, or the disk refuses."""


class KeyStoreError(StammkundeError):
    """The master key or the key store is missing or does not fit the log."""


class CursorConflictError(StammkundeError):
    """Another process moved the same source on meanwhile."""


class DecisionError(StammkundeError):
    """What a person asked for can't be done: an unknown customer, contact or identifier."""
