"""What people text, done and answered; with the real ledger behind it."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from cardline.adapters.corebank.bank import EmbeddedCoreBank
from cardline.adapters.postgres.database import Database
from cardline.cards import actions as cards
from cardline.cards.corebank import NewCard
from cardline.cards.model import CardState
from cardline.core.actor import Actor
from cardline.core.ids import CardId
from cardline.core.phone import PhoneNumber
from cardline.core.verdict import RuleVersion, Verdict
from cardline.identity import actions as identity
from cardline.identity.model import Factor, subject_of
from cardline.messages.inbound import receive_sms
from cardline.messages.model import Received
from tests.actions.identity_desk import Desk, everything_stored
from tests.rules.identity_people import HOUR, STRANGE_PHONE, proven
from tests.store.ledger_fixture import CARD, HOLDER, fill

YES = Verdict(RuleVersion("identity/test"))


@dataclass
class Post(Desk):
    """A holder's telephone, and the bank behind the number it texts to."""

    bank: EmbeddedCoreBank | None = None
    sent: int = 0

    async def text(
        self, text: str, *, number: PhoneNumber = HOLDER.phone, message: str = ""
    ) -> Received:
        assert self.bank is not None
        self.sent += 1
        self.later(seconds=1)
        async with self.database.transaction() as tx:
            return await receive_sms(
                tx,
                message=message or f"m{self.sent}",
                from_number=number,
                text=text,
                bank=self.bank,
                config=self.config,
                at=self.now,
            )

    async def state(self, card: CardId = CARD.id) -> CardState:
        assert self.bank is not None
        async with self.database.transaction() as tx:
            found = await self.bank.card(tx, card_id=card)
        assert found is not None
        return found.state

    async def held(self) -> str:
        """Somebody elsewhere holds the card; return the word in the message."""
        assert self.bank is not None
        until = self.now + 48 * HOUR
        async with self.database.transaction() as tx:
            subject = subject_of(HOLDER, await self.bank.cards_of(tx, holder_id=HOLDER.id))
            await identity.reserve_hold(
                tx,
                subject=subject,
                proofs=proven(Factor.CARD_AND_ID_TAILS, at=self.now),
                caller=STRANGE_PHONE,
                config=self.config,
                stream="call1",
                by=Actor("caller"),
                at=self.now,
            )
            await cards.hold(
                tx,
                CARD.id,
                until=until,
                by=Actor("caller"),
                bank=self.bank,
                verdict=YES,
                stream="call1",
                at=self.now,
            )
            await identity.announce_hold(
                tx,
                subject=subject,
                card=CARD.id,
                card_tail=CARD.tail,
                until=until,
                caller=STRANGE_PHONE,
                config=self.config,
                stream="call1",
                at=self.now,
            )
        return (await self.last_text()).partition("回复“1")[2][:4]


@pytest.fixture
async def post(database: Database) -> Post:
    async with database.transaction() as tx:
        bank = await fill(tx)
    return Post(database, bank=bank)


async def add_card(post: Post, tail: str) -> CardId:
    assert post.bank is not None
    second = replace(CARD, id=CardId(f"c-{tail}"), tail=tail)
    async with post.database.transaction() as tx:
        await post.bank.add_cards(tx, cards=[NewCard(second, f"tk-{tail}")])
    return second.id


async def test_the_registered_phone_freezes_its_only_card_with_two_letters(post: Post) -> None:
    await post.text("gs")
    assert await post.state() is CardState.FROZEN
    assert CARD.tail in await post.last_text()
    kinds = [kind for kind, _ in await post.journal("sms:m1")]
    assert kinds[:4] == ["sms.received", "identity.proven", "identity.decided", "card.frozen"]


async def test_with_several_cards_it_asks_which_and_takes_all(post: Post) -> None:
    second = await add_card(post, "7730")
    await post.text("挂失")
    assert await post.state() is CardState.ACTIVE
    assert "7730" in await post.last_text()
    await post.text("挂失7730")
    assert await post.state(second) is CardState.FROZEN
    assert await post.state() is CardState.ACTIVE
    await post.text("挂失全部")
    assert await post.state() is CardState.FROZEN


