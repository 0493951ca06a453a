"""Settings and secrets."""

from pathlib import Path

import pytest
from msgspec import Struct

from actors.runtime.config import Secret, Secrets, load_secrets, load_settings
from actors.runtime.errors import ConfigError
from tests.support.actor import make_settings


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table with one key."""

    interval_s: float = 15.0


def test_a_table_that_is_absent_has_its_defaults(tmp_path: Path) -> None:
    """The shortest configuration is none."""
    assert make_settings(tmp_path).table("feed", Table).interval_s == 15.0


def test_an_unknown_key_is_named_with_file_and_table(tmp_path: Path) -> None:
    """A misspelt key that is ignored is a setting that silently does not work."""
    settings = make_settings(tmp_path, "[feed]\nintervall_s = 1.0\n")

    with pytest.raises(ConfigError, match=r"sigmabell\.toml: \[feed\]: .*intervall_s"):
        settings.table("feed", Table)


class Watch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table in a list in a table."""

    symbol: str = ""
    rest_s: float = 300.0


class Lists(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table that holds others."""

    interval_s: float = 15.0
    pace: Table = Table()
    watches: tuple[Watch, ...] = ()
    chats: dict[str, int] = {}


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("intervall_s = 1.0", "interval_s, pace, watches, chats"),
        ("pace = { intervall_s = 1.0 }", "interval_s"),
        ('watches = [{ symbol = "005930" }, { symbl = "TQQQ" }]', "symbol, rest_s"),
    ],
)
def test_an_unknown_key_is_answered_with_the_keys_of_its_place(tmp_path: Path, text: str, known: str) -> None:
    """A misspelt key is corrected by seeing the right one beside it."""
    settings = make_settings(tmp_path, f"[feed]\n{text}\n")

    with pytest.raises(ConfigError, match=rf"expected one of {known}, found (intervall_s|symbl)$"):
        settings.table("feed", Lists)


def test_a_wrong_type_says_what_was_expected_and_found(tmp_path: Path) -> None:
    """The operator should not have to read our code."""
    settings = make_settings(tmp_path, '[feed]\ninterval_s = "fast"\n')

    with pytest.raises(ConfigError, match=r'\[feed\]: interval_s: expected a number, found "fast"$'):
        settings.table("feed", Table)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("interval_s = inf", r"interval_s: expected a number of at most 1e\+09, found inf"),
        ("interval_s = 10_000_000_000", r"interval_s: .*, found 1e\+10"),
        ("pace = { interval_s = -1e308 }", r"pace\.interval_s: .*, found -1e\+308"),
        ("watches = [{}, { rest_s = inf }]", r"watches\[1\]\.rest_s: .*, found inf"),
        ("chats = { anna = 9_223_372_036_854_775_807 }", r"chats\.anna: .*, found 9\.22337e\+18"),
    ],
)
def test_a_number_that_nothing_can_be_reckoned_with_is_refused(tmp_path: Path, text: str, found: str) -> None:
    """Whoever writes inf for "never" would have an actor that dies of it at every start, without a word of the key."""
    settings = make_settings(tmp_path, f"[feed]\n{text}\n")

    with pytest.raises(ConfigError, match=rf"sigmabell\.toml: \[feed\]: {found}$"):
        settings.table("feed", Lists)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[fed]\n", r"found \[fed\]"),
        ("[feed\n", "expected TOML"),
        ('[sigmabell]\nclock = "sundial"\n', r"\[sigmabell\]: .*clock"),
        ('[simulator]\nenabled = "yes"\n', r'\[simulator\]: enabled: expected true or false, found "yes"'),
        ("simulator = 5\n", r"\[simulator\]: expected a table, found 5"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_name(tmp_path: Path, text: str, expected: str) -> None:
    """Exit 78 is only useful with a line that says why."""
    with pytest.raises(ConfigError, match=expected) as refusal:
        make_settings(tmp_path, text)
    assert "sigmabell.toml" in str(refusal.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Running with defaults against a misspelt SIGMABELL_CONF would be a surprise."""
    with pytest.raises(ConfigError, match="No such file"):
        load_settings(tmp_path / "missing.toml")


def test_a_secret_never_shows_itself() -> None:
    """Whatever is formatted into a log or a traceback is not the key."""
    secret = Secret("0123456789")

    assert "0123456789" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "0123456789"


def test_a_secrets_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """Such a key must be thought of as known."""
    settings = make_settings(tmp_path)
    path = tmp_path / "conf" / "secrets.toml"
    path.write_text('telegram_bot_token = "t"\n', encoding="utf-8")
    path.chmod(0o644)

    with pytest.raises(ConfigError, match="expected mode 0600, found 0644"):
        load_secrets(settings)


def test_the_environment_comes_before_the_file_and_is_emptied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child process must not inherit our keys."""
    settings = make_settings(tmp_path)
    path = tmp_path / "conf" / "secrets.toml"
    path.write_text('telegram_bot_token = "file"\nkis_app_key = "key"\n', encoding="utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("SIGMABELL_TELEGRAM_BOT_TOKEN", "environment")

    secrets = load_secrets(settings)

    assert secrets.telegram_bot_token.reveal() == "environment"
    assert secrets.kis_app_key.reveal() == "key"
    assert load_secrets(settings).telegram_bot_token.reveal() == "file"


def test_what_was_pasted_around_a_secret_is_no_part_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file read into a variable ends with a line end, and so does a text of several lines."""
    settings = make_settings(tmp_path)
    path = tmp_path / "conf" / "secrets.toml"
    path.write_text('kis_app_secret = """\nSECRET\n"""\nntfy_token = "of the file"\n', encoding="utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("SIGMABELL_KIS_APP_KEY", "KEY\n")
    monkeypatch.setenv("SIGMABELL_NTFY_TOKEN", " \n")

    secrets = load_secrets(settings)

    found = [secret.reveal() for secret in (secrets.kis_app_key, secrets.kis_app_secret, secrets.ntfy_token)]
    assert found == ["KEY", "SECRET", "of the file"]


@pytest.mark.parametrize("letter", ["\u200b", "한", "é", "\\n", "\\u0000", "\\t"])
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('kis_app_secret = "SEC{}RET"', r"kis_app_secret \(or SIGMABELL_KIS_APP_SECRET\)"),
        ('[[kis_app_keys]]\nname = "b"\napp_key = "SEC{}RET"\napp_secret = "s"', r"\[\[kis_app_keys\]\] b: app_key"),
        ('[[kis_app_keys]]\nname = "b"\napp_key = "k"\napp_secret = "SEC{}RET"', r"\[\[kis_app_keys\]\] b: app_secret"),
    ],
)
def test_a_secret_that_no_header_takes_is_refused_by_its_name_alone(
    tmp_path: Path, letter: str, text: str, place: str
) -> None:
    """What it is sent with would raise, quoting it, in the middle of a morning."""
    settings = make_settings(tmp_path)
    path = tmp_path / "conf" / "secrets.toml"
    path.write_text(text.format(letter), encoding="utf-8")
    path.chmod(0o600)

    with pytest.raises(ConfigError, match=rf"secrets\.toml: {place}: expected ASCII") as refusal:
        load_secrets(settings)
    assert "SEC" not in str(refusal.value).replace("APP_SECRET", "")


