"""What WeChat's pushes mean for messages. Connected to `wechat_event` by `app.py`."""

from server.notices import delivery, grants
from server.wechat.events import Event, MessageResults, SubscriptionAnswered


def on_wechat_event(_: str, *, event: Event) -> None:
    """Count what workers allow, and learn what became of messages."""
    if isinstance(event, SubscriptionAnswered):
        grants.on_answer(event)
    elif isinstance(event, MessageResults):
        delivery.on_results(event)
