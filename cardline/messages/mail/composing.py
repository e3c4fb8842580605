"""How an e-mail is put together: headers, plain text, the same as simple HTML (RFC 5322, 2045).

Everything is 7-bit, so that no relay has to write it anew and a DKIM signature holds.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from cardline.cards.model import Language

_SEVEN_BIT = SMTP.clone(cte_type="7bit", max_line_length=76)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: the name and address in From, and what stands around every text."""

    name: str
    address: str
    greeting: str
    never: str


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes along."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Composition:
    """All that an e-mail consists of. Message-IDs are without their brackets.

    ``automatic``: no person wrote it (RFC 3834): ``auto-generated``, or ``auto-replied`` where it
    answers one that came in. ``stop_url``: where one click ends such e-mails (RFC 8058).
    """

    head: Letterhead
    to: str
    subject: str
    paragraphs: Sequence[str]
    message_id: str
    token: str
    language: Language
    at: datetime
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    automatic: bool = True
    stop_url: str = ""
    enclosed: tuple[Enclosed, ...] = ()


def compose(mail: Composition) -> bytes:
    """Return the whole e-mail with CRLF; the same composition gives the same bytes."""
    message = EmailMessage(policy=_SEVEN_BIT)
    local, _, domain = mail.head.address.rpartition("@")
    message["From"] = Address(_one_line(mail.head.name), local, domain)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = f"{_one_line(mail.subject)} {mark(mail.token)}"
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = f"<{mail.message_id}>"
    if mail.in_reply_to:
        message["In-Reply-To"] = f"<{mail.in_reply_to}>"
        before = dict.fromkeys((*mail.references, mail.in_reply_to))
        message["References"] = " ".join(f"<{one}>" for one in before)
    if mail.automatic:
        message["Auto-Submitted"] = "auto-replied" if mail.in_reply_to else "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    if mail.stop_url:
        message["List-Unsubscribe"] = f"<{mail.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Content-Language"] = "zh-CN" if mail.language == "zh" else "en-GB"
    parts = (mail.head.greeting, *mail.paragraphs, mail.head.name)
    plain = "\n\n".join(parts) + f"\n\n-- \n{mail.head.never}\n"
    message.set_content(plain, cte="base64")
    message.add_alternative(_page(mail, parts), subtype="html", cte="base64")
    for one in mail.enclosed:
        kind, _, subtype = one.media_type.partition("/")
        message.add_attachment(
            one.content, maintype=kind, subtype=subtype.partition(";")[0], filename=one.name
        )
    _name_the_boundaries(message, mail.token)
    return message.as_bytes()


def mark(token: str) -> str:
    """Return how a reference stands in a subject, so that an answer without headers is found."""
    return f"[#{token}]"


_MARK = re.compile(r"\[#([0-9a-z]{10})\]")


def marks_in(subject: str) -> tuple[str, ...]:
    """Return the references in a subject, in their order."""
    return tuple(_MARK.findall(subject))


def without_marks(subject: str) -> str:
    """Return a subject without our references."""
    return " ".join(_MARK.sub(" ", subject).split())


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _page(mail: Composition, parts: Sequence[str]) -> str:
    said = "".join(f"<p>{'<br>'.join(html.escape(part).splitlines())}</p>" for part in parts)
    lang = "zh-CN" if mail.language == "zh" else "en-GB"
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        f"<title>{html.escape(_one_line(mail.subject))}</title></head>"
        '<body style="margin:0;padding:24px;font:16px/1.7 sans-serif;color:#1c2733">'
        f'<div style="max-width:640px">{said}'
        '<p style="margin-top:32px;padding-top:12px;border-top:1px solid #d5dce1;font-size:13px;'
        f'color:#5b6875">{html.escape(mail.head.never)}</p></div></body></html>\n'
    )


def _name_the_boundaries(message: EmailMessage, token: str) -> None:
    """Give every multipart a boundary of ours: a second try is the very same e-mail."""
    for place, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{token}_{place}")
