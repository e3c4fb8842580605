"""What HTTP shows of previews and of calls that a campaign placed; numbers are masked."""

from datetime import datetime

from pydantic import BaseModel

from cardline.cards.model import Holder, Language
from cardline.core.masking import mask_phone
from cardline.core.verdict import Verdict
from cardline.desk.staff.model import Staff
from cardline.outreach.campaigns.model import (
    Attempt,
    Campaign,
    Dialled,
    Disposition,
    Entry,
    Kind,
    Opening,
    Outcome,
    Refused,
)
from cardline.outreach.campaigns.words import opening_to_read
from cardline.outreach.views import MayView


class PreviewView(BaseModel):
    """The person whom an agent may dial, with what is read to them, and whether one may.

    ``words``: the opening, sentence by sentence, where it is read and not played.
    """

    entry: str
    campaign: str
    kind: Kind
    holder: str
    name: str
    phone: str
    language: Language
    fields: dict[str, str]
    tries: int
    opening: Opening
    minutes: int
    script: dict[Language, str]
    until: datetime | None
    words: dict[Language, list[str]]
    may: MayView


class CampaignCallView(BaseModel):
    """What a call of a campaign is about, for the agent who has it.

    ``opened_at``: from when on it is known that the opening was heard or read.
    """

    campaign: str
    name: str
    kind: Kind
    purpose: str
    language: Language
    fields: dict[str, str]
    minutes: int
    opening: Opening
    words: dict[Language, list[str]]
    script: dict[Language, str]
    dialled_at: datetime
    answered_at: datetime | None
    connected_at: datetime | None
    opened_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None
    disposition: Disposition | None


class DialView(BaseModel):
    """What became of a dial: the call, or the gate's reasons."""

    dialled: bool
    interaction: str | None = None
    reasons: list[str] = []
    again_at: datetime | None = None


def preview_view(
    campaign: Campaign, entry: Entry, holder: Holder, verdict: Verdict, *, by: Staff
) -> PreviewView:
    """Show a person to the agent who may dial; the number is masked, the agent needs none."""
    return PreviewView(
        entry=entry.id,
        campaign=campaign.id,
        kind=campaign.kind,
        holder=entry.holder,
        name=holder.name,
        phone=mask_phone(entry.phone),
        language=entry.language,
        fields=dict(entry.fields),
        tries=entry.attempts,
        opening=campaign.opening,
        minutes=campaign.minutes,
        script=dict(campaign.script),
        until=entry.claimed_until,
        words=opening_to_read(campaign, number=by.number, name=by.name),
        may=MayView.of(verdict),
    )


def call_view(campaign: Campaign, entry: Entry, attempt: Attempt, *, by: Staff) -> CampaignCallView:
    """Show what a call is about."""
    return CampaignCallView(
        campaign=campaign.id,
        name=campaign.name,
        kind=campaign.kind,
        purpose=campaign.purpose,
        language=entry.language,
        fields=dict(entry.fields),
        minutes=campaign.minutes,
        opening=campaign.opening,
        words=opening_to_read(campaign, number=by.number, name=by.name),
        script=dict(campaign.script),
        dialled_at=attempt.dialled_at,
        answered_at=attempt.answered_at,
        connected_at=attempt.connected_at,
        opened_at=attempt.opened_at,
        ended_at=attempt.ended_at,
        outcome=attempt.outcome,
        disposition=attempt.disposition,
    )


def dial_view(dialled: Dialled | Refused) -> DialView:
    """Show what became of a dial."""
    if isinstance(dialled, Dialled):
        return DialView(dialled=True, interaction=dialled.interaction)
    verdict = dialled.verdict
    return DialView(
        dialled=False,
        reasons=list(verdict.codes) or ["outside-campaign-hours"],
        again_at=verdict.not_before,
    )
