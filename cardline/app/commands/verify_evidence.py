"""``verify-evidence``: check a pack on any machine, with no server and no database."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from cardline.app.commandline import AsJson, app, fail, print_json, say
from cardline.cards.model import Language
from cardline.evidence.packs import words
from cardline.evidence.packs.checking import Trust, check
from cardline.evidence.packs.findings import Result
from cardline.evidence.publishing import Published, read_published
from cardline.evidence.statements import Malformed

_KEY_BYTES = 32


@app.command("verify-evidence")
def verify_evidence(
    pack: Annotated[Path, typer.Argument(metavar="PACK.zip", help="The evidence pack.")],
    key: Annotated[
        Path | None,
        typer.Option(help="The bank's public key, from elsewhere: PEM, or hexadecimal digits."),
    ] = None,
    roots: Annotated[
        Path | None, typer.Option(help="Published roots that were kept elsewhere.")
    ] = None,
    language: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="One language alone.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Check an evidence pack; say what it proves, what it does not, and what does not hold."""
    result = check(pack, Trust(_key(key) if key else None, _roots(roots) if roots else None))
    if json:
        print_json(_told(result))
    else:
        for one in ("zh", "en") if language is None else (language,):
            _say(result, "zh" if one == "zh" else "en")
    if not result.holds:
        raise typer.Exit(1)


def _say(result: Result, language: Language) -> None:
    say(words.verdict(result, language))
    for wanted in ("failed", "proved", "not-proved"):
        for finding in result.findings:
            if finding.state == wanted:
                say(f"  {words.state(finding, language)}: {words.sentence(finding, language)}")


def _told(result: Result) -> dict[str, object]:
    return {
        "holds": result.holds,
        "findings": [
            {
                "code": one.code,
                "state": one.state,
                "values": one.values,
                "zh": words.sentence(one, "zh"),
                "en": words.sentence(one, "en"),
            }
            for one in result.findings
        ],
    }


def _key(file: Path) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
    try:
        digits = bytes.fromhex(content.decode().strip())
        if len(digits) == _KEY_BYTES:
            return digits
    except ValueError:
        pass
    try:
        public = load_pem_public_key(content)
    except ValueError:
        fail(f"{file} holds no public key: PEM, or 64 hexadecimal digits")
    if not isinstance(public, Ed25519PublicKey):
        fail(f"{file} holds a key, but none of Ed25519")
    return public.public_bytes_raw()


def _roots(file: Path) -> Published:
    try:
        with file.open("rb") as lines:
            return read_published(lines)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
    except Malformed as error:
        fail(f"{file} holds no published roots: {error}")
