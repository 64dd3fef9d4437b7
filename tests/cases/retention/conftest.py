"""Cases that have ended, with something in every place where a case can hold words or files."""

from collections.abc import Callable
from datetime import datetime

import orjson
import pytest
from flask import Flask

from server.cases.capabilities.models import CaseCall, CasePublication
from server.cases.files.media import MediaType
from server.cases.files.models import Attachment
from server.cases.forms.fields import FieldType
from server.cases.models import Author, Case, CaseMessage, CaseNote, CaseProposal, CaseRating, CaseRevision
from server.cases.retention.ends import note_end
from server.cases.vocabulary import IdentityMode, Phase, Urgency
from server.clocks.models import ChangeKind, ClockChange, OwnerKind
from server.clocks.service import start_clock
from server.core.access import Level
from server.core.db import transaction
from server.core.storage import storage
from tests.cases.conftest import FRIDAY
from tests.cases.declared import services
from tests.sign_in import SignIn
from tests.staff import make_district

MARK = "蜂蜜罐头七四一"
"""Stands in everything that somebody wrote."""
PHOTO = b"photo of " + MARK.encode()

Ended = Callable[..., Case]


@pytest.fixture
def ended(app: Flask, sign_in: SignIn) -> Ended:
    """`ended("grievance")` is a case that ended on FRIDAY."""
    made = 0

    def make(key: str, *, at: datetime = FRIDAY, mode: IdentityMode = IdentityMode.NAMED) -> Case:
        nonlocal made
        made += 1
        service = services()[key]
        answers = {**service.example, **service.example_by_staff}
        for field in service.form.declaration.fields():
            if field.type in {FieldType.TEXT, FieldType.LONG_TEXT}:
                answers[field.key] = MARK
            elif field.type is FieldType.CHOICE:
                answers.setdefault(field.key, field.choices[0].value)
        final = next(one for one in service.machine.states.values() if one.final)
        anonymous = mode is IdentityMode.ANONYMOUS
        case = Case(
            created_at=at,
            updated_at=at,
            no=f"{service.prefix}260313-{made:04}-X",
            service=key,
            service_version=service.version,
            worker_id=None if anonymous else sign_in(Level.L2).worker_id,
            identity_mode=mode,
            secret_digest=f"secret {made}".encode() if anonymous else None,
            union_id=make_district().id,
            state=final.code,
            phase=Phase.DONE,
            urgency=Urgency.NORMAL,
            answers=orjson.dumps(answers).decode(),
            place="22.521,114.055",
            consents=[{"key": "terms", "version": 1}],
            spent=[],
            round=0,
            version=3,
        )
        with transaction() as session:
            session.add(case)
            session.flush()
            session.add_all(
                [
                    CaseMessage(case_id=case.id, at=at, author=Author.WORKER, text=MARK),
                    CaseNote(case_id=case.id, at=at, staff_no="A1", text=MARK),
                    CaseRevision(case_id=case.id, number=1, at=at, answers=case.answers),
                    CaseRating(case_id=case.id, round=0, at=at, solved=True, attitude=5, result=5, comment=MARK),
                    CaseCall(case_id=case.id, at=at, staff_no="A1", reached=True),
                    CasePublication(
                        case_id=case.id, since=at, until=at.replace(year=2027), name_masked="陈*", place="甲", kind="乙"
                    ),
                    CaseProposal(
                        case_id=case.id,
                        step="extend",
                        text=MARK,
                        asked_by="A1",
                        asked_at=at,
                        decided_by="B2",
                        decided_at=at,
                        approved=True,
                    ),
                ]
            )
            clock = start_clock(
                owner_kind=OwnerKind.CASE, owner_id=case.id, key="sign", deadline="GR_HANDLE", name=None, at=at
            )
            session.flush()
            session.add(
                ClockChange(
                    clock_id=clock.id,
                    kind=ChangeKind.EXTENSION,
                    at=at,
                    due_before=clock.due_at,
                    due_after=clock.due_at,
                    reason=MARK,
                    asked_by="A1",
                    approved_by="B2",
                )
            )
            for media_type in (MediaType.JPEG, MediaType.M4A):
                session.add(
                    Attachment(
                        case_id=case.id,
                        sha256="0" * 64,
                        size=len(PHOTO),
                        media_type=media_type,
                        storage_key=storage().put(PHOTO),
                        created_at=at,
                        claimed_at=at,
                    )
                )
            note_end(case, ended_at=at)
        return case

    return make
