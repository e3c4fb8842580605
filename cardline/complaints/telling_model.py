"""Types of what is told about a complaint, to whoever made it and to others (rows C4 and C6)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from cardline.complaints.model import ComplaintId, Door, Language, State
from cardline.complaints.work_model import Outcome

NoticeAbout = Literal[
    "acknowledgement", "acceptance", "refusal", "extension", "answer", "reexamination"
]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something told to the complainant. It counts once there is proof (CMP 21)."""

    id: str
    about: NoticeAbout
    channel: str
    """A word of the pack: ``sms``, ``email``, ``letter``, ``call``, ``handed-over``."""
    text: str
    by: str
    at: datetime
    contents: tuple[str, ...] = ()
    """Which required contents it holds, words of the pack."""
    carried_by: str | None = None
    """Id of the message that carries it, of which the proof will come."""
    proof: str | None = None
    """What shows it: id of the message, of the call, number of the posting receipt."""
    proven_at: datetime | None = None
    extension: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """The same in Chinese and in English."""

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        """Return them in one language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class WayOn:
    """A way on for who is not satisfied, inside or outside the bank (CMP 19; row C6)."""

    name: str
    title: Words
    how: Words
    line: str = ""
    """What to dial."""


@dataclass(frozen=True, slots=True)
class ForComplainant:
    """What a complainant may see at any time (row C4): state, next date, person."""

    id: ComplaintId
    state: State
    received_at: datetime
    door: Door
    next_task: str | None
    """What the bank owes next, a word of ``clock_model.Task``."""
    next_by: date | None
    """The last day on which that is in time."""
    next_explained: tuple[str, ...]
    """Step by step, in the language of the complaint."""
    person: str | None
    """Name of whoever handles it."""
    stopped: bool
    answer: str | None
    outcome: Outcome | None
    may_withdraw: bool
    may_add_facts: bool
    may_ask_reexamination_until: date | None
    satisfied: bool | None
    joined_to: ComplaintId | None
