"""The machine in the chat: what it hears, when it answers, when it gives way."""

from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.asking import asks_for_secret
from cardline.core.policy import PolicyError, load_area
from cardline.messages.catalogue import CatalogueError
from cardline.messages.chat import bot_rules
from cardline.messages.chat.catalogue import FOLDER, load_bot_words, load_texts
from cardline.messages.chat.model import BotState, Candidate, Signal
from cardline.messages.chat.policy import chat_policy

WORDS = load_bot_words()
POLICY = chat_policy(load_area("chat"))
SURE = Candidate("minimum-payment", "account", Decimal("0.9"))
MAYBE = Candidate("annual-fee", "points", Decimal("0.4"))
UNSURE = Candidate("points", "points", Decimal("0.1"))


def after(text: str, *candidates: Candidate, state: BotState | None = None) -> bot_rules.BotStep:
    return bot_rules.step(
        state or BotState(),
        bot_rules.signals(text, WORDS),
        candidates,
        length=len(text),
        words=WORDS,
        policy=POLICY,
    )


@pytest.mark.parametrize(
    "text",
    [
        "我的卡丢了",
        "卡找不到了怎么办",
        "钱包被偷了",
        "卡被盗刷了",
        "我要挂失",
        "这笔不是我刷的",
        "我被骗了",
        "验证码告诉他了",
        "手机和卡都被抢走",
        "昨天掉了张信用卡",
        "I lost my card",
        "my wallet was stolen",
        "I can't find my credit card",
        "my card is missing",
        "I did not make this payment",
        "I've been scammed",
    ],
)
def test_a_lost_card_goes_ahead_and_freezing_is_offered(text: str) -> None:
    step = after(text, SURE)
    assert step.hand_over is not None, text
    assert (step.hand_over.reason, step.hand_over.urgent) == ("theft", True)
    assert step.hand_over.matter == "urgent"
    assert step.says[0].text == "hand_over_theft"


@pytest.mark.parametrize(
    "text",
    [
        "怎么取消挂失",
        "卡找到了",
        "最低还款是多少",
        "how do I unfreeze my card",
        "积分怎么查",
        "I want a new card",
    ],
)
def test_other_words_are_no_theft(text: str) -> None:
    assert "theft" not in bot_rules.signals(text, WORDS)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("人工", "asked"),
        ("转人工！", "asked"),
        ("0", "asked"),
        (" 0 ", "asked"),
        ("我要找真人", "asked"),
        ("human", "asked"),
        ("let me speak to someone", "asked"),
        ("我要投诉", "complaint"),
        ("打12378", "complaint"),
        ("I want to complain", "complaint"),
        ("我不想活了", "distress"),
        ("走投无路了", "distress"),
        ("I want to die", "distress"),
    ],
)
def test_a_person_comes_at_once_when_asked_or_needed(text: str, reason: str) -> None:
    step = after(text, SURE)
    assert step.hand_over is not None
    assert step.hand_over.reason == reason
    assert step.hand_over.urgent == (reason == "distress")


def test_a_number_with_a_zero_is_no_wish_for_a_person() -> None:
    assert bot_rules.signals("我要还100元", WORDS) == frozenset()


def test_it_answers_when_sure_and_asks_whether_that_helped() -> None:
    step = after("最低还款怎么算", SURE)
    assert [(say.text, say.article) for say in step.says] == [
        ("answer", "minimum-payment"),
        ("did_it_help", ""),
    ]
    assert step.state == BotState(0, "minimum-payment", "account")
    assert step.hand_over is None


def test_the_second_failure_in_a_row_brings_a_person() -> None:
    first = after("天气怎么样", MAYBE, UNSURE)
    assert first.says[0].text == "not_understood"
    assert first.says[0].titles == ("annual-fee",)
    assert first.state.failures == 1
    second = after("还是天气", state=first.state)
    assert second.hand_over is not None
    assert (second.hand_over.reason, second.hand_over.matter) == ("failures", "general")


def test_an_answer_between_two_failures_starts_the_count_again() -> None:
    state = after("天气").state
    state = after("最低还款", SURE, state=state).state
    assert state.failures == 0
    assert after("天气", state=state).hand_over is None


def test_an_answer_that_did_not_help_is_a_failure() -> None:
    state = after("最低还款", SURE).state
    again = after("没有解决", state=state)
    assert again.says[0].text == "not_helped"
    over = after("最低还款", SURE, state=again.state).hand_over
    assert over is not None, "the same article a second time"
    assert over.matter == "account"


def test_thanks_and_greetings_are_answered_and_count_for_nothing() -> None:
    failed = BotState(failures=1, article="points", matter="points")
    assert after("谢谢", state=failed).says[0].text == "glad"
    assert after("你好").says[0].text == "greeting_again"
    assert after("你好！", state=failed).state == failed
    long = after("你好，请问最低还款怎么算呢", SURE)
    assert long.says[0].text == "answer"


@given(
    st.lists(st.sampled_from(["天气", "最低还款", "谢谢", "你好", "没有解决", "ok"]), max_size=30),
    st.lists(st.sampled_from([SURE, MAYBE, UNSURE]), min_size=30, max_size=30),
)
def test_nobody_is_kept_with_the_machine(texts: list[str], given_: list[Candidate]) -> None:
    state = BotState()
    failures = 0
    for text, candidate in zip(texts, given_, strict=False):
        step = after(text, candidate, state=state)
        assert step.says, "every word is answered"
        failures = step.state.failures if step.hand_over is None else 0
        assert failures < POLICY.failures
        if step.hand_over:
            return
        state = step.state


def test_it_says_that_it_is_a_machine_and_never_asks_for_a_secret() -> None:
    texts = load_texts(hotline="95500")
    assert "机器" in texts.say("greeting", "zh")
    assert "machine" in texts.say("greeting", "en")
    for name, entry in texts.texts.items():
        for language in entry:
            assert not asks_for_secret(entry[language]), name


def test_the_lines_that_help_are_named_to_who_despairs() -> None:
    told = load_texts(hotline="95500").say("hand_over_distress", "zh")
    for number in ("110", "120", "12356"):
        assert number in told


def test_the_words_are_checked_when_they_are_read(tmp_path: Path) -> None:
    path = FOLDER / "bot.yaml"
    copy = tmp_path / "bot.yaml"
    copy.write_text(path.read_text("utf-8").replace(r"^\s*0\s*$", "(0"), "utf-8")
    with pytest.raises(CatalogueError, match="person"):
        load_bot_words(copy)


def test_numbers_that_make_no_sense_together_are_refused() -> None:
    area = load_area("chat")
    number = area.numbers["bot_failures"]
    changed = type(number)(number.key, 0, number.source, number.kind, number.unit)
    area.numbers["bot_failures"] = changed
    with pytest.raises(PolicyError):
        chat_policy(area)


def test_every_signal_has_words() -> None:
    assert WORDS.patterns.keys() == set(get_args(Signal))


def test_a_person_who_is_asked_for_is_one_for_what_was_asked_before() -> None:
    misled = (Candidate("complain", "complaint", Decimal("0.50")),)
    step = bot_rules.step(
        BotState(article="annual-fee", matter="account"),
        frozenset({"person"}),
        misled,
        length=3,
        words=WORDS,
        policy=POLICY,
    )
    assert step.hand_over is not None
    assert step.hand_over.matter == "account"
