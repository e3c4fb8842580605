"""Types of what is known of a caller at the answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

AssuranceLevel = Literal["none", "claimed", "likely", "proven"]


@dataclass(frozen=True, slots=True)
class Assurance:
    """How sure we are who this is; ``reasons`` are codes of the catalogue, strongest first."""

    level: AssuranceLevel
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PathStep:
    """One place in the call flow where the caller was, and the key pressed there, if any."""

    at: datetime
    node: str
    key: str | None = None
