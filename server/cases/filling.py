"""Staff fill in the rest of a form with the worker on the line, and read aloud what has to be agreed to."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from server.cases.asking import unknown_answers
from server.cases.attached import faults_of_files, kinds_of
from server.cases.authority import require_staff
from server.cases.barring import refuse_out
from server.cases.declaration import Service
from server.cases.files.service import claim_attachments, count_by_field
from server.cases.forms.fields import Answers, FieldType
from server.cases.groups import gather
from server.cases.informing import inform
from server.cases.locking import lock
from server.cases.models import Case, CaseRevision
from server.cases.publications import bar_meanwhile, bar_who_decided
from server.cases.sending import keep_who_judges
from server.cases.steps import CHANGED, Items, answers_of, moment, refuse_after_the_end
from server.cases.telling import tell_worker
from server.cases.too_few import tell_of_too_few
from server.cases.wording import for_staff
from server.core import audit
from server.core.db import transaction
from server.core.errors import conflict, unprocessable
from server.identity.consents import GivenConsent, consent_texts, record_consents
from server.identity.models import ConsentKey
from server.notices.worded import worded
from server.unions.staff.vocabulary import Right

OWN_TICK: Mapping[str, str] = {}
"""Of a consent that the worker gave themselves."""


def fill_in(
    *,
    no: str,
    staff_no: str,
    answers: Mapping[str, Any],
    agreed: Collection[ConsentKey] = (),
    items: Items = (),
    version: int | None = None,
) -> Case:
    """Add or change answers for the worker, who is told to look whether they are right.

    What says nothing new, as a second click does, changes nothing.

    Args:
        answers: by field, of the whole form; None takes an answer out.
        agreed: what was read aloud, and the worker said yes to.
        items: files for fields of the form, as `files.service.store_of_staff` gives them, each with its `field`.
        version: of the case as the staff member saw it; None to go by what it is now.

    Raises:
        Problem: 403 for whoever may not; 404; 409 for whoever is out of the case, and when it has ended or was
            changed since; 422 naming what is wrong.
    """
    with transaction() as session:
        case, service = lock(no=no)
        require_staff(case, staff_no=staff_no, right=Right.CASE_WORK)
        refuse_after_the_end(case, service.machine)
        at = moment(case)
        before = answers_of(case)
        known = {one["key"] for one in case.consents}
        nothing_new = all(before.get(key) == answer for key, answer in answers.items()) and known.issuperset(agreed)
        if nothing_new and not items:
            return case
        bar_meanwhile(case, service)
        refuse_out(case, staff_no)
        if version is not None and version != case.version:
            raise conflict(CHANGED, "这件事刚刚有人改过，请看看再记下")
        filed = {item["field"] for item in items}
        _refuse_fixed(service, case, [*filed, *(key for key, answer in answers.items() if before.get(key) != answer)])
        merged, errors = service.form.accept({**before, **answers}, whole=False)
        errors = {
            **errors,
            **_taken_out(service, before, merged),
            **unknown_answers(service, merged, worker_id=case.worker_id, before=before),
            **faults_of_files(service.form.declaration, items, merged, before=count_by_field(case_id=case.id)),
        }
        if unasked := set(agreed) - {rule.key for rule in service.consents}:
            errors["consents"] = [f"这项服务不用同意：{'、'.join(sorted(unasked))}"]
        if errors:
            raise unprocessable(errors)
        keep_who_judges(service, before, merged)
        if merged != before:
            session.add(
                CaseRevision(case_id=case.id, number=case.version, at=at, answers=case.answers, staff_no=staff_no)
            )
            case.answers = orjson.dumps(merged).decode()
            if bar_who_decided(case, service, merged):
                tell_of_too_few(case, service, at=at)
        claim_attachments(case_id=case.id, items=items, worker_id=case.worker_id, kinds=kinds_of(service))
        texts = consent_texts()
        heard = read_aloud(staff_no, at=at)
        keep_consents(case, [GivenConsent(key, texts[key].version) for key in sorted(agreed)], how=heard)
        case.version += 1
        case.updated_at = at
        gather(case, service, at=at)
        inform(case, service, merged, before=before, at=at)
        audit.record(
            actor=audit.staff(staff_no),
            action="case.fill",
            subject_kind="case",
            subject_id=case.id,
            detail={"fields": sorted({*answers, *filed}), "consents": sorted(agreed)},
        )
        tell_worker(
            case,
            kind="case.message",
            title="你的事项有更新",
            body=worded("{no} 工会帮你填了情况，请打开看看对不对。", no=case.no),
        )
        return case


def _taken_out(service: Service, before: Answers, merged: Answers) -> dict[str, list[str]]:
    """What nobody could have sent the case without: it is put right, and not left empty by a slip. Only a signature is
    taken out, before what was signed is read again."""
    missing = service.asked.accept(merged)[1]
    fields = [one for one in service.asked.declaration.fields() if one.key in before.keys() - merged.keys()]
    paths = [f"answers.{one.key}" for one in fields if one.type is not FieldType.SIGNATURE]
    return {path: ["不答这一项就交不了，不能去掉；说错了，写上对的"] for path in paths if path in missing}


def _refuse_fixed(service: Service, case: Case, changed: Collection[str]) -> None:
    """Two persons have agreed to what stands there, or it was published: nobody changes it alone afterwards."""
    state = service.machine.states[case.state]
    fixed = [] if state.changeable is None else sorted(set(changed) - state.changeable)
    if fixed:
        words = f"现在是“{for_staff(state.name)}”，这一项不能再改；真的要改，先退回去重新看"
        raise unprocessable({f"answers.{key}": [words] for key in fixed})


def refuse_incomplete(case: Case, service: Service) -> None:
    """Let a case pass with everything that is required, and agreed to.

    Raises:
        Problem: 422 naming what is missing.
    """
    answers = answers_of(case)
    placed = case.place is not None or bool(service.form.measured(answers))
    files = faults_of_files(service.form.declaration, (), answers, before=count_by_field(case_id=case.id), whole=True)
    found = {**service.form.accept(answers)[1], **files}
    errors = {path: _named(service, path, sentences) for path, sentences in found.items()}
    agreed = {one["key"] for one in case.consents}
    texts = consent_texts()
    for rule in service.consents:
        needed = rule.needed(answers, mode=case.identity_mode, place=placed)
        if needed and rule.key.value not in agreed:
            errors[f"consents.{rule.key}"] = [f"请把《{texts[rule.key].title}》念给工友听，同意了再记下"]
    if errors:
        raise unprocessable(errors)


def _named(service: Service, path: str, sentences: list[str]) -> list[str]:
    """Sentences with the label of their field: whoever reads them may not have the form before them."""
    form, key = service.form.declaration, path.split(".")[1]
    field = next((field for field in (*form.fields(), *form.files()) if field.key == key), None)
    return sentences if field is None else [f"{field.label}：{sentence}" for sentence in sentences]


def read_aloud(by: str, *, at: datetime) -> dict[str, str]:
    """How somebody agreed to whom it was read.

    Args:
        by: number of the member of the staff, or code of the station, who read it and typed the answer.
    """
    return {"by": by, "at": at.isoformat()}


def keep_consents(case: Case, given: Sequence[GivenConsent], *, how: Mapping[str, str] = OWN_TICK) -> None:
    """Note what was agreed to for a locked case, and by its worker; `how`, if not by a tick of their own."""
    known = {one["key"] for one in case.consents}
    new = [one for one in given if one.key.value not in known]
    if new:
        case.consents = [*case.consents, *({"key": one.key.value, "version": one.version, **how} for one in new)]
    if case.worker_id is not None:
        record_consents(worker_id=case.worker_id, given=given)
