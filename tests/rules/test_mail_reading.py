"""E-mails as they come in: whatever was sent, its words are read and nothing in it is believed."""

import base64
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardline.core.policy import load_area
from cardline.messages.mail.html_text import text_of_html
from cardline.messages.mail.policy import mail_policy
from cardline.messages.mail.reading import bounce_in, read_mail

POLICY = mail_policy(load_area("mail"))


def made(text: str = "您好", **headers: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    named = {"From": "张伟 <Zhang@Example.com>", "Subject": "账单问题", "Message-ID": "<a@b.c>"}
    for name, value in (named | {k.replace("_", "-"): v for k, v in headers.items()}).items():
        message[name] = value
    message.set_content(text)
    return message


def lines(*head: str, body: str | bytes = "") -> bytes:
    content = body.encode() if isinstance(body, str) else body
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + content


def test_an_ordinary_email() -> None:
    read = read_mail(made(In_Reply_To="<x@y.z>", References="<w@y.z> <x@y.z>").as_bytes(), POLICY)
    assert (read.sender, read.sender_name) == ("Zhang@example.com", "张伟")
    assert (read.subject, read.text.strip()) == ("账单问题", "您好")
    assert read.references == ("x@y.z", "w@y.z", "x@y.z")
    assert (read.automatic, read.bounce, read.cut, read.malformed) == (False, None, False, False)


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        ("gb2312", "我的卡被盗刷了，请尽快处理"),
        ("GB18030", "䶮先生的账单"),
        ("big5", "我的信用卡帳單有誤"),
        ("utf-8", "漢字 and 简体 😀"),
        ("iso-8859-1", "café"),
        ("no-such-charset", "不认识的字符集"),
        ("", "没有说明字符集的邮件"),
    ],
)
@pytest.mark.parametrize("how", ["8bit", "base64"])
def test_words_in_every_charset_and_encoding(charset: str, words: str, how: str) -> None:
    codec = {"no-such-charset": "utf-8", "": "gb18030"}.get(charset, charset)
    content = words.encode(codec)
    sent = base64.encodebytes(content) if how == "base64" else content
    raw = lines(
        "From: a@b.cn",
        f"Subject: =?{charset or 'gb18030'}?B?{base64.b64encode(content).decode()}?=",
        f"Content-Type: text/plain; charset={charset or 'unknown-8bit'}",
        f"Content-Transfer-Encoding: {how}",
        body=sent,
    )
    read = read_mail(raw, POLICY)
    assert read.text.strip() == words
    assert read.subject == words


def test_a_subject_in_bare_bytes_is_read_all_the_same() -> None:
    raw = b"From: a@b.cn\r\nSubject: " + "账单".encode("gb18030") + b"\r\n\r\n" + b"x"
    assert read_mail(raw, POLICY).subject == "账单"


def test_of_alternatives_the_plain_one_and_of_html_the_words_alone() -> None:
    message = made("纯文本")
    message.add_alternative("<p>网页</p>", subtype="html")
    assert read_mail(message.as_bytes(), POLICY).text.strip() == "纯文本"
    page = (
        "<html><head><title>t</title><style>p{}</style></head><body><p>您好&nbsp;&amp;谢谢</p>"
        '<script>alert(1)</script><div>第二行<br>第三行</div><a href="https://evil.example">点这里</a>'
        "<img src=x onerror=alert(1)><td>a</td><td>b</td>"
    )
    message = EmailMessage(policy=SMTP)
    message["From"] = "a@b.cn"
    message.set_content(page, subtype="html")
    said = read_mail(message.as_bytes(), POLICY).text
    assert said == "您好 &谢谢\n\n第二行\n第三行\n点这里 a b"


def test_html_that_never_ends_is_read_to_its_end() -> None:
    assert text_of_html("<div>" * 20_000 + "x") == "x"
    assert text_of_html("<script><p>hidden") == ""
    assert text_of_html("a<!-- b -->c<![CDATA[d]]>") in ("ac", "acd", "acd]]>")


def test_files_keep_their_names_in_whatever_way_they_are_written() -> None:
    message = made()
    for name in ("收据.pdf", "plain.jpg"):
        message.add_attachment(b"%PDF-1", maintype="application", subtype="pdf", filename=name)
    raw = message.as_bytes().replace(
        b'filename="plain.jpg"', b'filename="=?gb18030?B?1cW1pS5wbmc=?="'
    )
    read = read_mail(raw, POLICY)
    assert [name for name, _ in read.files] == ["收据.pdf", "张单.png"]
    assert read.files[0][1] == b"%PDF-1"


