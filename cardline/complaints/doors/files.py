"""Evidence that comes with a complaint, and texts as they may be kept."""

from collections.abc import Sequence
from datetime import datetime

from cardline.complaints.doors.config import DoorConfig
from cardline.core.actor import Actor
from cardline.core.ids import InteractionId
from cardline.core.masking import mask_secrets
from cardline.core.transaction import Transaction
from cardline.messages import files as file_actions
from cardline.messages.file_model import StoredFile
from cardline.portal.keeping import SafeFile
from cardline.portal.rules import clean_text


async def keep_files(
    tx: Transaction,
    interaction: InteractionId,
    given: Sequence[SafeFile],
    *,
    config: DoorConfig,
    by: Actor,
    at: datetime,
) -> tuple[str, ...]:
    """Keep files beside an interaction; returns their ids."""
    kept: list[StoredFile] = []
    for one in given:
        kept.append(  # noqa: PERF401 - one after the other: they share a transaction
            await file_actions.keep(
                tx,
                config.files,
                one.cleaned,
                scanned=one.scanned,
                owner=interaction,
                stream=interaction,
                by=by,
                at=at,
            )
        )
    return tuple(one.id for one in kept)


def masked(typed: str) -> str:
    """Return a text as it may be kept: no secrets, no characters that nobody types."""
    return mask_secrets(clean_text(typed)).text