async def test_another_phone_is_told_to_call(post: Post) -> None:
    await post.text(f"GS#{CARD.tail}", number=STRANGE_PHONE)
    assert await post.state() is CardState.ACTIVE
    text = await post.last_text()
    assert "95500" in text
    assert CARD.tail not in text.replace("95500", ""), "a stranger learns nothing"


async def test_a_tail_that_is_not_theirs_freezes_nothing(post: Post) -> None:
    other = "0000" if CARD.tail != "0000" else "1111"
    await post.text(f"GS#{other}")
    assert await post.state() is CardState.ACTIVE
    assert other in await post.last_text()


async def test_one_with_the_word_makes_the_hold_final(post: Post) -> None:
    word = await post.held()
    assert await post.state() is CardState.HELD
    await post.text(f"1{word}")
    assert await post.state() is CardState.FROZEN


async def test_a_stolen_phone_cannot_lift_the_hold_by_text(post: Post) -> None:
    """The thief holds the phone, reads the word, and answers 2: the card stays held."""
    word = await post.held()
    await post.text(f"2{word}")
    assert await post.state() is CardState.HELD
    text = await post.last_text()
    assert "查询密码" in text
    await post.text(f"1{word}")
    assert await post.state() is CardState.FROZEN, "an objection takes no way to safety"


async def test_wrong_words_change_nothing_and_are_counted(post: Post) -> None:
    word = await post.held()
    wrong = "0000" if word != "0000" else "1111"
    for _ in range(3):
        await post.text(f"1{wrong}")
    await post.text(f"1{word}")
    assert await post.state() is CardState.HELD
    await post.text("GS")
    assert await post.state() is CardState.FROZEN, "freezing is never locked"


async def test_the_word_of_a_hold_that_is_over_does_nothing(post: Post) -> None:
    word = await post.held()
    post.later(hours=49)
    await post.text(f"2{word}")
    assert "已结束" in await post.last_text()


async def test_a_reset_answers_with_a_code_for_the_keys_and_never_with_a_password(
    post: Post,
) -> None:
    received = await post.text("CZMM#123X")
    assert received.answer is None
    text = await post.last_text()
    assert "按7" in text
    code = await post.last_digits(6)
    checked = await post.code(code, subject=subject_of(HOLDER, []))
    assert checked.proof is not None
    assert checked.proof.only_for == "reset_query_password"


async def test_a_reset_with_a_wrong_identity_tail_is_refused_and_locks(post: Post) -> None:
    for _ in range(3):
        await post.text("CZMM#9999")
    await post.text("CZMM#123X")
    texts = [row["template"] for row in await post.outbox()]
    assert texts == ["reset_refused"] * 4


@pytest.mark.parametrize("word", ["退订", "T", "stop"])
async def test_stop_works_for_anybody_and_is_confirmed(post: Post, word: str) -> None:
    for number in (HOLDER.phone, STRANGE_PHONE):
        await post.text(word, number=number)
        assert "停止全部营销" in await post.last_text()
    async with post.database.transaction() as tx:
        cursor = await tx.connection.execute(
            "SELECT holder, phone FROM outreach_withdrawal ORDER BY phone"
        )
        assert await cursor.fetchall() == [(HOLDER.id, HOLDER.phone), (None, STRANGE_PHONE)]


async def test_the_same_message_delivered_twice_is_done_once(post: Post) -> None:
    first = await post.text("gs", message="gw-1")
    second = await post.text("gs", message="gw-1")
    assert (first.again, second.again) == (False, True)
    assert len(await post.outbox()) == 1


async def test_unknown_words_are_answered_with_help_but_not_for_ever(post: Post) -> None:
    for _ in range(25):
        await post.text("你好")
    rows = await post.outbox()
    assert {row["template"] for row in rows} == {"sms_help"}
    assert len(rows) == 20
    await post.text("GS")
    assert await post.state() is CardState.FROZEN, "done all the same"
    post.now += timedelta(days=1)
    assert (await post.text("你好")).answer is not None


async def test_secrets_that_people_text_are_kept_nowhere(post: Post) -> None:
    await post.text("我的密码是482915，卡号6222 0212 3456 7890")
    async with post.database.transaction() as tx:
        stored = await everything_stored(tx)
    assert "482915" not in stored
    assert "3456" not in stored
