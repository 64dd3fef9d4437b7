"""For every kind of job: its worker is killed in the middle of one; once somebody works again, all is done, once."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.core import jobs
from server.core.access import Level
from server.core.audit import sealer
from server.core.db import db, transaction
from tests.activities.conftest import Announce
from tests.activities.conftest import announce as announce
from tests.activities.conftest import union as union
from tests.clocks.test_changes import arrive as arrive
from tests.faults.job_worker import killed_at, queue_job, states
from tests.faults.job_world import QUEUED, Job, World
from tests.faults.jobs_of_cases import JOBS_OF_CASES
from tests.faults.jobs_of_others import JOBS_OF_OTHERS
from tests.me.going import DAY, GOING, filled, personal
from tests.sign_in import SignIn
from tests.standins import StandIn

JOBS = [*JOBS_OF_CASES, *JOBS_OF_OTHERS]
"""Besides those that only delete what is old: of them there is a list already."""
FORGETTING = {goes.job.__task_name__: goes for goes in GOING}  # type: ignore[attr-defined]  # set by `periodic`


@pytest.fixture
def world(
    app: Flask,
    client: FlaskClient,
    sign_in: SignIn,
    freeze: Callable[[datetime], None],
    announce: Announce,
    arrive: Callable[..., None],
    sms_standin: StandIn,
    identity_standin: StandIn,
    city_standin: StandIn,
) -> World:
    return World(app, client, sign_in, freeze, announce, arrive, sms_standin, identity_standin, city_standin)


def test_every_kind_of_job_is_here() -> None:
    ours = {name for name in jobs.queue.tasks if "builtin" not in name and not name.startswith("test.")}
    assert ours - {job.name for job in JOBS} - FORGETTING.keys() == set(), "add to JOBS"
    assert {job.name for job in JOBS} | FORGETTING.keys() <= ours


@pytest.mark.parametrize("job", JOBS, ids=str)
def test_it_is_done_all_the_same_and_once(world: World, job: Job) -> None:
    arguments, done = job.arrange(world)
    if arguments is not QUEUED:
        queue_job(job.name, arguments)
    killed_at(world.app, job.table, mode=job.mode)
    assert states(job.name) == ["doing"]
    assert jobs.take_up_stalled_jobs() >= 1
    for _ in range(2):  # what is done, and what it has left to be done
        jobs.run_worker(world.app, wait=False, periodic_tasks=False)
    assert states(job.name) == []
    db.session.rollback()
    assert done()


@pytest.mark.parametrize("name", sorted(FORGETTING))
def test_what_is_old_goes_all_the_same(app: Flask, sign_in: SignIn, name: str) -> None:
    goes = FORGETTING[name]
    columns = personal(goes.table, goes.said)
    with transaction() as session:
        for row in goes.rows(sign_in(Level.L0), goes.lasts + DAY):
            session.add(row)
            session.flush()
    sealer.seal()
    before = filled(columns, goes.among)
    queue_job(name)
    killed_at(app, goes.table)
    assert filled(columns, goes.among) == before
    jobs.take_up_stalled_jobs()
    jobs.run_worker(app, wait=False, periodic_tasks=False)
    assert [before[column.name] - filled(columns, goes.among)[column.name] for column in columns] == [1] * len(columns)
