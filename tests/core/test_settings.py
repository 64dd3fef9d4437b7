"""Settings refuse a start in production and name every reason at once."""

import base64

import pytest

from server.core.settings import Environment, Settings, SettingsError

ENGINES = {"DATABASE_URL": "postgresql://u@db/warmbee", "REDIS_URL": "redis://cache"}
DEMO = Settings.from_env(ENGINES)
KEY = base64.b64encode(bytes(range(32))).decode()
PRODUCTION = ENGINES | {
    "ENVIRONMENT": "production",
    "FIELD_KEYS": f"k1:{KEY}",
    "HMAC_KEYS": f"h1:{KEY}",
    "SIGNING_KEY": KEY,
    "WECHAT_APP_ID": "wx1",
    "WECHAT_APP_SECRET": "s",
    "SMS_API_BASE": "https://sms.example",
    "SMS_API_KEY": "s",
    "METRICS_TOKEN": "m",
    "PUBLIC_BASE_URL": "https://nf.example",
    "UNION_NAME": "某区总工会",
    "UNION_PHONE": "0755-1",
}


def reasons(environment: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(environment)
    return refused.value.reasons


def test_development_needs_only_the_engines() -> None:
    made = Settings.from_env(ENGINES)
    assert made.environment is Environment.DEVELOPMENT
    assert made.database_url == "postgresql+psycopg://u@db/warmbee"
    assert made.wechat_api_base == "http://127.0.0.1:8100"


def test_a_complete_production_environment_starts_against_wechat() -> None:
    assert Settings.from_env(PRODUCTION).wechat_api_base == "https://api.weixin.qq.com"


def test_an_empty_production_environment_names_every_missing_value_at_once() -> None:
    said = "\n".join(reasons({"ENVIRONMENT": "production"}))
    for name in set(PRODUCTION) - {"ENVIRONMENT"}:
        assert name in said


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        ({"EMBEDDED_ENGINES": "1"}, "embedded"),
        ({"RATE_LIMITS": "off"}, "RATE_LIMITS"),
        ({"WECHAT_APP_SECRET": "demo-app-secret"}, "WECHAT_APP_SECRET"),
        ({"PUBLIC_BASE_URL": "http://nf.example"}, "PUBLIC_BASE_URL"),
        (
            {"FIELD_KEYS": f"k1:{base64.b64encode(DEMO.field_keys['demo'].material).decode()}"},
            "demo key",
        ),
        (
            {"HMAC_KEYS": f"h:{base64.b64encode(DEMO.hmac_keys['demo'].material).decode()}"},
            "demo key",
        ),
        ({"SIGNING_KEY": base64.b64encode(DEMO.signing_key).decode()}, "demo key"),
        ({"FILES_S3_URL": "https://store.example/b"}, "FILES_S3_SECRET"),
        (
            {"FILES_S3_URL": "http://store.example/b", "FILES_S3_KEY_ID": "k", "FILES_S3_SECRET": "s"},
            "FILES_S3_URL",
        ),
    ],
)
def test_production_refuses(change: dict[str, str], word: str) -> None:
    said = reasons(PRODUCTION | change)
    assert len(said) == 1
    assert word in said[0]


@pytest.mark.parametrize(
    "change",
    [
        {"PORT": "eighty"},
        {"FIELD_KEYS": "k1:short"},
        {"FIELD_KEYS": KEY},
        {"FIELD_KEYS": f"k1:rot13:{KEY}"},
        {"FIELD_KEYS": f"k1:sm4gcm:{KEY}"},
        {"FIELD_KEYS": f"k1:{KEY},k1:{KEY}"},
        {"HMAC_KEYS": f"h1:aes256gcm:{KEY}"},
        {"SIGNING_KEY": "not base64!"},
        {"ENVIRONMENT": "prod"},
        {"DATABASE_URL": "sqlite://"},
        {"RATE_LIMITS": "maybe"},
        {"TILE_URL": "http://tiles.example/{z}/{x}/{y}.png"},
        {"TILE_URL": "https://tiles.example/"},
    ],
)
def test_unreadable_values_are_named(change: dict[str, str]) -> None:
    assert next(iter(change)) in reasons(ENGINES | change)[0]


def test_secrets_do_not_show_in_the_representation() -> None:
    shown = repr(Settings.from_env(PRODUCTION | {"WECHAT_APP_SECRET": "topsecret", "SMS_API_KEY": "smssecret"}))
    assert "topsecret" not in shown
    assert "smssecret" not in shown
    assert "k1" not in shown
