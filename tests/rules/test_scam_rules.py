"""Is it a scam? Real-looking scams and ordinary messages in both languages, and properties."""

import re
import string
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cardline.messages.catalogue import load_catalogue
from cardline.trust.scam.catalogue import WEIGHTLESS, load_words
from cardline.trust.scam.config import scam_config
from cardline.trust.scam.fingerprint import fingerprint
from cardline.trust.scam.learned import Learned, form_of
from cardline.trust.scam.model import KnownScam
from tests.rules.scam_bench import HOTLINE, MODEL, NOW, POLICY, REGISTRY, SIGNALS, judged
from tests.rules.test_messages_catalogue import filled
from tools.scam.material import held_out

SCAMS = [
    # text, sender, a reason that must be named
    ("请把您收到的短信验证码发给我，我帮您取消扣费", "", "asks-code"),
    ("客服：退款需要核对，请您念一下手机上的六位数字验证码", "", "asks-code"),
    ("请提供短信动态密码以便完成升级", "95500", "asks-code"),
    ("为确认是本人，请告知您的取款密码", "", "asks-password"),
    ("请回复卡号、有效期和卡背面三位数字，我们为您提额", "10690000000", "asks-card-data"),
    ("请点击链接填写CVV完成验证 http://cardline-verify.top/a", "", "asks-card-data"),
    ("您的资金有风险，请立即转入公安局指定的安全账户", "", "safe-account"),
    ("我是专案组，您名下账户涉嫌洗钱，请配合调查并对家人保密", "13800138000", "authority"),
    ("您的账户涉嫌洗钱，请将资金转入安全账户，不要告诉家人", "13800138000", "authority"),
    ("请下载腾讯会议，打开屏幕共享，我教您关闭百万保障", "", "remote-control"),
    ("请安装ToDesk，由我远程帮您操作", "", "remote-control"),
    ("通话期间不要挂断，也不要告诉家人，否则影响案件侦查", "", "secrecy"),
    (
        "尊敬的建行用户：您的积分已满一万分，可兑换现金礼包，请登录 http://ccb-jf.top 兑换",
        "10657012345678",
        "link-look-alike",
    ),
    (
        "【工商银行】您的电子密码器今日过期，请登录www.icbcc.cc激活升级",
        "95588",
        "reactivate",
    ),
    (
        "【信用卡中心】您的信用卡将于今日冻结，请立即点击 http://47.92.11.8/login 解除",
        HOTLINE,
        "sender-contradicts-link",
    ),
    ("恭喜您被抽选为场外幸运用户，获得奖金9.8万元，请先交手续费2000元", "", "lure-prize"),
    ("您的快递丢失，我们双倍赔付，请加客服QQ 123456 办理退款", "", "lure-refund"),
    ("刷单兼职日赚300元，先垫付后返佣", "", "lure-task"),
    ("您的信用卡存在异常交易，请立即拨打13812345678与客服联系核实", "", "number-mobile"),
    ("妈，我手机掉水里了，这是我的新号，急用钱，转5000到我同学卡上", "", "pretends-near"),
    ("您的支付宝账户涉嫌违规，将于24小时内封停，申诉请加客服微信", "", "authority"),
    ("【征信中心】您有逾期记录，点击 zx-query.cn 处理，否则将被列入黑名单", "", "reactivate"),
    ("代开各类发票，点数低，先验后付", "", "illegal-offer"),
    ("信用卡套现代还，费率低，秒到账，加微信办理大额", "", "lure-abuse"),
    ("我行为您办理注销校园贷，否则影响征信，请把额度提现后转到指定账户", "", "moves-money"),
    (
        "Please send us the one-time passcode you just received to cancel the payment.",
        "",
        "asks-code",
    ),
    ("This is your bank. For verification, tell me your PIN.", "+447700900123", "asks-password"),
    (
        "Confirm your card number, expiry date and CVV at http://cardllne.example.top",
        "",
        "asks-card-data",
    ),
    ("Your savings are at risk. Move your money to a safe account now.", "", "safe-account"),
    (
        "I am calling from the fraud team, please download AnyDesk so that I can help",
        "",
        "remote-control",
    ),
    (
        "Your account has been suspended. Verify your identity within 24 hours: http://bit.ly/3xyz",
        "+8613800138000",
        "link-short",
    ),
    ("Please share the code 553201 with our agent to complete it", "", "asks-code"),
    (
        "Dear customer, your card has been locked. Click http://secure-card-verify.com to restore",
        "",
        "link-odd",
    ),
    ("A new payee was added. If this was not you, visit hsbc-cancel-payee.com", "", "reactivate"),
    ("Hi mum, I lost my phone. Can you transfer 500 to this account?", "", "pretends-near"),
    ("Stay on the line and do not tell your family, this is confidential", "", "secrecy"),
]
CALLS = [
    ("他说他是公安局的，说我涉嫌洗钱，要我把钱转到安全账户", "safe-account"),
    ("自称银行客服，让我把收到的验证码念给他", "asks-code"),
    ("对方让我下载一个会议软件，把手机屏幕共享给他看", "remote-control"),
    ("说快递丢了给我理赔，要我把借呗的额度提现转过去", "moves-money"),
    ("He said he was from the bank and asked me for the code in the text message", "asks-code"),
    ("She told me to share my screen with an app", "remote-control"),
]
HARMLESS = [
    "请勿向任何人提供短信验证码，我行工作人员不会索要",
    "验证码482913，切勿告诉他人，如非本人操作请致电95500",
    "我们不会要求您转账到安全账户",
    "凡是索要验证码、要求共享屏幕的，都是诈骗",
    "骗子常说“请下载会议软件，打开屏幕共享”，请立即挂断",
    "有人假冒我行客服，要您提供密码，请不要相信，这是骗局",
    "We will never ask you to share your one-time passcode or PIN.",
    "Do not tell anyone your PIN. Your bank will never ask you to move money to a safe account.",
    "If anyone asks you to share your screen, hang up.",
    "妈，银行卡放在抽屉里了",
    "明天下午三点开会，请大家准时",
    "您的订单已发货，预计周三送达",
    "Your parcel arrives on Tuesday.",
]


