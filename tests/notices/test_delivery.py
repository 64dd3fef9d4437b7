"""Messages leave the app once, by the way that is open, at a decent hour, and say nothing on a lock screen."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from server.core.clock import SHANGHAI
from server.core.db import transaction
from server.identity.consents import withdraw
from server.identity.models import ConsentKey, Worker
from server.notices import delivery as deliveries
from server.notices import sending
from server.notices.models import Delivery, DeliveryState, Failure, Notice, Way
from server.notices.plans import hint, plans
from server.notices.rules import BACK_OFF, next_try, not_at_night
from server.notices.sending import fields_of
from server.notices.service import mark_read, notify
from server.notices.templates import declared
from server.notices.worded import worded
from server.sms.service import init_sms
from server.wechat.fields import fitted
from server.wechat.service import init_wechat
from tests.notices.conftest import DAY, QUESTION, Reached
from tests.pushing import Pusher, event

SEND = "/cgi-bin/message/subscribe/send"
TOKEN = "/cgi-bin/stable_token"
SMS = "/v1/messages"


def quickly(reached: Reached) -> None:
    """Clients that give up soon, for faults that would take seconds."""
    hasty = replace(reached.app.config["WARMBEE"], outside_connect_seconds=1, outside_read_seconds=1)
    init_wechat(reached.app, hasty)
    init_sms(reached.app, hasty)


class TestTheWayThatIsOpen:
    def test_by_wechat_while_it_is_allowed(self, reached: Reached) -> None:
        reached.allow()
        notice_id = reached.tell()
        reached.work()
        (call,) = reached.by_wechat
        assert call["body"]["page"] == "account/inbox/inbox"
        assert call["body"]["data"] == {
            "thing1": {"value": "有一件事要你补充"},
            "time2": {"value": "2026年3月12日 10:00"},
            "thing3": {"value": hint()},
        }
        assert (reached.by_sms, reached.remaining()) == ([], 0)
        sent = reached.delivery(notice_id)
        assert (sent.state, sent.way, sent.message_id) == (
            DeliveryState.SENT,
            Way.WECHAT,
            reached.wechat.messages()[-1]["id"],
        )

    def test_by_sms_where_wechat_is_not_allowed(self, reached: Reached) -> None:
        notice_id = reached.tell()
        reached.work()
        assert reached.by_wechat == []
        (call,) = reached.by_sms
        assert call["body"] == {"to": reached.phone, "template": "notice", "params": {"line": "有一件事要你补充"}}
        assert (reached.delivery(notice_id).state, reached.delivery(notice_id).way) == (DeliveryState.SENT, Way.SMS)

    def test_no_sms_for_what_is_not_worth_one(self, reached: Reached) -> None:
        notice_id = reached.tell("case.wait_external")
        reached.work()
        assert (reached.by_wechat, reached.by_sms) == ([], [])
        assert reached.delivery(notice_id).failure is Failure.NO_WAY

    def test_no_sms_to_who_did_not_agree_or_took_it_back(self, reached: Reached) -> None:
        withdraw(worker_id=reached.worker_id, key=ConsentKey.CONTACT)
        notice_id = reached.tell()
        reached.work()
        assert reached.by_sms == []
        assert reached.delivery(notice_id).failure is Failure.NO_WAY

    def test_no_sms_to_who_has_no_phone(self, reached: Reached) -> None:
        with transaction() as session:
            session.get_one(Worker, reached.worker_id).phone = None
        notice_id = reached.tell()
        reached.work()
        assert reached.delivery(notice_id).state is DeliveryState.UNDELIVERED

    def test_one_grant_is_one_message(self, reached: Reached) -> None:
        reached.allow()
        reached.tell()
        reached.tell()
        reached.work()
        assert (len(reached.by_wechat), len(reached.by_sms), reached.remaining()) == (1, 1, 0)

    def test_nothing_is_sent_about_what_was_read_meanwhile(self, reached: Reached) -> None:
        reached.allow()
        notice_id = reached.tell()
        mark_read(worker_id=reached.worker_id, notice_id=notice_id)
        reached.work()
        assert (reached.by_wechat, reached.by_sms, reached.remaining()) == ([], [], 1)
        assert reached.delivery(notice_id).state is DeliveryState.NOT_NEEDED

    def test_nothing_is_sent_about_what_workers_did_themselves_or_what_is_for_the_inbox_only(
        self, reached: Reached
    ) -> None:
        words: Any = {"title": "已撤回", "body": worded("SQ1 已撤回"), "link": "/cases/SQ1"}
        notify(worker_id=reached.worker_id, kind=QUESTION, did_it_themselves=True, **words)
        notify(worker_id=reached.worker_id, kind="case.withdrawn", **words)
        with transaction() as session:
            assert (session.query(Notice).count(), session.query(Delivery).count()) == (2, 0)

    def test_a_message_falls_with_its_cause(self, reached: Reached) -> None:
        def cause() -> None:
            with transaction():
                reached.allow()
                reached.tell()
                raise RuntimeError("the cause fails")

        with pytest.raises(RuntimeError):
            cause()
        reached.work()
        assert (reached.by_wechat, reached.by_sms) == ([], [])


class TestDecentHours:
    @pytest.mark.parametrize(
        ("hour", "minute", "then"),
        [(22, 0, (13, 7)), (23, 59, (13, 7)), (0, 0, (12, 7)), (6, 59, (12, 7)), (7, 0, None), (21, 59, None)],
    )
    def test_the_night_is_from_ten_to_seven(self, hour: int, minute: int, then: tuple[int, int] | None) -> None:
        at = datetime(2026, 3, 12, hour, minute, tzinfo=SHANGHAI)
        expected = at if then is None else datetime(2026, 3, then[0], then[1], tzinfo=SHANGHAI)
        assert not_at_night(at, urgent=False) == expected
        assert not_at_night(at, urgent=True) == at

    @given(st.datetimes(timezones=st.just(SHANGHAI)), st.integers(1, len(BACK_OFF)))
    def test_no_try_ever_falls_into_the_night(self, at: datetime, tries: int) -> None:
        try:
            due = next_try(at, tries=tries, urgent=False)
        except OverflowError:
            return
        assert due is not None
        assert due >= at + BACK_OFF[tries - 1]
        assert 7 <= due.hour < 22

    def test_what_happens_at_night_is_sent_in_the_morning(
        self, reached: Reached, freeze: Callable[[datetime], None]
    ) -> None:
        reached.allow()
        freeze(DAY.replace(hour=23))
        notice_id = reached.tell()
        reached.work()
        assert reached.by_wechat == []
        assert reached.delivery(notice_id).due_at == DAY.replace(day=13, hour=7)
        freeze(DAY.replace(day=13, hour=7))
        deliveries.deliver(notice_id=str(notice_id))
        assert len(reached.by_wechat) == 1

    def test_a_job_that_comes_too_late_in_the_evening_waits_for_the_morning(
        self, reached: Reached, freeze: Callable[[datetime], None]
    ) -> None:
        notice_id = reached.tell()
        freeze(DAY.replace(hour=22, minute=30))
        reached.work()
        assert reached.by_sms == []
        assert reached.delivery(notice_id).due_at == DAY.replace(day=13, hour=7)

    def test_what_is_urgent_is_sent_at_night(self, reached: Reached, freeze: Callable[[datetime], None]) -> None:
        freeze(DAY.replace(hour=23))
        reached.tell("activity.called_off")
        reached.work()
        assert len(reached.by_sms) == 1


class TestLockScreens:
    """What stands on one may be read by a husband, a foreman, a stranger."""

    FORBIDDEN = re.compile(r"投诉|举报|维权|仲裁|法律|援助|欠薪|工资|工伤|病|医|身份证|公司|单位|站点|\d")

    @pytest.mark.parametrize("kind", sorted(plans()))
    def test_it_gives_nothing_away_and_fits(self, kind: str) -> None:
        plan = plans()[kind]
        assert not self.FORBIDDEN.search(plan.line + hint())
        assert len(plan.line) <= 20
        for template in declared():
            shown = fitted(fields_of(template, line=plan.line, at=DAY))
            assert plan.line in {field["value"] for field in shown.values()}, "whole, not cut"

    def test_neither_case_number_nor_name_nor_text_leaves_the_service(self, reached: Reached) -> None:
        reached.allow()
        reached.tell()
        reached.tell()
        reached.work()
        said = f"{[call['body'] for call in reached.wechat.calls(SEND) + reached.sms.calls(SMS)]}"
        for secret in ("SQ1", "还差一点情况", "测小"):
            assert secret not in said


class TestWhenWeChatSaysNo:
    def test_who_refuses_is_written_to_by_sms_and_their_grant_is_spent(self, reached: Reached) -> None:
        reached.allow(times=3)
        reached.wechat.fault(SEND, errcode=43101, times=1)
        notice_id = reached.tell()
        reached.work()
        assert (len(reached.by_sms), reached.by_wechat, reached.remaining()) == (1, [], 0)
        assert reached.delivery(notice_id).state is DeliveryState.SENT

    def test_a_busy_person_is_tried_again_later_and_keeps_the_grant(self, reached: Reached) -> None:
        reached.allow()
        reached.wechat.fault(SEND, errcode=43108, times=3)
        notice_id = reached.tell()
        reached.work()
        waiting = reached.delivery(notice_id)
        assert (waiting.state, waiting.tries, waiting.due_at - DAY) == (DeliveryState.WAITING, 1, BACK_OFF[0])
        assert reached.remaining() == 1
        reached.now_due(notice_id)
        assert (len(reached.by_wechat), reached.by_sms, reached.remaining()) == (1, [], 0)

    def test_a_malformed_template_raises_an_alarm_and_goes_by_sms(self, reached: Reached, client: FlaskClient) -> None:
        reached.allow()
        reached.wechat.fault(SEND, body={"errcode": 47003, "errmsg": "argument invalid! data.thing1.value invalid"})
        reached.tell()
        reached.work()
        assert (len(reached.by_sms), reached.remaining()) == (1, 1)
        warnings = " ".join(client.get("/status").get_json()["warnings"])
        assert "demo_case_question" in warnings
        assert "config/notices.yaml" in warnings

    def test_a_stale_token_is_renewed_and_the_message_sent_once(self, reached: Reached) -> None:
        reached.allow()
        reached.wechat.fault(SEND, errcode=40001, times=1)
        reached.tell()
        reached.work()
        assert (len(reached.by_wechat), reached.by_sms) == (1, [])

    def test_tried_often_enough_it_goes_the_other_way(self, reached: Reached) -> None:
        reached.allow()
        reached.wechat.fault(SEND, errcode=-1)
        notice_id = reached.tell()
        reached.work()
        for _ in BACK_OFF:
            reached.now_due(notice_id)
        reached.work()
        assert (len(reached.by_sms), reached.remaining()) == (1, 1)


class TestWhenNobodyAnswers:
    """Slow, down, nonsense: nothing is lost, nothing is sent twice, and the inbox has it anyway."""

    @pytest.mark.parametrize("fault", [{"delay_ms": 60_000}, {"status": 502}, {"body": "nonsense"}, {"body": {}}])
    def test_what_may_have_arrived_by_wechat_is_not_sent_again(
        self, reached: Reached, fault: dict[str, object]
    ) -> None:
        quickly(reached)
        reached.allow()
        reached.wechat.fault(SEND, **({"body": {"errcode": "?"}} if fault == {"body": {}} else fault))
        notice_id = reached.tell()
        for _ in range(3):
            reached.work()
            deliveries.deliver(notice_id=str(notice_id))
        assert reached.delivery(notice_id).state is DeliveryState.UNKNOWN
        assert (len(reached.wechat.calls(SEND)), reached.by_sms) == (1, [])

    @pytest.mark.parametrize("fault", [{"delay_ms": 60_000}, {"status": 502}, {"body": "nonsense"}])
    def test_nor_what_may_have_arrived_by_sms(self, reached: Reached, fault: dict[str, object]) -> None:
        quickly(reached)
        reached.sms.fault(SMS, **fault)
        notice_id = reached.tell()
        for _ in range(3):
            reached.work()
            deliveries.deliver(notice_id=str(notice_id))
        assert reached.delivery(notice_id).state is DeliveryState.UNKNOWN
        assert len(reached.sms.calls(SMS)) == 1

    @pytest.mark.parametrize("fault", [{"status": 502}, {"errcode": 40125}, {"delay_ms": 60_000}])
    def test_without_a_token_it_waits_and_arrives_once_there_is_one(
        self, reached: Reached, fault: dict[str, object]
    ) -> None:
        quickly(reached)
        reached.allow()
        reached.wechat.fault(TOKEN, **fault)
        notice_id = reached.tell()
        reached.work()
        assert (reached.delivery(notice_id).state, reached.remaining()) == (DeliveryState.WAITING, 1)
        reached.wechat.control("DELETE", "faults")
        reached.now_due(notice_id)
        assert (len(reached.by_wechat), reached.by_sms, reached.remaining()) == (1, [], 0)

    @pytest.mark.parametrize("errcode", ["rate_limited", "no_balance"])
    def test_an_sms_provider_that_is_busy_is_tried_again(self, reached: Reached, errcode: str) -> None:
        reached.sms.fault(SMS, errcode=errcode, times=1)
        notice_id = reached.tell()
        reached.work()
        assert reached.delivery(notice_id).state is DeliveryState.WAITING
        reached.now_due(notice_id)
        assert len(reached.by_sms) == 1

    def test_a_number_that_does_not_exist_is_not_tried_again(self, reached: Reached) -> None:
        reached.sms.fault(SMS, errcode="invalid_number")
        notice_id = reached.tell()
        reached.work()
        assert (reached.delivery(notice_id).state, reached.delivery(notice_id).failure) == (
            DeliveryState.UNDELIVERED,
            Failure.REFUSED,
        )

    def test_the_worker_has_it_in_the_inbox_whatever_happens(self, reached: Reached, client: FlaskClient) -> None:
        reached.sms.fault(SMS, status=502)
        reached.tell()
        reached.work()
        with transaction() as session:
            assert session.query(Notice).filter(Notice.worker_id == reached.worker_id).count() == 1


class TestCrashes:
    def test_a_crash_after_handing_over_does_not_send_twice(
        self, reached: Reached, monkeypatch: pytest.MonkeyPatch, freeze: Callable[[datetime], None]
    ) -> None:
        reached.allow()
        notice_id = reached.tell()
        hand_over = sending.send

        def crash(ready: sending.Ready) -> sending.Outcome:
            hand_over(ready)
            raise KeyboardInterrupt

        monkeypatch.setattr(sending, "send", crash)
        with pytest.raises(KeyboardInterrupt):
            deliveries.deliver(notice_id=str(notice_id))
        monkeypatch.setattr(sending, "send", hand_over)
        reached.work()
        freeze(DAY + timedelta(minutes=11))
        deliveries.pick_up()
        reached.work()
        assert (len(reached.by_wechat), reached.by_sms) == (1, [])
        assert reached.delivery(notice_id).state is DeliveryState.UNKNOWN

    def test_what_is_still_being_sent_is_left_alone(self, reached: Reached, freeze: Callable[[datetime], None]) -> None:
        notice_id = reached.tell()
        with transaction() as session:
            session.get_one(Delivery, notice_id).state = DeliveryState.SENDING
        freeze(DAY + timedelta(minutes=9))
        deliveries.pick_up()
        assert reached.delivery(notice_id).state is DeliveryState.SENDING

    def test_a_lost_job_is_written_again(self, reached: Reached, freeze: Callable[[datetime], None]) -> None:
        reached.tell()
        with transaction() as session:
            session.connection().exec_driver_sql("DELETE FROM procrastinate_jobs")
        reached.work()
        assert reached.by_sms == []
        freeze(DAY + timedelta(minutes=11))
        deliveries.pick_up()
        reached.work()
        assert len(reached.by_sms) == 1

    def test_two_jobs_of_one_message_send_one(self, reached: Reached) -> None:
        notice_id = reached.tell()
        for _ in range(2):
            deliveries.deliver(notice_id=str(notice_id))
        reached.work()
        assert len(reached.by_sms) == 1


class TestWhatWeChatTellsLater:
    @staticmethod
    def result(message_id: str, errcode: int, template_id: str = "demo_case_question") -> dict[str, object]:
        one = {"TemplateId": template_id, "MsgID": message_id, "ErrorCode": str(errcode), "ErrorStatus": "x"}
        return event("subscribe_msg_sent_event", List=one)

    @pytest.fixture
    def push_at(self, push: Pusher) -> Callable[[dict[str, object]], object]:
        """A push signed when the test's clock says, after the grants were counted from reports."""
        return lambda message: push(message, timestamp=int(DAY.timestamp()))

    def test_a_message_that_failed_after_all_goes_by_sms(
        self, reached: Reached, configured: Callable[..., None], push_at: Callable[[dict[str, object]], object]
    ) -> None:
        configured(wechat_callback_token="")
        reached.allow()
        notice_id = reached.tell()
        reached.work()
        message_id = reached.delivery(notice_id).message_id
        assert message_id
        configured(wechat_callback_token="AAAAA")
        for _ in range(2):
            push_at(self.result(message_id, 43101))
        reached.work()
        assert len(reached.by_sms) == 1
        assert reached.delivery(notice_id).way is Way.SMS

    def test_a_message_in_doubt_turns_out_to_have_arrived(
        self, reached: Reached, configured: Callable[..., None], push_at: Callable[[dict[str, object]], object]
    ) -> None:
        configured(wechat_callback_token="")
        reached.allow()
        reached.wechat.fault(SEND, status=502)
        notice_id = reached.tell()
        reached.work()
        configured(wechat_callback_token="AAAAA")
        push_at(self.result("1700827132819554304", 0))
        sent = reached.delivery(notice_id)
        assert (sent.state, sent.message_id, sent.tries) == (DeliveryState.SENT, "1700827132819554304", 1)

    def test_a_result_of_another_message_changes_nothing(
        self, reached: Reached, push_at: Callable[[dict[str, object]], object]
    ) -> None:
        notice_id = reached.tell()
        push_at(self.result("1", 43101))
        assert reached.delivery(notice_id).state is DeliveryState.WAITING
