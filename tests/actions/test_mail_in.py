"""E-mail that comes in: one history, one task, one answer, and no robot that talks to another."""

import io
import zipfile
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cardline.adapters.corebank.account_store import add_holders
from cardline.adapters.corebank.bank import EmbeddedCoreBank
from cardline.adapters.postgres.database import Database
from cardline.cards.model import Holder
from cardline.cards.rules.terms import card_terms
from cardline.core.errors import Conflict, Held, Invalid, NotFound
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.policy import load_area
from cardline.core.transaction import Transaction
from cardline.messages.arrivals import Arrival, Handovers
from cardline.messages.mail import answering, placing
from cardline.messages.mail.inbound import MailDesk, accepts, receive
from cardline.messages.mail.model import InMail
from cardline.messages.mail.policy import mail_policy
from cardline.messages.model import MessageState
from tests.actions.mail_room import AGENT, LEAD, Relay, Room
from tests.rules.test_mail_reading import report

SERVICE = "service@card.bank.example"
_NUMBER = count(1)


def holder(name: str, email: str) -> Holder:
    number = PhoneNumber(f"+8615400000{name[1:]:0>3}")
    return Holder(HolderId(name), "张伟", number, "123X", email=email)


class Box(Room):
    """The post room with a door for e-mail; one holder has a registered address."""

    handed: list[Arrival]
    desk: MailDesk

    async def opened(self) -> "Box":
        self.handed = []
        self.handovers = Handovers()
        policy = mail_policy(load_area("mail"))
        self.desk = MailDesk(
            self.database,
            EmbeddedCoreBank(card_terms(load_area("cards"))),
            self.mail,
            policy,
            replace(self.files, policy=policy.file),
            self.handovers,
            self.clock,
        )
        async with self.database.transaction() as tx:
            await add_holders(tx, [holder("h1", "Zhang@example.com")])
        return self

    async def arrives(
        self,
        text: str = "我的账单不对。",
        *,
        to: str = SERVICE,
        envelope: str = "zhang@example.com",
        files: tuple[tuple[str, bytes], ...] = (),
        **headers: str,
    ) -> InMail | None:
        message = EmailMessage(policy=SMTP)
        named = {
            "From": "张伟 <zhang@example.com>",
            "To": to,
            "Subject": "账单问题",
            "Message-ID": f"<{next(_NUMBER)}@example.com>",
        }
        for name, value in (named | {k.replace("_", "-"): v for k, v in headers.items()}).items():
            message[name] = value
        message.set_content(text)
        for name, content in files:
            message.add_attachment(
                content, maintype="application", subtype="octet-stream", filename=name
            )
        return await self.raw(message.as_bytes(), to=to, envelope=envelope)

    async def raw(
        self, raw: bytes, *, to: str = SERVICE, envelope: str = "zhang@example.com"
    ) -> InMail | None:
        return await receive(raw, envelope=envelope, recipients=[to], desk_=self.desk)

    async def relayed(self) -> Relay:
        relay = Relay()
        await self.sends(relay)
        return relay


@pytest.fixture
async def box(database: Database, tmp_path: Path) -> Box:
    return await Box(database, tmp_path).opened()


async def test_an_address_that_nobody_has_registered_is_answered_once_a_day(box: Box) -> None:
    for number in range(3):
        await box.arrives(f"第{number}个问题。", From="somebody@example.net")
    await box.arrives("我的账单不对。")
    await box.arrives("还有一个问题。")
    given = sorted(to for _, to, _, _ in (await box.relayed()).given)
    assert given == ["somebody@example.net", "zhang@example.com", "zhang@example.com"]


async def answered(box: Box, mail: str, text: str = "已更正。", key: str = "a1") -> Any:
    async with box.database.transaction() as tx:
        return await answering.answer(
            tx, mail, text=text, key=key, config=box.mail, by=AGENT, at=box.now
        )


