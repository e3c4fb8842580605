"""Rules of the holder's pages: sessions, ways back, what may be written, texts, stories."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.ids import HolderId
from cardline.core.policy import PolicyError, load_area
from cardline.core.transaction import JsonObject
from cardline.evidence.model import Entry
from cardline.identity.model import Act, Factor, Proofs
from cardline.portal.model import Session, SessionId, Word
from cardline.portal.policy import portal_policy
from cardline.portal.rules import clean_text, may_write, safe_back, session_ends, session_holds
from cardline.portal.telling import about_in, agents_in, looks_in, story_of
from cardline.portal.texts import TextsError, load_texts
from tests.rules.portal_parts import POLICY

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TEXTS = load_texts()


def session(**more: object) -> Session:
    idle_until, ends_at = session_ends(POLICY, opened_at=NOW, seen_at=NOW)
    one = Session(
        SessionId("my1"), HolderId("h1"), Proofs(), NOW, NOW, idle_until, ends_at, None, "Browser"
    )
    return replace(one, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("after", "codes"),
    [
        (timedelta(0), ()),
        (timedelta(minutes=15) - timedelta(microseconds=1), ()),
        (timedelta(minutes=15), ("session-idle",)),
        (timedelta(minutes=60), ("session-idle", "session-over")),
    ],
)
def test_a_session_ends_idle_and_in_any_case(after: timedelta, codes: tuple[str, ...]) -> None:
    assert session_holds(session(), policy=POLICY, now=NOW + after).codes == codes


def test_an_ended_session_is_over_at_once() -> None:
    assert session_holds(session(ended_at=NOW), policy=POLICY, now=NOW).codes == ("session-ended",)


@given(st.integers(0, 59))
def test_use_never_carries_a_session_past_its_end(minutes: int) -> None:
    seen = NOW + timedelta(minutes=minutes)
    idle_until, ends_at = session_ends(POLICY, opened_at=NOW, seen_at=seen)
    assert idle_until <= ends_at == NOW + POLICY.session


def test_a_session_that_would_outlive_its_proof_is_refused() -> None:
    with pytest.raises(PolicyError, match="proof"):
        portal_policy(load_area("portal"), proof_lasts=timedelta(minutes=59))


@pytest.mark.parametrize(
    "way", ["/my", "/my?x=1", "/my/bills", "/my/contacts/i1?page=2", "/my/bills/a1/2026-11-05"]
)
def test_pages_of_ours_are_gone_back_to(way: str) -> None:
    assert safe_back(way) == way


@given(st.text())
def test_nothing_else_is_gone_back_to(way: str) -> None:
    back = safe_back(way)
    assert back == "/my" or back.startswith(("/my/", "/my?"))
    assert not any(sign in back for sign in ("//", "\\", "\n", "\r", " ", ".."))


@given(st.text())
def test_cleaning_leaves_what_people_type_and_nothing_else(typed: str) -> None:
    once = clean_text(typed)
    assert clean_text(once) == once
    assert not set(once) & set("\0\u202e\u200f\u2066\x1b")


def test_line_breaks_and_words_stay() -> None:
    assert clean_text(" 第一行\r\n第二行 \u202eabc") == "第一行\n第二行 abc"


@pytest.mark.parametrize(
    ("text", "files", "kept", "codes"),
    [
        ("a", 0, 0, ()),
        ("", 1, 0, ()),
        ("", 0, 0, ("empty",)),
        ("a" * 11, 0, 0, ("too-long",)),
        ("a", 4, 0, ("too-many-files",)),
        ("a", 1, 200, ("no-room",)),
        ("a", 0, 200, ()),
        ("a" * 11, 4, 198, ("too-long", "too-many-files", "no-room")),
    ],
)
def test_what_may_be_kept(text: str, files: int, kept: int, codes: tuple[str, ...]) -> None:
    source = "note_characters"
    verdict = may_write(text, most=10, files=files, kept=kept, policy=POLICY, source=source)
    assert verdict.codes == codes


def entry(kind: str, body: JsonObject, by: str = "system", seq: int = 1) -> Entry:
    return Entry("i1", seq, NOW + timedelta(seconds=seq), kind, by, body)


def test_a_call_is_told_in_order_without_what_means_nothing() -> None:
    steps: JsonObject = {
        "steps": [
            {"at": (NOW + timedelta(seconds=2)).isoformat(), "node": "main", "said": "您好"},
            {"at": (NOW + timedelta(seconds=3)).isoformat(), "node": "main", "key": "9"},
        ]
    }
    entries = [
        entry("interaction.opened", {"door": "phone"}),
        entry("offer.made", {}, seq=5),
        entry("card.frozen", {"tail": "1111"}, seq=6),
        entry("party.joined", {"agent": "a6003"}, seq=7),
        entry("hotline.steps", steps, seq=8),
        entry("identity.decided", {"act": Act.FREEZE.value}, seq=9),
    ]
    told = story_of(entries, {"a6003": "6003"})
    words = [TEXTS.word(one.word, "zh") if one.word else one.text for one in told]
    assert words == [
        "您拨通了客服热线。",
        "您好",
        "按了 9 键。",
        "尾号1111的卡已冻结。",
        "座席（工号6003）接通。",
    ]
    assert about_in(entries) == ("freeze",)
    assert agents_in(entries, {"a6003": "6003"}) == ("6003",)


def test_who_looked_and_why_is_told() -> None:
    entries = [entry("recording.listened", {"reason": "投诉核查"}, by="staff:6201")]
    (look,) = looks_in(entries, {})
    assert (look.by, look.number, look.reason) == ("staff:6201", "6201", "投诉核查")
    seen = entry("desk.looked", {"role": "agent", "what": "story"}, by="agent:a6003")
    (look,) = looks_in([seen], {"a6003": "6003"})
    assert (look.role, look.what, look.number, look.own) == ("agent", "story", "6003", False)


def test_a_lead_who_listens_in_is_a_look_and_nobody_who_answered() -> None:
    numbers = {"a6003": "6003", "a6101": "6101", "a6102": "6102"}
    entries = [
        entry("party.joined", {"leg": "1", "agent": "a6003", "purpose": "offer"}),
        entry("party.joined", followed("2", "a6101", "listen"), seq=2),
        entry("party.left", {"leg": "2", "agent": "a6101"}, seq=3),
        entry("party.joined", followed("3", "a6102", "join"), seq=4),
        entry("call.monitoring", {"leg": "3", "how": "whisper"}, by="agent:a6102", seq=5),
        entry("party.left", {"leg": "3", "agent": "a6102"}, seq=6),
    ]
    told = [TEXTS.word(one.word, "zh") for one in story_of(entries, numbers) if one.word]
    assert told == [f"座席（工号{number}）接通。" for number in ("6003", "6102")] + [
        "座席（工号6102）离开。"
    ]
    assert agents_in(entries, numbers) == ("6003", "6102")
    looks = [(look.role, look.number, look.own) for look in looks_in(entries, numbers)]
    assert looks == [("lead", "6101", False), ("lead", "6102", False)]
    words = {
        TEXTS.say(f"look.{look.kind.replace('.', '-')}", "zh") for look in looks_in(entries, {})
    }
    assert words == {"旁听了这次通话"}


def followed(leg: str, agent: str, how: str) -> JsonObject:
    return {"leg": leg, "agent": agent, "purpose": "monitor", "how": how}


def test_every_act_factor_and_kind_has_words_in_both_languages() -> None:
    for language in ("zh", "en"):
        for act in Act:
            assert TEXTS.about(act.value, language)
        for factor in Factor:
            assert TEXTS.has(f"factor.{factor.value}")
            assert TEXTS.word(Word("told.proven", (("factor", factor.value),)), language)


def test_a_text_that_one_language_lacks_is_found_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "texts.zh.toml").write_text('a = "{x}"\nb = "甲"\n', encoding="utf-8")
    (tmp_path / "texts.en.toml").write_text('a = "{y}"\n', encoding="utf-8")
    with pytest.raises(TextsError, match="a, b"):
        load_texts(tmp_path)
