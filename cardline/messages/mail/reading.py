"""An e-mail that came in, read for what it says; nothing in it is believed, run or fetched.

Whatever is malformed is read as far as it goes (RFC 5322, 2045, 2047, 2231, 3464, 3834). Pure.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy as policies
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import collapse_rfc2231_value, getaddresses

from cardline.messages.mail.addresses import parse_address
from cardline.messages.mail.html_text import text_of_html
from cardline.messages.mail.model import MailInPolicy

_MOST_BOUNDARIES = 64
"""Lines are held against every open boundary: more of them is no e-mail but an attack."""
_MOST_HEADER = 2000
_MOST_REFERENCES = 50
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,250})>")
_AUTOMATIC_SUBJECT = re.compile(
    r"^\s*(?:自动回复|自动答复|自動回覆|out of (?:the )?office"
    r"|auto(?:matic)?[- ]?(?:reply|response))",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CHARSETS = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk", "cp936", "hz-gb-2312"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5", "cp950"), "big5hkscs"),
}
_GUESSES = ("utf-8", "gb18030", "big5hkscs")


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says (RFC 3464): ``final`` where it will never arrive."""

    status: str
    final: bool

    @property
    def of_address(self) -> bool:
        """True where the mailbox itself is at fault (RFC 3463: 5.1.x, and 5.2.1: disabled)."""
        return self.final and (self.status.startswith("5.1.") or self.status == "5.2.1")


@dataclass(frozen=True, slots=True)
class ReadMail:
    """An e-mail, read. Ids are without brackets; ``files`` are as they were sent, not yet safe."""

    fingerprint: str
    message_id: str = ""
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    text: str = ""
    references: tuple[str, ...] = ()
    automatic: bool = False
    bounce: Bounce | None = None
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    cut: bool = False
    """There was more than is kept: characters, files or parts."""
    malformed: bool = False


def read_mail(raw: bytes, policy: MailInPolicy) -> ReadMail:
    """Read an e-mail; always returns something, whatever was sent."""
    _, _, body = raw.partition(b"\r\n\r\n")
    if raw.lower().count(b"boundary") > _MOST_BOUNDARIES:
        return _unreadable(raw, policy)
    try:
        message = BytesParser(policy=policies.compat32).parsebytes(raw)
        return _read(message, body, policy)
    except Exception:  # whatever a malformed e-mail does to the parser, its words are kept
        return _unreadable(raw, policy)


def _read(message: Message, body: bytes, policy: MailInPolicy) -> ReadMail:
    name, sender = _sender(message)
    message_id = next(iter(_ids(message, "Message-ID")), "")
    texts: list[str] = []
    files: list[tuple[str, bytes]] = []
    cut = False
    for place, part in enumerate(_leaves(message)):
        if place >= policy.parts:
            cut = True
            break
        said = _said(part)
        if said is not None:
            texts.append(said)
        elif len(files) < policy.files:
            files.append(_file(part))
        else:
            cut = True
    text = "\n\n".join(one.strip() for one in texts if one.strip())
    bounce = _bounce(message)
    return ReadMail(
        fingerprint=_fingerprint(message_id, _header(message, "Date"), sender, body),
        message_id=message_id,
        sender=sender,
        sender_name=name,
        subject=_header(message, "Subject"),
        text=text[: policy.characters],
        references=(
            *_ids(message, "In-Reply-To"),
            *_ids(message, "References")[-_MOST_REFERENCES:],
        ),
        automatic=_is_automatic(message),
        bounce=bounce,
        files=() if bounce else tuple(files),
        cut=cut or len(text) > policy.characters,
        malformed=bool(message.defects),
    )


def _unreadable(raw: bytes, policy: MailInPolicy) -> ReadMail:
    """Keep the words of what cannot be read as an e-mail."""
    text = _visible(decoded(raw[: 4 * policy.characters], ""))
    return ReadMail(
        fingerprint=hashlib.sha256(raw).hexdigest(),
        text=text[: policy.characters],
        cut=len(text) > policy.characters,
        malformed=True,
    )


def _fingerprint(message_id: str, date: str, sender: str, body: bytes) -> str:
    """Servers put lines on top of an e-mail; what they leave alone names it."""
    named = "\n".join((message_id, date, sender)).encode("utf-8", "replace")
    return hashlib.sha256(named + b"\n\n" + body).hexdigest()


# ---------------------------------------------------------------- headers


def _header(message: Message, name: str) -> str:
    """Return a header decoded, on one line; nothing where there is none."""
    values = _raw(message, name)
    return " ".join(_visible(_words(values[0])).split())[:_MOST_HEADER] if values else ""


def _raw(message: Message, name: str) -> list[str]:
    """Return a header as it was sent, at every place where it stands."""
    return [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]


