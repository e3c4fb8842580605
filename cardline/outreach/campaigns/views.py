"""What HTTP and the command line show of campaigns; numbers are masked."""

from datetime import datetime, time
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from cardline.cards.model import Language
from cardline.core.verdict import Verdict
from cardline.outreach.campaigns.machine_model import Machines
from cardline.outreach.campaigns.model import (
    FORMS,
    Campaign,
    Disposition,
    Draft,
    Kind,
    Listed,
    Mode,
    Opening,
)
from cardline.outreach.campaigns.reporting import Foresight, Progress, Report
from cardline.outreach.campaigns.rules.intervals import Share
from cardline.outreach.model import Channel


def _without_zone(said: time) -> time:
    if said.tzinfo is not None:
        raise ValueError("hours are those of the holder's zone: leave the zone out")
    return said


WallTime = Annotated[time, AfterValidator(_without_zone)]
"""A time of day on the holder's wall."""


class CampaignBody(BaseModel):
    """A campaign that is to be made; what is left out comes from the pack."""

    name: str = Field(min_length=1, max_length=80)
    kind: Kind
    channel: Literal["call", "sms"] = "call"
    mode: Mode = Mode.PROGRESSIVE
    matter: str = Field(default="general", max_length=40)
    opening: Opening = "played"
    script: dict[Language, str] = Field(default_factory=dict)
    minutes: int = Field(default=3, ge=1, le=30)
    opens: WallTime | None = None
    closes: WallTime | None = None
    retries: int | None = Field(default=None, ge=0, le=9)
    abandonment_limit: float | None = Field(default=None, ge=0, lt=1)
    hold_out: float | None = Field(default=None, ge=0, le=0.5)
    machines: Machines | None = None

    def draft(self) -> Draft:
        """Return it as the action takes it."""
        return Draft(
            name=self.name,
            kind=self.kind,
            channel=Channel(self.channel),
            mode=self.mode,
            matter=self.matter,
            opening=self.opening,
            script=self.script,
            minutes=self.minutes,
            opens=self.opens,
            closes=self.closes,
            retries=self.retries,
            abandonment_limit=self.abandonment_limit,
            hold_out=self.hold_out,
            machines=self.machines,
        )


class ListBody(BaseModel):
    """Exactly one of: a CSV text, or a number of days after which bills are due."""

    csv: str | None = Field(default=None, max_length=20_000_000)
    due_in_days: int | None = Field(default=None, ge=0, le=60)


class StopBody(BaseModel):
    """Why everything is stopped."""

    reason: str = Field(min_length=3, max_length=200)


class PassOnBody(BaseModel):
    """Why this person is not called."""

    reason: str = Field(min_length=3, max_length=200)


class DispositionBody(BaseModel):
    """What became of a talk."""

    disposition: Disposition
    note: str = Field(default="", max_length=1000)
    again_at: AwareDatetime | None = None


class ResultsBody(BaseModel):
    """Who did what the campaign is for; held-out people too."""

    results: dict[str, bool] = Field(max_length=200_000)


class CampaignView(BaseModel):
    """A campaign. ``columns``: what its lists say for each person, beside holder or number."""

    id: str
    name: str
    kind: Kind
    purpose: str
    channel: str
    mode: Mode | None
    matter: str
    opening: Opening
    script: dict[Language, str]
    columns: list[str]
    minutes: int
    opens: time
    closes: time
    retries: int
    abandonment_limit: float
    hold_out: float
    machines: Machines
    state: str
    created_by: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class ProgressView(BaseModel):
    """How far a campaign is: people to contact, those done with, and the hold-out beside them."""

    contacted: int
    done: int
    held_out: int


class CampaignRowView(CampaignView):
    """A campaign in the list of all."""

    progress: ProgressView


class ListedView(BaseModel):
    """What became of a list."""

    class Bad(BaseModel):
        """A row that was not taken."""

        line: int
        why: str
        code: str

    added: int
    held_out: int
    known: int
    bad: list[Bad]


class StateView(BaseModel):
    """Whether a change of state was allowed, with the reasons where not."""

    allowed: bool
    reasons: list[str]


