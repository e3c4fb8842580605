"""Rules of the holder's pages: how long a session holds, where one may go, what may be written."""

import unicodedata
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from cardline.core.verdict import Reason, Verdict, judge
from cardline.identity.model import Act
from cardline.portal.model import PortalPolicy, Session

HOME: Final = "/my"
OPEN_PAGES: Final = ("/verify", "/complain")
"""Pages of this house for which nobody logs in."""
READING: Final = Act.HEAR_TRANSACTIONS
"""What reading needs: where somebody spent is the most private of what the pages tell."""


def session_ends(
    policy: PortalPolicy, *, opened_at: datetime, seen_at: datetime
) -> tuple[datetime, datetime]:
    """Return when a session ends without use, and when in any case; the first never after that."""
    ends_at = opened_at + policy.session
    return min(seen_at + policy.idle, ends_at), ends_at


def session_holds(session: Session, *, policy: PortalPolicy, now: datetime) -> Verdict:
    """Decide whether a session still serves: ``session-ended``, ``session-idle``, ``session-over``.

    The ends are half-open: at that very moment it is over.
    """
    sources = policy.sources
    return judge(
        policy.version,
        (
            Reason("session-ended", sources["session_minutes"]) if session.ended_at else None,
            Reason("session-idle", sources["idle_minutes"]) if now >= session.idle_until else None,
            Reason("session-over", sources["session_minutes"]) if now >= session.ends_at else None,
        ),
    )


def safe_back(wanted: str) -> str:
    """Return the page to go back to: one of ours, or the first page for anything else.

    An address that leaves these pages (``//evil``, ``https:``, a backslash) is never followed.
    """
    if not is_page(wanted.partition("?")[0]):
        return HOME
    if len(wanted) > 300 or any(ord(letter) <= 32 or letter in '\\"<>' for letter in wanted):
        return HOME
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or ".." in parts.path or "//" in parts.path:
        return HOME
    if parts.path.startswith((f"{HOME}/login", f"{HOME}/logout", f"{HOME}/view")):
        return HOME
    return wanted


def is_page(path: str) -> bool:
    """True for the path of a page of this house, of a holder's or of anybody's."""
    houses = (HOME, *OPEN_PAGES)
    return path in houses or path.startswith(tuple(f"{house}/" for house in houses))


def clean_text(typed: str) -> str:
    """Return a text without what nobody types: control characters, halves of characters.

    Line breaks stay; direction marks that could turn a text round are taken out.
    """
    lines = typed.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        letter
        for letter in lines
        if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs", "Cf", "Co", "Cn")
    )
    return kept.strip()


def may_write(
    text: str, *, most: int, files: int, kept: int, policy: PortalPolicy, source: str
) -> Verdict:
    """Decide whether a text with so many files may be kept.

    ``kept``: files of this holder so far. Reasons: ``empty`` (nothing at all), ``too-long``,
    ``too-many-files`` (at once), ``no-room`` (all files together).
    """
    sources = policy.sources
    return judge(
        policy.version,
        (
            Reason("empty", sources[source]) if not text and not files else None,
            Reason("too-long", sources[source]) if len(text) > most else None,
            Reason("too-many-files", sources["files_at_once"])
            if files > policy.files_at_once
            else None,
            Reason("no-room", sources["files_kept"])
            if files and kept + files > policy.files_kept
            else None,
        ),
    )
