"""What a simulated phone hears, as questions that a test asks."""

import asyncio
from collections.abc import Callable

from cardline.sim.rtp import Received, RtpSession
from cardline.sim.sound import Samples, Sound, loudness, strongest_hz

_LOUD = 100.0
"""Root mean square from which on there is sound."""
_LOOK = 0.06
"""Seconds between two looks at what was heard."""


class Hearing:
    """The sound of one call, both ways."""

    def __init__(self, media: RtpSession) -> None:
        self.media = media

    @property
    def received(self) -> Received:
        """Counts of what arrived: packets, lost, doubled, streams, keys."""
        return self.media.received

    def say(self, sound: Sound) -> None:
        """Send this sound from now on."""
        self.media.say(sound)

    async def press(self, keys: str, *, gap: float = 0.1, seconds: float = 0.12) -> None:
        """Press keys (``0`` to ``9``, ``*``, ``#``), each for ``seconds``, with ``gap`` behind."""
        await self.media.press(keys, gap=gap, seconds=seconds)

    def heard(self, seconds: float) -> Samples:
        """Return what was heard in the last ``seconds``, as far as it is kept."""
        return self.media.heard(seconds)

    def loudness(self, seconds: float = 0.3) -> float:
        """Return the root mean square of the last ``seconds``."""
        return loudness(self.heard(seconds))

    def strongest_hz(self, seconds: float = 0.3) -> float:
        """Return the strongest frequency of the last ``seconds``, 0 for silence."""
        return strongest_hz(self.heard(seconds))

    async def heard_tone(
        self, hz: float, *, within: float = 5.0, tolerance: float = 10.0, window: float = 0.3
    ) -> None:
        """Wait until this tone is the strongest sound. Raises ``TimeoutError``."""
        await self._until(
            lambda: abs(self.strongest_hz(window) - hz) <= tolerance, within, f"{hz} Hz"
        )

    async def heard_sound(self, *, within: float = 5.0, window: float = 0.3) -> None:
        """Wait until there is any sound. Raises ``TimeoutError``."""
        await self._until(lambda: self.loudness(window) > _LOUD, within, "sound")

    async def heard_silence(self, *, within: float = 5.0, window: float = 0.5) -> None:
        """Wait until nothing was heard for ``window`` seconds. Raises ``TimeoutError``."""
        began = asyncio.get_running_loop().time()

        def silent() -> bool:
            is_long_enough = asyncio.get_running_loop().time() - began >= window
            return is_long_enough and self.loudness(window) < _LOUD

        await self._until(silent, within, "silence")

    async def heard_key(self, key: str, *, within: float = 5.0) -> None:
        """Wait until the other end has pressed ``key`` last. Raises ``TimeoutError``."""
        await self._until(lambda: self.received.keys[-1:] == [key], within, f"key {key}")

    async def _until(self, is_so: Callable[[], bool], within: float, what: str) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + within
        while not is_so():
            if loop.time() > ends:
                now = f"{self.strongest_hz():.0f} Hz at {self.loudness():.0f}"
                raise TimeoutError(
                    f"no {what} within {within} s: {now}, {self.received.packets} packets"
                )
            await asyncio.sleep(_LOOK)
