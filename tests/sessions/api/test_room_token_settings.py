"""The settings for the signature keys of room tokens."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import keys
from tests.support.room_tokens import NEW, OLD


@pytest.fixture
def keys_from(monkeypatch, tmp_path):
    def read_keys(text):
        monkeypatch.setenv("ROOM_TOKEN_KEYS", text)
        return keys("ROOM_TOKEN_KEYS", tmp_path)

    return read_keys


def test_keys_keep_their_order(keys_from):
    assert list(keys_from(f"b:{NEW}, a:{OLD}").items()) == [("b", NEW), ("a", OLD)]
    assert keys_from(f"a:{OLD}:with:colons") == {"a": f"{OLD}:with:colons"}


@pytest.mark.parametrize(
    "text",
    [
        OLD, "a:short", f":{OLD}", f"a b:{OLD}", f"a:{OLD},a:{NEW}", f"a:{OLD},", ",",
        f"é:{OLD}", f"{'a' * 65}:{OLD}", f"a:{OLD} x", f"a:{'é' * 64}", f"a:{OLD[:-1]}",
    ],
)  # fmt: skip
def test_invalid_keys_stop_the_start(keys_from, text):
    with pytest.raises(ImproperlyConfigured, match="ROOM_TOKEN_KEYS: use id:secret") as stopped:
        keys_from(text)

    assert OLD not in str(stopped.value)


def test_key_is_created_once_and_readable_only_by_its_owner(keys_from, tmp_path):
    first = keys_from("")

    assert len(first) == 1
    assert keys_from("") == first
    assert (tmp_path / "room_token_keys").stat().st_mode & 0o777 == 0o600
