"""A gateway in rtp.io between one browser and the rest of us.

It is a session of its own with two sides: one speaks DTLS-SRTP and ICE with the browser, the other
plain RTP, as a phone does. So everything behind it (relay, mixer, prompts, recording) needs not
know that there is a browser, and the browser does not notice what is done behind it.
"""

from collections.abc import Callable
from urllib.parse import unquote

from cardline.adapters.sip.g711 import Law
from cardline.adapters.sip.media.client import Media
from cardline.adapters.sip.media.session import NOWHERE, Endpoint
from cardline.adapters.sip.web.sdp import Offer, Ours


class Gate:
    """The commands of one gateway. ``name`` is unique among all sessions of the media process."""

    def __init__(self, media: Media, name: str, law: Law, host: str) -> None:
        self._media = media
        self._name = name
        self._host = host
        self.law: Law = law
        self.endpoint = NOWHERE
        """Its plain side: where it takes RTP for the browser, and sends the browser's from."""
        self._closed = False

    def open(self, offer: Offer, peer: Endpoint, done: Callable[[Ours | None], None]) -> None:
        """Make both sides; ``done`` gets what the browser must know, ``None`` where it failed."""
        known = "".join(f" && M5:1 C {candidate}" for candidate in offer.candidates)
        plain = -1

        def opened(reply: str) -> None:
            nonlocal plain
            plain = _port(reply)

        def asked(reply: str) -> None:
            ours = self._read(reply) if plain > 0 else None
            if ours is not None:
                self.endpoint = Endpoint(self._host, plain)
            done(ours)

        self._media.ask(
            f"U {self._name} {NOWHERE} f;1"
            f" && M4:1 A SHA-256 {offer.fingerprint} && M5:1 A {offer.ufrag} {offer.password}"
            f"{known}",
            opened,
        )
        self._media.ask(f"La {self._name} {peer} f;1 t;1 && M4:1 S && M5:1 S", asked)

    def meet(self, host: str, port: int) -> None:
        """The browser may come from there too: rtp.io takes it at no address that it was not told.

        One that came through already stays where it is.
        """
        self._media.ask(
            f"U {self._name} {NOWHERE} f;1 t;1 && M5:1 C 1 1 UDP 1 {host} {port} typ prflx"
        )

    def point(self, peer: Endpoint) -> None:
        """The plain side sends to ``peer`` from now on, and takes sound from its host alone."""
        self._media.ask(f"La {self._name} {peer} f;1 t;1")

    def traffic(self, done: Callable[[int, int], None]) -> None:
        """Packets of sound that came from the browser, and those that were relayed, both ways."""

        def read(reply: str) -> None:
            found = dict(pair.partition("=")[::2] for pair in reply.split())
            if "npkts_ina" in found and "nrelayed" in found:
                done(int(found["npkts_ina"]), int(found["nrelayed"]))

        if not self._closed:
            self._media.ask(f"Qv {self._name} f;1 t;1 npkts_ina nrelayed", read)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._media.ask(f"D {self._name} f;1 t;1")

    def _read(self, reply: str) -> Ours | None:
        """``PORT HOST && passive SHA-256 FINGERPRINT && UFRAG PASSWORD c:CANDIDATE…``."""
        port = _port(reply)
        parts = [part.split() for part in reply.split("&&")[1:]]
        if port <= 0 or len(parts) != 2 or len(parts[0]) != 3 or len(parts[1]) < 3:
            return None
        role, algorithm, fingerprint = parts[0]
        ufrag, password, *candidates = parts[1]
        if role != "passive":
            return None
        return Ours(
            host=self._host,
            port=port,
            ufrag=ufrag,
            password=password,
            candidates=tuple(unquote(candidate.removeprefix("c:")) for candidate in candidates),
            fingerprint=f"{algorithm.lower()} {fingerprint}",
        )


def _port(reply: str) -> int:
    """The port in a reply, or -1 where rtp.io refused, a subcommand included."""
    word = reply.split(" ", 1)[0]
    return int(word) if word.isdigit() and "-1" not in reply.split() else -1
