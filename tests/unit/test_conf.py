"""What an operator finds in `conf/` is all there is to set, and says the truth about it."""

import importlib
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from actors.runtime.config import KNOWN_TABLES, Settings, SharedSettings, load_settings
from actors.runtime.recordings import RecordingsConfig
from actors.telegram.channels.config import ChannelsConfig
from protocol.topology import ACTORS
from simulator.config import SimulatorConfig
from tests.support.house import ROOT

DEMO = ROOT / "conf" / "sigmabell.toml"
LIVE = ROOT / "conf" / "live.toml.example"
SHARED: dict[str, type[Struct]] = {
    "sigmabell": SharedSettings,
    "recordings": RecordingsConfig,
    "simulator": SimulatorConfig,
}
# `#key = value`, and the further lines of a list; prose begins with a blank.
SWITCHED_OFF = re.compile(r"^#(?=\S|    \{)", re.MULTILINE)


def struct_of(table: str) -> type[Struct]:
    """Return the Struct that *table* is decoded into: `us_poller` is UsPollerConfig of `actors.us_poller.config`."""
    if table in SHARED:
        return SHARED[table]
    name = "".join(word.capitalize() for word in table.split("_")) + "Config"
    found: type[Struct] = getattr(importlib.import_module(f"actors.{table}.config"), name)
    return found


TABLES = {table: struct_of(table) for table in (*SHARED, "kis", "market", *ACTORS)}
NESTED: dict[str, type[Struct]] = {
    f"telegram.channels.{field.name}": type(field.default) for field in msgspec.structs.fields(ChannelsConfig)
}
ALL = TABLES | NESTED
PAGES = [(DEMO, table) for table in ALL] + [(LIVE, table) for table in ALL if table != "simulator"]


def read_set(path: Path) -> dict[str, dict[str, Any]]:
    """Return the keys that are set in *path*, by table."""
    return by_table(tomllib.loads(path.read_text(encoding="utf-8")))


def read_all(path: Path) -> dict[str, dict[str, Any]]:
    """Return the keys that are set, and those that only show their default, by table."""
    return by_table(tomllib.loads(SWITCHED_OFF.sub("", path.read_text(encoding="utf-8"))))


def by_table(tables: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return *tables* with those of the channels under names of their own."""
    channels = tables.get("telegram", {}).get("channels", {})
    return tables | {f"telegram.channels.{name}": keys for name, keys in channels.items()}


@pytest.mark.parametrize(("path", "table"), PAGES)
def test_every_key_stands_in_the_file(path: Path, table: str) -> None:
    """A key that is not in the file does not exist for who reads only the file."""
    assert set(read_all(path)[table]) == {field.name for field in msgspec.structs.fields(ALL[table])}


@pytest.mark.parametrize(("path", "table"), PAGES)
def test_a_key_that_is_not_set_shows_its_default(path: Path, table: str) -> None:
    """A default that has moved on would make the comment a lie, and whoever takes its # away changes something."""
    shown = {key: value for key, value in read_all(path)[table].items() if key not in read_set(path).get(table, {})}

    assert msgspec.convert(shown, ALL[table]) == ALL[table]()


@pytest.mark.parametrize(("path", "table"), PAGES)
def test_every_key_has_its_explanation_above(path: Path, table: str) -> None:
    """A number without its unit is a guess."""
    section = path.read_text(encoding="utf-8").split(f"\n[{table}]\n")[1].split("\n[")[0]
    keys = "|".join(read_all(path)[table])
    bare = re.findall(rf"^(?!# \S).*\n#?({keys}) = ", section, re.MULTILINE)

    assert bare == []


@pytest.mark.parametrize("path", [DEMO, LIVE])
@pytest.mark.parametrize("table", TABLES)
def test_every_actor_can_read_its_table(path: Path, table: str) -> None:
    """A shipped file that ends an actor with exit code 78 is the worst first impression."""
    assert isinstance(load_settings(path).table(table, TABLES[table]), TABLES[table])


def test_every_table_that_the_runtime_knows_is_in_this_test() -> None:
    """A new table would else be shipped unseen."""
    assert KNOWN_TABLES - {"ctl"} == set(TABLES)


def test_the_demo_meets_nobody_outside_this_machine() -> None:
    """A first `make run` must send nothing to KIS or Telegram."""
    text = "\n".join(line for line in DEMO.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    settings = load_settings(DEMO)

    assert settings.simulated
    assert settings.shared.clock == "world"
    assert {url.split(":")[0] for url in re.findall(r'"(?:https?|wss?)://([^"]+)"', text)} == {"127.0.0.1"}


def test_the_demo_leaves_nothing_where_live_use_would_read_it() -> None:
    """Its made-up prices would become real targets, and its person the operator, in the same checkout."""
    demo, live = load_settings(DEMO), load_settings(LIVE)

    assert live.data_dir == ROOT / "data"
    assert demo.data_dir == ROOT / "data" / "demo"


def test_the_live_example_has_the_real_hosts_and_clock() -> None:
    """Copied and named by SIGMABELL_CONF it must need nothing but keys. Source of the hosts: KIS documents."""
    settings = load_settings(LIVE)

    assert not settings.simulated
    assert settings.shared.clock == "system"
    assert urls_of(settings) == {
        "rest_url": "https://openapi.koreainvestment.com:9443",
        "ws_url": "ws://ops.koreainvestment.com:21000",
        "masters_url": "https://new.real.download.dws.co.kr/common/master",
        "api_url": "https://api.telegram.org",
    }


def urls_of(settings: Settings) -> dict[str, object]:
    """Return where this configuration goes."""
    kis = msgspec.to_builtins(settings.table("kis", TABLES["kis"]))
    telegram = msgspec.to_builtins(settings.table("telegram", TABLES["telegram"]))
    places = {name: url for name, url in kis.items() if name.endswith("_url")}
    return {**places, "api_url": telegram["api_url"]}
