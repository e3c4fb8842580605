"""What HTTP shows of contact permissions; numbers are masked (rows D1, D5)."""

from datetime import datetime, time

from pydantic import BaseModel

from cardline.core.masking import mask_phone
from cardline.core.verdict import Verdict
from cardline.outreach.actions.looking import Permissions
from cardline.outreach.model import Answer, BlockKind, Channel, Outcome, Purpose
from cardline.outreach.rules.replay import answer_of


class MayView(BaseModel):
    """What the gate would say now, with every reason; it is asked again when it counts."""

    class Reason(BaseModel):
        """One reason; ``source``: what says so; ``until``: when it ends by itself."""

        code: str
        source: str
        until: datetime | None

    answer: Answer
    not_before: datetime | None
    reasons: list[Reason]

    @classmethod
    def of(cls, verdict: Verdict) -> "MayView":
        """Show a verdict."""
        return cls(
            answer=answer_of(verdict),
            not_before=verdict.not_before,
            reasons=[
                cls.Reason(code=one.code, source=one.source, until=one.until)
                for one in verdict.refusals
            ],
        )


class WayView(BaseModel):
    """One purpose by one channel."""

    purpose: Purpose
    channel: Channel
    may: MayView


class ConsentView(BaseModel):
    """A consent in force."""

    purpose: Purpose
    channel: Channel
    since: datetime
    source: str


class WithdrawalView(BaseModel):
    """A withdrawal; without ``channel`` of all."""

    purpose: Purpose
    channel: Channel | None
    at: datetime
    source: str


class BlockView(BaseModel):
    """What stands against contacts now."""

    kind: BlockKind
    since: datetime
    until: datetime | None


class WishesView(BaseModel):
    """What the holder has set; hours are those of the holder's zone, weekdays ISO (Monday 1)."""

    kinds_off: list[Purpose]
    channels_off: list[Channel]
    opens: time | None
    closes: time | None
    days_off: list[int]
    most_week: int | None
    most_month: int | None
    paused_until: datetime | None


class RejectedView(BaseModel):
    """One entry of the reject list: a campaign or a number."""

    campaign: str | None
    phone: str | None
    since: datetime


class RecordView(BaseModel):
    """A contact about which the gate was asked; ``outcome`` of a call."""

    purpose: Purpose
    channel: Channel
    at: datetime
    answer: Answer
    codes: list[str]
    outcome: Outcome | None
    solicited: bool


class PermissionsView(BaseModel):
    """Contacts with whoever a conversation is about: what was decided, and what follows from it.

    ``known``: it is a holder of ours; else all is about the number alone.
    """

    known: bool
    vulnerable: bool
    consents: list[ConsentView]
    withdrawals: list[WithdrawalView]
    blocks: list[BlockView]
    wishes: WishesView
    rejected: list[RejectedView]
    ways: list[WayView]
    recent: list[RecordView]

    @classmethod
    def of(cls, found: Permissions, *, known: bool) -> "PermissionsView":
        """Show what was found."""
        wishes = found.wishes
        return cls(
            known=known,
            vulnerable=any(one.kind is BlockKind.VULNERABLE for one in found.blocks),
            consents=[
                ConsentView(
                    purpose=one.purpose, channel=one.channel, since=one.since, source=one.source
                )
                for one in found.consents
            ],
            withdrawals=[
                WithdrawalView(
                    purpose=one.purpose, channel=one.channel, at=one.at, source=one.source
                )
                for one in found.withdrawals
            ],
            blocks=[
                BlockView(kind=one.kind, since=one.since, until=one.until) for one in found.blocks
            ],
            wishes=WishesView(
                kinds_off=sorted(wishes.kinds_off),
                channels_off=sorted(wishes.channels_off),
                opens=wishes.opens,
                closes=wishes.closes,
                days_off=sorted(wishes.days_off),
                most_week=wishes.most_week,
                most_month=wishes.most_month,
                paused_until=wishes.paused_until,
            ),
            rejected=[
                RejectedView(
                    campaign=one.campaign,
                    phone=mask_phone(one.phone) if one.phone else None,
                    since=one.since,
                )
                for one in found.rejected
            ],
            ways=[
                WayView(purpose=one.purpose, channel=one.channel, may=MayView.of(one.verdict))
                for one in found.ways
            ],
            recent=[
                RecordView(
                    purpose=one.purpose,
                    channel=one.channel,
                    at=one.at,
                    answer=one.answer,
                    codes=list(one.codes),
                    outcome=one.outcome,
                    solicited=one.solicited,
                )
                for one in found.recent
            ],
        )
