"""E-mail as the world has it: a real server for what leaves, a real client at our door."""

import email
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from itertools import count
from types import TracebackType
from typing import Any, Self

import aiosmtplib
from aiosmtpd.controller import Controller

from tests.journeys.program import Program, until

COMPLAINTS = "complaints@card.bank.example"
SERVICE = "service@card.bank.example"
SECONDS = 30.0
_NUMBER = count(1)


@dataclass(frozen=True)
class Received:
    """An e-mail of the bank, as the server of its recipient took it."""

    envelope: str
    to: str
    message: EmailMessage

    @property
    def text(self) -> str:
        """What it says."""
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content())


class PostOffice:
    """Takes whatever the program sends, and brings it what people write."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.received: list[Received] = []
        host, _, port = program.environment["CARDLINE_MAIL_RELAY"].partition(":")
        self._server = Controller(self, hostname=host, port=int(port))

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = email.message_from_bytes(envelope.original_content, policy=default)
        assert isinstance(message, EmailMessage)
        for to in envelope.rcpt_tos:
            self.received.append(Received(envelope.mail_from, to, message))
        return "250 2.0.0 taken"

    def to(self, address: str) -> list[Received]:
        """Return what somebody got so far."""
        return [one for one in self.received if one.to == address]

    async def next_to(self, address: str, *, already: int = 0) -> Received:
        """Wait until somebody has got more than ``already``; return the first of these."""
        await until(
            lambda: len(self.to(address)) > already, within=SECONDS, what=f"e-mail to {address}"
        )
        return self.to(address)[already]

    async def bring(self, message: EmailMessage | bytes, *, to: str, sender: str) -> None:
        """Deliver to the program's own door, as the bank's mail server does."""
        host, _, port = self.program.environment["CARDLINE_MAIL_IN"].partition(":")
        raw = message if isinstance(message, bytes) else message.as_bytes()
        async with aiosmtplib.SMTP(
            hostname=host, port=int(port), start_tls=False, timeout=60
        ) as client:
            await client.sendmail(sender, [to], raw)

    async def write(
        self,
        text: str,
        *,
        sender: str,
        to: str = COMPLAINTS,
        subject: str = "投诉",
        files: tuple[tuple[str, str, bytes], ...] = (),
        **headers: str,
    ) -> str:
        """Write to the bank; returns the Message-ID."""
        message = EmailMessage()
        name = f"<{next(_NUMBER)}.{sender}>"
        given = {"From": sender, "To": to, "Subject": subject, "Message-ID": name}
        for header, value in (given | {k.replace("_", "-"): v for k, v in headers.items()}).items():
            message[header] = value
        message.set_content(text)
        for file, kind, content in files:
            message.add_attachment(
                content, maintype=kind.partition("/")[0], subtype=kind.partition("/")[2],
                filename=file,
            )  # fmt: skip
        await self.bring(message, to=to, sender=sender)
        return name

    async def cannot_deliver(self, mail: Received, *, status: str = "5.1.1") -> None:
        """Tell the bank that the mailbox of an e-mail of theirs takes nothing (RFC 3464)."""
        raw = (
            "From: MAILER-DAEMON@elsewhere.example\r\n"
            f"Message-ID: <{next(_NUMBER)}.bounce@elsewhere.example>\r\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            "Reporting-MTA: dns; elsewhere.example\r\n\r\n"
            f"Final-Recipient: rfc822; {mail.to}\r\nAction: failed\r\nStatus: {status}\r\n\r\n"
            "--b--\r\n"
        )
        await self.bring(raw.encode(), to=mail.envelope, sender="")
