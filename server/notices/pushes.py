"""What WeChat's pushes mean for messages. Connected to `wechat_event` by `app.py`."""

from server.notices import grants
from server.wechat.events import Event, SubscriptionAnswered


def on_wechat_event(_: str, *, event: Event) -> None:
    """Count what workers allow."""
    if isinstance(event, SubscriptionAnswered):
        grants.on_answer(event)
