"""The one statement that reads a whole case, for its worker or for whoever holds its secret."""

import sqlalchemy as sa

from server.cases.models import Case, CaseRating
from server.cases.retention.models import CaseRetention

_WHOLE = """
    SELECT
        c.no, c.service, c.service_version, c.identity_mode, c.state, c.urgency, c.answers, c.place, c.spent,
        c.union_id, c.worker_id,
        c.created_at, c.updated_at,
        r.solved, r.attitude, r.result, r.comment,
        (
            SELECT json_build_array(h.solved, h.attitude, h.result, h.at)
            FROM case_phone_rating h WHERE h.case_id = c.id AND h.round = c.round
        ) AS heard,
        (
            SELECT json_agg(json_build_array(e.at, e.what, e.step) ORDER BY e.number)
            FROM case_event e WHERE e.case_id = c.id
        ) AS events,
        (
            SELECT json_agg(
                json_build_array(
                    k.key, k.name, k.due_at, k.original_due_at, k.basis, k.provisional, k.paused_at,
                    k.owed_by, k.extended, CASE WHEN k.amount = 0 THEN k.event_at END
                )
                ORDER BY k.started_at, k.id
            )
            FROM clock k WHERE k.owner_kind = 'case' AND k.owner_id = c.id AND k.stopped_at IS NULL
        ) AS clocks,
        (
            SELECT json_agg(json_build_array(m.id, m.author, encode(m.text, 'base64'), m.at) ORDER BY m.at, m.id)
            FROM case_message m WHERE m.case_id = c.id
        ) AS messages,
        (
            SELECT json_agg(
                json_build_array(v.at, v.staff_no IS NOT NULL, encode(v.answers, 'base64')) ORDER BY v.number DESC
            )
            FROM case_revision v WHERE v.case_id = c.id
        ) AS revisions,
        (
            SELECT json_agg(
                json_build_array(a.id, coalesce(a.message_id, a.talk_id), a.media_type, a.size, a.seconds, a.field)
                ORDER BY a.claimed_at, a.id
            )
            FROM attachment a WHERE a.case_id = c.id AND a.note_id IS NULL
        ) AS files,
        (
            SELECT json_build_array(
                x.direction, x.their_no, x.their_state, x.office, x.their_due_at, x.asks_rating, x.told_at
            )
            FROM case_exchange x WHERE x.case_id = c.id
        ) AS exchange,
        (
            SELECT json_agg(
                json_build_array(
                    s.id, encode(p.name, 'base64'), encode(h.phone, 'base64'), s.ended_at, s.handed_on_at,
                    (
                        SELECT json_agg(
                            json_build_array(t.id, t.author, encode(t.text, 'base64'), t.at) ORDER BY t.at, t.id
                        )
                        FROM case_talk t WHERE t.assignment_id = s.id
                    )
                )
                ORDER BY s.assigned_at
            )
            FROM case_assignment s
            JOIN staff_account p ON p.number = s.staff_no
            LEFT JOIN case_assignee h ON h.staff_no = s.staff_no AND h.role = s.role
            WHERE s.case_id = c.id AND s.accepted_at IS NOT NULL
        ) AS assignments,
        (
            SELECT json_agg(json_build_array(w.number, w.title, w.at, w.docx_id, w.pdf_id) ORDER BY w.number)
            FROM case_paper w WHERE w.case_id = c.id
        ) AS papers,
        (SELECT m.union_id FROM membership m WHERE m.worker_id = c.worker_id) AS home_id,
        (
            SELECT json_build_array(s.no, s.service, s.service_version)
            FROM service_case s WHERE s.id = c.carried_from_id AND s.worker_id = c.worker_id
        ) AS came_from,
        (
            SELECT json_agg(json_build_array(d.no, d.service, d.service_version, d.phase) ORDER BY d.created_at)
            FROM service_case d WHERE d.carried_from_id = c.id AND d.worker_id = c.worker_id
        ) AS went_on,
        (SELECT n.purged FROM case_retention n WHERE n.case_id = c.id) AS purged,
        (
            SELECT json_build_array(p.staff_no IS NOT NULL, p.station_code, p.at)
            FROM case_proxy p WHERE p.case_id = c.id
        ) AS proxy
    FROM service_case c LEFT JOIN case_rating r ON r.case_id = c.id AND r.round = c.round
    WHERE c.no = :no AND
"""
_TYPES = {
    "identity_mode": Case.identity_mode.type,
    "urgency": Case.urgency.type,
    "answers": Case.answers.type,
    "place": Case.place.type,
    "comment": CaseRating.comment.type,
    "purged": CaseRetention.purged.type,
}
OF_WORKER = sa.text(f"{_WHOLE} c.worker_id = :worker_id").columns(**_TYPES)
ANONYMOUS = sa.text(f"{_WHOLE} c.identity_mode = 'anonymous'").columns(**_TYPES)
