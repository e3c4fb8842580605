"""Settings: the later source wins, and a bad value is named with where it came from."""

from pathlib import Path

import pytest

from cardline.app.settings import SettingsError, load_settings


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "cardline.toml").write_text('realm = "file"\nhttp = "127.0.0.1:1111"\n')
    settings = load_settings(
        {"home": str(tmp_path), "http": "127.0.0.1:3333"},
        environment={"CARDLINE_HTTP": "127.0.0.1:2222", "CARDLINE_MAX_CALLS": "7"},
    )
    assert (settings.realm, str(settings.http), settings.max_calls) == (
        "file",
        "127.0.0.1:3333",
        7,
    )


def test_everything_listens_on_loopback_unless_told_otherwise(tmp_path: Path) -> None:
    settings = load_settings({"home": str(tmp_path)}, environment={})
    assert settings.http.host == settings.sip.host == "127.0.0.1"
    assert [str(network) for network in settings.trusted_networks] == ["127.0.0.0/8"]


def test_paths_in_the_file_start_at_the_home(tmp_path: Path) -> None:
    (tmp_path / "cardline.toml").write_text('flow = "mine.yaml"\n')
    settings = load_settings({"home": str(tmp_path)}, environment={})
    assert settings.flow == tmp_path / "mine.yaml"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('sip = "nonsense"', "sip must be HOST:PORT"),
        ('sip = "127.0.0.1:99999"', "sip must be HOST:PORT"),
        ('max_calls = "many"', "max_calls"),
        ('smpp = "carrier"', "smpp must be HOST:PORT"),
        ('smpp = "c:1"\nsms_gateway = "https://x"', "not both"),
        ('smpp = "c:1"\nsmpp_long = "cut"', "smpp_long must be udh or payload"),
        ('smpp = "c:1"\nsmpp_system_id = "more than fifteen"', "smpp_system_id"),
        ('smpp = "c:1"\nsmpp_window = 0', "smpp_window must be between 1 and 100"),
        ('nonsense = "x"', "there is no setting nonsense"),
        ('trusted_sources = "10.0.0.1/8"', "trusted_sources"),
        ('phone_networks = "the house"', "phone_networks"),
        ('trunk = "sip:gw.example.org"', "trunk"),
        ('rtp = "x"', "rtp"),
        ('rtp = "30000-30010"', "rtp"),
        ("sip = ", "cardline.toml"),
    ],
)
def test_a_bad_value_is_a_sentence_that_names_it(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "cardline.toml").write_text(text)
    with pytest.raises(SettingsError, match=what):
        load_settings({"home": str(tmp_path)}, environment={})
