"""What the actions of complaints are given: the pack, the calendar, the causes, the bank."""

from dataclasses import dataclass

from cardline.cards.corebank import CoreBank
from cardline.complaints.causes import Causes
from cardline.complaints.clock_model import ComplaintPolicy
from cardline.complaints.model import WayOn
from cardline.core.calendar import WorkCalendar
from cardline.messages.letters.config import LetterConfig
from cardline.messages.mail.config import MailConfig
from cardline.messages.model import SmsConfig


@dataclass(frozen=True)
class ComplaintConfig:
    """Read-only and shared."""

    policy: ComplaintPolicy
    calendar: WorkCalendar
    causes: Causes
    bank: CoreBank
    sms: SmsConfig
    mail: MailConfig | None = None
    letters: LetterConfig | None = None
    """Without them notices are sent by hand, and their proof is entered."""
    ways: tuple[WayOn, ...] = ()
    """Where whoever is not satisfied may go, the nearest first."""
