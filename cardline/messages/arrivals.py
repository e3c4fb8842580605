"""What comes in by e-mail and letter, and its hand-over to whose box it is (rows A5, C1)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from cardline.cards.model import Language
from cardline.core.ids import HolderId, InteractionId
from cardline.core.transaction import Transaction
from cardline.messages.file_model import StoredFile

Box = Literal["general", "complaints"]
"""Which of the bank's addresses something was sent to, or what the staff say a letter is."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An e-mail or a letter that came in, cleaned: secrets are masked, files are kept.

    ``id`` is stable for the same mail or letter: use it as the key of what is made of it. Its
    ``interaction`` is the owner of the ``files``. ``holder`` is who it claims to be from; only
    ``by_staff`` says that a person of ours tied it to them. An e-mail proves nothing, even from the
    ``registered`` address. ``answers`` and ``about``: key and stream of the mail of ours that it
    answers.
    """

    door: Literal["email", "letter"]
    id: str
    box: Box
    interaction: InteractionId
    sender: str
    """An e-mail address; of a letter the name on it, or nothing."""
    sender_name: str
    holder: HolderId | None
    registered: bool
    by_staff: bool
    subject: str
    text: str
    files: tuple[StoredFile, ...]
    language: Language
    again: bool
    """It goes on with an interaction that was there before."""
    answers: str | None
    about: str | None
    at: datetime
    received_on: date | None = None
    """Of a letter: the day on which it reached the bank; clocks run from it."""


ArrivalTaker = Callable[[Transaction, Arrival], Awaitable[bool]]
"""Takes an arrival in its own transaction. True: it is cared for, and the desk gets no task."""


class Handovers:
    """Whose each box is; put together once, at the start."""

    def __init__(self) -> None:
        self._takers: dict[Box, ArrivalTaker] = {}

    def register(self, box: Box, taker: ArrivalTaker) -> None:
        """Give what comes into a box to ``taker``."""
        self._takers[box] = taker

    async def offer(self, tx: Transaction, arrival: Arrival) -> bool:
        """Hand an arrival over; false where nobody takes it."""
        taker = self._takers.get(arrival.box)
        return taker is not None and await taker(tx, arrival)
