"""Types of logging in: policy, standing, tries, sessions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cardline.core.masking import Secret
from cardline.core.verdict import RuleVersion, Verdict
from cardline.desk.staff.model import Staff


@dataclass(frozen=True)
class LoginPolicy:
    """The numbers of logging in; read-only and shared."""

    version: RuleVersion
    tries: int
    lock: timedelta
    forget_tries: timedelta
    idle: timedelta
    session: timedelta
    enrolment: timedelta
    """How long a session lasts in which no second factor was proven."""
    password_length: int
    totp_window: int
    """Time steps to either side."""
    common_passwords: frozenset[str]
    second_factors: frozenset[str]
    """Methods (RFC 8176) of the bank's log-in service that count as a second factor."""
    sessions_kept: timedelta
    """How long an ended session is kept."""
    sources: dict[str, str]
    """Entry of the pack by its key, for reasons."""


@dataclass(frozen=True, slots=True)
class Tries:
    """Tries at one staff number since the last right one."""

    wrong: int = 0
    locked_until: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is stored of somebody's password and second factor; secrets are hashed or sealed."""

    staff: Staff
    left: bool
    password_hash: str | None
    totp_sealed: bytes | None
    totp_pending: bytes | None
    totp_step: int
    must_change: bool
    """Somebody else set the password."""

    @property
    def enrolled(self) -> bool:
        """True where a second factor has been confirmed."""
        return self.totp_sealed is not None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that has been counted and is yet to be judged."""

    number: str
    standing: Verdict
    """Whether whoever has this number may log in at all."""
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which somebody is logged in."""

    id: str
    staff: Staff
    left: bool
    second_factor: bool
    must_change: bool
    """Opened with a password that somebody else set: first it is changed."""
    opened_at: datetime
    seen_at: datetime
    idle_until: datetime
    ends_at: datetime
    ended_at: datetime | None
    user_agent: str

    @property
    def serves(self) -> bool:
        """True where it serves for work: second factor proven, password known to nobody else."""
        return self.second_factor and not self.must_change


@dataclass(frozen=True, slots=True)
class Login:
    """The outcome of logging in. ``verdict`` is what may be told, not all that is known."""

    verdict: Verdict
    session: Session | None = None
    secret: Secret | None = None
    """The secret of the session: it leaves in the cookie and is kept nowhere."""


@dataclass(frozen=True, slots=True)
class SeenSession:
    """A session that somebody showed, and whether it holds; none where nobody knows it."""

    verdict: Verdict
    session: Session | None
