"""What the caller hears of us, and how long we wait for them after it."""

from typing import TYPE_CHECKING

import structlog

from cardline.hotline.call.inputs import TimerFired
from cardline.hotline.flows.model import Speak
from cardline.hotline.speech import utterances
from cardline.ports.line.commands import Play
from cardline.ports.line.events import PlayEnded

if TYPE_CHECKING:
    from cardline.hotline.call.conversation import Conversation

log = structlog.get_logger()


class Speaking:
    """Prompts and music to the caller of one conversation."""

    def __init__(self, conversation: "Conversation") -> None:
        self._call = conversation
        self._timer_serial = 0
        self._serial = 0

    def is_over(self, event: PlayEnded) -> bool:
        """True where what plays now has come to its end."""
        return event.play == self.name and event.cause in ("finished", "missing")

    def has_fired(self, serial: int) -> bool:
        """True where nothing has come since this timer was set."""
        return serial == self._timer_serial

    async def say(self, speak: Speak, *, node: str) -> bool:
        """Say something to the caller and keep it in the story; False where nothing is heard."""
        self.cancel_timer()
        names: tuple[str, ...] = ()
        try:
            names = utterances.pieces(self._call.services.catalogue, speak)
            said = utterances.text(self._call.services.catalogue, speak)
            self._call.keeping.note(self._call.now().timestamp(), node, said=said)
        except utterances.SpeechError:
            log.exception("a prompt cannot be said", call=self._call.call, node=node)
        if names:
            await self.play(names)
        return bool(names)

    @property
    def name(self) -> str:
        """The name of what plays now."""
        return f"{self._call.call}-{self._serial}"

    async def play(self, names: tuple[str, ...], *, loop: bool = False) -> None:
        """Play recordings to the caller instead of what plays now."""
        self._serial += 1
        await self._call.services.line.send(
            Play(call=self._call.call, play=self.name, pieces=names, loop=loop)
        )

    def hush(self) -> None:
        """Forget what plays: its end is of no more interest."""
        self.cancel_timer()
        self._serial += 1

    def wait(self, seconds: float) -> None:
        """Give the caller so many seconds for a key; a :class:`TimerFired` follows."""
        self.cancel_timer()
        self._call.later(seconds, TimerFired(self._timer_serial))

    def cancel_timer(self) -> None:
        """Wait no longer."""
        self._timer_serial += 1