async def test_an_email_is_an_interaction_a_task_and_gets_one_word_back(box: Box) -> None:
    mail = await box.arrives()
    assert mail
    assert (mail.holder, mail.registered) == ("h1", True)
    ((door, holder, proofs),) = await box.ask("SELECT door, holder_id, proofs FROM interaction")
    assert (door, holder) == ("email", "h1")
    assert not proofs.get("given"), "an e-mail proves nothing"
    ((kind, source),) = await box.ask("SELECT kind, source FROM desk_task")
    assert (kind, source) == ("message", f"email:{mail.id}")
    ((_, to, back, _),) = (await box.relayed()).given
    assert to == "zhang@example.com"
    assert back["In-Reply-To"] == f"<{mail.message_id}>"
    assert back["Auto-Submitted"] == "auto-replied"
    kinds = await box.kinds(str(mail.interaction))
    assert kinds == [
        *("interaction.opened", "email.received", "task.opened", "email.queued", "email.sent")
    ]


async def test_the_same_email_delivered_twice_is_one(box: Box) -> None:
    first = await box.arrives(Message_ID="<one@example.com>")
    again = await box.arrives(Message_ID="<one@example.com>", Received="from elsewhere")
    assert first
    assert again is None
    assert await box.ask("SELECT count(*) FROM mail_in") == [(1,)]


async def test_secrets_are_masked_before_anything_is_kept(box: Box) -> None:
    text = "卡号4111 1111 1111 1111，CVV是123，密码：845201"
    await box.arrives(text, Subject="密码845201", files=(("note.txt", text.encode()),))
    kept = str(await box.ask("SELECT subject, text FROM mail_in"))
    journal = str(await box.ask("SELECT body FROM journal"))
    for secret in ("4111 1111 1111 1111", "123", "845201"):
        assert secret not in kept
        assert f'"{secret}"' not in journal
    ((file,),) = await box.ask("SELECT path FROM stored_file")
    assert b"845201" not in (box.files.shelf.get(file) or b"")


async def test_answers_stay_in_one_thread_by_header_or_by_reference(box: Box) -> None:
    mail = await box.arrives()
    assert mail
    (sent,) = (await box.relayed()).given
    reply = sent[2]
    by_header = await box.arrives("还有一件事", In_Reply_To=str(reply["Message-ID"]))
    by_subject = await box.arrives("再补充", Subject=f"答复: {reply['Subject']}")
    assert by_header
    assert by_subject
    assert by_header.interaction == by_subject.interaction == mail.interaction
    assert by_subject.subject == "答复: 已收到您的来信"
    stranger = await box.arrives("别人", From="x@evil.example", References=f"<{mail.message_id}>")
    assert stranger
    assert stranger.interaction != mail.interaction, "naming an e-mail of somebody's is not enough"
    assert await box.ask("SELECT count(*) FROM desk_task") == [(2,)]


async def test_the_desk_answers_and_its_task_is_done(box: Box) -> None:
    mail = await box.arrives()
    assert mail
    await box.relayed()
    queued = await answered(box, mail.id, "已更正。您的密码：845201 请勿外传")
    assert (await answered(box, mail.id)).id == queued.id
    ((_, to, reply, _),) = (await box.relayed()).given
    assert to == "zhang@example.com"
    assert str(reply["Subject"]).startswith("回复：账单问题 [#")
    assert reply["Auto-Submitted"] is None
    body = reply.get_body(("plain",))
    assert body
    assert "845201" not in body.get_content()
    assert await box.ask("SELECT done_by FROM desk_task") == [(AGENT.number,)]
    async with box.database.transaction() as tx:
        assert await answering.waiting(tx) == []
        told = await answering.one(tx, mail.id, reader=AGENT, at=box.now)
        assert [one.id for one in told.answers][-1] == queued.id
        with pytest.raises(NotFound):
            other = replace(AGENT, number="6099")
            await answering.one(tx, mail.id, reader=other, at=box.now)
    again = await box.arrives("谢谢", In_Reply_To=str(reply["Message-ID"]))
    assert again
    assert again.interaction == mail.interaction
    assert await box.ask("SELECT closed_at FROM interaction") == [(None,)]


