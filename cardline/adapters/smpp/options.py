"""What an operator says of the message centre."""

import ssl
from dataclasses import dataclass, field
from typing import Literal

from cardline.adapters.smpp.receipts import ReceiptIds
from cardline.adapters.smpp.session import Timing

Long = Literal["udh", "payload"]


@dataclass(frozen=True, slots=True)
class Address:
    """An address of ours: number, kind of number (TON), numbering plan (NPI)."""

    number: str
    ton: int = 0
    npi: int = 0


@dataclass(frozen=True, slots=True)
class SmppOptions:
    """Where the centre is and how it is spoken to; the password stands apart.

    ``window``: requests that may wait for their answer at once. ``patience``: seconds for which one
    message waits for a session and for the centre's breath; together with the answer it must stay
    below the lease of the outbox. ``pauses``: seconds between tries to connect, the last for ever.
    ``breath``: seconds of rest after a first "too fast", doubled with each one up to ``longest``.
    """

    host: str
    port: int
    system_id: str
    source: Address
    system_type: str = ""
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    long: Long = "udh"
    receipt_ids: ReceiptIds = "same"
    window: int = 10
    patience: float = 20.0
    pauses: tuple[float, ...] = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
    breath: float = 0.5
    longest: float = 16.0
    timing: Timing = field(default_factory=Timing)
