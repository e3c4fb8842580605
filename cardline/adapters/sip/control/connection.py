"""The application's connection: JSON lines over a Unix socket, one application at a time."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import msgspec

from cardline.adapters.sip import log
from cardline.adapters.sip.wires import Channel, Listener, Wires
from cardline.ports.line.commands import LineCommand
from cardline.ports.line.events import LineEvent


class Control:
    """Listens; a newer connection replaces the older. ``on_change(there)`` tells of either."""

    def __init__(
        self,
        wires: Wires,
        path: Path,
        *,
        on_command: Callable[[LineCommand], None],
        on_change: Callable[[bool], None],
    ) -> None:
        """Raises ``FileExistsError`` where another line listens there already."""
        self._wires = wires
        self._path = path
        self._on_command = on_command
        self._on_change = on_change
        self._decoder: msgspec.json.Decoder[LineCommand] = msgspec.json.Decoder(LineCommand)
        self._encoder = msgspec.json.Encoder()
        self._channel: Channel | None = None
        _clear(path)
        sock = socket.socket(socket.AF_UNIX)
        mask = os.umask(0o177)
        try:
            sock.bind(str(path))
        finally:
            os.umask(mask)
        sock.listen(4)
        self._listener = Listener(wires, sock, self._connected)

    @property
    def there(self) -> bool:
        """An application is connected."""
        return self._channel is not None

    def send(self, event: LineEvent) -> None:
        """Tell the application, if it is there."""
        if self._channel is not None:
            self._channel.send(self._encoder.encode(event) + b"\n")

    def close(self) -> None:
        """Stop listening and hang up."""
        self._listener.close()
        self._path.unlink(missing_ok=True)
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _connected(self, sock: socket.socket) -> None:
        if self._channel is not None:
            self._channel.close()
        self._channel = Channel(self._wires, sock, self._lines, self._lost)
        self._on_change(True)

    def _lost(self) -> None:
        self._channel = None
        self._on_change(False)

    def _lines(self, lines: list[bytes]) -> None:
        for line in lines:
            try:
                command = self._decoder.decode(line)
            except msgspec.DecodeError as error:
                # The text of the error names fields, never their values.
                log.note("command refused", str(error))
                continue
            self._on_command(command)


def _clear(path: Path) -> None:
    if path.exists():
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(path))
            except OSError:
                path.unlink(missing_ok=True)
            else:
                raise FileExistsError(f"another line listens at {path}")
