"""The table [telegram]."""

from pathlib import Path

import pytest

from actors.runtime.errors import ConfigError
from actors.telegram.config import TelegramConfig
from tests.support.actor import make_settings


@pytest.mark.parametrize(
    "proxy",
    ["http://anna:HUNTER2@host:99999", "http://anna:HUNTER2@h[ost:3128", "http://안나:HUNTER2@host", "http://:3128"],
    ids=["port", "bracket", "letters", "nobody"],
)
def test_a_proxy_that_cannot_be_one_is_refused_without_its_password(tmp_path: Path, proxy: str) -> None:
    """It would be found at each start by whoever makes the first connection, and end the process with the password."""
    settings = make_settings(tmp_path, f'[telegram]\nproxy = "{proxy}"\n')

    with pytest.raises(ConfigError, match="expected proxy as SCHEME") as caught:
        settings.table("telegram", TelegramConfig)

    assert "HUNTER2" not in str(caught.value)


@pytest.mark.parametrize("proxy", ["", "http://10.0.0.1:3128", "socks5h://anna:p%40ss@nas.local:1080", "https://[::1]"])
def test_a_proxy_is_named_by_its_url(tmp_path: Path, proxy: str) -> None:
    """Whatever it speaks."""
    settings = make_settings(tmp_path, f'[telegram]\nproxy = "{proxy}"\n')

    assert settings.table("telegram", TelegramConfig).proxy == proxy


def test_an_api_without_a_host_is_refused(tmp_path: Path) -> None:
    """Nothing could be brought."""
    settings = make_settings(tmp_path, '[telegram]\napi_url = "https://:443"\n')

    with pytest.raises(ConfigError, match="expected api_url as https://HOST, found https://:443"):
        settings.table("telegram", TelegramConfig)


@pytest.mark.parametrize("zone", ["Asia/Seuol", "Asia", "", "../../etc/passwd", "/etc/localtime", "서울"])
def test_a_time_zone_that_is_none_is_refused(tmp_path: Path, zone: str) -> None:
    """It would be written down with the next person, and whatever is to be said to them would end the process."""
    settings = make_settings(tmp_path, f'[telegram]\ntime_zone = "{zone}"\n')

    with pytest.raises(ConfigError, match=f"expected time_zone such as Asia/Seoul, found '{zone}'$"):
        settings.table("telegram", TelegramConfig)
