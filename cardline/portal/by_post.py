"""E-mails and letters among a holder's contacts, those of ours and theirs (rows A5, A7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.messages import history
from cardline.portal.model import Contact, Told


@dataclass(frozen=True, slots=True)
class Posted:
    """What somebody wrote by e-mail or letter; the text of a letter stands in its scans."""

    at: datetime
    subject: str
    text: str


async def posted_to(tx: Transaction, *, holder: HolderId, most: int) -> list[Contact]:
    """Return the e-mails and letters of ours to a holder, newest first of each."""
    mails = [
        Contact(
            id=one.id,
            door="email-out",
            at=one.at,
            ended_at=one.sent_at,
            subject=one.subject,
            outcome=f"email-{one.state.value}",
            story=(Told(one.at, "bank", text=one.text),),
        )
        for one in await history.mails_to(tx, holder=holder, limit=most)
    ]
    letters = [
        Contact(
            id=letter.id,
            door="letter-out",
            at=letter.at,
            ended_at=letter.posted_at,
            subject=str(content["subject"]),
            outcome=f"letter-{letter.state.value}",
            story=(
                Told(letter.at, "bank", text="\n\n".join([letter.number, *content["paragraphs"]])),
            ),
        )
        for letter, content in await history.letters_to(tx, holder=holder, limit=most)
    ]
    return [*mails, *letters]


async def posted_in(tx: Transaction, interactions: Sequence[str]) -> dict[str, list[Posted]]:
    """Return what people wrote by e-mail or letter, by interaction; who asks knows whose it is."""
    found: dict[str, list[Posted]] = {}
    for interaction, mails in (await history.mails_in(tx, interactions)).items():
        found[interaction] = [Posted(one.at, one.subject, one.text) for one in mails]
    for interaction, scan in (await history.scans_in(tx, interactions)).items():
        found[interaction] = [Posted(scan.at, scan.subject, scan.subject)]
    return found
