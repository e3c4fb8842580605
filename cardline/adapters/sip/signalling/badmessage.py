"""Datagrams that the stack cannot read: which are no SIP at all, and what becomes of the others.

The stack drops a malformed request; RFC 3261 (21.4.1) and RFC 4475 want 400, or it taken as meant.
"""

import re

_REQUEST = re.compile(
    rb"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}[ \t]+([^\r\n]{1,2048}?)[ \t]+SIP/(\d\.\d)[ \t]*\r?\n"
)
_RESPONSE = b"SIP/2.0 "
_COPIED = {
    b"via": b"Via",
    b"v": b"Via",
    b"from": b"From",
    b"f": b"From",
    b"to": b"To",
    b"t": b"To",
    b"call-id": b"Call-ID",
    b"i": b"Call-ID",
    b"cseq": b"CSeq",
}
_VIA = (b"via", b"v")
_LENGTH = re.compile(rb"\r\n(?i:content-length|l)[ \t]*:[ \t]*(\d+)")
_LONGEST = 65_000


def judge(data: bytes) -> int | None:
    """Return ``None`` where the stack should try, else the status that refuses the datagram.

    Status 0 refuses without an answer: no SIP, or a broken response.
    """
    if data.startswith(_RESPONSE):
        return None if _is_text(data) else 0
    line = _REQUEST.match(data)
    if line is None:
        return 400 if b" SIP/2.0" in data[:2100].partition(b"\n")[0] else 0
    if line[2] != b"2.0":
        return 505
    if not _is_text(data):
        return 400
    head = data.partition(b"\r\n\r\n")[0]
    return 400 if len(set(_LENGTH.findall(head))) > 1 else None


def tidy(data: bytes) -> bytes:
    """Take out the white space that RFC 3261 allows around separators and the stack trips over."""
    head, blank, body = data.partition(b"\r\n\r\n")
    first, *lines = re.sub(rb"\r\n[ \t]+", b" ", head).rstrip(b"\r\n").split(b"\r\n")
    tidied = [first]
    for line in lines:
        name, _, value = line.partition(b":")
        parts = re.split(rb'("(?:[^"\\]|\\.)*")', value.strip())
        around = (
            rb"[ \t]*([;=,/])[ \t]*" if name.strip().lower() in _VIA else rb"[ \t]*([;=])[ \t]*"
        )
        parts[::2] = [re.sub(rb"(;)+", rb";", re.sub(around, rb"\1", part)) for part in parts[::2]]
        tidied.append(name.strip() + b": " + b"".join(parts))
    return b"\r\n".join(tidied) + blank + body


def answer(data: bytes, status: int, reason: str) -> bytes | None:
    """Return a response to a request, made of the headers that it copies, as far as they are there.

    ``None`` where no answer is due: an ACK, a response, or nobody knows to whom.
    """
    if status == 0 or data.startswith(_RESPONSE) or data[:4] == b"ACK ":
        return None
    head = data[:_LONGEST].partition(b"\r\n\r\n")[0]
    unfolded = re.sub(rb"\r?\n[ \t]+", b" ", head)
    copied: list[bytes] = []
    seen: set[bytes] = set()
    for line in unfolded.splitlines()[1:]:
        name, _, value = line.partition(b":")
        full = _COPIED.get(name.strip().lower())
        if full is None or (full in seen and full != b"Via"):
            continue
        seen.add(full)
        copied.append(full + b": " + value.strip())
    if b"Via" not in seen:
        return None
    first = f"SIP/2.0 {status} {reason}".encode()
    return b"\r\n".join([first, *copied, b"Content-Length: 0", b"", b""])


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