def test_an_email_within_an_email_is_read_with_it() -> None:
    inner = made("里面的话", Subject="转发的")
    outer = made("外面的话")
    outer.add_attachment(inner)
    said = read_mail(outer.as_bytes(), POLICY).text
    assert "外面的话" in said
    assert "里面的话" in said


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; x=y"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.example>"},
        {"X_Autoreply": "yes"},
        {"Subject": "自动回复: 账单"},
        {"Subject": "Out of Office: bill"},
        {"Subject": "Automatic reply: bill"},
    ],
)
def test_what_a_machine_wrote_is_known(headers: dict[str, str]) -> None:
    assert read_mail(made(**headers).as_bytes(), POLICY).automatic
    assert not read_mail(made(Auto_Submitted="no").as_bytes(), POLICY).automatic


def report(action: str, status: str) -> bytes:
    return lines(
        "From: MAILER-DAEMON@relay.example",
        "Subject: Undelivered Mail Returned to Sender",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        body=(
            "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            "Reporting-MTA: dns; relay.example\r\n\r\n"
            "Final-Recipient: rfc822; zhang@example.com\r\n"
            f"Action: {action}\r\nStatus: {status}\r\n\r\n"
            "--b--\r\n"
        ),
    )


@pytest.mark.parametrize(
    ("action", "status", "final", "of_address"),
    [
        ("failed", "5.1.1", True, True),
        ("failed", "5.2.1", True, True),
        ("failed", "5.2.2 (mailbox full)", True, False),
        ("failed", "5.7.1", True, False),
        ("failed", "4.4.1", False, False),
        ("delayed", "4.4.1", False, False),
        ("delivered", "2.0.0", False, False),
    ],
)
def test_delivery_reports(action: str, status: str, final: bool, of_address: bool) -> None:
    bounce = read_mail(report(action, status), POLICY).bounce
    assert bounce
    assert (bounce.final, bounce.of_address) == (final, of_address)


def test_a_bounce_in_words_of_its_own() -> None:
    assert bounce_in("host said: 550 5.1.1 no such user").of_address
    assert not bounce_in("version 10.5.1.1 of our software").final
    assert not bounce_in("please wait").final


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"\x00\xff\xfe",
        b"no header at all",
        b"From: <<<>>>@@@\r\nSubject: =?x?Q?=\r\nMessage-ID: <<\r\n\r\nwords",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/mixed",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!not base64!!!",
        b"Content-Type: text/plain; charset=\xff\r\n\r\nwords",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=a\r\n\r\n--a--",
        b"From: =?utf-8?B?" + b"A" * 5000 + b"?= <a@b.cn>\r\n\r\nx",
    ],
)
def test_malformed_emails_are_read_as_far_as_they_go(raw: bytes) -> None:
    read = read_mail(raw, POLICY)
    assert read.fingerprint
    assert len(read.text) <= POLICY.characters


def test_parts_without_end_are_no_attack() -> None:
    nested = b"From: a@b.cn\r\n"
    for depth in range(3000):
        nested += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth)
    assert read_mail(nested + b"\r\nwords" * 1000, POLICY).malformed
    message = made()
    for place in range(POLICY.parts + 20):
        message.add_attachment(b"x", maintype="a", subtype="b", filename=f"{place}.bin")
    read = read_mail(message.as_bytes(), POLICY)
    assert len(read.files) == POLICY.files
    assert read.cut


def test_a_second_delivery_has_the_same_name_whatever_servers_put_on_top() -> None:
    raw = made(Date="Fri, 27 Nov 2026 03:00:00 +0000").as_bytes()
    other = b"Received: from x by y; Fri, 27 Nov 2026 04:00:00 +0000\r\n" + raw
    assert read_mail(raw, POLICY).fingerprint == read_mail(other, POLICY).fingerprint
    assert read_mail(raw + b"x", POLICY).fingerprint != read_mail(raw, POLICY).fingerprint


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from(["text/html", "text/plain", "multipart/mixed; boundary=x"]),
)
def test_no_bytes_bring_the_reader_down(body: bytes, kind: str) -> None:
    read = read_mail(b"From: a@b.cn\r\nContent-Type: " + kind.encode() + b"\r\n\r\n" + body, POLICY)
    assert "\x00" not in read.text + read.subject + read.sender_name
    (read.text + read.subject).encode()  # no half of a character
