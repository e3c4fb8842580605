"""``cardline verify-evidence`` says it in words and by its exit status, with no installation."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typer.testing import CliRunner

from cardline.app.commandline import app
from cardline.evidence.packs.form import ROOTS
from tests.rules.evidence_forge import altered, pair, read, usual


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return usual().write(tmp_path / "p.zip")


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["verify-evidence", *map(str, arguments)])
    return result.exit_code, result.output


def test_a_pack_that_holds_ends_with_0_in_both_languages(pack: Path) -> None:
    status, said = run(pack)
    assert status == 0
    assert "核验通过" in said
    assert "The pack holds." in said
    assert "Not proved: That the bank has no other records" in said
    assert "核验通过" not in run(pack, "--language", "en")[1]
    assert not (pack.parent / "var").exists(), "no home is made"


def test_a_pack_that_does_not_hold_ends_with_1(pack: Path) -> None:
    forged = altered(pack, lambda contents: contents.update({"index.pdf": b"x"}))
    status, said = run(forged, "--json")
    told = json.loads(said)
    assert (status, told["holds"]) == (1, False)
    fault = next(one for one in told["findings"] if one["state"] == "failed")
    assert (fault["code"], fault["values"]) == ("file-altered", {"name": "index.pdf"})
    assert "index.pdf" in fault["zh"]
    assert run(pack.parent / "nowhere.zip")[0] == 1


def test_key_and_roots_from_elsewhere_are_taken_in_the_forms_in_which_they_come(
    pack: Path, tmp_path: Path
) -> None:
    bank = pair(1)
    public = bank.private.public_key()
    digits, pem, other = tmp_path / "digits", tmp_path / "pem", tmp_path / "other"
    digits.write_text(bank.key.public.hex() + "\n")
    pem.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    other.write_text(pair(9).key.public.hex())
    roots = tmp_path / "roots.jsonl"
    roots.write_bytes(read(pack)[ROOTS])
    assert run(pack, "--key", digits, "--roots", roots)[0] == 0
    assert run(pack, "--key", pem)[0] == 0
    assert run(pack, "--key", other)[0] == 1
    for nonsense in (pack, tmp_path / "none"):
        assert run(pack, "--key", nonsense)[0] == 1
        assert run(pack, "--roots", nonsense)[0] == 1
