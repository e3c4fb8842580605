"""Answers by e-mail and by post: they count when they have left, not when they come back."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from cardline.adapters.postgres.database import Database
from cardline.app.settings import Settings
from cardline.app.written import letter_config, mail_config
from cardline.complaints import actions
from cardline.complaints.model import ComplaintId, Mark, State
from cardline.core.ids import HolderId
from cardline.messages.outcomes import Fate, MessageOutcome, Outcomes
from cardline.outreach.model import Channel
from tests.actions.complaint_room import Room
from tests.actions.serving_desk import HOLDER


@pytest.fixture
async def room(database: Database) -> Room:
    room = await Room(database).open()
    given = Settings(), room.config.sms, None, Outcomes()
    within = timedelta(hours=24)
    room.config = replace(
        room.config,
        mail=mail_config(*given, within=within),  # type: ignore[arg-type]
        letters=letter_config(*given, within=within),  # type: ignore[arg-type]
    )
    await room.rows("UPDATE bank_holder SET email = 'lin@example.com' RETURNING id")
    return room


async def send(room: Room, case: ComplaintId, channel: str) -> str:
    """Answer by a way that carries it; return the message."""
    told = await room.answer(
        case, channel=channel, proof_kind=None, proof=None, carry=actions.carry
    )
    assert told.verdict.allowed, told.verdict.codes
    assert told.complaint.state is State.DECIDED
    carriers = await room.rows(
        "SELECT carried_by FROM complaint_notice WHERE about = 'answer' ORDER BY at, id"
    )
    assert carriers[-1]
    return str(carriers[-1])


async def became(room: Room, message: str, fate: Fate, channel: Channel, **facts: str) -> None:
    outcomes = Outcomes()
    outcomes.add(partial(actions.take_outcome, config=room.config))
    async with room.database.transaction() as tx:
        await outcomes.tell(
            tx,
            MessageOutcome(
                fate, channel, message, "key", "complaint_answered", HolderId(HOLDER.id),
                "stream", room.now, dict(facts),
            ),
        )  # fmt: skip


async def test_a_registered_letter_counts_from_its_posting_with_its_number(room: Room) -> None:
    case = await room.decided()
    message = await send(room, case, "letter")
    await became(room, message, "printed", Channel.LETTER)
    assert (await room.find(case)).state is State.DECIDED
    room.later(days=1)
    await became(room, message, "posted", Channel.LETTER, posting="XA123456789CN")
    found = await room.find(case)
    assert (found.state, found.timeline.marks[Mark.ANSWERED]) == (State.ANSWERED, room.now)
    assert await room.rows("SELECT proof FROM complaint_notice WHERE about = 'answer'") == [
        "XA123456789CN"
    ]
    room.later(days=3)
    await became(room, message, "returned", Channel.LETTER, reason="unknown")
    assert (await room.kinds(case))[-1] == "not-arrived"
    assert f"投诉{case}的告知没有送达，请换一种方式告知投诉人" in await room.rows(
        "SELECT what FROM desk_task"
    )


async def test_an_e_mail_counts_when_the_relay_has_it_and_not_when_it_never_left(
    room: Room,
) -> None:
    case = await room.decided()
    message = await send(room, case, "email")
    await became(room, message, "failed", Channel.EMAIL, reason="no route")
    assert (await room.find(case)).state is State.DECIDED
    assert (await room.kinds(case))[-1] == "not-arrived"
    again = await send(room, case, "email")
    await became(room, again, "sent", Channel.EMAIL)
    assert (await room.find(case)).state is State.ANSWERED


async def test_messages_that_carry_no_notice_are_none_of_ours(room: Room) -> None:
    await became(room, "m-other", "sent", Channel.EMAIL)
    await became(room, "m-other", "bounced", Channel.EMAIL)
    assert await room.rows("SELECT count(*) FROM desk_task") == [0]
