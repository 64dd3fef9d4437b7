"""The signals that go upwards between layers, and who listens."""

from blinker import ANY
from flask import Flask

from server.core import signals


def test_only_these_listen(app: Flask) -> None:
    connected = {
        name: sorted(f"{receiver.__module__}.{receiver.__qualname__}" for receiver in signal.receivers_for(ANY))
        for name, signal in signals._signals.items()
    }
    assert connected == {
        "identity_verified": ["server.unions.invitations.on_identity_verified"],
        "wechat_event": ["server.me.wechat_events.on_wechat_event", "server.notices.pushes.on_wechat_event"],
        "account_closing": [
            "server.activities.personal.give_seats_back",
            "server.stations.managers.personal.stop_keeping",
        ],
        "consent_withdrawn": [
            "server.cases.consents.on_consent_withdrawn",
            "server.identity.verification.on_consent_withdrawn",
            "server.me.tasks.on_consent_withdrawn",
        ],
        "member_died": [
            "server.activities.personal.give_seats_back",
            "server.cases.belonging.on_member_died",
            "server.stations.managers.personal.stop_keeping",
        ],
        "message_in_confidence_lost": ["server.cases.unreached.on_message_lost"],
        "person_seen": ["server.me.closing.on_person_seen"],
        "membership_changed": ["server.cases.belonging.on_membership_changed"],
        "staff_account_closed": ["server.cases.absences.tell_who_left", "server.console.queue.forget_filters"],
    }
