"""One call through the real media relay, recorded, with the marks that the line would write.

The relay is a library whose threads cannot be stopped, hence a program for it:
``relay_call.py SPOOL CALL PROMPT FIRST_PORT [die]``; with ``die`` it is killed while it talks.
Prints when the caller heard the first packet.
"""

import json
import os
import signal
import socket
import struct
import sys
import threading
import time
from pathlib import Path

import numpy as np
import rtp.io

from cardline.adapters.sip import g711

SO_TIMESTAMPNS = 35
"""The kernel tells when a packet arrived, however late this program looks (Linux)."""


class Sender:
    """One end of the call: a tone in real time."""

    def __init__(self, hz: float) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.port = self.socket.getsockname()[1]
        time_of = np.arange(8000 * 10) / 8000
        sound = np.round(8000 * np.sin(2 * np.pi * hz * time_of)).astype(np.int16)
        self.codes = g711.encode(sound, "ulaw").tobytes()
        self.sent = 0

    def send(self, to: int) -> None:
        head = struct.pack("!BBHII", 0x80, 0, self.sent, self.sent * 160, self.port)
        payload = self.codes[self.sent * 160 : (self.sent + 1) * 160]
        self.socket.sendto(head + payload, ("127.0.0.1", to))
        self.sent += 1

    def press(self, to: int, digit: int) -> None:
        stamp = self.sent * 160
        for number in range(6):
            end = 0x80 if number > 2 else 0
            event = struct.pack("!BBH", digit, end | 10, 160 * min(number + 1, 4))
            head = struct.pack("!BBHII", 0x80, 101, 9000 + number, stamp, self.port)
            self.socket.sendto(head + event, ("127.0.0.1", to))


def main(spool: Path, call: str, prompt: str, first_port: int, *, die: bool) -> None:
    (spool / "live").mkdir()
    relay = rtp.io.rtpproxy(
        modules=("catch_dtmf",),
        extra_args=[
            *("-S", str(spool / "live")),
            *("-F", "-l", "127.0.0.1", "-r", str(spool), "-P", "-R", "-D"),
            *("-m", str(first_port), "-M", str(first_port + 200), "-T", "30", "-d", "err"),
        ],
    )

    def ask(command: str) -> str:
        relay.rtpp_sock.sendall(f"{command}\n".encode())
        return str(relay.rtpp_sock.recv(4096).decode()).strip()

    marks = (spool / f"{call}.marks").open("a", buffering=1)

    def mark(name: str, **rest: object) -> None:
        marks.write(json.dumps({"at": time.time(), "mark": name, **rest}) + "\n")

    caller, agent = Sender(600), Sender(1000)
    to_agent = int(ask(f"Uz20c0,101 {call} 127.0.0.1 {caller.port} f;1").split()[0])
    to_caller = int(ask(f"Lz20c0,101 {call} 0.0.0.0 0 f;1 t;1").split()[0])
    mark("answered", law="ulaw")
    mark("media", party="caller", port=to_caller)
    mark("pcap", file=f"{call}=f.pcap")
    ask(f"Rs {call} f;1 t;1")
    ask(f"Rs {call} t;1 f;1")

    def play() -> None:
        ask(f"P1 {call} {prompt} session f;1")
        mark("play", party="caller", pieces=["zh/greeting"], loop=False, file=prompt)

    def hide() -> None:
        mark("secret", on=True)
        ask(f"N {call} f;1 t;1")

    def show() -> None:
        ask(f"Rs {call} f;1 t;1")
        mark("secret", on=False)

    def bridge() -> None:
        ask(f"Lz20c0,101 {call} 127.0.0.1 {agent.port} f;1 t;1")
        mark("media", party="L1", port=to_agent)
        mark("connect", hears={"caller": ["L1"], "L1": ["caller"]})

    heard: list[float] = []

    def listen() -> None:
        _, told, _, _ = caller.socket.recvmsg(2000, 64)
        seconds, nanoseconds = struct.unpack("qq", told[0][2])
        heard.append(seconds + nanoseconds / 1e9)

    threading.Thread(target=listen, daemon=True).start()
    steps = {15: play, 75: hide, 100: show, 115: bridge}
    begun = time.monotonic()
    for frame in range(170):
        time.sleep(max(0.0, begun + frame * 0.02 - time.monotonic()))
        if frame in steps:
            steps[frame]()
        caller.send(to_caller)
        if frame == 85:
            caller.press(to_caller, 7)
        if frame >= 115:
            agent.send(to_agent)
        if die and frame == 150:
            os.kill(os.getpid(), signal.SIGKILL)
    mark("play-end", party="caller")
    ask(f"S {call} f;1 t;1")
    ask(f"D {call} f;1 t;1")
    mark("gone", cause="hung-up")
    print(json.dumps({"first_heard_at": heard[0]}), flush=True)  # noqa: T201
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), die="die" in sys.argv)
