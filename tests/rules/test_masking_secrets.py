"""Secrets in free text are taken out, and ordinary numbers stay (row E5)."""

import re
from datetime import date

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cardline.core.masking import luhn_ok, mask_secrets

CARDS = ("6222021234567890128", "4111111111111111", "5555555555554444", "378282246310005")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")
TELEPHONE = str.maketrans("0123456789", "〇幺二三四五六七八九")
WRITINGS = (str.maketrans("", ""), FULL_WIDTH, SPOKEN, TELEPHONE)


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    """Digits of a card number: 13 to 19 with a right check digit."""
    head = draw(st.text("0123456789", min_size=11, max_size=17))
    body = draw(st.sampled_from("3456")) + head
    return body + next(digit for digit in "0123456789" if luhn_ok(body + digit))


@st.composite
def written(draw: st.DrawFn, digits: str) -> str:
    """The same digits as somebody may write them: in groups, full-width, in Chinese numerals."""
    size = draw(st.integers(1, 6))
    between = draw(st.sampled_from(["", " ", "-", "－", "　", " - ", "·", "_", "\u200b", "、"]))
    return between.join(digits[at : at + size] for at in range(0, len(digits), size)).translate(
        draw(st.sampled_from(WRITINGS))
    )


@given(data=st.data(), number=card_numbers())
def test_a_full_card_number_never_stays_however_it_is_written(
    data: st.DataObject, number: str
) -> None:
    text = data.draw(written(number))
    masked = mask_secrets(f"卡号是{text}，请看一下")
    assert masked.found[0] in ("card_number", "id_number")
    assert text not in masked.text
    assert len(re.findall(r"\d", masked.text)) <= 4
    assert masked.text.startswith("卡号是")
    assert masked.text.endswith("，请看一下")


@given(st.text("0123456789 -,.，*cv密码验证安全是:元尾号x/一二", max_size=60))
@example("4111 1111 1111 1111 1111 1111 1111 1111")
@example("密码密码123456 123456")
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask_secrets(text)
    again = mask_secrets(once.text)
    assert again.text == once.text
    assert again.found == ()


@given(st.text(max_size=80))
def test_text_without_a_finding_is_left_as_it_is(text: str) -> None:
    masked = mask_secrets(text)
    assert (masked.text == text) == (masked.found == ())


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(WRITINGS))
def test_a_mobile_number_stays(number: str, writing: dict[int, str]) -> None:
    for text in (
        f"请打{number.translate(writing)}找我",
        f"+86{number}",
        f"{number[:3]} {number[3:7]} {number[7:]}",
    ):
        assert mask_secrets(text).found == ()


@given(st.from_regex(r"[0-9]{10,12}", fullmatch=True))
def test_an_order_number_stays(number: str) -> None:
    assert mask_secrets(f"订单号{number}，还没到货").found == ()


@given(st.integers(0, 10**11), st.sampled_from(["{:,.2f}元", "￥{:.2f}", "{:.0f} yuan"]))
def test_an_amount_stays(amount: int, form: str) -> None:
    assert mask_secrets("消费 " + form.format(amount / 100)).found == ()


@given(
    st.dates(min_value=date(1900, 1, 1)),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m-%d 10:05"]),
)
def test_a_date_stays_even_beside_the_word_password(day: date, form: str) -> None:
    assert mask_secrets(f"密码于{format(day, form)}重置").found == ()


@given(st.from_regex(r"[0-9]{13,19}", fullmatch=True))
def test_a_long_number_with_a_wrong_check_digit_is_no_card(number: str) -> None:
    assume(not luhn_ok(number))
    assert "card_number" not in mask_secrets(f"流水号 {number}").found


@pytest.mark.parametrize("number", CARDS)
def test_the_last_four_digits_of_a_card_stay_for_people_to_know_it_by(number: str) -> None:
    assert mask_secrets(f"card {number}.").text == f"card **** **** **** {number[-4:]}."


@pytest.mark.parametrize(
    ("text", "masked", "found"),
    [
        ("CVV是123", "CVV是***", ("cvv",)),
        ("cvv2: 9 8 7", "cvv2: ***", ("cvv",)),
        ("安全码一二三", "安全码***", ("cvv",)),
        ("卡背面后三位是４５６", "卡背面后三位是***", ("cvv",)),
        ("123是安全码", "***是安全码", ("cvv",)),
        ("Card security code is 1234", "Card security code is ***", ("cvv",)),
        ("密码 739154", "密码 ***", ("password",)),
        ("我的查询密码是七三九一五四。", "我的查询密码是***。", ("password",)),
        ("my PIN is 4821", "my PIN is ***", ("password",)),
        ("password: hunter22!", "password: ***", ("password",)),
        ("密码我告诉你吧，739154", "密码我告诉你吧，***", ("password",)),
        ("验证码是834 921", "验证码是***", ("one_time_code",)),
        ("834921是验证码", "***是验证码", ("one_time_code",)),
        ("your one-time code is 834-921", "your one-time code is ***", ("one_time_code",)),
        ("动态密码 834921", "动态密码 ***", ("one_time_code",)),
        ("身份证11010519491231002X", "身份证***", ("id_number",)),
        ("110105 19491231 002x", "***", ("id_number",)),
        (
            "4111 1111 1111 1111 123 1228",
            "**** **** **** 1111 *** ***",
            ("card_number", "cvv", "cvv"),
        ),
        (
            "卡号4111111111111111，安全码123，密码654321",
            "卡号**** **** **** 1111，安全码***，密码***",
            ("card_number", "cvv", "password"),
        ),
    ],
)
def test_secrets_go_and_the_words_around_them_stay(
    text: str, masked: str, found: tuple[str, ...]
) -> None:
    done = mask_secrets(text)
    assert done.text == masked
    assert done.found == found


@pytest.mark.parametrize(
    "text",
    [
        "尾号1234的卡，安全码不要告诉别人",
        "安全码不要告诉任何人，金额100元",
        "安全码输错3次",
        "验证码发到13800138000了，五分钟内有效",
        "密码锁定，请明天20:00再打",
        "验证码5分钟内有效",
        "一共 123456 元，密码忘了",
        "忘记密码，手机尾号8000",
        "订单号 1234567890 和 1234567891",
        "2026年11月26日消费5,800.00元，还款日12月15日",
        "我等了一二十分钟，打了三四次",
        "95588 和 12378 都打过",
        "20261126204400",
        "the password was changed on 2026-11-26",
        "+86 138 0013 8000",
        "I pressed 1, 2, 3, 4 and 9",
    ],
)
def test_what_people_ordinarily_write_stays(text: str) -> None:
    assert mask_secrets(text).text == text
