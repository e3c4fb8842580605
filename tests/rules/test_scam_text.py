"""The forms of a text, links, senders, patterns, the registry's file."""

import time
from pathlib import Path

import pytest

from cardline.trust.scam.catalogue import SIGNALS as SIGNALS_FILE
from cardline.trust.scam.catalogue import load_signals
from cardline.trust.scam.fingerprint import fingerprint, is_near
from cardline.trust.scam.learned import form_of
from cardline.trust.scam.links import kind_of, links_in
from cardline.trust.scam.model import LinkKind, SenderKind
from cardline.trust.scam.patterns import SignalsError, compile_pattern
from cardline.trust.scam.registry import RegistryError, load_registry
from cardline.trust.scam.senders import kind_of_sender, number_of
from cardline.trust.scam.text import bones, quoted, read
from tests.rules.scam_bench import REGISTRY, SIGNALS


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("验 证 码：１２３", "验证码123"),
        ("ＯＴＰ", "otp"),
        ("驗證碼", "验证码"),
        ("О\u0422Р", "otp"),
        ("验\u200b证\u2060码", "验证码"),
        ("验-证*码", "验证码"),
        ("①②③", "123"),
        ("a\u0301bc", "abc"),
        ("\ud83d", ""),
    ],
)
def test_a_text_is_folded_to_its_bones(text: str, form: str) -> None:
    assert bones(text) == form


def test_sentences_and_clauses_stay_apart() -> None:
    assert read("请勿转账。请回电，谢谢").bones == "请勿转账|请回电,谢谢"
    assert read("验。证。码在此").bones == "验证码在此"
    assert read("Do not pay. Call us").bones == "donotpay|callus"


@pytest.mark.parametrize(
    ("text", "host", "kind"),
    [
        ("见https://www.cardline.example/x", "cardline.example", LinkKind.OFFICIAL),
        ("请登录card.cardline.example查看", "card.cardline.example", LinkKind.OFFICIAL),
        ("http://cardline.example.evil.com/a", "cardline.example.evil.com", LinkKind.LOOK_ALIKE),
        ("http://cardIine.com", "cardiine.com", LinkKind.LOOK_ALIKE),
        ("http://card1ine.com", "card1ine.com", LinkKind.LOOK_ALIKE),
        ("http://1cbc.top", "1cbc.top", LinkKind.LOOK_ALIKE),
        ("http://cardlihe.com", "cardlihe.com", LinkKind.LOOK_ALIKE),
        ("http://ccb-95533.com", "ccb-95533.com", LinkKind.LOOK_ALIKE),
        ("http://icbc95588.vip", "icbc95588.vip", LinkKind.LOOK_ALIKE),
        ("http://xn--crdline-2wf.example", "xn--crdline-2wf.example", LinkKind.LOOK_ALIKE),
        ("http://cаrdline.example", "cаrdline.example", LinkKind.LOOK_ALIKE),
        ("https://www.cardline.example@evil.com/x", "evil.com", LinkKind.LOOK_ALIKE),
        ("访问www.icbc.com.cn", "icbc.com.cn", LinkKind.OTHER),
        ("http://47.92.1.2/login", "47.92.1.2", LinkKind.ADDRESS),
        ("http://794165506/", "794165506", LinkKind.ADDRESS),
        ("dwz.cn/abc", "dwz.cn", LinkKind.SHORT),
        ("go.somewhere.top", "go.somewhere.top", LinkKind.ODD),
        ("http://files.somewhere.com/a.apk", "files.somewhere.com", LinkKind.ODD),
        ("http://www.somewhere.com", "somewhere.com", LinkKind.UNREGISTERED),
        ("www。somewhere。com", "somewhere.com", LinkKind.UNREGISTERED),
        ("somewhere 点 com", "somewhere.com", LinkKind.UNREGISTERED),
        ("ｗｗｗ．somewhere．ｃｏｍ", "somewhere.com", LinkKind.UNREGISTERED),
        ("w w w . somewhere . com", "somewhere.com", LinkKind.UNREGISTERED),
        ("点击 URL 查询", "", LinkKind.UNREGISTERED),
    ],
)
def test_a_link_is_found_and_known_for_what_it_is(text: str, host: str, kind: LinkKind) -> None:
    found = links_in(read(text).plain, registry=REGISTRY, rules=SIGNALS.links)
    assert [(one.host, one.kind) for one in found] == [(host, kind)]


@pytest.mark.parametrize(
    "text", ["消费1.299.00元", "见图3.2", "a@b.com", "e.g. this", "OK。Please", ""]
)
def test_what_only_looks_like_a_link_is_none(text: str) -> None:
    assert links_in(read(text).plain, registry=REGISTRY, rules=SIGNALS.links) == ()


def test_a_host_of_our_own_is_never_a_look_alike() -> None:
    for domain in REGISTRY.own.domains:
        assert kind_of(f"a.{domain}", registry=REGISTRY, rules=SIGNALS.links) is LinkKind.OFFICIAL


