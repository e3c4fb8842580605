"""What the parties of one call hear playing, and the end of it."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cardline.adapters.sip.media.session import Side
from cardline.adapters.sip.signalling.stack import Timer, after
from cardline.ports.line.commands import CALLER, Play
from cardline.ports.line.events import Alarm, PlayEnded

if TYPE_CHECKING:
    from cardline.adapters.sip.calls.call import Call

Cause = Literal["finished", "stopped", "replaced", "gone", "missing"]


@dataclass(slots=True)
class _Playing:
    play: str
    side: Side
    timer: Timer | None = None


class Playing:
    """At most one utterance a party at a time."""

    def __init__(self, call: "Call") -> None:
        self._call = call
        self._now: dict[str, _Playing] = {}
        self._ours = False
        """The notice and the music of the application's absence play."""

    def start(self, command: Play) -> None:
        """Play to a party; what it heard playing is replaced."""
        call = self._call
        if command.play and command.party == CALLER:
            self._ours = False
        utterance = call.host.plays.utterance(command.pieces, call.law)
        side = call.bridge.side_of(command.party)
        if utterance is None or side is None:
            self.stop(command.party, "replaced")
            detail = " ".join(command.pieces) if utterance is None else f"no way to {command.party}"
            call.host.tell(
                Alarm(code="prompt-missing", detail=detail, at=time.time(), call=call.id)
            )
            self._tell(command.play, command.party, "missing")
            return
        self._replace(command.party)
        playing = self._now[command.party] = _Playing(command.play, side)

        def began(ok: bool) -> None:
            if self._now.get(command.party) is not playing:
                return
            if not ok:
                self._end(command.party, "missing")
                return
            call.marks.add(
                "play",
                party=command.party,
                play=command.play,
                pieces=command.pieces,
                loop=command.loop,
                file=str(utterance.path),
            )
            if not command.loop:
                # rtp.io says nothing when a file has ended; its length says when.
                playing.timer = after(utterance.seconds, self._end, command.party, "finished")

        call.session.play(side, utterance.path.with_suffix(""), loop=command.loop, done=began)

    def by_ourselves(self, notice: str, *, then: str) -> None:
        """The application is away: play it to the caller, and music after it. No events."""
        if self._ours:
            return
        self._ours = True
        law = self._call.law
        utterance = self._call.host.plays.utterance(tuple(notice.split(",")), law)
        seconds = 0.0
        if utterance is not None:
            seconds = utterance.seconds
            self.start(Play(call=self._call.id, play="", pieces=tuple(notice.split(","))))
        after(seconds, self._music, then)

    def stop(self, party: str, cause: Cause = "stopped") -> None:
        """Stop what a party hears playing, if anything."""
        playing = self._now.get(party)
        if playing is not None:
            self._call.session.stop(playing.side)
            self._end(party, cause)

    def _music(self, piece: str) -> None:
        if self._ours and not self._call.ending:
            self.start(Play(call=self._call.id, play="", pieces=(piece,), loop=True))

    def end_all(self) -> None:
        """The call is over."""
        for party in list(self._now):
            self._end(party, "gone")

    def party_gone(self, party: str) -> None:
        if party != CALLER:
            playing = self._now.get(party)
            if playing is not None:
                self._call.session.stop(playing.side)
                self._end(party, "gone")

    def hears_something(self, party: str) -> bool:
        return party in self._now

    def _replace(self, party: str) -> None:
        # P replaces what plays by itself: no S in between, so that no gap is heard.
        if party in self._now:
            self._end(party, "replaced")

    def _end(self, party: str, cause: Cause) -> None:
        playing = self._now.pop(party, None)
        if playing is None:
            return
        if playing.timer is not None:
            playing.timer.cancel()
        self._call.marks.add("play-end", party=party, play=playing.play, cause=cause)
        self._tell(playing.play, party, cause)

    def _tell(self, play: str, party: str, cause: Cause) -> None:
        if not play:
            return  # our own notice: the application knows nothing of it
        self._call.tell(
            PlayEnded(call=self._call.id, at=time.time(), play=play, party=party, cause=cause)
        )
