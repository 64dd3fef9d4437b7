"""The answers of a case in words, now and as they were, for those of the staff who may see them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from msgspec import Struct

from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.forms.fields import Answers, FieldType, Viewer
from server.cases.forms.speaking import spoken_answers
from server.cases.models import Case, CaseRevision
from server.cases.proxies.models import CaseProxy
from server.cases.seeing import seen
from server.cases.steps import answers_of
from server.core.db import db
from server.identity.consents import consent_texts, consents_of
from server.identity.models import ConsentKey


def answered(service: Service, answers: Answers, viewers: Collection[Viewer]) -> list[tuple[str, str]]:
    """Label and answer."""
    return list(spoken_answers(seen(service.form.declaration.fields(), viewers), answers))


def answered_earlier(case: Case, service: Service, viewers: Collection[Viewer]) -> list[tuple[datetime, str, str]]:
    """Until when, label and answer of what was changed since, the latest first."""
    return [
        (revision.at, label, answer)
        for revision, before, after in _revisions(case)
        for label, answer in answered(
            service, {key: answer for key, answer in before.items() if after.get(key) != answer}, viewers
        )
    ]


class Agreed(Struct, frozen=True):
    """What the worker agreed to, or signed, and how."""

    title: str
    at: datetime | None
    """When it was read to them; None for their own tick."""
    by: str | None
    """Number of the member of the staff, or code of the station, who read it and typed for them."""


def agreed_to(case: Case) -> list[Agreed]:
    """The consents of a case, in the order in which they were given."""
    texts = consent_texts()
    return [
        Agreed(
            texts[ConsentKey(one["key"])].title,
            datetime.fromisoformat(one["at"]) if "at" in one else None,
            one.get("by"),
        )
        for one in case.consents
    ]


def declined(case: Case, service: Service) -> list[str]:
    """Titles of what the worker was asked for this case and does not agree to: not then, or taken back since."""
    if case.emptied_at is not None:
        return []
    answers, texts = answers_of(case), consent_texts()
    agreed = {ConsentKey(one["key"]) for one in case.consents}
    if case.worker_id is not None:
        # A newer text takes nothing back of what was agreed to.
        agreed &= {one.key for one in consents_of(db.session(), case.worker_id)}
    placed = case.place is not None or bool(service.form.measured(answers))
    optional = [rule for rule in service.consents if rule.optional]
    asked = [rule.key for rule in optional if rule.asked(answers, mode=case.identity_mode, place=placed)]
    return [texts[key].title for key in asked if key not in agreed]


def signed_for(case: Case, service: Service, proxy: CaseProxy | None) -> dict[str, Agreed]:
    """By label: what stands as signed and was typed by somebody else after it was read to the worker."""
    left = {one.key: one for one in service.form.declaration.fields() if one.type is FieldType.SIGNATURE}
    answers, found = answers_of(case), {}
    left = {key: one for key, one in left.items() if key in answers}
    for revision, before, after in _revisions(case) if left else ():
        for key in [key for key in left if before.get(key) != after.get(key)]:
            field = left.pop(key)
            if revision.staff_no is not None:
                found[field.label] = Agreed(field.label, revision.at, revision.staff_no)
    if proxy is not None:
        by = proxy.staff_no or proxy.station_code
        found |= {one.label: Agreed(one.label, proxy.at, by) for one in left.values()}
    return found


def filled_since(case: Case, at: datetime, viewers: Collection[Viewer]) -> Iterator[tuple[datetime, str | None, str]]:
    """What was changed of the answers after a moment: when, by whom of the staff if by any of them, the questions."""
    fields = seen(version_of(case.service, case.service_version).form.declaration.fields(), viewers)
    for revision, before, after in _revisions(case):
        if revision.at <= at:
            return
        labels = [field.label for field in fields if before.get(field.key) != after.get(field.key)]
        if labels:
            yield revision.at, revision.staff_no, f"改了填写的内容：{'、'.join(labels)}"


def _revisions(case: Case) -> Iterator[tuple[CaseRevision, dict[str, Any], dict[str, Any]]]:
    """Each change of the answers, the latest first, with the answers before and after it."""
    after = answers_of(case)
    of_case = sa.select(CaseRevision).where(CaseRevision.case_id == case.id)
    changes: Sequence[CaseRevision] = db.session.scalars(of_case.order_by(CaseRevision.number.desc())).all()
    for revision in changes:
        before: dict[str, Any] = orjson.loads(revision.answers)
        yield revision, before, after
        after = before
