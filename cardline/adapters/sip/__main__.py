"""``python -m cardline.adapters.sip``: one line process."""

import argparse
import sys
from pathlib import Path

from cardline.adapters.sip.process import Settings, serve


def _host_port(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise argparse.ArgumentTypeError(f"not HOST:PORT: {text}")
    return host, int(port)


def _range(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    if not (low.isdigit() and high.isdigit() and 1023 < int(low) < int(high) < 65536):
        raise argparse.ArgumentTypeError(f"not LOW-HIGH: {text}")
    if int(high) - int(low) < 110:
        raise argparse.ArgumentTypeError("at least 112 ports are needed")
    return int(low), int(high)


def parse(arguments: list[str]) -> Settings:
    """Read the command line; exits with a message where it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m cardline.adapters.sip", description="The line: SIP and media of one node."
    )
    parser.add_argument("--socket", type=Path, required=True, help="where the application connects")
    parser.add_argument("--sip", type=_host_port, required=True, metavar="HOST:PORT")
    parser.add_argument("--spool", type=Path, required=True, help="folder of unfinished recordings")
    parser.add_argument("--prompts", type=Path, required=True, help="folder of prompt WAVs")
    parser.add_argument("--prompt-cache", type=Path, help="default: SPOOL/plays")
    parser.add_argument("--rtp", type=_range, default=(30000, 40000), metavar="LOW-HIGH")
    parser.add_argument("--realm", default="cardline", help="of the phones' passwords")
    parser.add_argument("--max-calls", type=int, default=320)
    parser.add_argument("--media-timeout", type=float, default=30.0, metavar="SECONDS")
    parser.add_argument(
        "--patience", type=float, default=300.0, metavar="SECONDS", help="to be without application"
    )
    parser.add_argument(
        "--notice",
        default="zh/please_hold.0,en/please_hold.0",
        help="pieces for callers left alone, separated by commas",
    )
    parser.add_argument("--music", default="common/hold_music", help="piece that follows it")
    parser.add_argument("--free-mb", type=int, default=256, help="below: alarm recording-failed")
    given = parser.parse_args(arguments)
    host, port = given.sip
    return Settings(
        socket=given.socket,
        host=host,
        port=port,
        spool=given.spool,
        prompts=given.prompts,
        prompt_cache=given.prompt_cache or given.spool / "plays",
        rtp=given.rtp,
        realm=given.realm,
        max_calls=given.max_calls,
        media_timeout=given.media_timeout,
        patience=given.patience,
        notice=given.notice,
        music=given.music,
        free_bytes=given.free_mb << 20,
    )


if __name__ == "__main__":
    sys.exit(serve(parse(sys.argv[1:])))
