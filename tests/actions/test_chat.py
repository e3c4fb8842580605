"""Chats on a real database: the machine, the queue, agents, secrets, coming back."""

import re
from dataclasses import replace

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.errors import Invalid, NotFound
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions import claims
from cardline.desk.interactions.timeline import story
from cardline.messages.chat import actions, agent_writing
from tests.actions.chat_room import ANNA, CONFIG, STRANGER, Room
from tests.actions.routing_floor import Floor, after

PAN = "6222021234567890128"


@pytest.fixture
async def room(database: Database) -> Room:
    return Room(database)


async def test_a_question_is_answered_from_the_articles(room: Room) -> None:
    said = await room.say("最低还款怎么算")
    assert said.chat is not None
    assert said.chat.state == "bot"
    texts = await room.texts()
    assert texts[0].startswith("bot: 您好，我是机器助手")
    assert texts[1] == "holder: 最低还款怎么算"
    assert "10%" in texts[2]
    assert await room.kinds(said.chat.id) == [
        "interaction.opened",
        "chat.message",
        "chat.bot-answered",
    ]
    assert await room.intact()


async def test_a_chat_is_an_interaction_of_the_one_history(room: Room) -> None:
    said = await room.say("年费多少")
    assert said.chat is not None
    async with room.database.transaction() as tx:
        told = await story(tx, said.chat.id)
        assert await desk.open_calls(tx) == [], "no call is up"
        assert [one.id for one in await desk.latest(tx, limit=9)] == [said.chat.id]
    assert told is not None
    assert (told["door"], told["call"], told["holder"], told["legs"]) == ("chat", None, "h1", [])
    assert told["journal"]["intact"]


async def test_two_failures_and_a_person_is_asked_for(room: Room) -> None:
    await room.hire("a1", "general")
    await room.say("今天天气怎么样")
    said = await room.say("明天下雨吗")
    assert said.chat is not None
    assert (said.chat.state, said.chat.matter, said.chat.urgent) == ("waiting", "general", False)
    assert (await room.texts())[-1] == (
        "system: 您排在第1位。可以先把问题写在这里，同事接入后会看到。"
    )
    assert "chat.handed-over" in await room.kinds(said.chat.id)


async def test_a_stolen_card_is_urgent_and_freezing_is_offered_at_once(room: Room) -> None:
    await room.hire("a1", "points")
    first = await room.waiting("人工")
    said = await room.say("我的卡被偷了")
    assert said.chat is not None
    assert (said.chat.matter, said.chat.urgent) == ("urgent", True)
    assert any("/my/freeze" in text and "95500" in text for text in await room.texts())
    assert await room.accept("a1", first) == ("skill-missing",)
    mine = await room.mine("a1")
    assert mine.next is not None
    assert mine.next.id == said.chat.id, "any skill serves it, ahead of who came before"


async def test_a_theft_told_while_waiting_moves_ahead(room: Room) -> None:
    await room.hire("a1", "general", "urgent")
    older = await room.waiting("人工")
    room.later(seconds=10)
    await room.say("人工")
    await room.say("其实我的卡丢了")
    mine = await room.mine("a1")
    assert mine.next is not None
    assert mine.next.holder_id == "h1"
    assert mine.next.id != older.id
    assert any("/my/freeze" in text for text in await room.texts())


async def test_an_agent_takes_writes_and_ends(room: Room) -> None:
    await room.hire("a1", "general")
    chat = await room.waiting("人工", ANNA)
    room.later(seconds=12)
    assert await room.accept("a1", chat) == ()
    assert await room.accept("a1", chat) == (), "asked twice by the same screen"
    assert "system: 客服林晓（工号1）为您服务。" in await room.texts()
    assert (await room.write("a1", chat, "您好，请讲")).message is not None
    assert (await room.texts())[-1] == "agent: 您好，请讲"
    await room.say("年费的事")
    assert (await room.texts())[-1] == "holder: 年费的事", "the machine is silent now"
    await room.finish("a1", chat)
    found, messages, _, _ = await room.see()
    assert found is not None
    assert (found.state, found.outcome) == ("closed", "resolved")
    assert messages[-1].text.startswith("本次对话已结束")
    assert (await room.kinds(chat.id))[-2:] == ["chat.closed", "interaction.closed"]
    async with room.database.transaction() as tx:
        interaction = await desk.find(tx, chat.id)
    assert interaction is not None
    assert interaction.outcome == "resolved"
    assert interaction.answered_at == room.now
    async with room.database.transaction() as tx:
        (leg,) = await desk.legs_of(tx, chat.id)
        await claims.party_only(tx, chat.id, room.staff["a1"])
    assert (leg.agent_id, leg.target, leg.cause) == ("a1", "chat", "resolved")
    assert await room.intact()