class CampaignStoppedView(BaseModel):
    """The campaigns that the kill switch has stopped."""

    stopped: list[str]


class ShareView(BaseModel):
    """A share with its 95 % interval (Wilson)."""

    hits: int
    of: int
    share: float
    low: float
    high: float


class EffectView(BaseModel):
    """Contacted less held-out, with its 95 % interval (Newcombe); ``tells``: zero is outside."""

    difference: float
    low: float
    high: float
    tells: bool


class CampaignReportView(BaseModel):
    """The report of a campaign."""

    campaign: CampaignView
    listed: int
    held_out: int
    waiting: int
    at_work: int
    done: int
    talked: int
    missed: int
    outcomes: dict[str, int]
    dispositions: dict[str, int]
    refused: dict[str, int]
    answered: int
    abandoned: int
    abandonment: ShareView
    machines: int
    reckoned_abandoned: float
    within_limit: bool
    unopened: int
    contacted_reached: ShareView
    held_out_reached: ShareView
    effect: EffectView | None


class ForesightView(BaseModel):
    """What the gate would say now to everybody who waits."""

    looked_at: int
    yes: int
    later: int
    no: int
    reasons: dict[str, int]


def campaign_view(campaign: Campaign) -> CampaignView:
    """Show a campaign."""
    return CampaignView(
        id=campaign.id,
        name=campaign.name,
        kind=campaign.kind,
        purpose=campaign.purpose,
        channel=campaign.channel,
        mode=campaign.mode,
        matter=campaign.matter,
        opening=campaign.opening,
        script=dict(campaign.script),
        columns=sorted(FORMS[campaign.kind].fields),
        minutes=campaign.minutes,
        opens=campaign.opens,
        closes=campaign.closes,
        retries=campaign.retries,
        abandonment_limit=campaign.abandonment_limit,
        hold_out=campaign.hold_out,
        machines=campaign.machines,
        state=campaign.state,
        created_by=campaign.created_by,
        created_at=campaign.created_at,
        started_at=campaign.started_at,
        ended_at=campaign.ended_at,
    )


def row_view(campaign: Campaign, progress: Progress) -> CampaignRowView:
    """Show a campaign in the list."""
    shown = ProgressView(
        contacted=progress.contacted, done=progress.done, held_out=progress.held_out
    )
    return CampaignRowView(**campaign_view(campaign).model_dump(), progress=shown)


def listed_view(listed: Listed) -> ListedView:
    """Show what became of a list."""
    bad = [ListedView.Bad(line=one.line, why=one.why, code=one.code) for one in listed.bad]
    return ListedView(added=listed.added, held_out=listed.held_out, known=listed.known, bad=bad)


def state_view(verdict: Verdict) -> StateView:
    """Show a verdict about a change of state."""
    return StateView(allowed=verdict.allowed, reasons=list(verdict.codes))


def report_view(report: Report) -> CampaignReportView:
    """Show a report."""
    effect = report.effect
    return CampaignReportView(
        campaign=campaign_view(report.campaign),
        listed=report.listed,
        held_out=report.held_out,
        waiting=report.waiting,
        at_work=report.at_work,
        done=report.done,
        talked=report.talked,
        missed=report.missed,
        outcomes=report.outcomes,
        dispositions=report.dispositions,
        refused=report.refused,
        answered=report.answered,
        abandoned=report.abandoned,
        abandonment=_share(report.abandonment),
        machines=report.machines,
        reckoned_abandoned=report.reckoned_abandoned,
        within_limit=report.within_limit,
        unopened=report.unopened,
        contacted_reached=_share(report.contacted_reached),
        held_out_reached=_share(report.held_out_reached),
        effect=EffectView(
            difference=effect.value, low=effect.low, high=effect.high, tells=effect.tells
        )
        if effect
        else None,
    )


def foresight_view(found: Foresight) -> ForesightView:
    """Show a look beforehand."""
    return ForesightView(
        looked_at=found.looked_at,
        yes=found.yes,
        later=found.later,
        no=found.no,
        reasons=found.reasons,
    )


def _share(found: Share) -> ShareView:
    return ShareView(
        hits=found.hits, of=found.of, share=found.value, low=found.low, high=found.high
    )
