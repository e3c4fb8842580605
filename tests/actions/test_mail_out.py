"""E-mail that leaves: through the gate, the outbox and the relay, with its proof."""

from datetime import timedelta
from pathlib import Path

import pytest

from cardline.adapters.postgres.database import Database
from cardline.adapters.smtp.folder import MailFolder
from cardline.core.actor import SYSTEM
from cardline.core.errors import Invalid
from cardline.core.verdict import RuleVersion, Verdict
from cardline.messages import files as file_actions
from cardline.messages.file_model import Cleaned
from cardline.messages.mail.actions import stop_by_click, trust_address
from cardline.messages.mail.model import AddressRejected, Attachment
from cardline.messages.model import MessageState, RejectedByGateway
from cardline.outreach import actions as outreach
from cardline.outreach.model import Channel, Purpose
from tests.actions.mail_room import Relay, Room
from tests.rules.identity_people import SUBJECT


@pytest.fixture
def room(database: Database, tmp_path: Path) -> Room:
    return Room(database, tmp_path)


async def test_an_email_leaves_once_with_one_name_everywhere(room: Room) -> None:
    queued = await room.write(box="complaints")
    assert (await room.write(box="complaints")).id == queued.id
    relay = Relay()
    assert (await room.sends(relay)).sent == 1
    ((envelope, to, message, key),) = relay.given
    assert (to, key) == ("zhang@example.com", "k1")
    assert str(message["From"]).endswith("<complaints@card.bank.example>")
    for named in (envelope, str(message["Message-ID"]).strip("<>")):
        assert named.endswith("@card.bank.example"), "aligned, so that one signature covers all"
    token = envelope.removeprefix("bounces+").partition("@")[0]
    assert f"[#{token}]" in str(message["Subject"])
    assert await room.kinds() == ["email.queued", "email.sent"]
    assert room.fates == ["sent"]
    (proof,) = await room.proofs()
    assert (proof["channel"], proof["to"], proof["undone_at"]) == ("email", to, None)
    assert "C-2026-000417" in str(proof["text"])


async def test_a_relay_that_is_away_is_tried_again_the_very_same(room: Room) -> None:
    await room.write()
    relay = Relay(ConnectionError(), TimeoutError())
    for pause in (60, 300, 0):
        await room.sends(relay)
        room.later(seconds=pause)
    assert len({bytes(message) for _, _, message, _ in relay.given}) == 1
    assert len(relay.given) == 3
    assert room.fates == ["sent"]


async def test_an_address_that_takes_nothing_is_not_written_to_again(room: Room) -> None:
    await room.write("a")
    assert (await room.sends(Relay(AddressRejected("550")))).failed == 1
    assert room.fates == ["failed"]
    assert (await room.proofs())[0]["undone_at"] is not None
    ((what,),) = await room.ask("SELECT what FROM desk_task")
    assert "您的投诉已收到" in what
    refused = await room.write("b", to="zhang@EXAMPLE.com")
    assert (refused.state, refused.verdict.codes) == (MessageState.REFUSED, ("address-bad",))
    async with room.database.transaction() as tx:
        assert await trust_address(tx, "zhang@example.com", by=SYSTEM, at=room.now)
    assert (await room.write("c")).state is MessageState.QUEUED


async def test_what_the_relay_refuses_for_other_reasons_is_not_the_address_fault(
    room: Room,
) -> None:
    await room.write("a")
    assert (await room.sends(Relay(RejectedByGateway("554")))).failed == 1
    assert (await room.write("b")).state is MessageState.QUEUED


async def test_nobody_unknown_is_written_to_unless_they_asked(room: Room) -> None:
    cold = await room.write("a", holder=None)
    assert cold.verdict.codes == ("recipient-unknown",)
    assert (await room.write("b", holder=None, solicited=True)).state is MessageState.QUEUED
    assert (await room.write("c", to="no address")).verdict.codes == ("address-unfit",)
    with pytest.raises(Invalid):
        await room.write("d", purpose=Purpose.MARKETING)


async def test_advertising_needs_consent_and_ends_by_one_click(room: Room) -> None:
    async def consent() -> None:
        async with room.database.transaction() as tx:
            await outreach.give_consent(
                tx,
                holder=SUBJECT.id,
                purpose=Purpose.MARKETING,
                channel=Channel.EMAIL,
                source="portal",
                wording="w1",
                stream="i1",
                by=SYSTEM,
                at=room.now - timedelta(days=1),
            )

    offer = {"template": "offer", "values": {"subject": "优惠", "text": "满减"}}
    assert (await room.write("a", **offer)).verdict.codes == ("consent-missing",)  # type: ignore[arg-type]
    await consent()
    relay = Relay()
    room.now += timedelta(days=1)
    await room.write("b", **offer)  # type: ignore[arg-type]
    await room.sends(relay)
    url = str(relay.given[0][2]["List-Unsubscribe"]).strip("<>")
    async with room.database.transaction() as tx:
        assert await stop_by_click(tx, url.rpartition("/")[2], at=room.now)
        assert await stop_by_click(tx, url.rpartition("/")[2], at=room.now)
        assert not await stop_by_click(tx, "0000000000", at=room.now)
    room.now += timedelta(days=8)
    assert "consent-withdrawn" in (await room.write("c", **offer)).verdict.codes  # type: ignore[arg-type]


async def test_a_file_goes_along(room: Room) -> None:
    cleaned = Cleaned(Verdict(RuleVersion("t")), "pdf", "letter.pdf", b"%PDF-1.7 x %%EOF")
    async with room.database.transaction() as tx:
        kept = await file_actions.keep(
            tx,
            room.files,
            cleaned,
            scanned=False,
            owner="c1",
            stream="complaint:c1",
            by=SYSTEM,
            at=room.now,
        )
    await room.write(attachments=[Attachment(kept, "答复.pdf")])
    relay = Relay()
    await room.sends(relay)
    (part,) = relay.given[0][2].iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("答复.pdf", cleaned.content)


async def test_without_a_relay_every_email_is_a_file_to_look_at(room: Room) -> None:
    await room.write()
    await room.sends(MailFolder(room.home / "out"))
    (path,) = (room.home / "out").glob("*.eml")
    assert b"Subject: =?utf-8?" in path.read_bytes()
