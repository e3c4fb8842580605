"""Desk phones register here (RFC 3261, 10): digest, one contact a phone, its true source."""

import contextlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from cardline.adapters.sip import log
from cardline.adapters.sip.signalling.digest import Digest, Proof, parse
from cardline.adapters.sip.signalling.stack import Timer, after, header
from cardline.adapters.sip.signalling.useragent import Target, contacts_of
from cardline.ports.line.commands import Phone
from cardline.ports.line.events import PhoneState

SHORTEST, LONGEST = 60, 3600
"""Seconds of a registration, at least and at most."""
_GUESSES = 10.0
"""Wrong passwords that one address may try in a row; one more is allowed every two seconds."""
_REFILL = 0.5
_SOURCES = 5_000


@dataclass(slots=True)
class _Binding:
    contact: str
    source: tuple[str, int]
    expires: float
    timer: Timer


class Registrar:
    """The phones of the house. Registrations stay while the application restarts.

    They are written to ``kept`` as well, so that a line that was killed costs no agent: phones
    renew after minutes only.
    """

    def __init__(
        self, realm: str, host: str, tell: Callable[[PhoneState], None], kept: Path
    ) -> None:
        self._kept = kept
        self._digest = Digest(realm)
        self._host = host
        self._tell = tell
        self._ha1: dict[str, str] = {}
        self._bindings: dict[str, _Binding] = {}
        self._guesses: OrderedDict[str, tuple[float, float]] = OrderedDict()
        for user, (contact, address, port, expires) in self._read().items():
            if expires > time.time():
                timer = after(expires - time.time() + 5.0, self._remove, user)
                self._bindings[user] = _Binding(contact, (address, port), expires, timer)

    def _read(self) -> dict[str, tuple[str, str, int, float]]:
        try:
            return msgspec.json.decode(
                self._kept.read_bytes(), type=dict[str, tuple[str, str, int, float]]
            )
        except (OSError, msgspec.DecodeError, msgspec.ValidationError):
            return {}

    def _write(self) -> None:
        raw = msgspec.json.encode(
            {
                user: (binding.contact, *binding.source, binding.expires)
                for user, binding in self._bindings.items()
            }
        )
        part = self._kept.with_name(f".{self._kept.name}")
        with contextlib.suppress(OSError):  # a full disk costs no registration of now
            part.write_bytes(raw)
            part.replace(self._kept)

    def set_phones(self, phones: Iterable[Phone]) -> None:
        """The whole list; a phone that is on it no more is out at once."""
        self._ha1 = {phone.user: phone.ha1 for phone in phones}
        for user in [user for user in self._bindings if user not in self._ha1]:
            self._remove(user)

    def target(self, user: str) -> Target | None:
        """Where to ring a phone: its contact, sent to the address that its REGISTER came from."""
        binding = self._bindings.get(user)
        if binding is None:
            return None
        named = binding.contact.rpartition("@")[2].partition(":")[0].partition(";")[0]
        translated = named != binding.source[0]
        return Target(
            binding.contact, binding.source, f"sip:{user}@{self._host}", translated=translated
        )

    def states(self) -> tuple[PhoneState, ...]:
        """The registered phones."""
        return tuple(self._state(user, True) for user in self._bindings)

    def register(self, request: Any) -> Any:
        """Answer a REGISTER."""
        user = request.getHFBody("to").getUrl().username or ""
        source: tuple[str, int] = request.getSource()
        given = [str(found.body) for found in request.getHFs("authorization")]
        if not given:
            return self._challenge(request)
        if not self._may_try(user, source):
            return _respond(request, 503, "Service Unavailable", {"Retry-After": "10"})
        said = parse(given[0])
        known = self._ha1.get(user) if said.get("username") == user else None
        proof = self._digest.check(given[0], "REGISTER", known)
        if proof is Proof.STALE:
            return self._challenge(request, stale=True)
        if proof is Proof.WRONG:
            self._count_guess(source[0])
            log.note("wrong password at REGISTER", source[0])
            return _respond(request, 403, "Forbidden")
        return self._bind(request, user, source)

    def _bind(self, request: Any, user: str, source: tuple[str, int]) -> Any:
        contacts = contacts_of(request)
        overall = (
            _seconds(str(request.getHFBody("expires"))) if request.countHFs("expires") else None
        )
        for uri, parameter in contacts:
            if uri == "*":
                if overall != 0 or len(contacts) > 1:
                    return _respond(request, 400, "Bad Request")
                self._remove(user)
                break
            wanted = _seconds(parameter)
            seconds = next(value for value in (wanted, overall, LONGEST) if value is not None)
            if 0 < seconds < SHORTEST:
                return _respond(request, 423, "Interval Too Brief", {"Min-Expires": str(SHORTEST)})
            binding = self._bindings.get(user)
            if seconds > 0:
                self._keep(user, uri, source, min(seconds, LONGEST))
            elif binding is not None and binding.contact == uri:
                self._remove(user)
        binding = self._bindings.get(user)
        if binding is None:
            return _respond(request, 200, "OK")
        left = max(1, round(binding.expires - time.time()))
        return _respond(request, 200, "OK", {"Contact": f"<{binding.contact}>;expires={left}"})

    def _keep(self, user: str, contact: str, source: tuple[str, int], seconds: int) -> None:
        before = self._bindings.get(user)
        if before is not None:
            before.timer.cancel()
        timer = after(seconds + 5.0, self._remove, user)
        self._bindings[user] = _Binding(contact, source, time.time() + seconds, timer)
        self._write()
        self._tell(self._state(user, True))

    def _remove(self, user: str) -> None:
        binding = self._bindings.get(user)
        if binding is not None:
            binding.timer.cancel()
            state = self._state(user, False)
            del self._bindings[user]
            self._write()
            self._tell(state)

    def _state(self, user: str, registered: bool) -> PhoneState:
        contact = self._bindings[user].contact
        return PhoneState(user=user, registered=registered, contact=contact, at=time.time())

    def _challenge(self, request: Any, *, stale: bool = False) -> Any:
        challenge = self._digest.challenge(stale=stale)
        return _respond(request, 401, "Unauthorized", {"WWW-Authenticate": challenge})

    def _may_try(self, user: str, source: tuple[str, int]) -> bool:
        binding = self._bindings.get(user)
        if binding is not None and binding.source == source:
            return True  # a phone that is in stays in, whatever its neighbours try
        left, at = self._guesses.get(source[0], (_GUESSES, 0.0))
        return min(_GUESSES, left + (time.monotonic() - at) * _REFILL) >= 1

    def _count_guess(self, address: str) -> None:
        now = time.monotonic()
        left, at = self._guesses.pop(address, (_GUESSES, now))
        self._guesses[address] = (min(_GUESSES, left + (now - at) * _REFILL) - 1, now)
        if len(self._guesses) > _SOURCES:
            self._guesses.popitem(last=False)


def _seconds(text: str | None) -> int | None:
    text = (text or "").strip()
    return min(int(text), 1 << 31) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _respond(
    request: Any, status: int, reason: str, headers: dict[str, str] | None = None
) -> tuple[Any, None, None]:
    response = request.genResponse(status, reason)
    for name, value in (headers or {}).items():
        response.appendHeader(header(name, value))
    return response, None, None
