"""How an e-mail is put together, and that whoever is named in it cannot add to it."""

import email
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardline.messages.mail.addresses import parse_address, same_address
from cardline.messages.mail.composing import (
    Composition,
    Enclosed,
    Letterhead,
    compose,
    marks_in,
    without_marks,
)

HEAD = Letterhead("信用卡中心", "service@card.bank.example", "您好！", "我行不会索要密码。")


def composed(**more: Any) -> bytes:
    given_ = {
        "head": HEAD,
        "to": "zhang@example.com",
        "subject": "关于您的来信",
        "paragraphs": ["第一段", "第二段\n换行"],
        "message_id": "abc.email-1@card.bank.example",
        "token": "0123456789",
        "language": "zh",
        "at": datetime(2026, 11, 27, tzinfo=UTC),
    } | more
    return compose(Composition(**given_))


def read(raw: bytes) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(raw, policy=default))


def test_it_is_seven_bit_plain_and_html_and_the_same_every_time() -> None:
    raw = composed()
    assert raw.isascii()
    assert raw == composed()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    message = read(raw)
    assert message["From"] == "信用卡中心 <service@card.bank.example>"
    assert message["Subject"] == "关于您的来信 [#0123456789]"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<abc.email-1@card.bank.example>"
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain
    assert html
    assert "第二段\n换行" in plain.get_content().replace("\r\n", "\n")
    assert "<p>第二段<br>换行</p>" in html.get_content()


def test_an_answer_names_what_it_answers_and_a_person_is_no_machine() -> None:
    message = read(composed(in_reply_to="x@a.b", references=("w@a.b",), automatic=False))
    assert message["In-Reply-To"] == "<x@a.b>"
    assert message["References"] == "<w@a.b> <x@a.b>"
    assert message["Auto-Submitted"] is None
    assert read(composed(in_reply_to="x@a.b"))["Auto-Submitted"] == "auto-replied"


def test_advertising_ends_by_one_click() -> None:
    message = read(composed(stop_url="https://card.bank.example/stop/0123456789"))
    assert message["List-Unsubscribe"] == "<https://card.bank.example/stop/0123456789>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read(composed())["List-Unsubscribe"] is None


def test_a_file_keeps_its_name_and_its_bytes() -> None:
    pdf = Enclosed("关于投诉的答复.pdf", "application/pdf", b"%PDF-1.7\x00\xff")
    (part,) = read(composed(enclosed=(pdf,))).iter_attachments()
    assert part.get_filename() == "关于投诉的答复.pdf"
    assert part.get_content() == pdf.content


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=80))
def test_no_words_become_a_header_or_markup(text: str, subject: str) -> None:
    hostile = "x\r\nBcc: all@bank.example\r\n\r\n"
    message = read(composed(subject=hostile + subject, paragraphs=[text + "<script>1</script>"]))
    assert message["Bcc"] is None
    assert message["To"] == "zhang@example.com"
    html = message.get_body(("html",))
    assert html
    assert "<script>" not in html.get_content()


def test_a_reference_is_found_in_whatever_people_make_of_a_subject() -> None:
    assert marks_in("答复: Re: 关于您的来信 [#0123456789] (外部)") == ("0123456789",)
    assert marks_in("[#short] [#0123456789a]") == ()
    assert without_marks("Re: 关于 [#0123456789] 来信") == "Re: 关于 来信"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Zhang.Wei@Example.COM", "Zhang.Wei@example.com"),
        (" a+b@x.cn ", "a+b@x.cn"),
        ("wei@例子.中国", "wei@xn--fsqu00a.xn--fiqs8s"),
        ("a@b", None),
        ("a b@c.d", None),
        ("a@b.c\r\nBcc: d@e.f", None),
        ('"a b"@c.de', None),
        ("a@[127.0.0.1]", None),
        ("a..b@c.de", None),
        ("@c.de", None),
        ("x" * 65 + "@c.de", None),
    ],
)
def test_addresses(text: str, address: str | None) -> None:
    assert parse_address(text) == address


def test_two_ways_of_writing_one_mailbox_are_the_same() -> None:
    assert same_address("Zhang@Example.com", "zhang@example.com")
    assert not same_address("zhang@example.com", "zhang@example.org")
    assert not same_address("nobody", "nobody")
