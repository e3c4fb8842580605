"""``cardline check-message``, as it is called."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cardline.app.commandline import app

SCAM = "请把短信验证码发给我"


def run(*arguments: str, given: bytes | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["check-message", *arguments], input=given)
    return result.exit_code, result.output


def lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_a_message_is_judged_for_people_in_both_languages(tmp_path: Path) -> None:
    status, output = run("--home", str(tmp_path), "--sender", "13800138000", SCAM)
    assert status == 0
    assert "很可能是诈骗" in output
    assert "Very likely a scam" in output
    assert "索要短信验证码" in output
    assert not list(tmp_path.iterdir()), "judging needs no installation"


def test_a_message_is_judged_for_programs(tmp_path: Path) -> None:
    status, output = run("--home", str(tmp_path), "--sender", "13800138000", SCAM, "--json")
    told = json.loads(output)
    assert (status, told["verdict"]) == (0, "scam")
    assert 0.9 < told["score"] < 1
    first = told["reasons"][0]
    assert first["code"] == "asks-code"
    assert first["zh"]
    assert first["en"]
    assert json.loads(run("您的账单已出", "--sender", "4000000000", "--json")[1])["verdict"] == (
        "official"
    )


def test_a_file_gives_one_line_for_each_line_whatever_stands_in_it(tmp_path: Path) -> None:
    path = tmp_path / "messages.txt"
    path.write_bytes(
        b"\xef\xbb\xbf"
        + SCAM.encode()
        + b"\r\n\n"
        + b"\xff\xfe\x00\x80 broken\n"
        + SCAM.encode("gb18030")
        + b"\n"
        + json.dumps({"text": "您的账单已出", "sender": "4000000000"}).encode()
        + b'\n{"text": 5}\n{not json\n'
        + b"\x1b[31m\x07\x00\n"
        + ("好" * 400_000).encode()
        + b"\n"
        + SCAM.encode()
    )
    status, output = run("--file", str(path))
    told = lines(output)
    assert status == 0
    assert [one["line"] for one in told] == list(range(1, 11))
    verdicts = [one["verdict"] for one in told]
    assert (verdicts[0], verdicts[-1], verdicts[4]) == ("scam", "scam", "official")
    assert [one["code"] for one in told[1]["reasons"]] == ["empty"]
    assert "cut" in [one["code"] for one in told[8]["reasons"]]
    for one in told:
        assert one["verdict"] in ("official", "unknown", "scam")
        assert 0 <= one["score"] <= 1
        assert one["reasons"]


def test_standard_input_serves_as_text_and_as_file() -> None:
    assert json.loads(run("-", "--json", given=SCAM.encode())[1])["verdict"] == "scam"
    told = lines(run("--file", "-", given=f"{SCAM}\n你好\n".encode())[1])
    assert [one["verdict"] for one in told] == ["scam", "unknown"]


def test_a_registry_of_ones_own_takes_the_place_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "official.yaml"
    path.write_text(
        'bank: {names: [某某银行], numbers: ["95500"], domains: [bank.example]}', "utf-8"
    )
    own = ("--registry", str(path), "--json", "您的账单已出", "--sender")
    assert json.loads(run(*own, "95500")[1])["verdict"] == "official"
    assert json.loads(run(*own, "4000000000")[1])["verdict"] == "unknown"


@pytest.mark.parametrize(
    "arguments", [(), ("text", "--file", "also"), ("text", "--kind", "letter")]
)
def test_wrong_usage_is_said(arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    status, output = run("--file", str(tmp_path / "none"))
    assert status == 1
    assert "cannot be read" in output
    assert len(output.splitlines()) == 1
    assert run("--file", str(tmp_path))[0] == 1


def test_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "many.txt"
    path.write_text(f"{SCAM}\n" * 3000, "utf-8")
    program = [sys.executable, "-c", "from cardline.app.cli import main; main()"]
    with subprocess.Popen(
        [*program, "check-message", "--file", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
