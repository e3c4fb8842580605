"""Key 5 without a person: a complaint that was left as a recording (row C1)."""

import hashlib
from datetime import date, datetime

from cardline.cards.model import Holder, Language
from cardline.complaints import actions
from cardline.complaints.doors.codes import acknowledge_stranger, few_a_day
from cardline.complaints.doors.config import DoorConfig
from cardline.complaints.doors.following import days_of, view_of
from cardline.complaints.model import Complainant, Door, Intake, Reach
from cardline.core.actor import Actor
from cardline.core.ids import InteractionId
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction

_TAIL = 4


async def left_recorded(
    tx: Transaction,
    *,
    interaction: InteractionId,
    holder: Holder | None,
    number: PhoneNumber | None,
    language: Language,
    by: Actor,
    config: DoorConfig,
    at: datetime,
) -> date:
    """Register what a caller recorded; returns the last day of what the bank owes next.

    The words are in the recording of the call, for whoever handles it. A caller whom nobody knows
    is reached at the number that called, by a text with reference and code; without one it is a
    complaint without a name.
    """
    say = config.texts.say
    zone = config.complaints.policy.zone
    who = Complainant(holder_id=holder.id if holder else None)
    if holder is None and number is not None:
        name = say("said.caller", language, tail=number[-_TAIL:])
        who = Complainant(None, name, "", Reach(phone=number))
    # Two recordings of one caller are two complaints: their words are not known to be the same.
    when = at.astimezone(zone)
    statement = say("said.recorded", language, day=f"{when:%Y-%m-%d}", time=f"{when:%H:%M:%S}")
    complaint = await actions.receive(
        tx,
        Intake(
            key=f"hotline:{interaction}:{at.isoformat()}",
            door=Door.HOTLINE,
            complainant=who,
            statement=statement,
            interaction=interaction,
            language=language,
            zone=holder.zone if holder else str(zone),
        ),
        config=config.complaints,
        by=by,
        at=at,
    )
    # The reference cannot be spoken, but that it is registered was told in the call itself.
    await actions.acknowledge(tx, complaint.id, config=config.complaints, by=by, at=at)
    most = config.policy.texts_per_day
    if number is not None and holder is None:
        whom = hashlib.sha256(number.encode()).hexdigest()[:24]
        if await few_a_day(tx, f"texted:{whom}", most=most, config=config, at=at):
            await acknowledge_stranger(tx, complaint, config=config, at=at)
    view = await view_of(tx, complaint.id, holder=None, config=config, at=at)
    return view.next_by or when.date()


def rules_of(config: DoorConfig) -> dict[str, object]:
    """Return what the hotline says of how complaints are handled: the numbers of the pack."""
    simple, complex_, ask = days_of(config)
    line = next((way.line for way in config.policy.ways if way.line), config.hotline)
    digits = "".join(letter for letter in line if letter.isdecimal())
    return {"simple": simple, "complex": complex_, "ask": ask, "line": digits}
