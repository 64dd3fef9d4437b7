"""What moves on by itself when a time runs out is found in batches, and what waits for the staff is not among it."""

from datetime import datetime

import pytest

from server.cases import running_out
from server.cases.tasks import lapse_cases
from server.core.access import Level
from server.core.clock import SHANGHAI
from tests.cases.conftest import FRIDAY, Desk, Freeze, Submit
from tests.sign_in import SignIn

IN_JUNE = datetime(2026, 6, 1, 9, 0, tzinfo=SHANGHAI)


def test_what_is_overdue_at_the_desk_is_not_looked_at_by_the_job(
    sign_in: SignIn,
    submit: Submit,
    desk: Desk,
    freeze: Freeze,
    monkeypatch: pytest.MonkeyPatch,
    count_queries: list[str],
) -> None:
    freeze(FRIDAY)
    monkeypatch.setattr(running_out, "BATCH", 2)
    asked = [submit("grievance", sign_in(Level.L1)) for _ in range(3)]
    for case in asked:
        desk.do(case, "accept", ("ask_more", "是哪一个站点？"))
    in_hand = submit("grievance", sign_in(Level.L1))
    desk.do(in_hand, "accept", "begin")

    freeze(IN_JUNE)
    found = list(running_out.running_out(at=IN_JUNE))
    assert len(found) == len({case_id for case_id, _ in found}) == 3, (
        "the answer is overdue, and nothing follows from it"
    )
    assert {key for _, key in found} == {"supplement"}

    lapse_cases()
    assert list(running_out.running_out(at=IN_JUNE)) == []
    count_queries.clear()
    lapse_cases()
    assert not [one for one in count_queries if "FOR UPDATE" in one and "service_case" in one]
