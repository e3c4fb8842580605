"""The media child: runs rtp.io and gives its sockets to the line.

``python -m cardline.adapters.sip.media.process FD SPOOL HOST LOW HIGH`` with FD a Unix socket.
It dies with the line, however that ends.
"""

import array
import contextlib
import ctypes
import os
import resource
import signal
import socket
import sys
from pathlib import Path

from cardline.adapters.sip.media.batching import batch_packets

_PR_SET_PDEATHSIG = 1
_FILES_WANTED = 20_000
_NICE = -10
"""Sound that is late is lost; nothing else on the machine is in such a hurry."""
_IDLE = 86_400
"""Seconds after which rtp.io itself gives up a silent session; the line looks much closer."""


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent dies (Linux)."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def raise_file_limit(wanted: int) -> int:
    """Raise the limit of open files as far as may be; return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    target = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < target:
        resource.setrlimit(resource.RLIMIT_NOFILE, (target, hard))
        soft = target
    return soft


def favour() -> None:
    """Ask for the processor before others, where the system lets us (root, or a limit for it)."""
    with contextlib.suppress(PermissionError):
        os.nice(_NICE)


def main(arguments: list[str]) -> None:
    """Start rtp.io, send its two sockets and the name of the second, wait for the line to close."""
    fd, parent, spool, host, low, high = arguments
    die_with_parent(int(parent))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    files = raise_file_limit(_FILES_WANTED)
    os.umask(0o077)  # recordings are nobody else's to read
    favour()
    from rtp import io

    batch_packets(Path(io.__file__))
    proxy = io.rtpproxy(
        # The last two stand only in the way of packets to and from browsers.
        modules=("catch_dtmf", "dtls_gw", "ice_lite"),
        extra_args=[
            *("-F", "-D", "-P", "-R", "-d", "err", "-l", host),
            # Without -S it would write to /tmp; one folder for both leaves the file where it is.
            *("-S", spool, "-r", spool),
            *("-m", low, "-M", high, "-T", str(_IDLE), "-W", str(_IDLE), "-L", str(files)),
        ],
    )
    line = socket.socket(fileno=int(fd))
    fds = array.array("i", [proxy.rtpp_sock.fileno(), proxy.rtpp_nsock.fileno()])
    line.sendmsg(
        [proxy.rtpp_nsock_spec.encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds.tobytes())]
    )
    line.recv(1)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