@pytest.mark.parametrize(("text", "sender", "reason"), SCAMS)
def test_a_scam_is_called_one_with_its_reason(text: str, sender: str, reason: str) -> None:
    found = judged(text, sender)
    assert (found.verdict, reason in found.codes) == ("scam", True), found


@pytest.mark.parametrize(("told", "reason"), CALLS)
def test_a_described_call_is_judged_by_what_was_asked(told: str, reason: str) -> None:
    found = judged(told, kind="call")
    assert (found.verdict, reason in found.codes) == ("scam", True), found


@pytest.mark.parametrize("text", HARMLESS)
def test_a_warning_or_an_ordinary_word_is_no_scam(text: str) -> None:
    assert judged(text).verdict == "unknown", judged(text)


@pytest.mark.parametrize("text", held_out())
def test_an_ordinary_bank_message_is_no_scam_whoever_sent_it(text: str) -> None:
    assert judged(text).verdict == "unknown", judged(text)
    assert judged(text, "1069123456789").verdict == "unknown", judged(text, "1069123456789")


@pytest.mark.parametrize("name", list(load_catalogue()))
def test_our_own_messages_are_official_from_our_number(name: str) -> None:
    template = load_catalogue()[name]
    for language in ("zh", "en"):
        text = filled(template, language).replace("95500", HOTLINE)
        found = judged(text, "10690000000")
        assert found.verdict == "official", (text, found)


def test_official_needs_the_sender() -> None:
    text = "【信用卡中心】您的账单已出，详见 https://www.cardline.example/bills"
    assert judged(text).verdict == "unknown"
    assert judged(text, "1069888").verdict == "unknown"
    found = judged(text, HOTLINE)
    assert found.verdict == "official"
    assert {"sender-registered", "links-registered"} <= set(found.codes)


@pytest.mark.parametrize(
    "text",
    [
        "请回复验证码给我们",
        "请点击 http://card.evil.top 更新",
        "请致电 13912345678 联系客服办理",
        "请将款项转到以下账户",
        "请加微信办理",
        "",
        "  \u200b ",
        "。！",
    ],
)
def test_a_registered_sender_excuses_nothing_that_the_bank_never_writes(text: str) -> None:
    assert judged(text, HOTLINE).verdict != "official", judged(text, HOTLINE)


@pytest.mark.parametrize(
    ("sender", "reason"),
    [
        ("13800138000", "sender-mobile-as-bank"),
        ("+1 202 555 0123", "sender-foreign-as-bank"),
        ("00442071234567", "sender-foreign-as-bank"),
        ("4001234567", "sender-free-as-bank"),
        ("+4000000000", "sender-faked"),
        ("信用卡中心客服部", "sender-faked"),
        ("Сard Centre", "sender-faked"),
        ("1069000111", "sender-not-the-named"),
    ],
)
def test_who_speaks_as_us_from_another_number_is_told(sender: str, reason: str) -> None:
    found = judged("您好，这里是信用卡中心，请您接听来电", sender)
    assert reason in found.codes
    assert found.verdict != "official"


