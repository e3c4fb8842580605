"""What the line logs: rare things only, each once in a while, never a digit or a payload."""

import logging
import time

_logger = logging.getLogger("cardline.line")
_last: dict[str, tuple[float, int]] = {}
_EVERY = 10.0
"""Seconds between two lines of the same kind."""


def note(kind: str, detail: str = "") -> None:
    """Log one line of this ``kind``; repeats within ten seconds are only counted."""
    now = time.monotonic()
    at, missed = _last.get(kind, (-_EVERY, 0))
    if now - at < _EVERY:
        _last[kind] = (at, missed + 1)
        return
    _last[kind] = (now, 0)
    more = f" ({missed} more since the last such line)" if missed else ""
    _logger.warning("%s%s%s", kind, f": {detail}" if detail else "", more)


def set_up() -> None:
    """Log to standard error, one line an entry, with UTC time."""
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(
        level=logging.WARNING,
        format="%(asctime)s.%(msecs)03dZ %(name)s %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S",
    )
