"""Reading what people text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.messages.commands import mask_text, read_command
from cardline.messages.model import SmsCommand


@pytest.mark.parametrize(
    ("text", "kind", "digits"),
    [
        ("GS#1234", "freeze", "1234"),
        ("gs 1234", "freeze", "1234"),
        ("ＧＳ＃１２３４", "freeze", "1234"),
        ("挂失1234", "freeze", "1234"),
        ("掛失 1234", "freeze", "1234"),
        (" 冻结 ", "freeze", ""),
        ("凍結", "freeze", ""),
        ("GS#全部", "freeze", "all"),
        ("gs#all", "freeze", "all"),
        ("1 4821", "make-final", "4821"),
        ("１４８２１", "make-final", "4821"),
        ("“14821”", "make-final", "4821"),
        ("2-4821", "object", "4821"),
        ("CZMM#123X", "reset-password", "123X"),
        ("czmm#123x", "reset-password", "123X"),
        ("重置密码1234", "reset-password", "1234"),
        ("重置查詢密碼#1234", "reset-password", "1234"),
        ("CZMM", "reset-password", ""),
        ("退订", "stop-marketing", ""),
        ("退訂。", "stop-marketing", ""),
        ("t", "stop-marketing", ""),
        ("ＴＤ", "stop-marketing", ""),
        ("Stop", "stop-marketing", ""),
        ("核实", "verify", ""),
        ("核實 13800138000", "verify", "13800138000"),
        ("核实电话：021-6000 0000", "verify", "02160000000"),
        ("verify +86 95500", "verify", "8695500"),
        ("hs#95500", "verify", "95500"),
        ("？", "help", ""),
        ("帮助", "help", ""),
        ("", "unknown", ""),
        ("你好", "unknown", ""),
        ("GS#12", "unknown", ""),
        ("请不要挂失1234", "unknown", ""),
        ("我的密码是482915", "unknown", ""),
        ("3 4821", "unknown", ""),
        ("核实12", "unknown", ""),
    ],
)
def test_a_text_is_read_whatever_its_width_case_script_or_noise(
    text: str, kind: str, digits: str
) -> None:
    assert read_command(text) == SmsCommand(kind, digits)  # type: ignore[arg-type]


@given(st.text(max_size=600))
def test_no_text_is_an_error_and_no_long_number_is_kept(text: str) -> None:
    read_command(text)
    kept = mask_text(text)
    run = 0
    for ch in kept:
        run = run + 1 if ch.isdecimal() else 0
        assert run < 4
    assert len(kept) <= 500


def test_a_password_or_card_number_in_a_text_is_not_kept() -> None:
    assert mask_text("密码482915 卡号6222 0212 3456 7890") == "密码**** 卡号****"