async def test_nothing_is_sent_to_an_address_that_came_back(box: Box) -> None:
    mail = await box.arrives()
    assert mail
    (sent,) = (await box.relayed()).given
    bounced = await box.raw(report("failed", "5.1.1"), to=sent[0], envelope="")
    assert bounced
    assert bounced.kind == "bounce"
    assert (await box.ask("SELECT state FROM mail_outbox")) == [("bounced",)]
    assert box.fates == ["sent", "bounced"]
    assert not box.told[-1].arrived
    with pytest.raises(Held) as held:
        await answered(box, mail.id)
    assert held.value.reasons == ("address-bad",)
    refused = await box.write("next")
    assert refused.verdict.codes == ("address-bad",)


async def test_a_report_of_delay_or_one_that_is_made_up_changes_nothing(box: Box) -> None:
    await box.write()
    (sent,) = (await box.relayed()).given
    await box.raw(report("delayed", "4.4.1"), to=sent[0], envelope="")
    assert (
        await box.raw(
            report("failed", "5.1.1"), to="bounces+0000000000@card.bank.example", envelope=""
        )
        is None
    )
    assert (await box.write("k2")).state is MessageState.QUEUED
    assert box.fates == ["sent"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Subject": "自动回复：休假中"},
        {"From": "Card Centre <service@card.bank.example>"},
        {"Message_ID": "<abc@card.bank.example>"},
    ],
)
async def test_no_machine_gets_an_answer_and_nobody_a_task(
    box: Box, headers: dict[str, str]
) -> None:
    mail = await box.arrives(**headers)
    assert mail
    assert mail.kind == "automatic"
    assert (await box.relayed()).given == []
    assert await box.ask("SELECT count(*) FROM desk_task") == [(0,)]


async def test_an_address_that_writes_without_end_gets_no_word_without_end(box: Box) -> None:
    for _ in range(box.mail.policy.answers_per_day + 3):
        await box.arrives()
    assert len((await box.relayed()).given) == box.mail.policy.answers_per_day


async def test_a_box_that_belongs_to_somebody_is_handed_over_once(box: Box) -> None:
    async def take(tx: Transaction, arrival: Arrival) -> bool:
        box.handed.append(arrival)
        return True

    box.handovers.register("complaints", take)
    jpeg = picture()
    mail = await box.arrives(
        to="complaints@card.bank.example", files=(("a.png", jpeg), ("b.zip", bomb()))
    )
    assert mail
    (arrival,) = box.handed
    assert (arrival.door, arrival.box, arrival.holder) == ("email", "complaints", "h1")
    assert [file.kind for file in arrival.files] == ["png"]
    assert [one["reason"] for one in mail.refused] == ["file-kind"]
    assert await box.ask("SELECT count(*) FROM desk_task") == [(0,)]
    assert (await box.relayed()).given == [], "who takes it answers it"
    await box.write("k9", box="complaints")
    (sent,) = (await box.relayed()).given
    await box.arrives("补充", In_Reply_To=str(sent[2]["Message-ID"]))
    assert (box.handed[-1].box, box.handed[-1].answers) == ("complaints", "k9")
    assert box.handed[-1].about == "complaint:c1"


async def test_files_that_lie_about_themselves_are_refused_and_the_rest_is_kept(box: Box) -> None:
    mail = await box.arrives(
        files=(
            ("statement.pdf", b"MZ this is a program"),
            ("really.pdf", b"%PDF-1.7 but no end"),
            ("page.pdf", b"<html><script>1</script></html>"),
            ("bomb.docx", bomb()),
            ("good.png", picture()),
        )
    )
    assert mail
    assert [one["reason"] for one in mail.refused] == ["file-broken", "file-kind", "file-kind"]
    assert await box.ask("SELECT name FROM stored_file WHERE kind = 'png'") == [("good.png",)]
    assert "pdf" not in str(await box.ask("SELECT kind FROM stored_file"))


