"""Errors: for people what happened and what to do next, for programs a stable code."""

from collections.abc import Sequence


class CardlineError(Exception):
    """The base of every error that a user may see.

    ``code`` is stable; ``message`` says what happened and what to do next, without secrets.
    """

    code = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(CardlineError):
    """What was asked for does not exist, or is not for whoever asks."""

    code = "not-found"


class Conflict(CardlineError):
    """Somebody else was first: the state is no longer what the request took it to be."""

    code = "conflict"


class Held(Conflict):
    """The gate keeps back what somebody wanted to send; ``reasons``: all codes."""

    code = "held"

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(f"this may not be sent: {', '.join(reasons)}")
        self.reasons = tuple(reasons)


class Invalid(CardlineError):
    """The request is not well formed."""

    code = "invalid"
