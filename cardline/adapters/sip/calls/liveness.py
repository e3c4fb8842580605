"""Finds phones that vanished without a word: no packet from one side for too long."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cardline.adapters.sip.signalling.stack import every

if TYPE_CHECKING:
    from cardline.adapters.sip.calls.call import Call
    from cardline.adapters.sip.process import LineProcess


@dataclass(slots=True)
class _Seen:
    packets: int = -1
    at: float = 0.0
    who: str | None = None

    def silent_for(self, packets: int, who: str | None, now: float) -> float:
        """Seconds since this side, being the same party, last sent anything."""
        if packets != self.packets or who != self.who:
            self.packets, self.who, self.at = packets, who, now
        return now - self.at


class Liveness:
    """Asks rtp.io for the packets of each side, a few calls at a time."""

    def __init__(self, host: "LineProcess", seconds: float) -> None:
        self._host = host
        self._seconds = seconds
        self._seen: dict[str, tuple[_Seen, _Seen]] = {}
        self._turn: list[str] = []
        self._round = max(1.0, min(5.0, seconds / 4))
        self._step = 0.25

    def watch(self) -> None:
        every(self._step, self._some)

    def forget(self, call: str) -> None:
        self._seen.pop(call, None)

    def idle(self, call: "Call", party: str) -> None:
        """The mixer heard nothing from a leg for so long."""
        leg = call.legs.get(party)
        if leg is not None and leg.owes_sound:
            leg.end()
            call.leg_gone(leg, "media-timeout")

    def _some(self) -> None:
        if not self._turn:
            self._turn = [
                call.id for call in self._host.calls.values() if call.answered is not None
            ]
        count = max(1, int(len(self._host.calls) * self._step / self._round))
        for name in self._turn[:count]:
            call = self._host.calls.get(name)
            if call is not None and not call.ending:
                call.session.traffic(lambda a, b, call=call: self._look(call, a, b))  # type: ignore[misc]
        del self._turn[:count]

    def _look(self, call: "Call", from_caller: int, from_far: int) -> None:
        if call.ending or call.answered is None:
            return
        now = time.monotonic()
        near, far = self._seen.setdefault(call.id, (_Seen(), _Seen()))
        remote = call.caller.remote
        silent = near.silent_for(from_caller, "caller", now)
        if remote is not None and remote.on_hold:
            near.at = now
        elif silent > self._seconds:
            call.caller.dialogue.end()
            call.end("media-timeout")
            return
        name = call.bridge.far_party()
        leg = call.legs.get(name) if name is not None else None
        silent = far.silent_for(from_far, name if leg is not None and leg.answered else None, now)
        if leg is None or not leg.owes_sound:
            far.at = now
        elif silent > self._seconds:
            leg.end()
            call.leg_gone(leg, "media-timeout")
