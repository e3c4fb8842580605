"""What conversations contribute to an evidence pack: their facts, journals and recordings (F2)."""

from collections.abc import Iterator

from cardline.core.errors import NotFound
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions import history, store
from cardline.desk.interactions.model import Interaction, Recording
from cardline.evidence.packs.model import PackFile, Part, Subject
from cardline.evidence.packs.sources import Read
from cardline.evidence.sealing.model import Unreadable
from cardline.evidence.sealing.recordings import OpenRecording, Recordings


def interactions_part(recordings: Recordings) -> Read:
    """Return how conversations are read for a pack; ``recordings``: where sound lies."""

    async def read(tx: Transaction, subject: Subject) -> Part:
        found = await of_subject(tx, subject)
        ids = [one.id for one in found]
        recorded = await history.recordings_of(tx, ids)
        return Part(
            records=tuple(_record(one, subject, recorded.get(one.id)) for one in found),
            files=tuple(
                _file(recordings, one) for one in recorded.values() if one.erased_at is None
            ),
            streams=tuple(ids),
        )

    return read


async def of_subject(tx: Transaction, subject: Subject) -> list[Interaction]:
    """Return the conversations that a pack is about, newest first."""
    if subject.interactions is None:
        if subject.holder is None:
            return []
        return await history.interactions_of(tx, holder=subject.holder, limit=subject.most)
    found = [await store.by_id(tx, one) for one in subject.interactions]
    return sorted(
        (one for one in found if one is not None), key=lambda one: one.opened_at, reverse=True
    )


def _record(one: Interaction, subject: Subject, recording: Recording | None) -> JsonObject:
    return {
        "id": one.id,
        "door": one.door,
        "from": one.from_number if one.from_number in subject.numbers else None,
        "to": one.to_number if not one.to_number.startswith("+") else None,
        "opened_at": one.opened_at.isoformat(),
        "answered_at": one.answered_at.isoformat() if one.answered_at else None,
        "closed_at": one.closed_at.isoformat() if one.closed_at else None,
        "outcome": one.outcome,
        "flow": one.flow_version,
        "continues": one.continues,
        "recording": _recorded(recording) if recording else None,
    }


def _recorded(one: Recording) -> JsonObject:
    return {"seconds": one.seconds, "bytes": one.bytes, "sha256": one.sha256, "gaps": one.gaps}


def _file(recordings: Recordings, one: Recording) -> PackFile:
    async def read(tx: Transaction) -> Iterator[bytes]:
        try:
            return _parts(await recordings.open(tx, one.path))
        except Unreadable as error:
            raise NotFound(error.message) from error

    minutes, seconds = divmod(round(one.seconds), 60)
    length = f"{minutes}:{seconds:02}"
    return PackFile(f"recordings/{one.interaction}.wav", one.interaction, read, length)


def _parts(recording: OpenRecording) -> Iterator[bytes]:
    with recording:
        yield from recording.parts()
