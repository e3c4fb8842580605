"""Which areas contribute to an evidence pack: each offers a read function of its own."""

from cardline.cards.corebank import CoreBank
from cardline.cards.packing import account_part
from cardline.complaints.packing import complaints_part
from cardline.desk.packing import interactions_part
from cardline.evidence.packs.model import Source
from cardline.evidence.packs.sources import sources
from cardline.evidence.sealing.recordings import Recordings
from cardline.messages.files import Files
from cardline.outreach.packing import permissions_part
from cardline.portal.packing import contacts_part
from cardline.portal.texts import Texts
from cardline.trust.packing import proofs_part


def pack_sources(
    *, texts: Texts, files: Files, recordings: Recordings, bank: CoreBank
) -> tuple[Source, ...]:
    """Return every source; a new area adds its line here and its title to ``sources.toml``."""
    return sources(
        {
            "contacts": contacts_part(texts, files),
            "interactions": interactions_part(recordings),
            "complaints": complaints_part,
            "account": account_part(bank),
            "proofs": proofs_part,
            "permissions": permissions_part,
        }
    )