@pytest.mark.parametrize(
    ("sender", "number", "kind"),
    [
        ("400-000-0000", "4000000000", SenderKind.OFFICIAL),
        ("+86 400 000 0000", "4000000000", SenderKind.OFFICIAL),
        ("10690000000", "10690000000", SenderKind.OFFICIAL),
        ("1069000000088", "1069000000088", SenderKind.OFFICIAL),
        ("信用卡中心", "", SenderKind.OFFICIAL),
        ("card centre", "", SenderKind.OFFICIAL),
        ("Ｃａｒｄ Ｃｅｎｔｒｅ", "", SenderKind.OFFICIAL),
        ("Cаrd Centre", "", SenderKind.FAKED),
        ("信用卡中心-客服", "", SenderKind.FAKED),
        ("004000000000", "+4000000000", SenderKind.FAKED),
        ("95588", "95588", SenderKind.OTHER),
        ("96110", "96110", SenderKind.OTHER),
        ("13800138000", "13800138000", SenderKind.MOBILE),
        ("+86 138 0013 8000", "13800138000", SenderKind.MOBILE),
        ("8613800138000", "13800138000", SenderKind.MOBILE),
        ("106912345678", "106912345678", SenderKind.PORT),
        ("95012", "95012", SenderKind.SERVICE),
        ("4008123456", "4008123456", SenderKind.FREE),
        ("021-12345678", "02112345678", SenderKind.FIXED),
        ("+862112345678", "02112345678", SenderKind.FIXED),
        ("+86 10 61234567", "01061234567", SenderKind.FIXED),
        ("+8610690000000", "10690000000", SenderKind.OFFICIAL),
        ("+1 (202) 555-0123", "+12025550123", SenderKind.FOREIGN),
        ("0085291234567", "+85291234567", SenderKind.FOREIGN),
        ("小王", "", SenderKind.NAME),
        ("", "", SenderKind.NONE),
        ("  ", "", SenderKind.NONE),
        ("777", "777", SenderKind.OTHER_NUMBER),
    ],
)
def test_a_sender_is_known_for_what_it_is(sender: str, number: str, kind: SenderKind) -> None:
    assert number_of(sender) == number
    assert kind_of_sender(sender, registry=REGISTRY) is kind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "您 的 卡 积分 已 满 DIGIT 请 登录 URL 兑换",
            "您的卡积分已满10000，请登录 http://a.top/x 兑换！",
        ),
        ("请 致电 PHONE 办理", "请致电 13800138000 办理"),
        ("请 致电 CELLPHONE 办理", "请致电400-123-4567办理"),
        ("尊敬 的 NAME 您好", "尊敬的 您好"),
    ],
)
def test_messages_of_the_data_set_and_real_ones_have_one_form(one: str, other: str) -> None:
    assert form_of(one) == form_of(other)


def test_a_near_copy_has_nearly_the_same_fingerprint() -> None:
    text = "尊敬的用户您的电子密码器于今日失效请登录www.a.top升级给您带来不便敬请谅解"
    near = "尊敬的用户，您的电子密码器于明日失效，请登录 www.b.top 升级，给您带来不便敬请谅解"
    other = "周末一起去爬山吗早上九点在地铁口集合记得带水和外套不见不散哦"
    assert is_near(fingerprint(form_of(text)), fingerprint(form_of(near)))
    assert not is_near(fingerprint(form_of(text)), fingerprint(form_of(other)))
    assert fingerprint(form_of("太短")) == ""


@pytest.mark.parametrize(
    "written",
    ["", "a|", "~a", "a~99b", "a~b~c~d~e", "{nothing}", "，。", "a~，"],
)
def test_a_malformed_pattern_is_refused(written: str) -> None:
    with pytest.raises(SignalsError, match="here"):
        compile_pattern(written, {}, where="here")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("weight: 0.96", "weight: 1.5", "weight"),
        ("weight: 0.96", "weight: high", "weight"),
        ("grave: true", "grave: perhaps", "grave"),
        ("group: secret", "grup: secret", "group"),
        ('"{give}~10{code}"', '"{giv}~10{code}"', "giv"),
        ("forbid: [", "forbid: [no, ", "forbid"),
        ("signals:\n", "signale:\n", "signals"),
        ("version:", "version: [", "signals.yaml"),
    ],
)
def test_malformed_signals_are_named(tmp_path: Path, old: str, new: str, fault: str) -> None:
    text = SIGNALS_FILE.read_text("utf-8")
    assert old in text
    path = tmp_path / "signals.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(SignalsError) as error:
        load_signals(path)
    assert fault in error.value.message


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("others: {}", "bank"),
        ("bank: [1]", "bank"),
        ("bank: {numbers: [95500]}", "quotes"),
        ("bank: {numbers: ['abc']}", "abc"),
        ("bank: {phones: []}", "phones"),
        ("bank: {}\nothers: []\n# x: {", ""),
        ("{", "official"),
    ],
)
def test_a_malformed_registry_is_named(tmp_path: Path, written: str, fault: str) -> None:
    path = tmp_path / "official.yaml"
    path.write_text(written, "utf-8")
    if not fault:
        load_registry(path)
        return
    with pytest.raises(RegistryError) as error:
        load_registry(path)
    assert fault in error.value.message


def test_a_registry_that_is_not_there_is_said() -> None:
    with pytest.raises(RegistryError, match="cannot be read"):
        load_registry(Path("nowhere.yaml"))


@pytest.mark.parametrize(
    ("found", "written", "told"),
    [
        ("tellusthecode", "Please tell us  the code now", "tell us the code"),
        ("验证码", "请告知【验 证-码】", "验 证-码"),
        ("verifyyouraccount", "Verify\nyour account!", "Verify your account"),
        ("转账", "快 轉 賬", "轉 賬"),
        ("notthere", "nothing", "notthere"),
        ("straße", "STRASSE", "straße"),
    ],
)
def test_what_was_found_is_quoted_as_it_was_written(found: str, written: str, told: str) -> None:
    assert quoted(found, read(written).plain) == told


def test_quoting_takes_a_moment_whatever_stands_in_the_text() -> None:
    began = time.perf_counter()
    quoted("a" * 60, "a- " * 60_000)
    quoted("验证码" * 20, "验 " * 60_000)
    assert time.perf_counter() - began < 5.0
