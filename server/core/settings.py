"""Typed settings, read once from the environment.

Outside production everything has a default that works on a developer's machine. In production nothing does: the
service refuses to start and names every reason at once.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar, cast
from urllib.parse import urlsplit

from flask import current_app

from server.core.algorithms import CipherAlgorithm, MacAlgorithm
from server.core.keys import Algorithm, Key, Ring, read_ring, wrong_length

KEY_BYTES = 32

E = TypeVar("E", bound=StrEnum)


class Environment(StrEnum):
    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class EnvVersion(StrEnum):
    """Which version of the mini-program codes, links and messages open."""

    RELEASE = "release"
    TRIAL = "trial"
    DEVELOP = "develop"


class SmsProvider(StrEnum):
    """Whose HTTP is spoken for SMS."""

    GATEWAY = "gateway"
    ALIYUN = "aliyun"
    TENCENT = "tencent"


class SettingsError(RuntimeError):
    """Says in one text everything that is wrong with the environment."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("The settings do not allow a start:\n" + "\n".join(f"  - {reason}" for reason in reasons))


def _demo_key(name: str) -> bytes:
    """A key that everybody can compute: good for demo data, refused in production."""
    return hashlib.sha256(f"warmbee demo key: {name}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Settings:
    """All that differs between installations. Secrets are kept out of `repr`."""

    environment: Environment
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    embedded_engines: bool
    debug: bool
    port: int
    data_dir: Path
    public_base_url: str
    field_keys: Ring[CipherAlgorithm] = field(repr=False)
    """For personal fields at rest. The first one encrypts, the others still decrypt."""
    hmac_keys: Ring[MacAlgorithm] = field(repr=False)
    """For uniqueness and matching of values that are never stored plainly."""
    kms_base: str
    """Of the KMS that wrapped the keys of both rings; empty when they are the keys themselves."""
    kms_token: str = field(repr=False)
    kms_master_key: str
    signing_key: bytes = field(repr=False)
    """Signs cursors, links and passes."""
    wechat_api_base: str
    wechat_app_id: str
    wechat_app_secret: str = field(repr=False)
    wechat_callback_token: str = field(repr=False)
    wechat_callback_aes_key: str = field(repr=False)
    wechat_env_version: EnvVersion
    sms_api_base: str
    sms_api_key: str = field(repr=False)
    identity_api_base: str
    """Of the identity service; empty: there is none, and what no roster knows goes to a person at once."""
    identity_app_id: str
    identity_app_secret: str = field(repr=False)
    city_api_base: str
    """Of 12345; empty: the union is not connected with it, and nothing goes there or comes from there."""
    city_app_id: str
    city_app_secret: str = field(repr=False)
    """Signs in both directions."""
    sms_provider: SmsProvider
    sms_key_id: str
    sms_app_id: str
    sms_region: str
    sms_sign_name: str
    sms_templates: Mapping[str, str]
    """Our name of a text → the provider's."""
    outside_connect_seconds: int
    outside_read_seconds: int
    """How long a system that is not ours may take to accept a connection, and to say something."""
    files_s3_url: str
    """Of the bucket that holds the attachments; empty: they lie under `data_dir`."""
    files_s3_region: str
    files_s3_key_id: str
    files_s3_secret: str = field(repr=False)
    rate_limits: bool
    web_workers: int
    web_threads: int
    trusted_proxies: int
    """How many reverse proxies stand before the service and may set X-Forwarded-For."""
    audit_days: int
    """How long audited acts are kept; the law wants six months, which have up to 184 days."""
    metrics_token: str = field(repr=False)
    sentry_dsn: str = field(repr=False)
    union_name: str
    union_phone: str
    tile_url: str
    """Of the web page's map, with {z}, {x} and {y}; without one the map shows outlines only."""
    tile_attribution: str
    commit: str
    log_level: str

    @property
    def production(self) -> bool:
        return self.environment is Environment.PRODUCTION

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Read and check the environment.

        Raises:
            SettingsError: names every reason at once.
        """
        read = _Reader(env)
        made = cls(
            environment=read.environment(),
            database_url=read.database_url(),
            redis_url=read.text("REDIS_URL"),
            embedded_engines=read.flag("EMBEDDED_ENGINES", default=False),
            debug=read.flag("FLASK_DEBUG", default=False),
            port=read.number("PORT", default=8000, low=1, high=65535),
            data_dir=Path(read.text("DATA_DIR", default="var")).absolute(),
            public_base_url=read.text("PUBLIC_BASE_URL", default="").rstrip("/")
            or f"http://127.0.0.1:{read.number('PORT', default=8000, low=1, high=65535)}",
            field_keys=read.ring("FIELD_KEYS", CipherAlgorithm.AES_256_GCM),
            hmac_keys=read.ring("HMAC_KEYS", MacAlgorithm.HMAC_SHA256),
            kms_base=read.text("KMS_BASE", default="").rstrip("/"),
            kms_token=read.text("KMS_TOKEN", default=""),
            kms_master_key=read.text("KMS_MASTER_KEY", default=""),
            signing_key=read.key("SIGNING_KEY"),
            wechat_api_base=read.text(
                "WECHAT_API_BASE",
                default=""
                if env.get("ENVIRONMENT") == Environment.PRODUCTION
                else f"http://127.0.0.1:{env.get('WECHAT_STANDIN_PORT') or 8100}",
            ).rstrip("/")
            or "https://api.weixin.qq.com",
            wechat_app_id=read.text("WECHAT_APP_ID", demo="wxdemo0000000000ab"),
            wechat_app_secret=read.text("WECHAT_APP_SECRET", demo="demo-app-secret"),
            wechat_callback_token=read.text("WECHAT_CALLBACK_TOKEN", default=""),
            wechat_callback_aes_key=read.callback_aes_key(),
            wechat_env_version=read.choice("WECHAT_ENV_VERSION", EnvVersion.RELEASE),
            sms_api_base=read.text(
                "SMS_API_BASE", demo=f"http://127.0.0.1:{env.get('SMS_STANDIN_PORT') or 8101}"
            ).rstrip("/"),
            sms_api_key=read.text("SMS_API_KEY", demo="demo-sms-key"),
            identity_api_base=read.text("IDENTITY_API_BASE", default="").rstrip("/"),
            identity_app_id=read.text("IDENTITY_APP_ID", default=""),
            identity_app_secret=read.text("IDENTITY_APP_SECRET", default=""),
            city_api_base=read.text("CITY_API_BASE", default="").rstrip("/"),
            city_app_id=read.text("CITY_APP_ID", default=""),
            city_app_secret=read.text("CITY_APP_SECRET", default=""),
            sms_provider=read.choice("SMS_PROVIDER", SmsProvider.GATEWAY),
            sms_key_id=read.text("SMS_KEY_ID", default=""),
            sms_app_id=read.text("SMS_APP_ID", default=""),
            sms_region=read.text("SMS_REGION", default="ap-guangzhou"),
            sms_sign_name=read.text("SMS_SIGN_NAME", default=""),
            sms_templates=read.pairs("SMS_TEMPLATES"),
            outside_connect_seconds=read.number("OUTSIDE_CONNECT_SECONDS", default=3, low=1, high=30),
            outside_read_seconds=read.number("OUTSIDE_READ_SECONDS", default=5, low=1, high=30),
            files_s3_url=read.text("FILES_S3_URL", default="").rstrip("/"),
            files_s3_region=read.text("FILES_S3_REGION", default="us-east-1"),
            files_s3_key_id=read.text("FILES_S3_KEY_ID", default=""),
            files_s3_secret=read.text("FILES_S3_SECRET", default=""),
            rate_limits=read.flag("RATE_LIMITS", default=True),
            web_workers=read.number("WEB_WORKERS", default=2, low=1, high=64),
            web_threads=read.number("WEB_THREADS", default=8, low=1, high=64),
            trusted_proxies=read.number("TRUSTED_PROXIES", default=0, low=0, high=5),
            audit_days=read.number("AUDIT_DAYS", default=185, low=185, high=36500),
            metrics_token=read.text("METRICS_TOKEN", default=""),
            sentry_dsn=read.text("SENTRY_DSN", default=""),
            union_name=read.text("UNION_NAME", demo="福田区总工会（演示）"),
            union_phone=read.text("UNION_PHONE", demo="0755-00012351"),
            tile_url=read.tile_url(),
            tile_attribution=read.text("TILE_ATTRIBUTION", default=""),
            commit=read.text("COMMIT", default="unknown"),
            log_level=read.text("LOG_LEVEL", default="INFO").upper(),
        )
        reasons = read.reasons + (_production_reasons(made, env) if made.production else [])
        if reasons:
            raise SettingsError(reasons)
        return made


def _production_reasons(made: Settings, env: Mapping[str, str]) -> list[str]:
    """Why these settings must not serve real people."""
    reasons = []
    if made.debug:
        reasons.append("FLASK_DEBUG must be off in production")
    if made.embedded_engines:
        reasons.append("the embedded PostgreSQL and Redis are for development: set DATABASE_URL and REDIS_URL")
    if not made.rate_limits:
        reasons.append("RATE_LIMITS=off is for load tests only")
    if any(key.material == _demo_key("FIELD_KEYS") for key in made.field_keys.values()):
        reasons.append("FIELD_KEYS holds the demo key")
    if any(key.material == _demo_key("HMAC_KEYS") for key in made.hmac_keys.values()):
        reasons.append("HMAC_KEYS holds the demo key")
    if made.signing_key == _demo_key("SIGNING_KEY"):
        reasons.append("SIGNING_KEY is the demo key")
    if made.wechat_app_secret.startswith("demo-"):
        reasons.append("WECHAT_APP_SECRET is the demo secret")
    if made.sms_provider is not SmsProvider.GATEWAY:
        needed = {
            "SMS_KEY_ID": made.sms_key_id,
            "SMS_SIGN_NAME": made.sms_sign_name,
            "SMS_TEMPLATES": made.sms_templates,
        }
        if made.sms_provider is SmsProvider.TENCENT:
            needed["SMS_APP_ID"] = made.sms_app_id
        reasons += [f"{name} is missing" for name, value in needed.items() if not value]
    if made.kms_base and (urlsplit(made.kms_base).scheme != "https" or not made.kms_token or not made.kms_master_key):
        reasons.append("KMS_BASE must be an https address, and KMS_TOKEN and KMS_MASTER_KEY say who asks for what")
    if not made.metrics_token:
        reasons.append("METRICS_TOKEN is missing: /metrics would be open to everybody")
    if made.identity_api_base:
        if urlsplit(made.identity_api_base).scheme != "https":
            reasons.append("IDENTITY_API_BASE must be an https address: names and numbers travel there")
        if not (made.identity_app_id and made.identity_app_secret):
            reasons.append("IDENTITY_APP_ID and IDENTITY_APP_SECRET are missing: every question is signed")
    if made.city_api_base:
        if urlsplit(made.city_api_base).scheme != "https":
            reasons.append("CITY_API_BASE must be an https address: cases travel there")
        if not (made.city_app_id and made.city_app_secret):
            reasons.append("CITY_APP_ID and CITY_APP_SECRET are missing: every message is signed")
    if made.files_s3_url:
        if urlsplit(made.files_s3_url).scheme != "https":
            reasons.append("FILES_S3_URL must be an https address: attachments travel there")
        if not (made.files_s3_key_id and made.files_s3_secret):
            reasons.append("FILES_S3_KEY_ID and FILES_S3_SECRET are missing: every request is signed")
    if "PUBLIC_BASE_URL" not in env or urlsplit(made.public_base_url).scheme != "https":
        reasons.append("PUBLIC_BASE_URL must be the https address that the station codes point to")
    return reasons


class _Reader:
    """Reads values one by one and collects what is wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._production = env.get("ENVIRONMENT") == Environment.PRODUCTION
        self.reasons: list[str] = []

    def text(self, name: str, *, default: str | None = None, demo: str | None = None) -> str:
        """`default` holds everywhere, `demo` only outside production."""
        value = self._env.get(name, "")
        if value:
            return value
        if demo is not None and not self._production:
            return demo
        if default is not None:
            return default
        self.reasons.append(f"{name} is missing")
        return ""

    def environment(self) -> Environment:
        value = self._env.get("ENVIRONMENT") or Environment.DEVELOPMENT
        try:
            return Environment(value)
        except ValueError:
            self.reasons.append(f"ENVIRONMENT must be one of {', '.join(Environment)}, not {value!r}")
            return Environment.DEVELOPMENT

    def choice(self, name: str, default: E) -> E:
        """One of the values of the default's enum."""
        kind, value = type(default), self.text(name, default=default)
        try:
            return kind(value)
        except ValueError:
            self.reasons.append(f"{name} must be one of {', '.join(kind)}, not {value!r}")
            return default

    def pairs(self, name: str) -> dict[str, str]:
        """`name:value,name:value`."""
        found = {}
        for part in filter(None, self.text(name, default="").split(",")):
            key, colon, value = part.strip().partition(":")
            if not (key and colon and value):
                self.reasons.append(f"{name} must read name:value,name:value")
            found[key] = value
        return found

    def database_url(self) -> str:
        """The address in SQLAlchemy's form; the plain postgresql:// of other tools is accepted."""
        value = self.text("DATABASE_URL")
        for plain in ("postgresql://", "postgres://"):
            if value.startswith(plain):
                value = "postgresql+psycopg://" + value.removeprefix(plain)
        if value and not value.startswith("postgresql+psycopg://"):
            self.reasons.append("DATABASE_URL must be a postgresql:// address")
        return value

    def tile_url(self) -> str:
        value = self.text("TILE_URL", default="")
        if value and not (value.startswith("https://") and all(part in value for part in ("{z}", "{x}", "{y}"))):
            self.reasons.append("TILE_URL must be an https address with {z}, {x} and {y}")
        return value

    def callback_aes_key(self) -> str:
        """43 characters, as WeChat shows it: base64 of 32 bytes without its padding."""
        value = self.text("WECHAT_CALLBACK_AES_KEY", default="")
        if value:
            self._decode("WECHAT_CALLBACK_AES_KEY", f"{value}=")
            if not self._env.get("WECHAT_CALLBACK_TOKEN"):
                self.reasons.append("WECHAT_CALLBACK_AES_KEY needs WECHAT_CALLBACK_TOKEN beside it")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._env.get(name, "").lower()
        if value in {"1", "true", "on", "yes"}:
            return True
        if value in {"0", "false", "off", "no"}:
            return False
        if value:
            self.reasons.append(f"{name} must be on or off, not {value!r}")
        return default

    def number(self, name: str, *, default: int, low: int, high: int) -> int:
        value = self._env.get(name, "")
        if not value:
            return default
        if value.isascii() and value.isdigit() and low <= int(value) <= high:
            return int(value)
        reason = f"{name} must be a whole number from {low} to {high}"
        if reason not in self.reasons:
            self.reasons.append(reason)
        return default

    def key(self, name: str) -> bytes:
        """32 bytes in base64."""
        value = self._env.get(name, "")
        if not value:
            if self._production:
                self.reasons.append(f"{name} is missing")
            return _demo_key(name)
        return self._decode(name, value)

    def ring(self, name: str, default: Algorithm) -> dict[str, Key[Algorithm]]:
        """`id:algorithm:base64,id:base64`, the current key first; see `keys`."""
        demo = {"demo": Key(default, _demo_key(name))}
        value = self._env.get(name, "")
        if not value:
            if self._production:
                self.reasons.append(f"{name} is missing")
            return demo
        try:
            ring = read_ring(value, default)
        except ValueError as wrong:
            self.reasons.append(f"{name} {wrong}")
            return demo
        # What a KMS wrapped has a length of its own.
        if not self._env.get("KMS_BASE") and (wrong_size := wrong_length(ring)):
            self.reasons.append(f"{name} {wrong_size}")
        return ring

    def _decode(self, name: str, encoded: str) -> bytes:
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY_BYTES:
            self.reasons.append(f"{name} must hold {KEY_BYTES} bytes in base64 (openssl rand -base64 {KEY_BYTES})")
            return bytes(KEY_BYTES)
        return key


def settings() -> Settings:
    """The settings of the running application."""
    return cast(Settings, current_app.config["WARMBEE"])
