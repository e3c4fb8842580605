"""What the application asks, carried out."""

import re
import time
from typing import TYPE_CHECKING

from cardline.adapters.sip.calls.call import Call
from cardline.adapters.sip.signalling.useragent import Target, parse_target
from cardline.ports.line.commands import (
    CALLER,
    Answer,
    Connect,
    Dial,
    Drain,
    HangUp,
    LineCommand,
    Listen,
    Place,
    Play,
    Refuse,
    SecretEntry,
    SetPhones,
    StopPlay,
    WebAnswer,
)
from cardline.ports.line.events import Failed, PlayEnded, WebRefused

if TYPE_CHECKING:
    from cardline.adapters.sip.process import LineProcess

_NAME = re.compile(r"[A-Za-z0-9._-]{1,80}")
"""Names that may stand in a file name and in a command to rtp.io."""


def carry_out(host: "LineProcess", command: LineCommand) -> None:
    """Do what a command says. For a call that is over, only say so, where an event is owed."""
    match command:
        case SetPhones():
            host.registrar.set_phones(command.phones)
            return
        case Drain():
            host.drain()
            return
        case Place():
            _place(host, command)
            return
    call = host.calls.get(command.call)
    if call is None or call.ending:
        _too_late(host, command)
        return
    match command:
        case Answer():
            call.answer()
        case Refuse():
            call.refuse(command.status if 400 <= command.status <= 699 else 480)
        case Play():
            call.playing.start(command)
        case StopPlay():
            call.playing.stop(command.party)
        case SecretEntry():
            if command.on:
                call.secret.start(command.seconds)
            else:
                call.secret.stop()
        case Dial():
            _dial(host, call, command)
        case WebAnswer():
            call.web_answer(command)
        case Listen():
            if call.answered is not None:
                call.bridge.listen(command.seconds)
        case Connect():
            call.bridge.connect(dict(command.hears))
        case HangUp():
            call.hang_up(command.party)


def _dial(host: "LineProcess", call: Call, command: Dial) -> None:
    is_web = command.target.startswith("web:")
    target = None if is_web else _target(host, command.target)
    if isinstance(target, int) or not _NAME.fullmatch(command.leg):
        status = target if isinstance(target, int) else 400
        call.tell_failed(
            command.leg, status, "no such target" if status != 480 else "not registered"
        )
    else:
        call.dial(command, target)


def _place(host: "LineProcess", command: Place) -> None:
    target = _target(host, command.target)
    status = target if isinstance(target, int) else 0
    if command.call in host.calls or not _NAME.fullmatch(command.call):
        status = 400
    if host.draining or len(host.calls) >= host.max_calls:
        status = 503
    if status or isinstance(target, int):
        _failed(host, command.call, CALLER, status, "cannot be placed")
        return
    call = Call(
        host,
        command.call,
        from_user=command.from_user,
        to_user=target.uri.partition("@")[0].rpartition(":")[2],
        placed=True,
        offer=None,
    )
    host.calls[command.call] = call
    call.place(command, target)


def _target(host: "LineProcess", text: str) -> Target | int:
    """Where to send an INVITE, or the status that says why that cannot be."""
    if text.startswith("phone:"):
        return host.registrar.target(text[6:]) or 480
    try:
        return parse_target(text)
    except (ValueError, IndexError):
        return 404


def _too_late(host: "LineProcess", command: LineCommand) -> None:
    if isinstance(command, Play):
        host.tell(
            PlayEnded(
                call=command.call,
                at=time.time(),
                play=command.play,
                party=command.party,
                cause="gone",
            )
        )
    elif isinstance(command, Dial):
        _failed(host, command.call, command.leg, 481, "the call is over")
    elif isinstance(command, WebAnswer):
        host.tell(
            WebRefused(
                call=command.call,
                at=time.time(),
                party=command.leg,
                status=481,
                reason="the call is over",
            )
        )


def _failed(host: "LineProcess", call: str, party: str, status: int, reason: str) -> None:
    host.tell(Failed(call=call, at=time.time(), party=party, status=status, reason=reason))
