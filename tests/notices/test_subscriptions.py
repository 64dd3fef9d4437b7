"""What a worker allows to be sent by WeChat: asked at the right moment, counted once."""

import uuid

import pytest
from flask.testing import FlaskClient

from server.core.access import Level
from server.core.settings import Environment
from server.identity.service import SignedIn
from server.notices import grants
from server.notices.templates import Moment, declared, template_warnings
from tests.pushing import Pusher, answered, event
from tests.sign_in import Headers, SignIn

URL = "/api/v1/me/subscriptions"
PROGRESS, QUESTION = "demo_case_progress", "demo_case_question"
AT = 1_772_000_000


def say(client: FlaskClient, who: Headers, *, key: str | None = None, **results: str) -> dict[str, int]:
    headers = {**who, **({"Idempotency-Key": key} if key else {})}
    answer = client.post(URL, json={"results": results}, headers=headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return {one["id"]: one["remaining"] for one in answer.get_json()["items"]}


def test_every_accept_is_one_message_and_accepts_add_up(client: FlaskClient, sign_in: SignIn) -> None:
    mine = sign_in(Level.L0)
    say(client, mine, **{PROGRESS: "accept", QUESTION: "reject"})
    remaining = say(client, mine, **{PROGRESS: "accept"})
    assert (remaining[PROGRESS], remaining[QUESTION]) == (2, 0)


def test_a_reject_is_remembered_and_takes_nothing_away(client: FlaskClient, sign_in: SignIn) -> None:
    mine = sign_in()
    say(client, mine, **{PROGRESS: "accept"})
    assert say(client, mine, **{PROGRESS: "reject"})[PROGRESS] == 1
    shown = {one["id"]: one for one in client.get(URL, headers=mine).get_json()["items"]}
    assert shown[PROGRESS]["answer"] == "reject"
    assert shown[PROGRESS]["answered_at"].endswith("+08:00")
    assert (shown[QUESTION]["answer"], shown[QUESTION]["remaining"]) == (None, 0)


def test_the_same_report_sent_twice_counts_once(client: FlaskClient, sign_in: SignIn) -> None:
    mine, key = sign_in(), str(uuid.uuid4())
    for _ in range(2):
        assert say(client, mine, key=key, **{PROGRESS: "accept"})[PROGRESS] == 1
    assert say(client, mine, key=str(uuid.uuid4()), **{PROGRESS: "accept"})[PROGRESS] == 2


def test_with_a_callback_only_wechat_counts(client: FlaskClient, sign_in: SignIn, configured) -> None:
    mine = sign_in()
    configured(wechat_callback_token="a-token")
    assert say(client, mine, **{PROGRESS: "accept"})[PROGRESS] == 0
    shown = client.get(URL, headers=mine).get_json()
    assert shown["counted_from_reports"] is False
    assert {one["remaining"] for one in shown["items"]} == {0}


def test_a_template_that_is_no_longer_ours_is_passed_over(client: FlaskClient, sign_in: SignIn) -> None:
    mine = sign_in()
    assert "gone" not in say(client, mine, **{"gone": "accept", PROGRESS: "accept"})
    assert [one.template.id for one in grants.subscriptions_of(worker_id=mine.worker_id) if one.grant] == [PROGRESS]


def test_everybody_has_their_own_grants(client: FlaskClient, sign_in: SignIn) -> None:
    mine, other = sign_in(), sign_in()
    say(client, mine, **{PROGRESS: "accept"})
    assert say(client, other, **{PROGRESS: "reject"})[PROGRESS] == 0
    assert client.get(URL).status_code == 401


@pytest.mark.parametrize(
    "body", [{}, {"results": []}, {"results": {PROGRESS: "ban"}}, {"results": {str(n): "accept" for n in range(21)}}]
)
def test_a_report_of_another_shape_is_refused(client: FlaskClient, sign_in: SignIn, body: dict[str, object]) -> None:
    assert client.post(URL, json=body, headers=sign_in()).status_code == 422


@pytest.mark.parametrize("moment", Moment)
def test_each_moment_has_templates_to_ask_for(client: FlaskClient, moment: Moment) -> None:
    items = client.get(f"/api/v1/subscription-templates?for={moment}").get_json()["items"]
    assert 1 <= len(items) <= 3
    assert all(moment in one["for"] and one["name"] and one["tells"] for one in items)


def test_without_a_moment_all_templates_are_told(client: FlaskClient) -> None:
    items = client.get("/api/v1/subscription-templates").get_json()["items"]
    assert [one["id"] for one in items] == [template.id for template in declared()]
    assert client.get("/api/v1/subscription-templates?for=fun").status_code == 422


def test_demo_templates_are_never_asked_for_in_production(client: FlaskClient, configured) -> None:
    assert template_warnings() == []
    configured(environment=Environment.PRODUCTION)
    assert client.get("/api/v1/subscription-templates").get_json()["items"] == []
    assert "config/notices.yaml" in template_warnings()[0]


class TestCountedFromWeChat:
    """Where a callback is configured: accepts arrive as pushes, repeated, late and out of order."""

    @staticmethod
    def remaining(worker_id: uuid.UUID, template_id: str = PROGRESS) -> int:
        found = {one.template.id: one.grant for one in grants.subscriptions_of(worker_id=worker_id)}[template_id]
        return found.remaining if found else 0

    def test_each_accept_counts_once_however_often_it_is_pushed(self, push: Pusher, wechat_worker: SignedIn) -> None:
        first, second = answered(PROGRESS, at=AT), answered(PROGRESS, at=AT + 5)
        for message in (second, first, second, first):
            assert push(message).status_code == 200
        assert self.remaining(wechat_worker.worker.id) == 2

    def test_the_report_of_the_client_does_not_count_beside_it(
        self, client: FlaskClient, push: Pusher, wechat_worker: SignedIn
    ) -> None:
        headers = {"Authorization": f"Bearer {wechat_worker.session.token}"}
        client.post(URL, json={"results": {PROGRESS: "accept"}}, headers=headers)
        push(answered(PROGRESS))
        client.post(URL, json={"results": {PROGRESS: "accept"}}, headers=headers)
        assert self.remaining(wechat_worker.worker.id) == 1

    def test_several_templates_come_in_one_push(self, push: Pusher, wechat_worker: SignedIn) -> None:
        said = [
            {"TemplateId": PROGRESS, "SubscribeStatusString": "accept"},
            {"TemplateId": QUESTION, "SubscribeStatusString": "reject"},
            {"TemplateId": "not-ours", "SubscribeStatusString": "accept"},
        ]
        push(event("subscribe_msg_popup_event", List=said))
        worker_id = wechat_worker.worker.id
        assert (self.remaining(worker_id), self.remaining(worker_id, QUESTION)) == (1, 0)

    def test_switching_off_in_wechat_takes_what_was_allowed(self, push: Pusher, wechat_worker: SignedIn) -> None:
        push(answered(PROGRESS, at=AT))
        push(answered(PROGRESS, "reject", where="change", at=AT + 60))
        assert self.remaining(wechat_worker.worker.id) == 0
        push(answered(PROGRESS, at=AT + 120))
        assert self.remaining(wechat_worker.worker.id) == 1

    def test_an_accept_that_arrives_after_the_switching_off_it_preceded_stays_off(
        self, push: Pusher, wechat_worker: SignedIn
    ) -> None:
        push(answered(PROGRESS, "reject", where="change", at=AT + 60))
        push(answered(PROGRESS, at=AT))
        assert self.remaining(wechat_worker.worker.id) == 0

    def test_a_late_switching_off_leaves_what_was_allowed_after_it(self, push: Pusher, wechat_worker: SignedIn) -> None:
        push(answered(PROGRESS, at=AT + 120))
        push(answered(PROGRESS, "reject", where="change", at=AT + 60))
        assert self.remaining(wechat_worker.worker.id) == 1

    def test_a_wechat_account_that_nobody_has_here_is_no_error(self, push: Pusher) -> None:
        assert push(answered(PROGRESS)).text == "success"