def test_what_compliance_confirmed_is_known_until_its_end() -> None:
    text = "各位邻居，本周团购橙子，需要的请点击链接登记，数量有限先到先得 http://fruit.somewhere.com/a1"
    ends = NOW + timedelta(days=1)
    for kind, value, reason in (
        ("number", "13700001111", "known-number"),
        ("domain", "fruit.somewhere.com", "known-domain"),
        ("text", fingerprint(form_of(text)), "known-text"),
    ):
        known = KnownScam(kind, value, ends)  # type: ignore[arg-type]
        found = judged(text, "13700001111", scams=(known,))
        assert (found.verdict, found.codes[0]) == ("scam", reason)
        over = KnownScam(kind, value, NOW)  # type: ignore[arg-type]
        assert judged(text, "13700001111", scams=(over,)).verdict == "unknown"
    near = text.replace("a1", "b2").replace("本周", "这周")
    known = KnownScam("text", fingerprint(form_of(text)), ends)
    assert judged(near, scams=(known,)).codes[0] == "known-text"


def test_what_is_official_never_counts_as_a_known_scam() -> None:
    ends = NOW + timedelta(days=1)
    wrong = (
        KnownScam("number", HOTLINE, ends),
        KnownScam("number", "95588", ends),
        KnownScam("domain", "cardline.example", ends),
        KnownScam("domain", "icbc.com.cn", ends),
    )
    ours = judged("账单详见 https://www.cardline.example", HOTLINE, scams=wrong)
    assert ours.verdict == "official"
    theirs = judged("账单详见 https://www.icbc.com.cn，咨询95588", "95588", scams=wrong)
    assert not [code for code in theirs.codes if code.startswith("known-")]


def test_every_reason_has_words_in_both_languages() -> None:
    words = load_words()
    for code in (*SIGNALS.found, *WEIGHTLESS):
        assert f"reasons.{code}" in words, code
    known = {key.removeprefix("reasons.") for key in words if key.startswith("reasons.")}
    assert known == {*SIGNALS.found, *WEIGHTLESS}
    for key, one in words.items():
        assert re.search(r"[\u4e00-\u9fff]", one.zh), key
        assert not re.search(r"[,;:!?]", re.sub(r"\{\w+\}", "", one.zh)), f"{key}: 全角标点"
        assert set(re.findall(r"\{\w+\}", one.zh)) == set(re.findall(r"\{\w+\}", one.en)), key


@pytest.mark.parametrize(
    ("text", "tip"),
    [
        ("请把短信验证码发给我", "tips.secret"),
        ("请将资金转入安全账户", "tips.money"),
        ("请下载会议软件共享屏幕", "tips.control"),
        ("请登录 http://47.1.2.3/a 领取", "tips.link"),
    ],
)
def test_what_helps_is_told_by_case(text: str, tip: str) -> None:
    config = scam_config(registry=REGISTRY, hotline=HOTLINE)
    tips = config.tips(judged(text))
    assert tips[0] == tip
    assert len(tips) <= 3
    assert HOTLINE in config.say("tips.secret", "en")
    assert config.tips(judged("您的账单已出", HOTLINE)) == ()


# ---------------------------------------------------------------- properties

_CHINESE = st.text(
    st.sampled_from(
        "您的卡我行银账户验证码密转积分元请勿不要点击链接登录冻结安全会议屏幕共享，。！ 0123abc"
    ),
    max_size=60,
)
_ANY = st.one_of(st.text(max_size=200), _CHINESE, st.sampled_from([one for one, _, _ in SCAMS]))
_HIDDEN = st.sampled_from(
    [" ", "\u200b", "\u2060", "\ufeff", "\u00ad", "  ", "\u3000", "*", "-", "~"]
)
ASKS = ("请把短信验证码发给我。", "Please send us the one-time passcode. ")


def _wide(text: str) -> str:
    return "".join(
        chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" and letter != "." else letter
        for letter in text
    )


@settings(max_examples=300, deadline=None)
@example(base="勿0", ask=ASKS[1], before=False, sender="")
@given(
    base=_ANY,
    ask=st.sampled_from(ASKS),
    before=st.booleans(),
    sender=st.sampled_from(["", HOTLINE, "13800138000"]),
)
def test_adding_a_request_for_a_code_never_lowers_the_score(
    base: str, ask: str, before: bool, sender: str
) -> None:
    plain = judged(base, sender)
    asked = judged(f"{ask}{base}" if before else f"{base}。{ask}", sender)
    assert asked.score >= plain.score
    assert asked.verdict == "scam"