def test_broken_secrets_are_refused_without_quoting_them(tmp_path: Path) -> None:
    """A TOML error usually shows the line it stumbled over."""
    settings = make_settings(tmp_path)
    path = tmp_path / "conf" / "secrets.toml"
    path.write_text("kis_app_key = SECRETSECRET\n", encoding="utf-8")
    path.chmod(0o600)

    with pytest.raises(ConfigError) as refusal:
        load_secrets(settings)
    assert "SECRETSECRET" not in str(refusal.value)


def test_what_is_wrong_in_the_secrets_is_named_without_being_shown(tmp_path: Path) -> None:
    """Its place is enough, and the text may be the key itself in the wrong line."""
    settings = make_settings(tmp_path)
    path = tmp_path / "conf" / "secrets.toml"
    path.write_text("telegram_bot_token = 123456789\n", encoding="utf-8")
    path.chmod(0o600)

    with pytest.raises(ConfigError, match=r"telegram_bot_token: expected a text, found another$"):
        load_secrets(settings)


def test_a_missing_secret_says_where_it_is_looked_for(tmp_path: Path) -> None:
    """The first thing that a new operator meets."""
    secrets = load_secrets(make_settings(tmp_path))

    with pytest.raises(ConfigError, match=r"kis_app_key: expected .* SIGMABELL_KIS_APP_KEY, found none.*sigmactl init"):
        secrets.require("kis_app_key")