def _words(value: str) -> str:
    if _eight_bit(value):
        return decoded(value.encode("utf-8", "surrogateescape"), "")
    try:
        pieces = decode_header(value)
    except (ValueError, UnicodeError, LookupError):
        return value
    return "".join(
        decoded(piece, charset or "") if isinstance(piece, bytes) else piece
        for piece, charset in pieces
    )


def _eight_bit(text: str) -> bool:
    return any("\udc80" <= one <= "\udcff" for one in text)


def _sender(message: Message) -> tuple[str, str]:
    values = [_ascii(one) for one in _raw(message, "From")[:1]]
    for name, address in getaddresses(values):
        parsed = parse_address(address)
        if parsed:
            return " ".join(_visible(_words(name)).split())[:200], parsed
    return "", ""


def _ascii(text: str) -> str:
    """Make characters of the bytes of another charset, so that a name is told from an address."""
    return decoded(text.encode("utf-8", "surrogateescape"), "") if _eight_bit(text) else text


def _ids(message: Message, name: str) -> list[str]:
    found = _raw(message, name)
    return [one for value in found for one in _MESSAGE_ID.findall(value[:20_000]) if one.isascii()]


def _is_automatic(message: Message) -> bool:
    """True for what no person wrote just now (RFC 3834, 2): it is never answered by a machine."""
    said = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        said not in ("", "no")
        or _header(message, "Precedence").lower() in ("bulk", "junk", "list", "auto_reply")
        or any(
            _raw(message, name)
            for name in ("List-Id", "X-Autoreply", "X-Autorespond", "X-Auto-Reply")
        )
        or _AUTOMATIC_SUBJECT.match(_header(message, "Subject")) is not None
    )


# ---------------------------------------------------------------- parts


def _leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that are no containers, in their order; of alternatives the plainest."""
    kind = message.get_content_type()
    if not message.is_multipart():
        yield message
        return
    parts = [one for one in message.get_payload() if isinstance(one, Message)]
    if kind == "message/rfc822":
        for one in parts:
            yield from _leaves(one)
        return
    if kind == "multipart/alternative":
        plain = next(
            (
                one
                for one in parts
                if one.get_content_type() == "text/plain" and (_said(one) or "").strip()
            ),
            None,
        )
        rest = [one for one in parts if not one.get_content_type().startswith("text/")]
        parts = [plain, *rest] if plain is not None else parts
    for one in parts:
        yield from _leaves(one)


def _said(part: Message) -> str | None:
    """Return the words of a part; ``None`` where it is a file."""
    kind = part.get_content_type()
    named = part.get_filename() is not None
    attached = str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")
    if kind not in ("text/plain", "text/html", "text/enriched") or named or attached:
        return None
    content = _content(part)
    said = decoded(content, str(part.get_param("charset", "") or ""))
    return _visible(text_of_html(said) if kind == "text/html" else said)


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, UnicodeError):
        content = None
    if isinstance(content, bytes):
        return content
    raw = part.get_payload()
    return str(raw).encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""


def _file(part: Message) -> tuple[str, bytes]:
    name = part.get_param("filename", None, "content-disposition") or part.get_param("name", "")
    plain = collapse_rfc2231_value(name) if isinstance(name, tuple) else str(name or "")
    return " ".join(_visible(_words(plain)).split())[:200], _content(part)


def decoded(content: bytes, charset: str) -> str:
    """Decode a text in the charset that it names, or in the first that fits; never fails."""
    named = _CHARSETS.get(charset.strip().lower(), charset.strip().lower())
    for one in (named, *_GUESSES):
        try:
            return content.decode(one) if one else content.decode("ascii")
        except (UnicodeError, LookupError, ValueError):
            continue
    return content.decode("utf-8", "replace")


def _visible(text: str) -> str:
    """Drop what no database takes and what no reader sees, such as marks that turn words round."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        one
        for one in plain
        if one in "\n\t"
        or not (
            one < " "
            or "\x7f" <= one <= "\x9f"
            or "\ud800" <= one <= "\udfff"
            or one in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
        )
    )


# ---------------------------------------------------------------- what came back


def _bounce(message: Message) -> Bounce | None:
    """Read a delivery report; ``None`` where it is none."""
    report = str(message.get_param("report-type", "") or "").lower()
    if message.get_content_type() != "multipart/report" or report != "delivery-status":
        return None
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.get_payload() if part.is_multipart() else [part]:
            if isinstance(block, Message) and block.get("Action"):
                status = _STATUS.search(str(block.get("Status", "")))
                failed = str(block.get("Action")).strip().lower() == "failed"
                return Bounce(status[1] if status else "", failed and _is_final(status))
    return Bounce("", final=False)


def bounce_in(text: str) -> Bounce:
    """Read what a server wrote that keeps to no form: the first status that stands in it."""
    status = _STATUS.search(text)
    return Bounce(status[1] if status else "", final=_is_final(status))


def _is_final(status: re.Match[str] | None) -> bool:
    return status is not None and status[1].startswith("5.")
