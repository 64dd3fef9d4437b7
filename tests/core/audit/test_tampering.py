"""Whoever can write to the database but has not got the keys is found, whatever they do."""

from collections.abc import Callable

import orjson
import pytest
import sqlalchemy as sa
from flask import Flask

from server.core.audit import AuditEvent, verifying
from server.core.audit.verifying import Trouble
from server.core.db import db, new_id
from tests.core.audit.conftest import Act, Tamper, witness_file

CHANGES: dict[str, tuple[list[str], set[Trouble]]] = {
    "who did it": (
        ["UPDATE audit_event SET actor = 'staff:B2' WHERE subject_id = 'b'"],
        {Trouble.EVENT_CHANGED},
    ),
    "when it was": (
        ["UPDATE audit_event SET at = at - interval '1 hour' WHERE subject_id = 'b'"],
        {Trouble.EVENT_CHANGED},
    ),
    "to whom it was done": (
        ["UPDATE audit_event SET subject_id = 'z' WHERE subject_id = 'b'"],
        {Trouble.EVENT_CHANGED},
    ),
    "what it was in particular": (
        ["UPDATE audit_event SET detail = '{\"step\": \"z\"}' WHERE subject_id = 'b'"],
        {Trouble.DETAIL_CHANGED},
    ),
    "the detail is emptied as if it had been purged": (
        ["UPDATE audit_event SET detail = NULL WHERE subject_id = 'b'"],
        {Trouble.DETAIL_MISSING},
    ),
    "an act is deleted": (
        ["DELETE FROM audit_event WHERE subject_id = 'e'"],
        {Trouble.EVENT_MISSING},
    ),
    "an act is deleted with its link": (
        [
            "DELETE FROM audit_link WHERE event_id = (SELECT id FROM audit_event WHERE subject_id = 'e')",
            "DELETE FROM audit_event WHERE subject_id = 'e'",
        ],
        {Trouble.LINKS_CHANGED},
    ),
    "two acts change places": (
        [
            "UPDATE audit_link SET place = 9 WHERE segment = 1 AND place = 1",
            "UPDATE audit_link SET place = 1 WHERE segment = 1 AND place = 2",
            "UPDATE audit_link SET place = 2 WHERE segment = 1 AND place = 9",
        ],
        {Trouble.LINKS_CHANGED},
    ),
    "two acts exchange what they say, ids and digests staying": (
        [
            "UPDATE audit_event one SET actor = other.actor, subject_id = other.subject_id, detail = other.detail"
            " FROM audit_event other WHERE (one.subject_id, other.subject_id) IN (('a', 'b'), ('b', 'a'))"
        ],
        {Trouble.EVENT_CHANGED},
    ),
    "an act and its digest are changed": (
        [
            "UPDATE audit_event SET actor = 'staff:B2' WHERE subject_id = 'b'",
            "UPDATE audit_link SET event_digest = 'demo:' || sha256('anything') WHERE segment = 1 AND place = 2",
        ],
        {Trouble.EVENT_CHANGED, Trouble.LINKS_CHANGED},
    ),
    "a segment in the middle is taken out": (
        [
            "DELETE FROM audit_event USING audit_link WHERE id = event_id AND segment = 2",
            "DELETE FROM audit_link WHERE segment = 2",
            "DELETE FROM audit_segment WHERE number = 2",
        ],
        {Trouble.SEGMENT_MISSING, Trouble.LINKS_CHANGED},
    ),
    "a segment is taken out and the later ones close up": (
        [
            "DELETE FROM audit_event USING audit_link WHERE id = event_id AND segment = 2",
            "DELETE FROM audit_link WHERE segment = 2",
            "DELETE FROM audit_segment WHERE number = 2",
            "UPDATE audit_segment SET number = number - 1 WHERE number > 2",
            "UPDATE audit_link SET segment = segment - 1 WHERE segment > 2",
        ],
        {Trouble.LINKS_CHANGED, Trouble.CUT_OFF},
    ),
    "the end is cut off": (
        [
            "DELETE FROM audit_event USING audit_link WHERE id = event_id AND segment = 4",
            "DELETE FROM audit_link WHERE segment = 4",
            "DELETE FROM audit_segment WHERE number = 4",
        ],
        {Trouble.CUT_OFF},
    ),
    "everything is emptied": (
        ["DELETE FROM audit_event", "DELETE FROM audit_link", "DELETE FROM audit_segment"],
        {Trouble.CUT_OFF},
    ),
    "a segment says that it was sealed earlier": (
        ["UPDATE audit_segment SET sealed_at = sealed_at - interval '1 second' WHERE number = 3"],
        {Trouble.LINKS_CHANGED},
    ),
    "acts are deleted under a forged purge": (
        [
            "DELETE FROM audit_event USING audit_link WHERE id = event_id AND segment = 1",
            "DELETE FROM audit_link WHERE segment = 1",
            "INSERT INTO audit_purge (segment, what, at, seal)"
            " VALUES (1, 'events', now(), 'demo:' || sha256('anything'))",
        ],
        {Trouble.FORGED_PURGE, Trouble.LINKS_CHANGED},
    ),
    "an act is slipped in behind the sealer": (
        [
            "INSERT INTO audit_event (id, at, actor, action, subject_kind, subject_id, detail, xid)"
            " SELECT gen_random_uuid(), at, 'staff:B2', action, subject_kind, 'z', '{}', 3"
            " FROM audit_event WHERE subject_id = 'b'"
        ],
        {Trouble.SLIPPED_IN},
    ),
    "a sealed act is copied into the chain a second time": (
        [
            "WITH copied AS (INSERT INTO audit_event (id, at, actor, action, subject_kind, subject_id, detail, xid)"
            " SELECT gen_random_uuid(), at, actor, action, subject_kind, subject_id, detail, xid"
            " FROM audit_event WHERE subject_id = 'b' RETURNING id)"
            " INSERT INTO audit_link (segment, place, event_id, event_digest, detail_digest)"
            " SELECT 1, 4, copied.id, event_digest, detail_digest FROM copied, audit_link"
            " WHERE segment = 1 AND place = 2"
        ],
        {Trouble.LINKS_CHANGED, Trouble.EVENT_CHANGED},
    ),
    "a trigger is switched off": (
        ["ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only"],
        {Trouble.UNPROTECTED},
    ),
}


