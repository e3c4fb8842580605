"""What the routes of complaints are asked."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from cardline.complaints.model import PauseGround, Severity
from cardline.complaints.work_model import Outcome, RemedyKind

Text = Annotated[str, Field(max_length=8000)]
Short = Annotated[str, Field(max_length=200)]
Code = Annotated[str, Field(max_length=60)]
Codes = Annotated[list[Code], Field(max_length=30)]
TakenBy = Literal["agent", "letter", "email", "regulator", "pbc", "association"]
"""Doors behind which somebody of the staff writes it down."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReachBody(_Body):
    """How somebody is reached whom the bank does not know."""

    phone: Code = ""
    email: Short = ""
    address: Short = ""


class AuthorityBody(_Body):
    """What shows that somebody may speak for the complainant."""

    authority_files: Codes
    identity_files: Codes
    reach: ReachBody = ReachBody()
    principal: Short = ""
    until: date | None = None
    """Its last day; left out: it names none."""


class AssignBody(_Body):
    """Whose it shall be; left out: one's own."""

    to: Code | None = None


class RefuseBody(_Body):
    """For which lawful reason, and why in words."""

    reason: Code
    why: Text


class InterestBody(_Body):
    """Who has an interest; left out: oneself."""

    of: Code | None = None
    why: Text


class ClassifyBody(_Body):
    """What it is about, as a person confirms it."""

    product: Code
    issue: Code
    severity: Severity
    causes: Codes
    subjects: Codes
    persons: Codes = []


class DepartmentBody(_Body):
    """What a department is asked."""

    department: Short
    what: Text
    days: int | None = Field(None, ge=1, le=60)


class WordsBody(_Body):
    """Words."""

    text: Text


class PauseBody(_Body):
    """What is waited for."""

    ground: PauseGround
    why: Text


class ResumeBody(_Body):
    """What was waited for."""

    ground: PauseGround


class ExtendBody(_Body):
    """A longer time."""

    grade: Code
    ground: Code
    why: Text


class SettleBody(_Body):
    """Approve, or turn down; ``why`` is needed where it is turned down."""

    approve: bool
    why: Text = ""


class ComplaintFactsBody(_Body):
    """What the complainant adds; ``new``: facts that were not known begin the time anew."""

    text: Text
    files: Codes = []
    new: bool = True


class RemedyBody(_Body):
    """A remedy; ``amount`` in fen with ``account`` for compensation."""

    kind: RemedyKind
    detail: Text = ""
    amount: int | None = Field(None, ge=1, le=10**11)
    account: Code | None = None


class ComplaintDecisionBody(_Body):
    """What is decided."""

    outcome: Outcome
    findings: Text
    basis: Text
    reasons: Text
    remedies: Annotated[list[RemedyBody], Field(max_length=20)] = []
    bank_erred: bool | None = None


class AgreeBody(_Body):
    """The second person agrees, or gives it back."""

    agrees: bool
    why: Text


class NoticeBody(_Body):
    """Something told; with its proof it counts at once."""

    about: Literal[
        "acknowledgement", "acceptance", "refusal", "extension", "answer", "reexamination"
    ]
    channel: Code
    text: Text
    contents: Codes = []
    extension: Code | None = None
    to: Short | None = None
    """The address on a stranger's letter."""
    proof_kind: Code | None = None
    proof: Short | None = None
    told_at: AwareDatetime | None = None


class ProofBody(_Body):
    """What shows that it was told."""

    kind: Code
    proof: Short
    told_at: AwareDatetime


class OutsideBody(_Body):
    """Who was told, and what shows it."""

    whom: Literal["regulator-told", "pbc-told"]
    reference: Short


class ReexaminationBody(_Body):
    """The complainant does not agree."""

    why: Text
    in_writing: bool


class ReopenBody(_Body):
    """Something new, and by which door it came."""

    new_facts: Text
    door: TakenBy = "agent"


class FollowUpBody(_Body):
    """What the complainant says of the answer; ``None``: they did not say."""

    satisfied: bool | None
    words: Text = ""


class JoinBody(_Body):
    """In which complaint it goes on."""

    into: Code


class CorrectiveBody(_Body):
    """What is done about a cause."""

    cause: Code
    what: Text
    owner: Code
    due_on: date