async def test_an_unknown_sender_is_nobody_and_is_answered_all_the_same(box: Box) -> None:
    mail = await box.arrives("Where is my card?", From="someone@example.org", Subject="Card")
    assert mail
    assert (mail.holder, mail.language) == (None, "en")
    ((_, to, back, _),) = (await box.relayed()).given
    assert to == "someone@example.org"
    assert str(back["Subject"]).startswith("We have received your e-mail")


async def test_an_address_that_two_holders_share_names_neither(box: Box) -> None:
    async with box.database.transaction() as tx:
        await add_holders(tx, [holder("h2", "zhang@EXAMPLE.com")])
    mail = await box.arrives()
    assert mail
    assert mail.holder is None


def test_the_door_takes_our_own_addresses_alone(tmp_path: Path) -> None:
    room = Room(None, tmp_path)  # type: ignore[arg-type]  # no database is asked
    for ours in (SERVICE, "Complaints@CARD.bank.example", "postmaster@card.bank.example"):
        assert accepts(ours, room.mail)
    assert accepts("bounces+0123456789@card.bank.example", room.mail)
    for others in (
        "bounces@card.bank.example",
        "bounces+0123456789@evil.example",
        "all@bank.example",
        "",
    ):
        assert not accepts(others, room.mail)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("zeros", b"\0" * 10_000_000)
    return out.getvalue()


async def test_the_staff_say_whose_an_email_is_and_how_they_know(box: Box) -> None:
    mail = await box.arrives("Where is my card?", From="someone@example.org", Subject="Card")
    assert mail
    bank = box.desk.bank

    async def said(whose: str | None, why: str = "rang the registered number") -> None:
        async with box.database.transaction() as tx:
            await placing.say_whose(
                tx,
                mail.id,
                HolderId(whose) if whose else None,
                proof="called-back",
                why=why,
                bank=bank,
                by=AGENT,
                at=box.now,
            )

    with pytest.raises(NotFound):
        await said("nobody")
    with pytest.raises(Invalid):
        await said("h1", why=" ")
    await said("h1", why="rang the registered number, password 845201")
    async with box.database.transaction() as tx:
        (told,) = await answering.waiting(tx)
    assert (told.holder, told.registered, told.holder_proof) == ("h1", False, "called-back")
    assert told.holder_by == AGENT.number
    assert mail.interaction
    assert await box.ask("SELECT holder_id FROM interaction") == [("h1",)]
    assert (await box.kinds(mail.interaction))[-2:] == ["desk.claimed", "email.whose"]
    assert "845201" not in str(await box.ask("SELECT body FROM journal WHERE kind = 'email.whose'"))
    await said(None, why="")
    assert await box.ask("SELECT holder, holder_proof FROM mail_in") == [(None, None)]


async def test_an_email_that_needs_no_answer_is_closed_and_stays_to_be_found(box: Box) -> None:
    mail = await box.arrives()
    assert mail

    async def closed() -> None:
        async with box.database.transaction() as tx:
            await placing.close(tx, mail.id, why="junk", note="", by=AGENT, at=box.now)

    await closed()
    with pytest.raises(Conflict):
        await closed()
    assert await box.ask("SELECT done_by FROM desk_task") == [(AGENT.number,)]
    assert await box.ask("SELECT outcome FROM interaction") == [("closed-unanswered",)]
    second = await box.arrives("another", Subject="other")
    assert second
    await answered(box, second.id)
    async with box.database.transaction() as tx:
        assert await answering.waiting(tx) == []
        done = await answering.done(tx, reader=AGENT)
        assert {one.id: one.closed_for for one in done} == {mail.id: "junk", second.id: None}
        assert await answering.done(tx, reader=replace(AGENT, number="6099")) == []
        assert len(await answering.done(tx, reader=LEAD)) == 2
