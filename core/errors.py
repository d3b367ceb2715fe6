"""What can go wrong, one class for each kind of failure; a message names the thing and the remedy."""


class Message:
    """A sentence for people: an English template, by which a catalogue knows it, and what stands in its `{places}`.

    A value may be a message itself. Without values the template is the whole sentence, braces and all.
    """

    def __init__(self, template: str, /, **values: object) -> None:
        """`template` is a literal where it is raised, so that it is found and translated."""
        self.template = template
        self.values = values

    def __str__(self) -> str:
        """The sentence in English, as logs have it."""
        return self.template.format(**self.values) if self.values else self.template


def N_(sentence: str) -> str:  # noqa: N802 — gettext's own name for it
    """Marks a sentence that is kept or stored in English and translated when it is shown, as a reason of the quarantine."""
    return sentence


class StammkundeError(Message, Exception):
    """Base of all refusals that a person can mend; printed as one line, in the reader's language."""


class SettingError(StammkundeError):
    """A setting is missing, unknown or out of range; names the setting and what it should be."""


class ConnectorError(StammkundeError):
    """A source can't be read; names the setting or file and the remedy."""


class UnavailableError(ConnectorError):
    """A source does not answer now, and may later: it is asked again by itself.

    `pause_s` is for how many seconds the source itself wants to be left alone; 0 where it did not say.
    """

    def __init__(self, template: str, /, *, pause_s: float = 0.0, **values: object) -> None:
        """As a message; the pause is no part of the sentence."""
        super().__init__(template, **values)
        self.pause_s = pause_s


class CredentialsError(ConnectorError):
    """A source refuses who we say we are: a person has to act, and asking on would lock the account."""


class HomeError(StammkundeError):
    """The home can't be opened: absent, of a newer version, in use, or the disk refuses."""


class KeyStoreError(StammkundeError):
    """The master key or the key store is missing or does not fit the log."""


class CursorConflictError(StammkundeError):
    """Another process moved the same source on meanwhile."""


class DecisionError(StammkundeError):
    """What a person asked for can't be done: an unknown customer, contact or identifier."""


class UnknownError(DecisionError):
    """Nobody and nothing is meant by a reference."""
