"""What is old is forgotten, the chain stays whole, and nobody forgets too early."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from server.core.audit import AuditEvent, purging, record, sealer, verifying
from server.core.audit.chain import AuditSegment, Purged
from server.core.audit.verifying import Trouble
from server.core.clock import now
from server.core.db import db, new_id, transaction
from server.core.settings import Settings, SettingsError
from tests.core.audit.conftest import Act, Tamper
from tests.staff import make_staff


@pytest.fixture
def old_chain(app: Flask, act: Act) -> None:
    """Two segments of 200 days ago, two of now."""
    with transaction() as session:
        for subject in "abcd":
            session.add(
                AuditEvent(
                    id=new_id(),
                    at=now() - timedelta(days=200),
                    actor="staff:A1",
                    action="case.read",
                    subject_kind="case",
                    subject_id=subject,
                    detail={"step": subject},
                )
            )
    sealer.seal(at_once=2)
    for subject in "ef":
        act(subject)
    sealer.seal(at_once=1)
    assert verifying.verify().findings == []


def subjects() -> list[str | None]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(AuditEvent.subject_id).where(AuditEvent.action == "case.read")))


@pytest.mark.usefixtures("old_chain")
def test_old_acts_go_and_the_chain_stays_valid(act: Act) -> None:
    assert purging.forget(Purged.EVENTS, before=now() - timedelta(days=185), actor="system") == 2
    assert sorted(filter(None, subjects())) == ["e", "f"]
    act("g")
    sealer.seal()
    report = verifying.verify()
    assert (report.sealed, report.findings) == (4, []), "e, f, g and the purge itself"
    assert purging.forget(Purged.EVENTS, before=now() - timedelta(days=185), actor="system") == 0


@pytest.mark.usefixtures("old_chain")
def test_details_go_earlier_and_who_did_what_stays(app: Flask) -> None:
    make_staff("9001", "audit_admin")
    run = app.test_cli_runner().invoke(args=["audit", "purge", "details", "--days", "30", "--by", "9001"])
    assert (run.exit_code, run.output) == (0, "2 segments purged\n")
    kept = db.session.execute(sa.select(AuditEvent.subject_id, AuditEvent.detail).order_by(AuditEvent.at)).all()
    assert {row.subject_id for row in kept if row.detail is None} == {"a", "b", "c", "d"}
    sealer.seal()
    assert verifying.verify().findings == []
    purged = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "audit.purge")).one()
    assert (purged.actor, purged.subject_id, purged.detail) == ("staff:9001", "1-2", {"what": "details", "segments": 2})


@pytest.mark.usefixtures("old_chain")
def test_details_can_go_first_and_the_acts_later() -> None:
    for what in (Purged.DETAILS, Purged.EVENTS):
        assert purging.forget(what, before=now() - timedelta(days=190), actor="system") == 2
    sealer.seal()
    assert verifying.verify().findings == []


@pytest.mark.usefixtures("old_chain")
def test_the_database_itself_refuses_to_forget_acts_too_early() -> None:
    with pytest.raises(sa.exc.DBAPIError, match="kept for 185 days"):
        purging.forget(Purged.EVENTS, before=now(), actor="system")
    assert len(subjects()) == 6


@pytest.mark.usefixtures("old_chain")
def test_nothing_is_forgotten_without_a_note() -> None:
    with pytest.raises(sa.exc.DBAPIError, match="leaves a note"):
        db.session.execute(sa.select(sa.func.audit_forget(1, "events")))
    db.session.rollback()


@pytest.mark.usefixtures("old_chain")
def test_what_was_purged_and_comes_back_is_found(tamper: Tamper) -> None:
    purging.forget(Purged.DETAILS, before=now() - timedelta(days=185), actor="system")
    tamper("UPDATE audit_event SET detail = '{\"step\": \"a\"}' WHERE subject_id = 'a'")
    assert [finding.trouble for finding in verifying.verify().findings] == [Trouble.PURGED_BACK]


@pytest.mark.usefixtures("old_chain")
def test_segments_of_purged_acts_are_still_protected(tamper: Tamper) -> None:
    purging.forget(Purged.EVENTS, before=now() - timedelta(days=185), actor="system")
    tamper("UPDATE audit_segment SET events = 1 WHERE number = 1")
    tamper("UPDATE audit_segment SET head = head || 'x' WHERE number = 2")
    troubles = {(finding.segment, finding.trouble) for finding in verifying.verify().findings}
    assert (2, Trouble.FORGED_PURGE) in troubles
    assert (3, Trouble.LINKS_CHANGED) in troubles


def test_records_are_kept_for_at_least_185_days(environment: dict[str, str], app: Flask) -> None:
    with pytest.raises(SettingsError, match="AUDIT_DAYS must be a whole number from 185"):
        Settings.from_env(environment | {"AUDIT_DAYS": "180"})
    assert Settings.from_env(environment).audit_days == 185
    record(actor="system", action="act", subject_kind="test")
    make_staff("9001", "audit_admin")
    refused = app.test_cli_runner().invoke(args=["audit", "purge", "events", "--days", "30", "--by", "9001"])
    assert refused.exit_code == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditSegment)) == 0
