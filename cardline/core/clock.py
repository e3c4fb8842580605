"""The clock: the one place that asks what time it is. Rules take the time as an argument."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Returns the present time, with a zone."""

SHANGHAI = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    """Return the present time in UTC."""
    return datetime.now(UTC)
