"""The numbers of the holder's pages as types, checked on loading."""

from datetime import timedelta

from cardline.core.policy import AreaPolicy, PolicyError
from cardline.portal.model import PortalPolicy


def portal_policy(area: AreaPolicy, *, proof_lasts: timedelta) -> PortalPolicy:
    """Read the pack's ``portal`` area.

    Raises :class:`PolicyError` where an entry is missing, or where a session would outlive the
    proof with which it was opened (``proof_lasts``, from the identity area).
    """
    policy = PortalPolicy(
        version=area.version,
        sign_in=_minutes(area, "sign_in_minutes"),
        idle=_minutes(area, "idle_minutes"),
        session=_minutes(area, "session_minutes"),
        even_pace=timedelta(milliseconds=area.integer("even_pace_milliseconds")),
        bank_patience=area.seconds("bank_patience_seconds"),
        known_browser=area.days("known_browser_days"),
        note_characters=area.integer("note_characters"),
        subject_characters=area.integer("subject_characters"),
        message_characters=area.integer("message_characters"),
        messages_per_day=area.integer("messages_per_day"),
        files_at_once=area.integer("files_at_once"),
        files_kept=area.integer("files_kept"),
        request_bytes=area.integer("request_megabytes") * 1_000_000,
        answer_within=area.hours("answer_hours"),
        contacts_shown=area.integer("contacts_shown"),
        contacts_searched=area.integer("contacts_searched"),
        sources={key: area.source(key) for key in area.numbers},
    )
    if not timedelta(0) < policy.idle <= policy.session <= proof_lasts:
        raise PolicyError(
            f"pack {area.pack}: portal.session_minutes must be at least idle_minutes and at most "
            "identity.proof_lasts_seconds, or a page would be open on a proof that no longer counts"
        )
    return policy


def _minutes(area: AreaPolicy, key: str) -> timedelta:
    return timedelta(minutes=area.integer(key))