async def test_a_text_is_sent_once_however_often_the_key_comes(room: Room) -> None:
    await room.hire("a1", "general")
    for _ in range(3):
        await room.say("人工", key="same-key")
    chat, messages, _, _ = await room.see()
    assert chat is not None
    assert [message.author for message in messages].count("holder") == 1
    await room.accept("a1", chat)
    numbers = {(await room.write("a1", chat, "好的", key="agent-key")).message for _ in range(3)}
    assert len(numbers) == 1


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        (f"卡号{PAN}", [PAN]),
        ("我的密码是 135790", ["135790"]),
        ("验证码 482913 你们收到了吗", ["482913"]),
        ("CVV是357", ["357"]),
        ("六二二二零二一二三四五六七八九零一二八", ["六二二二零二一二三四五六七八九零一二八"]),
        (f"my card is {PAN[:4]} {PAN[4:8]} {PAN[8:12]} {PAN[12:16]} {PAN[16:]}", [PAN[4:8]]),
    ],
)
async def test_a_secret_is_taken_out_before_anything_is_kept(
    room: Room, text: str, secrets: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = await room.say(text)
    assert said.masked
    told = await room.texts()
    notice = next(line for line in told if line.startswith("system: 您刚才发送的"))
    assert "绝不会" in notice
    whole = await room.whole_database()
    written = capsys.readouterr()
    for secret in secrets:
        pattern = re.compile(rf"(?<![0-9a-f]){secret}(?![0-9a-f])")  # hashes have digits too
        for kept in (whole, str(told), written.out, written.err):
            assert not pattern.search(kept)


async def test_an_agent_who_asks_for_a_secret_is_stopped_and_flagged(room: Room) -> None:
    await room.hire("a1", "general")
    chat = await room.waiting("人工", ANNA)
    await room.accept("a1", chat)
    refused = await room.write("a1", chat, "请把短信验证码发给我")
    assert refused.message is None
    assert refused.verdict.codes == ("asks-for-secret",)
    assert not any("验证码发给我" in text for text in await room.texts())
    ((by, body),) = await room.ask("SELECT by, body FROM journal WHERE kind = 'chat.secret-asked'")
    assert by == "agent:a1"
    assert body == {"kinds": ["one_time_code"]}
    assert (await room.write("a1", chat, "请不要把验证码告诉任何人")).message is not None


async def test_an_agents_own_slip_is_masked_too(room: Room) -> None:
    await room.hire("a1", "general")
    chat = await room.waiting("人工", ANNA)
    await room.accept("a1", chat)
    said = await room.write("a1", chat, f"您的卡 {PAN} 已冻结")
    assert said.masked == ("card_number",)
    assert PAN not in await room.whole_database()


async def test_nobody_takes_more_than_the_capacity(room: Room) -> None:
    await room.hire("a1", "general", capacity=2)
    chats = [await room.waiting() for _ in range(3)]
    assert [await room.accept("a1", chat) for chat in chats] == [(), (), ("chat-full",)]
    assert (await room.mine("a1")).next is None
    await room.finish("a1", chats[0])
    assert await room.accept("a1", chats[2]) == ()
    with pytest.raises(Invalid):
        await room.ready("a1", capacity=CONFIG.policy.capacity_most + 1)


async def test_whoever_waits_longest_is_taken_first(room: Room) -> None:
    await room.hire("a1", "general")
    first = await room.waiting()
    room.later(seconds=5)
    second = await room.waiting()
    assert await room.accept("a1", second) == ("older-waits",)
    assert await room.accept("a1", first) == ()
    assert await room.accept("a1", second) == ()


async def test_a_screen_that_is_gone_gives_its_chats_back_to_the_head(room: Room) -> None:
    await room.hire("a1", "general")
    mine = await room.waiting("人工", ANNA)
    await room.accept("a1", mine)
    await room.write("a1", mine, "您好")
    other = await room.waiting()
    room.later(seconds=20)
    await room.mine("a1")
    await room.hire("a2", "general")
    await room.sweep()
    assert (await room.see())[0].state == "talking"  # type: ignore[union-attr]
    room.later(seconds=29)
    await room.mine("a2")
    room.later(seconds=2)
    await room.sweep()
    chat, messages, _, place = await room.see()
    assert chat is not None
    assert (chat.state, chat.given_back, place) == ("waiting", True, 1)
    assert any("连接中断" in message.text for message in messages)
    assert await room.accept("a2", other) == ("older-waits",)
    with pytest.raises(NotFound):
        await room.write("a1", mine, "还在")
    assert await room.accept("a2", mine) == ()
    assert await room.accept("a1", other) == ("screen-gone",)
    await room.ready("a1")
    assert await room.accept("a1", other) == ()
    assert "chat.given-back" in await room.kinds(mine.id)


async def test_an_agent_who_leaves_gives_the_chats_back(room: Room) -> None:
    await room.hire("a1", "general")
    chat = await room.waiting("人工", ANNA)
    await room.accept("a1", chat)
    await room.hire("a2", "general")
    await room.ready("a1", ready=False, hand_back=True)
    assert (await room.mine("a1")).chats == ()
    assert await room.accept("a2", chat) == ()


async def test_an_agent_who_takes_no_more_keeps_what_he_has(room: Room) -> None:
    await room.hire("a1", "general")
    chat = await room.waiting("人工", ANNA)
    await room.accept("a1", chat)
    await room.ready("a1", ready=False)
    assert [one.id for one, _, _ in (await room.mine("a1")).chats] == [chat.id]
    other = await room.say("人工", STRANGER)
    assert other.chat is not None
    assert other.chat.state == "message"


async def test_without_anybody_a_message_is_left_and_answered_later(room: Room) -> None:
    said = await room.say("人工")
    assert said.chat is not None
    assert said.chat.state == "message"
    assert (await room.texts())[-1].startswith("system: 现在没有同事在线。请留言")
    await room.say("请告诉我年费为什么没有减免")
    await room.say("谢谢")
    texts = await room.texts()
    assert texts.count("system: 留言已收到并登记。您还可以继续补充。") == 1
    assert await room.ask("SELECT matter, interaction FROM desk_task") == [
        ("general", said.chat.id)
    ]
    room.later(hours=9)
    await room.sweep()
    assert (await room.see())[0].state == "message"  # type: ignore[union-attr]
    await room.hire("a1", "general")
    mine = await room.mine("a1")
    assert [chat.id for chat in mine.left] == [said.chat.id]
    assert await room.accept("a1", said.chat) == ()
    await room.write("a1", said.chat, "您去年只消费了三次")
    assert (await room.texts())[-1] == "agent: 您去年只消费了三次"
    assert (await room.mine("a1")).left == ()


async def test_when_the_last_agent_goes_home_whoever_waits_is_told(room: Room) -> None:
    await room.hire("a1", "general")
    chat = await room.waiting("人工", ANNA)
    await room.ready("a1", ready=False)
    await room.sweep()
    found, messages, _, _ = await room.see()
    assert found is not None
    assert found.state == "message"
    assert messages[-1].text.startswith("现在没有同事在线")
    assert "chat.nobody-there" in await room.kinds(chat.id)


async def test_whoever_comes_back_in_time_goes_on_with_the_same_chat(room: Room) -> None:
    await room.hire("a1", "general")
    chat = await room.waiting("人工", ANNA)
    await room.accept("a1", chat)
    await room.write("a1", chat, "已为您登记")
    await room.finish("a1", chat)
    room.later(hours=23)
    await room.ready("a1")
    said = await room.say("还有一个问题")
    assert said.chat is not None
    assert (said.chat.id, said.chat.state) == (chat.id, "waiting"), "to a person, not the machine"
    assert "interaction.reopened" in await room.kinds(chat.id)
    assert await room.accept("a1", chat) == ()
    await room.finish("a1", chat)
    room.later(hours=25)
    assert (await room.see())[0] is None
    new = await room.say("最低还款")
    assert new.chat is not None
    assert new.chat.id != chat.id
    assert await room.intact()


async def test_a_chat_in_which_nobody_writes_ends_by_itself(room: Room) -> None:
    await room.say("最低还款怎么算")
    room.later(minutes=61)
    await room.sweep()
    chat, _, _, _ = await room.see()
    assert chat is not None
    assert (chat.state, chat.outcome) == ("closed", "left")


async def test_a_chat_is_passed_on_with_a_note_that_the_holder_never_sees(room: Room) -> None:
    await room.hire("a1", "general")
    await room.hire("a2", "points")
    chat = await room.waiting("人工", ANNA)
    await room.accept("a1", chat)
    passed = await room.transfer("a1", chat, matter="points", note=f"客户很急，卡{PAN}")
    assert (passed.state, passed.matter, passed.agent_id) == ("waiting", "points", None)
    assert not any("客户很急" in text for text in await room.texts())
    assert await room.accept("a1", chat) == ("skill-missing",)
    assert await room.accept("a2", chat) == ()
    notes = [one.text for one in await room.look("a2", chat) if one.staff_only]
    assert len(notes) == 1
    assert "客户很急" in notes[0]
    assert PAN not in notes[0]


async def test_a_chat_for_a_colleague_waits_for_that_one_as_long_as_he_is_there(
    room: Room,
) -> None:
    for name in ("a1", "a2", "a3"):
        await room.hire(name, "general")
    chat = await room.waiting("人工", ANNA)
    await room.accept("a1", chat)
    await room.transfer("a1", chat, to="a2")
    assert await room.accept("a3", chat) == ("for-another",)
    room.later(seconds=25)
    await room.mine("a3")
    room.later(seconds=10)
    assert await room.accept("a3", chat) == (), "a2 is gone"


async def test_a_colleague_who_is_not_there_gets_nothing(room: Room) -> None:
    await room.hire("a1", "general")
    await room.hire("a2", "general", ready=False)
    chat = await room.waiting("人工", ANNA)
    await room.accept("a1", chat)
    for to in ("a1", "a2", "a9"):
        with pytest.raises(Invalid):
            await room.transfer("a1", chat, to=to)
    with pytest.raises(Invalid):
        await room.transfer("a1", chat, matter="weather")


async def test_whose_telephone_rings_begins_no_chat(room: Room) -> None:
    floor = Floor(room.database)
    room.now = after(2)
    await room.hire("a1", "general", "account")
    await floor.agent("a1", "general", "account")
    await floor.enter("i9", at=1)
    assert len(await floor.offers(at=2)) == 1
    chat = await room.waiting("人工", ANNA)
    assert chat.state == "waiting"
    assert (await room.mine("a1")).next is None
    assert await room.accept("a1", chat) == ("agent-talking",)


async def test_what_was_delivered_and_read_is_known(room: Room) -> None:
    await room.hire("a1", "general")
    chat = await room.waiting("人工", ANNA)
    said = await room.say("请问")
    assert (await room.see())[2] == (0, 0)
    await room.accept("a1", chat)
    await room.look("a1", chat)
    number = said.message or 0
    assert (await room.see())[2] == (number, 0)
    async with room.database.transaction() as tx:
        await agent_writing.read_by_agent(
            tx, room.staff["a1"], chat.id, through=number, config=CONFIG, at=room.now
        )
    assert (await room.see())[2] == (number, number)
    reply = await room.write("a1", chat, "您好")
    await room.see()
    async with room.database.transaction() as tx:
        await actions.read_by_holder(tx, ANNA, through=reply.message or 0, at=room.now)
    sent = (await room.look("a1", chat))[-1]
    assert sent.delivered_at is not None
    assert sent.read_at is not None


async def test_nobody_sees_the_chat_of_another(room: Room) -> None:
    await room.hire("a1", "general")
    await room.hire("a2", "general")
    chat = await room.waiting("人工", ANNA)
    await room.accept("a1", chat)
    assert (await room.see(STRANGER))[0] is None
    assert (await room.see(replace(STRANGER, cookie=b"t" * 32)))[0] is None
    with pytest.raises(NotFound):
        await room.look("a2", chat)
    for act in (
        room.write("a2", chat, "您好"),
        room.finish("a2", chat),
        room.transfer("a2", chat, matter="points"),
    ):
        with pytest.raises(NotFound):
            await act


async def test_a_lead_who_looks_is_journaled_and_may_end(room: Room) -> None:
    await room.hire("a1", "general")
    await room.hire("a9", "general", role="lead")
    chat = await room.waiting("人工", ANNA)
    await room.accept("a1", chat)
    assert await room.look("a9", chat)
    assert "chat.looked-at" in await room.kinds(chat.id)
    await room.finish("a9", chat, "resolved")
    assert (await room.see())[0].outcome == "resolved"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "message-empty"), (" \n ", "message-empty"), ("x" * 2001, "message-too-long")],
)
async def test_a_text_that_is_none_opens_no_chat(room: Room, text: str, code: str) -> None:
    said = await room.say(text)
    assert said.verdict.codes == (code,)
    assert await room.ask("SELECT count(*) FROM interaction") == [0]


async def test_whoever_writes_too_fast_waits_a_moment(room: Room) -> None:
    said = [await room.say(f"你好{n}") for n in range(CONFIG.policy.messages_per_minute + 1)]
    assert said[-1].verdict.codes == ("too-fast",)
    room.later(minutes=2)
    assert (await room.say("你好")).message is not None


async def test_english_is_answered_in_english(room: Room) -> None:
    await room.hire("a1", "general", languages=("zh",))
    await room.say("How is the minimum payment worked out?", STRANGER, language="en")
    assert any("10%" in text and "purchases" in text for text in await room.texts(STRANGER))
    said = await room.say("human", STRANGER, language="en")
    assert said.chat is not None
    assert said.chat.state == "message", "nobody on duty speaks English"
