"""Counting tries: one at a time, each written down, never more wrong ones than allowed."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cardline.core.actor import Actor
from cardline.core.home import home
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.evidence.actions import journal
from cardline.identity import store
from cardline.identity.model import Act, Checked, Factor, Proof, Subject
from cardline.identity.policy import IdentityPolicy
from cardline.identity.rules import day_of


def caller_key(caller: PhoneNumber | None, stream: str) -> str:
    """Name the counter of a calling number; a withheld one counts within its own call."""
    return f"caller:{caller}" if caller else f"stream:{stream}"


def holder_key(subject: Subject | None, caller: PhoneNumber | None, stream: str) -> str:
    """Name the counter of a holder; guesses at nobody count against the calling number."""
    return f"holder:{subject.id}" if subject else caller_key(caller, stream)


@dataclass(frozen=True, slots=True)
class Tries:
    """The tries of one factor against one counter, on the day of ``at``.

    :meth:`locked` takes the counter's row lock, so that parallel tries come one after the other;
    :meth:`close` writes the try in the same transaction. A right try takes nothing back: whoever
    knows the password does not give a thief three guesses more.
    """

    key: str
    factor: Factor
    most: int
    policy: IdentityPolicy
    subject: Subject | None
    caller: PhoneNumber | None
    stream: str
    by: Actor
    at: datetime
    zone: ZoneInfo = field(default_factory=lambda: home().zone)
    """Whose day counts: the holder's, or for calling numbers the bank's."""
    apart: str = ""
    """Counted apart from other tries of the factor: ``freezing``, or a network of pages."""

    async def locked(self, tx: Transaction) -> Checked | None:
        """Wait for the counter; return the refusal where no try is left today."""
        wrong = await store.lock_counter(tx, subject=self.key, factor=self._name, day=self._day)
        if wrong < self.most:
            return None
        verdict = Verdict(self.policy.version, (self._lock(),))
        await self._journal(tx, verdict, left=0)
        return Checked(verdict)

    async def close(
        self,
        tx: Transaction,
        *,
        right: bool,
        proof: Proof | None = None,
        reasons: tuple[Reason, ...] = (),
    ) -> Checked:
        """Write the try down and return its outcome. ``reasons`` refuse a try that is not wrong."""
        if not right:
            await store.count_wrong(tx, subject=self.key, factor=self._name, day=self._day)
        wrong = await store.lock_counter(tx, subject=self.key, factor=self._name, day=self._day)
        await store.add_try(
            tx,
            subject=self.key,
            holder=self.subject.id if self.subject else None,
            factor=self._name,
            caller=self.caller,
            stream=self.stream,
            correct=right,
            at=self.at,
        )
        left = max(0, self.most - wrong)
        if not right:
            reasons = (Reason("wrong", "identity.lockout_tries"),)
            reasons += () if left else (self._lock(),)
        verdict = Verdict(self.policy.version, reasons)
        await self._journal(tx, verdict, left=left)
        return Checked(verdict, proof if verdict.allowed else None, left)

    def proof(
        self, *, weak_until: datetime | None = None, only_for: Act | None = None
    ) -> Proof | None:
        """Return the proof that a right try gives; none for nobody."""
        if self.subject is None:
            return None
        return Proof(self.factor, self.subject.id, self.at, weak_until, only_for)

    @property
    def _name(self) -> str:
        return f"{self.factor}/{self.apart}" if self.apart else str(self.factor)

    @property
    def _span(self) -> tuple[date, datetime]:
        return day_of(self.at, self.zone)

    @property
    def _day(self) -> date:
        return self._span[0]

    def _lock(self) -> Reason:
        return Reason("locked", "identity.lockout_tries", self._span[1])

    async def _journal(self, tx: Transaction, verdict: Verdict, *, left: int) -> None:
        body: JsonObject = {"factor": self._name, "tries_left": left}
        body |= {"holder": self.subject.id if self.subject else None}
        await journal(
            tx,
            stream=self.stream,
            kind="identity.checked",
            by=self.by,
            body=body,
            at=self.at,
            verdict=verdict,
        )