@pytest.fixture
def triggers_back(tamper: Tamper) -> object:
    yield
    tamper("ALTER TABLE audit_event ENABLE TRIGGER audit_event_append_only")


@pytest.mark.usefixtures("chain", "triggers_back")
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_found(change: str, tamper: Tamper) -> None:
    statements, expected = CHANGES[change]
    for statement in statements:
        assert tamper(statement), f"nothing was changed by {statement}"
    assert {finding.trouble for finding in verifying.verify().findings} == expected


@pytest.mark.usefixtures("chain")
def test_a_finding_says_which_act_it_is(tamper: Tamper, chain: list[AuditEvent]) -> None:
    tamper("UPDATE audit_event SET actor = 'staff:B2' WHERE subject_id = 'f'")
    (finding,) = verifying.verify().findings
    assert (finding.segment, finding.event_id) == (2, chain[5].id)


@pytest.mark.usefixtures("chain")
def test_an_act_that_claims_an_earlier_time_is_found(act: Act, app: Flask) -> None:
    db.session.execute(
        sa.insert(AuditEvent).values(
            id=new_id(),
            at=sa.func.now() - sa.text("interval '1 day'"),
            actor="staff:A1",
            action="case.read",
            subject_kind="case",
            detail={},
        )
    )
    db.session.commit()
    assert app.test_cli_runner().invoke(args=["audit", "seal"]).output == "1 acts sealed\n"
    assert [finding.trouble for finding in verifying.verify().findings] == [Trouble.BACKDATED]


@pytest.mark.usefixtures("chain")
def test_a_chain_that_was_made_anew_has_another_head_than_the_witness(tamper: Tamper) -> None:
    noted = orjson.loads(witness_file().read_bytes())
    witness_file().write_bytes(orjson.dumps(noted | {"head": "00"}))
    assert [finding.trouble for finding in verifying.verify().findings] == [Trouble.CUT_OFF]


@pytest.mark.usefixtures("chain")
def test_the_command_says_what_it_found_and_fails(app: Flask, tamper: Tamper) -> None:
    run: Callable[[], object] = lambda: app.test_cli_runner().invoke(args=["audit", "verify"])  # noqa: E731
    whole = run()
    assert (whole.exit_code, whole.output.splitlines()[0].split(",")[0]) == (0, "9 acts sealed")
    tamper("DELETE FROM audit_event WHERE subject_id = 'e'")
    broken = run()
    assert broken.exit_code == 1
    assert "✗ an act was taken away: segment 2, act " in broken.stderr
