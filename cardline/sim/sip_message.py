"""SIP messages as text (RFC 3261 sections 7, 19 and 20), as much of them as a phone needs."""

import re
from dataclasses import dataclass, field

_COMPACT = {
    "i": "call-id",
    "m": "contact",
    "e": "content-encoding",
    "l": "content-length",
    "c": "content-type",
    "f": "from",
    "s": "subject",
    "k": "supported",
    "t": "to",
    "v": "via",
}
_LISTS = {"via", "route", "record-route", "contact", "allow", "supported", "require"}
_COMMA = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)(?![^<]*>)')
_URI = re.compile(
    r"sips?:(?:(?P<user>[^@;>\s]+)@)?(?P<host>\[[^\]]+\]|[^:;>?\s]+)(?::(?P<port>\d+))?", re.I
)
_ADDRESS = re.compile(r'^(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^<"]*))\s*<(?P<uri>[^>]*)>')


class BadMessage(ValueError):
    """What arrived is no SIP message."""


@dataclass(slots=True)
class Message:
    """A request (``method`` and ``uri``) or a response (``status`` and ``reason``)."""

    method: str = ""
    uri: str = ""
    status: int = 0
    reason: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    """In order; names as they were written."""
    body: bytes = b""

    @property
    def is_request(self) -> bool:
        return not self.status

    def all(self, name: str) -> list[str]:
        """Return every value of a header, split where it may be a list."""
        name = name.lower()
        values = [value for key, value in self.headers if key.lower() == name]
        if name not in _LISTS:
            return values
        return [part.strip() for value in values for part in _COMMA.split(value) if part.strip()]

    def get(self, name: str) -> str:
        """Return the first value of a header, or nothing."""
        values = self.all(name)
        return values[0] if values else ""

    def add(self, name: str, *values: str) -> None:
        self.headers.extend((name, value) for value in values)

    @property
    def call_id(self) -> str:
        return self.get("Call-ID")

    @property
    def sequence(self) -> int:
        number = self.get("CSeq").split(" ")[0]
        return int(number) if number.isdigit() else 0

    @property
    def sequence_method(self) -> str:
        return self.get("CSeq").rpartition(" ")[2]

    @property
    def branch(self) -> str:
        return parameter(self.get("Via"), "branch")

    @property
    def from_tag(self) -> str:
        return parameter(self.get("From"), "tag")

    @property
    def to_tag(self) -> str:
        return parameter(self.get("To"), "tag")

    def encode(self) -> bytes:
        """Return the message as it goes over the wire."""
        if self.is_request:
            lines = [f"{self.method} {self.uri} SIP/2.0"]
        else:
            lines = [f"SIP/2.0 {self.status} {self.reason}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def parse(datagram: bytes) -> Message:
    """Read one datagram. Raises ``BadMessage`` for what is none."""
    head, _, body = datagram.partition(b"\r\n\r\n")
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        raise BadMessage("not UTF-8") from error
    first, *lines = re.sub(r"\r\n[ \t]+", " ", text).split("\r\n")
    message = _first_line(first)
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise BadMessage("a header without a colon")
        name = name.strip()
        name = _COMPACT.get(name.lower(), name)
        if name.lower() == "content-length":
            body = body[: int(value)] if value.strip().isdigit() else body
        else:
            message.headers.append((name, value.strip()))
    message.body = body
    if not all(message.get(name) for name in ("Via", "From", "To", "Call-ID", "CSeq")):
        raise BadMessage("a header is missing")
    return message


def _first_line(line: str) -> Message:
    if line.startswith("SIP/2.0 "):
        _, status, *reason = line.split(" ", 2)
        if not re.fullmatch(r"[1-6]\d\d", status):
            raise BadMessage("a status that is none")
        return Message(status=int(status), reason=reason[0] if reason else "")
    method, _, rest = line.partition(" ")
    uri, _, version = rest.rpartition(" ")
    if version != "SIP/2.0" or not method.isalpha():
        raise BadMessage("neither request nor response")
    return Message(method=method, uri=uri)


def parameter(value: str, name: str) -> str:
    """Return a parameter of a header value: what follows ``;name=`` behind the address."""
    tail = value.rpartition(">")[2] if ">" in value else value
    match = re.search(rf";\s*{name}\s*(?:=\s*([^;,\s]+))?(?=[;,\s]|$)", tail, re.I)
    return (match.group(1) or "") if match else ""


def has_parameter(value: str, name: str) -> bool:
    return re.search(rf";\s*{name}(?=[=;,\s]|$)", value, re.I) is not None


def uri_of(address: str) -> str:
    """Return the URI of a From, To, Contact or Route value."""
    match = _ADDRESS.match(address)
    return match["uri"] if match else address.partition(";")[0].strip()


def name_of(address: str) -> str:
    """Return the display name of a From or To value."""
    match = _ADDRESS.match(address)
    if match is None:
        return ""
    return (match["quoted"] or match["plain"] or "").strip().replace('\\"', '"')


def user_of(uri: str) -> str:
    """Return the user part of a URI."""
    match = _URI.search(uri)
    return (match["user"] or "") if match else ""


def host_and_port(uri: str) -> tuple[str, int]:
    """Return where a URI points to. Raises ``BadMessage`` where nowhere."""
    match = _URI.search(uri)
    if match is None:
        raise BadMessage("not a SIP URI")
    return match["host"].strip("[]"), int(match["port"] or 5060)
