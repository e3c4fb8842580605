"""What a message centre tells about a message of ours (SMPP 3.4, 5.3.2.35 and appendix B)."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from cardline.adapters.smpp.pdu import Tag, Text

Fate = Literal["delivered", "undelivered", "on-its-way"]
ReceiptIds = Literal["same", "decimal"]
"""How receipts name a message: as the answer did, or in decimal where that was hexadecimal."""

_STATES: Final[dict[int, Fate]] = {
    1: "on-its-way",  # ENROUTE
    2: "delivered",
    3: "undelivered",  # EXPIRED
    4: "undelivered",  # DELETED
    5: "undelivered",  # UNDELIVERABLE
    6: "on-its-way",  # ACCEPTED: by the centre, for the subscriber, and not yet by a telephone
    7: "on-its-way",  # UNKNOWN
    8: "undelivered",  # REJECTED
}
_WORDS: Final[dict[str, Fate]] = {
    "DELIVRD": "delivered",
    "EXPIRED": "undelivered",
    "DELETED": "undelivered",
    "UNDELIV": "undelivered",
    "REJECTD": "undelivered",
}
_FIELDS: Final = re.compile(r"\b(id|stat|err):\s*([0-9A-Za-z_.:-]+)", re.IGNORECASE)
_MOST: Final = 64


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receipt; ``error`` is the network's own code, empty where there is none."""

    message_id: str
    fate: Fate
    error: str = ""


def receipt_of(text: Text, *, ids: ReceiptIds = "same") -> Receipt | None:
    """Read a receipt; ``None`` where it names no message.

    Optional parameters win over the words of the text, whose form every vendor chooses.
    """
    words = {name.lower(): value for name, value in _FIELDS.findall(text.content.decode("latin-1"))}
    named = text.options.get(Tag.RECEIPTED_ID, b"").rstrip(b"\0").decode("ascii", "replace")
    named = named or words.get("id", "")
    if not named or len(named) > _MOST:
        return None
    state = text.options.get(Tag.STATE, b"")
    told = _STATES.get(state[0]) if state else None
    fate = told or _WORDS.get(words.get("stat", "").upper(), "on-its-way")
    network = text.options.get(Tag.NETWORK_ERROR, b"")
    error = str(int.from_bytes(network[1:3], "big")) if len(network) == 3 else words.get("err", "")
    if error.strip("0") == "":
        error = ""
    return Receipt(same_id(named, receipt=ids == "decimal"), fate, error[:_MOST])


def same_id(written: str, *, receipt: bool = False) -> str:
    """Return an id in the one form in which ids are compared: lower case, no leading zeros.

    ``receipt``: it is decimal where the answer's was hexadecimal.
    """
    if receipt and written.isdecimal():
        written = f"{int(written):x}"
    return written.lower().lstrip("0") or "0"