@settings(max_examples=200, deadline=None)
@given(
    scam=st.sampled_from([(text, sender) for text, sender, _ in SCAMS]),
    hidden=_HIDDEN,
    data=st.data(),
)
def test_what_is_hidden_between_characters_changes_nothing(
    scam: tuple[str, str], hidden: str, data: st.DataObject
) -> None:
    text, sender = scam
    places = [
        place
        for place in range(1, len(text))
        if "\u4e00" <= text[place - 1] <= "\u9fff" and "\u4e00" <= text[place] <= "\u9fff"
    ]
    chosen = data.draw(st.sets(st.sampled_from(places))) if places else set()
    written = "".join(
        (hidden if place in chosen else "") + letter for place, letter in enumerate(text)
    )
    was, now = judged(text, sender), judged(written, sender)
    assert (now.verdict, now.score, set(now.codes)) == (was.verdict, was.score, set(was.codes))


@pytest.mark.parametrize("text", [*(one for one, _, _ in SCAMS), *HARMLESS, *held_out()[:20]])
def test_full_width_and_spaces_everywhere_change_no_verdict(text: str) -> None:
    was = judged(text)
    assert judged(_wide(text)).verdict == was.verdict
    if not text.isascii() and "." not in text:  # a link that was torn apart is none
        assert judged(" ".join(text)).verdict == was.verdict


@pytest.mark.parametrize(
    "text",
    [
        "請把簡訊驗證碼發給我",
        "请把短信验証码发给我",
        "请把验。证。码。发给我",
        "请把验\n证\n码\n发给我",
        "勿念！登。请把验证码发给我",
        "请 把 验 证 码 发 给 我",
        "ｐｌｅａｓｅ ｓｅｎｄ ｕｓ ｙｏｕｒ ＯＴＰ",
        "pl\u0435\u0430s\u0435 send us your \u041e\u0422\u0420",
        "p l e a s e  s e n d  u s  y o u r  o t p",
        "𝐩𝐥𝐞𝐚𝐬𝐞 𝐬𝐞𝐧𝐝 𝐮𝐬 𝐲𝐨𝐮𝐫 𝐎𝐓𝐏",
    ],
)
def test_a_request_for_a_code_is_found_however_it_is_written(text: str) -> None:
    assert "asks-code" in judged(text).codes, judged(text)


@settings(deadline=None)
@given(
    text=_ANY, sender=st.one_of(st.text(max_size=40), st.sampled_from(["", HOTLINE, "13800138000"]))
)
def test_the_model_never_makes_a_scam_of_what_is_official_and_hides_no_rule(
    text: str, sender: str
) -> None:
    without, certain = judged(text, sender, model=None), judged(text, sender, model=_Certain())
    if without.verdict == "official":
        assert certain.verdict == "official"
    assert set(without.codes) - {"nothing-found"} <= set(certain.codes)
    assert certain.score >= without.score


class _Certain(Learned):
    """A model that takes everything for a scam."""

    def __init__(self) -> None:
        super().__init__("certain", MODEL.weights, 30.0)


# ---------------------------------------------------------------- hostile input


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "验证码" * 350_000,
        "提供" * 500_000,
        "http://" * 150_000,
        "a." * 500_000,
        "1 " * 500_000,
        "13800138000" * 90_000,
        ("\u0301" * 1000 + "a") * 1000,
        "｡" * 1_000_000,
        "\u200b" * 1_000_000,
        "请勿" * 500_000 + "提供验证码",
        "\ufdfa" * 60_000,
        "".join(map(chr, range(1, 0xD800))),
        "\ud800\udfff\0\x1b[31m" * 1000,
        string.printable * 10_000,
        "@" * 1_000_000,
        "|,|" * 300_000,
    ],
    ids=range(17),
)
@pytest.mark.timeout(60)
def test_a_huge_or_broken_text_is_judged_all_the_same(text: str) -> None:
    found = judged(text, text[:100])
    assert 0 <= found.score < 1
    assert ("cut" in found.codes) is (len(text) > POLICY.most_characters)
    assert found.verdict != "official"


@settings(deadline=None)
@given(text=st.text(st.characters(), max_size=300), sender=st.text(st.characters(), max_size=60))
def test_any_text_gets_a_verdict_with_words(text: str, sender: str) -> None:
    found = judged(text, sender)
    words = load_words()
    assert all(f"reasons.{code}" in words for code in found.codes)
    assert found.reasons


def test_no_secret_of_the_holder_comes_back_as_evidence() -> None:
    found = judged("他要我把验证码482913发给他，还要密码738291")
    assert not re.search(r"482913|738291", str(found))


def test_the_shipped_files_lie_where_the_package_takes_them_along() -> None:
    folder = Path(load_words.__module__.replace(".", "/")).parent
    assert (Path(__file__).parents[2] / folder / "learned" / "weights.bin").is_file()
