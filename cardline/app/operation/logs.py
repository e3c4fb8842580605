"""Logs: one JSON object a line, static messages, marked fields, nothing of anybody's secrets."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from cardline.core.masking import mask_card_numbers, mask_phone

_PHONE_FIELDS = frozenset({"phone", "number", "caller", "from_number", "to"})


def mask_event(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Mask telephone numbers by the name of their field, and card numbers wherever they stand."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = mask_phone(value) if name in _PHONE_FIELDS else mask_card_numbers(value)
    return event


def set_up_logs(*, pretty: bool, level: int = logging.INFO) -> None:
    """Send all logs to standard error: as JSON, or ``pretty`` for a person at a terminal.

    To the process's own, whatever stands in its place just now: loggers keep it for good.
    """
    stream = sys.__stderr__ or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_event,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=stream, format="%(message)s")
