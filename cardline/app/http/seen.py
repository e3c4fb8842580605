"""The sessions that this node has just seen: read anew once the database says that one changed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from cardline.core.clock import Clock
from cardline.core.masking import Secret
from cardline.core.transaction import Database
from cardline.desk.login import sessions
from cardline.desk.login.model import LoginPolicy, SeenSession, Session
from cardline.desk.staff.model import Staff

HEARTBEAT_SECONDS = 1.0
DEAF_SECONDS = 3.0
"""Without a word for so long nothing that is kept is believed: changes may have been missed."""
MOST_KEPT = 20_000


class HearingDatabase(Database, Protocol):
    """A database whose notifications can be heard."""

    def listen(self, *channels: str) -> AsyncIterator[tuple[str, str]]:
        """Yield channel and payload; ``("", "")`` after every connection."""
        ...


class SeenSessions:
    """Tells whose session a secret opens, of those seen within a minute without asking anew.

    A desk reads all day, and every read asked first whose it is. What ends or narrows a session
    (logging out, leaving, another role, by a page, a command or by hand) is told by triggers in the
    transaction that does it, and forgotten here some milliseconds later. Where this node hears
    nothing, it asks every time.
    """

    def __init__(self, database: HearingDatabase, policy: LoginPolicy, clock: Clock) -> None:
        self._database = database
        self._policy = policy
        self._clock = clock
        self._kept: dict[bytes, Session] = {}
        self._changes = 0
        self._heard_at: float | None = None

    async def see(self, secret: Secret, *, anew: bool = False) -> SeenSession:
        """Return whose session it is, and renew it; ``anew``: as the database has it now."""
        key, at = sessions.hashed(secret), self._clock()
        kept = self._kept.get(key)
        if kept is not None and not anew and self._hears and sessions.seen_lately(kept, at=at):
            return sessions.judged(kept, policy=self._policy, at=at)
        changes = self._changes
        # Asked with most requests: a look, and each minute a note of it, which stand alone.
        async with self._database.statement() as tx:
            seen = await sessions.see_session(tx, secret, policy=self._policy, at=at)
        # A change that was told while we read may be younger than what we read.
        if seen.session is not None and seen.verdict.allowed and changes == self._changes:
            self._keep(key, seen.session)
        return seen

    def forget(self, whose: Staff) -> None:
        """Forget what somebody's request may be about to change, so that the next one sees it.

        Administrators change other people's sessions.
        """
        self._forget("" if whose.role == "administrator" else whose.number)

    async def run(self) -> None:
        """Hear of changes for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hear())
            group.create_task(self._beat())

    @property
    def _hears(self) -> bool:
        now = asyncio.get_running_loop().time()
        return self._heard_at is not None and now - self._heard_at < DEAF_SECONDS

    def _keep(self, key: bytes, session: Session) -> None:
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = session

    def _forget(self, number: str) -> None:
        """Forget the sessions of a staff number; empty: all."""
        self._changes += 1
        if not number:
            self._kept.clear()
            return
        for key in [key for key, one in self._kept.items() if one.staff.number == number]:
            del self._kept[key]

    async def _hear(self) -> None:
        async for channel, number in self._database.listen(sessions.CHANNEL):
            self._heard_at = asyncio.get_running_loop().time()
            if channel == "":
                self._forget("")
            elif number:
                self._forget(number)

    async def _beat(self) -> None:
        """Say something all the time: silence then means that we are deaf."""
        while True:
            self._database.tell(sessions.CHANNEL, "")
            await asyncio.sleep(HEARTBEAT_SECONDS)
