"""Who asks for a secret, and who only speaks of one (row E5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.asking import asks_for_secret


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("请告诉我您的CVV", ("cvv",)),
        ("把验证码发给我", ("one_time_code",)),
        ("what's your one-time code", ("one_time_code",)),
        ("What’s your one-time code?", ("one_time_code",)),
        ("麻烦您提供一下卡片背面的三位数字", ("cvv",)),
        ("请问您的查询密码是多少？", ("password",)),
        ("您收到的短信验证码，请发给我", ("one_time_code",)),
        ("请告诉我：您的卡号", ("card_number",)),
        ("请把卡号和有效期报给我", ("card_number", "expiry")),
        ("请拍一张照片给我看卡号，拍照发过来", ("card_number",)),
        ("不要着急，请告诉我验证码", ("one_time_code",)),
        ("请不要挂断并告诉我您的验证码", ("one_time_code",)),
        ("我们不会泄露。把密码念一下", ("password",)),
        ("請把驗證碼發給我", ("one_time_code",)),
        ("请告诉我您的 Ｃ Ｖ Ｖ", ("cvv",)),
        ("把 验 证 码 发 给 我", ("one_time_code",)),
        ("验\u200b证码发我", ("one_time_code",)),
        ("Please read out the security code on the back", ("cvv",)),
        ("Could I have the three digits on the back?", ("cvv",)),
        ("I need your PIN to go on", ("password",)),
        ("Don't hang up and tell me your password", ("password",)),
        ("You got a verification code, please send it to me now", ("one_time_code",)),
        ("Can you type the 16 digits here?", ("card_number",)),
        ("When does it expire? Tell me the expiry date.", ("expiry",)),
        ("给我 o.t.p", ("one_time_code",)),
    ],
)
def test_asking_is_noticed(text: str, kinds: tuple[str, ...]) -> None:
    assert asks_for_secret(text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "您好，请问有什么可以帮您？",
        "请勿告诉任何人验证码",
        "请不要将您收到的短信验证码告诉任何人。",
        "我行工作人员绝不会请您提供密码或验证码",
        "任何自称银行的人要您提供验证码，都是诈骗",
        "请告诉我您的卡号后四位",
        "请提供证件号码后四位",
        "请在听到语音提示后用按键输入查询密码",
        "请您登录手机银行输入验证码",
        "您是想重置查询密码吗？请告诉我",
        "请告诉我您是否忘记了查询密码",
        "验证码收到了吗？",
        "您的密码是什么时候修改的？",
        "请勿泄露验证码，请告诉我您的姓名",
        "Never share your password with anyone.",
        "We will never ask you to tell us the code",
        "Please don't send me your card number",
        "Please tell me the last four digits of your card number",
        "Please enter your password on the keypad",
        "What is your post code?",
        "Do you want to reset your password? Tell me.",
        "The holder forgot the query password",
    ],
)
def test_speaking_of_secrets_is_not_asking(text: str) -> None:
    assert asks_for_secret(text) == ()


@given(st.text(max_size=300))
def test_any_text_is_judged(text: str) -> None:
    assert set(asks_for_secret(text)) <= {
        "card_number",
        "cvv",
        "expiry",
        "one_time_code",
        "password",
    }


@given(
    st.sampled_from(["您好。", "Thank you. ", "稍等！", ""]),
    st.sampled_from(["谢谢。", " Thanks!", ""]),
)
def test_what_stands_around_it_hides_nothing(before: str, after: str) -> None:
    assert asks_for_secret(f"{before}请把验证码发给我。{after}") == ("one_time_code",)
