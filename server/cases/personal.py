"""What cases tell a worker about themselves, and what of it goes with the account.

An anonymous case belongs to nobody and so to no export.
"""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases import acts
from server.cases.assigning.models import CaseAssignment, CaseTalk
from server.cases.attached import labels_of
from server.cases.catalogue import version_of
from server.cases.files.models import Attachment
from server.cases.files.uploads import drop_of_worker
from server.cases.forms.speaking import spoken_answers
from server.cases.models import Author, Case, CaseMessage, CaseRating
from server.cases.ownership import Key
from server.cases.proxies.models import CaseProxy
from server.cases.retention.classes import retention_rules
from server.cases.retention.filing import filing_of
from server.cases.retention.holds import held_of
from server.cases.vocabulary import Phase
from server.core.clock import spoken_instant
from server.core.errors import Problem
from server.core.personal import Entry, Erased, Kept, Part, spoken

OVER = (Phase.DONE, Phase.WITHDRAWN, Phase.LAPSED)
AUTHORS = {Author.WORKER: "你", Author.STAFF: "工会"}
AUTHORS_APART = {Author.WORKER: "你", Author.STAFF: "办事的人"}
HELD = "这些事有争议、监督或者诉讼，依法全部保留，解除以后再按期限删除"


class CaseData:
    """Cases with their answers, messages, ratings and files."""

    tables = frozenset(
        {
            "service_case",
            "case_message",
            "case_assignment",
            "case_talk",
            "case_revision",
            "case_rating",
            "case_proxy",
            "case_event",
            "attachment",
            "upload",
            "upload_part",
        }
    )

    def export(self, session: Session, worker_id: uuid.UUID) -> list[Part]:
        cases = session.scalars(sa.select(Case).where(Case.worker_id == worker_id).order_by(Case.created_at)).all()
        return [_part(session, case) for case in cases]

    def erase(self, session: Session, worker_id: uuid.UUID) -> Erased:
        cases = session.scalars(sa.select(Case).where(Case.worker_id == worker_id).order_by(Case.id)).all()
        held = held_of([case.id for case in cases])
        for case in cases:
            if case.phase not in OVER and case.id not in held:
                _withdraw(case)
        places = session.scalars(
            sa.update(Case)
            .where(Case.worker_id == worker_id, Case.place.is_not(None), Case.id.not_in(held))
            .values(place=None)
            .returning(Case.id)
        ).all()
        typed = session.scalars(
            sa.update(CaseProxy)
            .where(CaseProxy.case_id.in_([case.id for case in cases if case.id not in held]))
            .where(sa.or_(CaseProxy.name.is_not(None), CaseProxy.phone.is_not(None)))
            .values(name=None, phone=None, phone_hmac=None, paper=None)
            .returning(CaseProxy.case_id)
        ).all()
        files = session.scalars(
            sa.update(Attachment)
            .where(Attachment.owner_worker_id == worker_id, Attachment.case_id.is_not(None))
            .values(owner_worker_id=None)
            .returning(Attachment.id)
        ).all()
        unclaimed = sa.select(sa.func.count()).where(
            Attachment.owner_worker_id == worker_id, Attachment.claimed_at.is_(None)
        )
        loose = session.scalar(unclaimed) or 0
        on_their_way = drop_of_worker(worker_id)
        return Erased(
            removed={
                "service_case.place": len(places),
                "case_proxy": len(typed),
                "attachment.owner_worker_id": len(files),
                "upload": on_their_way,
            },
            kept=[
                *_files_of([case for case in cases if case.id not in held]),
                *([Kept("service_case", len(held), HELD)] if held else []),
                Kept("attachment", loose, "还没有交给任何事项的文件，上传 24 小时后自动删除"),
            ],
        )


def _files_of(cases: Sequence[Case]) -> Iterator[Kept]:
    """Each class of files that is kept, for how long and by which right."""
    rules = retention_rules()
    classes = Counter(filing_of(version_of(one.service, one.service_version), rules).own for one in cases)
    for key, count in sorted(classes.items()):
        one = rules.classes[key]
        because = f"{one.name}，结案后保存 {one.keep.words}，到期自动删除，不再连着姓名和号码（{one.basis}）"
        yield Kept("service_case", count, because)


def _part(session: Session, case: Case) -> Part:
    service = version_of(case.service, case.service_version)
    answers = spoken_answers(tuple(service.form.declaration.fields()), orjson.loads(case.answers))
    messages = session.scalars(sa.select(CaseMessage).where(CaseMessage.case_id == case.id).order_by(CaseMessage.at))
    talk = session.scalars(
        sa.select(CaseTalk)
        .join(CaseAssignment, CaseAssignment.id == CaseTalk.assignment_id)
        .where(CaseAssignment.case_id == case.id)
        .order_by(CaseTalk.at)
    )
    ratings = session.scalars(sa.select(CaseRating).where(CaseRating.case_id == case.id).order_by(CaseRating.round))
    theirs = sa.select(Attachment).where(Attachment.case_id == case.id, Attachment.note_id.is_(None))
    files = session.scalars(theirs.order_by(Attachment.created_at))
    labels = labels_of(service)
    entries: list[Entry] = [
        {
            "编号": case.no,
            "提交时间": spoken_instant(case.created_at),
            "现在": service.machine.states[case.state].name,
            "位置（约 100 米）": spoken(case.place),
            "接着哪件办的": spoken(_came_from(session, case)),
        },
        dict(answers),
        *({"留言": AUTHORS[one.author], "时间": spoken_instant(one.at), "内容": one.text} for one in messages),
        *({"单独谈的话": AUTHORS_APART[one.author], "时间": spoken_instant(one.at), "内容": one.text} for one in talk),
        *(
            {
                "文件": one.media_type,
                "给哪一栏": labels.get(one.field or "", ""),
                "大小": f"{one.size} 字节",
            }
            for one in files
        ),
        *(
            {
                "评价": "解决了" if one.solved else "没有解决",
                "态度": str(one.attitude),
                "结果": str(one.result),
                "意见": spoken(one.comment),
            }
            for one in ratings
        ),
    ]
    return Part(f"case {case.no}", service.name, [entry for entry in entries if entry])


def _came_from(session: Session, case: Case) -> str | None:
    return session.scalar(sa.select(Case.no).where(Case.id == case.carried_from_id, Case.worker_id == case.worker_id))


def _withdraw(case: Case) -> None:
    """Where the service allows it; a case that cannot be taken back is finished by those who handle it."""
    assert case.worker_id is not None
    try:
        acts.withdraw(no=case.no, key=Key(worker_id=case.worker_id), reason=None)
    except Problem as problem:
        if problem.status != 409:
            raise
