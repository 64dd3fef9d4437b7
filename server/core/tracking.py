"""The error tracker (Sentry's protocol): off unless a DSN is set, and blind to what people typed."""

from typing import Any

import sentry_sdk

from server.core.settings import Settings

KEPT_FRAME = ("filename", "function", "lineno", "module", "in_app")


def without_personal_data(event: Any, _hint: dict[str, Any]) -> Any:
    """Kind and place of each exception, the route and the release; nothing else leaves the house."""
    for exception in event.get("exception", {}).get("values", []):
        exception["value"] = ""
        for frame in (exception.get("stacktrace") or {}).get("frames", []):
            for key in set(frame) - set(KEPT_FRAME):
                del frame[key]
    for key in ("request", "user", "breadcrumbs", "extra", "message", "logentry", "modules", "server_name"):
        event.pop(key, None)
    return event


def init_tracking(settings: Settings, **options: Any) -> None:
    """Report unexpected exceptions; `options` go to the SDK (the tests give their own transport)."""
    if not settings.sentry_dsn:
        return
    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        release=settings.commit,
        environment=settings.environment.value,
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        traces_sample_rate=0,
        default_integrations=False,
        integrations=[],
        before_send=without_personal_data,
        **options,
    )
