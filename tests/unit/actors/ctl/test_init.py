"""`sigmactl init`: what it writes, and what it never shows."""

import stat
from pathlib import Path

import pytest

from actors.ctl.__main__ import main
from actors.ctl.init import write_secrets
from actors.runtime.config import Settings, load_secrets
from tests.support.actor import make_secrets, make_settings

UNREACHABLE = '[kis]\nrest_url = "http://127.0.0.1:9"\n[telegram]\napi_url = "http://127.0.0.1:9"\n'
TYPED = "app-key\napp-secret\n123456:BOT-TOKEN\n"


class Script:
    """What a script pipes in."""

    def __init__(self, text: str) -> None:
        self._lines = iter(text.splitlines(keepends=True))

    def isatty(self) -> bool:
        """Say that nobody types."""
        return False

    def readline(self) -> str:
        """Give the next line."""
        return next(self._lines, "")


def init(settings: Settings, monkeypatch: pytest.MonkeyPatch, text: str, *words: str) -> int:
    """Return the exit code of `sigmactl init` when *text* is typed."""
    monkeypatch.setattr("sys.stdin", Script(text))
    return main(["--conf", str(settings.path), "init", *words])


def test_secrets_come_back_as_they_were_written(tmp_path: Path) -> None:
    """A secret may hold quotes, backslashes and what else there is in ASCII."""
    settings = make_settings(tmp_path)
    secrets = make_secrets(kis_app_secret='a"b\\c=d+/~', operator_code_hash="")
    write_secrets(settings.root / settings.shared.secrets, secrets)

    assert load_secrets(settings).texts() == secrets.texts()


def test_the_file_is_for_our_eyes_only_and_nothing_else_is_left(tmp_path: Path) -> None:
    """Whoever reads the app secret can trade."""
    path = tmp_path / "conf" / "secrets.toml"
    write_secrets(path, make_secrets())

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_nothing_is_written_when_a_service_does_not_know_the_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Otherwise the mistake would be found at 09:00."""
    settings = make_settings(tmp_path, UNREACHABLE)

    assert init(settings, monkeypatch, TYPED) == 1
    assert not (tmp_path / "conf" / "secrets.toml").exists()
    assert capsys.readouterr().err.startswith("sigmactl: KIS: expected an answer")


def test_unchecked_keys_are_written_and_only_the_code_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A terminal's history must hold no key; the code is good for one person, once."""
    settings = make_settings(tmp_path, UNREACHABLE)

    assert init(settings, monkeypatch, TYPED, "--unchecked") == 0
    shown = capsys.readouterr().out
    assert "Then send this to your bot, once; it makes you the operator:\n\n    /start " in shown
    assert not any(secret in shown for secret in load_secrets(settings).texts())


def test_what_comes_next_is_said_with_this_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A code is no use to a bot that does not run, or that runs with the demo's configuration."""
    settings = make_settings(tmp_path, UNREACHABLE)

    assert init(settings, monkeypatch, TYPED, "--unchecked") == 0
    shown = capsys.readouterr().out
    start, reload, code = (shown.index(word) for word in ("supervisord -c", "reload", "/start "))

    assert start < reload < code
    assert f"SIGMABELL_CONF={settings.path} " in shown
    assert f"sigmactl --conf {settings.path} reload" in shown


def test_an_empty_line_keeps_what_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """To change the bot one need not know the app secret again."""
    settings = make_settings(tmp_path, UNREACHABLE)
    init(settings, monkeypatch, TYPED, "--unchecked")

    assert init(settings, monkeypatch, "\n\n999999:OTHER\n", "--unchecked") == 0
    known = load_secrets(settings)
    assert (known.kis_app_key.reveal(), known.telegram_bot_token.reveal()) == ("app-key", "999999:OTHER")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "text",
    ["", "app-key\n", "app-key\napp-secret\nnot a token\n", "app-key\n\u200bapp-secret\n123456:BOT-TOKEN\n"],
)
def test_what_is_missing_or_no_token_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """A token becomes part of a URL, a secret of a header."""
    settings = make_settings(tmp_path, UNREACHABLE)

    assert init(settings, monkeypatch, text, "--unchecked") == 1
    assert not (tmp_path / "conf" / "secrets.toml").exists()


def test_the_demos_configuration_is_refused_with_the_way_to_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The demo needs no keys, and would not use them."""
    settings = make_settings(tmp_path, "[simulator]\nenabled = true\n")

    assert init(settings, monkeypatch, TYPED) == 78
    assert "live.toml.example" in capsys.readouterr().err


def test_a_further_app_key_is_added_beside_what_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the first app key nor the operator's code may change by it."""
    settings = make_settings(tmp_path, UNREACHABLE)
    init(settings, monkeypatch, TYPED, "--unchecked")
    before = load_secrets(settings)

    for typed in ("key-2\nsecret-2\n", "key-3\nsecret-3\n"):
        assert init(settings, monkeypatch, typed, "--unchecked", "--app-key", "second") == 0
    known = load_secrets(settings)
    assert [(key.name, key.key.reveal()) for key in known.app_keys] == [("main", "app-key"), ("second", "key-3")]
    assert known.operator_code_hash.reveal() == before.operator_code_hash.reveal()
    assert "key-3" not in capsys.readouterr().out


@pytest.mark.parametrize(("name", "typed"), [("main", "k\ns\n"), ("two words", "k\ns\n"), ("second", "k\n\n")])
def test_a_further_app_key_needs_a_name_of_its_own_and_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, typed: str
) -> None:
    """Half a key would be found out at 09:00."""
    settings = make_settings(tmp_path, UNREACHABLE)

    assert init(settings, monkeypatch, typed, "--unchecked", "--app-key", name) == 1
    assert not (tmp_path / "conf" / "secrets.toml").exists()
