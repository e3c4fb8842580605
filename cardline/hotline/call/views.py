"""What HTTP shows of a call that is up: its true state, as the line was last told."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from cardline.core.ids import AgentId
from cardline.core.masking import mask_phone
from cardline.desk.interactions.model import LegPurpose, Monitoring
from cardline.hotline.call.conversation import Conversation
from cardline.hotline.call.entry_flow import EntryKind, EntryState
from cardline.hotline.call.parties import LegInCall, Mode

Shown = Literal["ringing", "talking", "away"]


class PartyView(BaseModel):
    """One who rings or is in the call, beside the caller. ``name``: outside a masked number."""

    leg: str
    purpose: LegPurpose
    kind: Literal["agent", "outside", "monitor"]
    agent: str | None
    name: str
    presence: Shown
    how: Monitoring | None


class EntryShown(BaseModel):
    """A caller at the keys, or how that ended. ``reason``: `locked`, `limited`, `declined`,
    `time-out`, `agent`, `agent-left`, `failed`, or empty."""

    what: EntryKind
    state: EntryState
    reason: str


class CallView(BaseModel):
    """A call that is up. ``started_at``: since when somebody is with the caller."""

    interaction: str
    call: str
    mode: Mode
    started_at: datetime | None
    parties: list[PartyView]
    my_leg: str | None
    my_presence: Shown | None
    agent_away: bool
    entry: EntryShown | None


def show_call(call: Conversation, *, me: AgentId | None, names: Mapping[AgentId, str]) -> CallView:
    """Show a call to one of the staff; ``names`` of the agents who may be in it."""
    mine = call.parties.by_agent(me) if me else None
    entry = call.entry.view
    engaged = call.parties.engaged()
    return CallView(
        interaction=call.interaction,
        call=call.call,
        mode=call.parties.mode,
        started_at=min((leg.since for leg in engaged if leg.since), default=None),
        parties=[_show_party(leg, names) for leg in call.parties.here()],
        my_leg=mine.leg if mine else None,
        my_presence=_presence(mine) if mine else None,
        agent_away=call.parties.caller_is_alone,
        entry=EntryShown(what=entry.what, state=entry.state, reason=entry.reason)
        if entry
        else None,
    )


def _show_party(leg: LegInCall, names: Mapping[AgentId, str]) -> PartyView:
    kind: Literal["agent", "outside", "monitor"] = "agent" if leg.agent else "outside"
    if leg.monitoring is not None:
        kind = "monitor"
    return PartyView(
        leg=leg.leg,
        purpose=leg.purpose,
        kind=kind,
        agent=leg.agent,
        name=names.get(leg.agent, "") if leg.agent else _number(leg.target),
        presence=_presence(leg),
        how=leg.monitoring,
    )


def _presence(leg: LegInCall) -> Shown:
    assert leg.presence != "gone"
    return leg.presence


def _number(target: str) -> str:
    """The number outside that a SIP address leads to, masked."""
    found = re.match(r"sips?:(\+?\d+)@", target)
    return mask_phone(found[1]) if found else ""