def test_in_the_simulated_world_only_its_own_keys_are_used(tmp_path: Path) -> None:
    """The demo never sends real keys anywhere, not even to itself."""
    settings = make_settings(tmp_path, '[simulator]\nenabled = true\napp_key = "SIMULATED"\n')
    path = tmp_path / "conf" / "secrets.toml"
    path.write_text('kis_app_key = "REAL"\n', encoding="utf-8")
    path.chmod(0o600)

    assert load_secrets(settings).kis_app_key.reveal() == "SIMULATED"


MORE = '[[kis_app_keys]]\nname = "{name}"\napp_key = "{app_key}"\napp_secret = "further-secret"\n'


def further(directory: Path, *tables: tuple[str, str]) -> Secrets:
    """Return the secrets of a file with the main app key `first` and these further ones, names before keys."""
    settings = make_settings(directory)
    path = directory / "conf" / "secrets.toml"
    more = "".join(MORE.format(name=name, app_key=app_key) for name, app_key in tables)
    path.write_text(f'kis_app_key = "first"\nkis_app_secret = "its-secret"\n{more}', encoding="utf-8")
    path.chmod(0o600)
    return load_secrets(settings)


def test_further_app_keys_stand_in_tables_and_are_taken_out_of_logs(tmp_path: Path) -> None:
    """One app key carries 41 streams; the second is as secret as the first."""
    secrets = further(tmp_path, ("second", "another-key"))

    assert [(key.name, key.key.reveal()) for key in secrets.app_keys] == [("main", "first"), ("second", "another-key")]
    assert {"another-key", "further-secret"} <= set(secrets.texts())
    assert "another-key" not in repr(secrets)


@pytest.mark.parametrize("tables", [[("main", "a")], [("b", "first")], [("b", "a"), ("b", "c")]])
def test_two_app_keys_of_one_name_or_one_key_under_two_names_are_refused(
    tmp_path: Path, tables: list[tuple[str, str]]
) -> None:
    """An app key has one session: under two names it would throw itself out for ever."""
    with pytest.raises(ConfigError, match=r"\[\[kis_app_keys\]\]: expected each (name|app_key) once") as refusal:
        further(tmp_path, *tables)
    assert "first" not in str(refusal.value)


@pytest.mark.parametrize("name", ["", "a b", "둘", "x" * 21, r"second\n"])
def test_an_app_key_has_a_plain_name(tmp_path: Path, name: str) -> None:
    """It is typed in commands; one with a line end behind it could not be, and looked like another."""
    with pytest.raises(ConfigError, match=r"name: expected a text like \^\[A-Za-z0-9_-\]\{1,20\}\$, found another"):
        further(tmp_path, (name, "another-key"))


def test_the_simulated_world_has_its_further_app_keys(tmp_path: Path) -> None:
    """What the simulator knows, feed uses."""
    settings = make_settings(tmp_path, '[simulator]\nenabled = true\nmore_app_keys = ["B", "C"]\n')

    keys = load_secrets(settings).app_keys
    assert [(key.name, key.key.reveal()) for key in keys[1:]] == [("simulated-2", "B"), ("simulated-3", "C")]
