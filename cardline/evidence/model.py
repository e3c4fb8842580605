"""Types of the journal."""

from dataclasses import dataclass
from datetime import datetime

from cardline.core.transaction import JsonObject


@dataclass(frozen=True, slots=True)
class Entry:
    """One act as it is journaled. ``seq`` counts from 1 within ``stream`` without a gap."""

    stream: str
    seq: int
    at: datetime
    kind: str
    by: str
    body: JsonObject
    verdict: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """Where a chain does not hold: the first entry that is missing, inserted or altered."""

    stream: str
    seq: int
    what: str
