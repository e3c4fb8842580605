"""SQL of what was sent and received by e-mail, letter and the app, for evidence packs."""

from collections.abc import Sequence
from typing import Any

from psycopg.rows import class_row, dict_row

from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.messages.packing_model import ReceivedPost, SentPost


async def sent(
    tx: Transaction, *, holder: HolderId | None, streams: Sequence[str], limit: int
) -> list[SentPost]:
    """Return what was to leave for a holder, or within these streams, newest first.

    ``holder`` ``None``: by the streams alone. Texts are those whose secrets are masked for good.
    """
    cursor = tx.connection.cursor(row_factory=dict_row)
    await cursor.execute(
        """
        SELECT * FROM (
            SELECT 'email' AS way, id, stream, holder, at, subject, text, address, purpose, state,
                reasons, sent_at AS handed_at, message_id AS reference, '' AS carrier,
                '' AS posting, NULL::timestamptz AS posted_at, bounced_at AS returned_at,
                fault AS why, attachments AS files, NULL AS printed
            FROM mail_outbox
            UNION ALL
            SELECT 'letter', id, stream, holder, at, coalesce(content->>'subject', ''),
                coalesce((
                    SELECT string_agg(told, E'\\n\\n')
                    FROM jsonb_array_elements_text(content->'paragraphs') AS told
                ), ''),
                address, purpose, state, reasons, sent_at, number, coalesce(carrier, ''),
                coalesce(posting, ''), posted_at, returned_at, coalesce(return_reason, fault),
                enclosures, file
            FROM letter
            UNION ALL
            SELECT 'app', id, stream, holder, at, subject, text, account, purpose, state,
                reasons, sent_at, coalesce(gateway_id, ''), '', '', NULL, NULL, fault, '[]', NULL
            FROM app_outbox
        ) AS post
        WHERE holder = %(holder)s OR stream = ANY(%(streams)s)
        ORDER BY at DESC, id DESC LIMIT %(limit)s
        """,
        {"holder": holder, "streams": list(streams), "limit": limit},
    )
    return [_sent(row) for row in await cursor.fetchall()]


async def received(tx: Transaction, interactions: Sequence[str]) -> list[ReceivedPost]:
    """Return what came in within these interactions, newest first."""
    cursor = tx.connection.cursor(row_factory=class_row(ReceivedPost))
    await cursor.execute(
        """
        SELECT * FROM (
            SELECT 'email' AS way, id, interaction, at, subject, text, sender,
                message_id AS reference, jsonb_array_length(refused) AS refused
            FROM mail_in
            UNION ALL
            SELECT 'letter', id, interaction, at, subject, '', sender, posting, 0 FROM letter_in
            UNION ALL
            SELECT 'app', message, interaction, at, '', text, account, message, 0 FROM app_in
        ) AS post
        WHERE interaction = ANY(%s) ORDER BY at DESC, id DESC
        """,
        (list(interactions),),
    )
    return await cursor.fetchall()


def _sent(row: dict[str, Any]) -> SentPost:
    files = tuple((one["id"], one["owner"], one["name"]) for one in row.pop("files"))
    del row["holder"]
    return SentPost(**row | {"reasons": tuple(_code(one) for one in row["reasons"])}, files=files)


def _code(reason: Any) -> str:
    return str(reason["code"] if isinstance(reason, dict) else reason)
