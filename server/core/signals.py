"""The few signals that go upwards between layers. `app.py` connects them; they are never used to ask.

Sent inside the transaction of their cause; a failing receiver aborts it.
"""

from blinker import Namespace

_signals = Namespace()

identity_verified = _signals.signal("identity_verified")
"""A worker's level rose. Sender: the identity service; `worker_id`."""

wechat_event = _signals.signal("wechat_event")
"""WeChat pushed something. Sender: the name of the event; `event`: one of `server.wechat.events.Event`."""

message_in_confidence_lost = _signals.signal("message_in_confidence_lost")
"""A message that matters reached nobody, or it is not known whether it did, and whose it is may not be told to whoever
rings people up. Sender: the notices; `kind` of the notice, `link` to what it is about."""

consent_withdrawn = _signals.signal("consent_withdrawn")
"""A worker took a consent back: remove what was only there because of it. Sender: the identity service; `worker_id`,
`key` of the consent."""

account_closing = _signals.signal("account_closing")
"""A worker asked for the account to be closed: give back what others wait for. Sender: the account; `worker_id`."""

member_died = _signals.signal("member_died")
"""A member was registered as dead, and nobody gets into the account any more: give back what others wait for, and tell
who works for them. Sender: the unions' service; `worker_id`."""

person_seen = _signals.signal("person_seen")
"""Two of the staff saw somebody with their paper, who wants the account to be theirs. Sender: the identity service;
`worker_id`."""

membership_changed = _signals.signal("membership_changed")
"""A worker is about to leave the union, to be a member of another kind, or to join by a list that names them. Sender:
the unions' service; `worker_id`."""

staff_account_closed = _signals.signal("staff_account_closed")
"""An account of the staff was closed: forget what was only there for whoever had it. Sender: the staff service;
`number`."""
