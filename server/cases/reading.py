"""Cases as their worker sees them.

A case is read far more often than anything else happens to it: one statement fetches all of it, and the answer is made
by hand, `schemas.CaseSchema` says of what.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import orjson

from server.cases.assigning.models import ASSIGNEE_PHONE, TALK_TEXT
from server.cases.attached import labels_of
from server.cases.capabilities.people import level_ahead
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.describing import asked_consent
from server.cases.files.links import link
from server.cases.files.media import MediaType
from server.cases.flow.machine import Position, State, Step
from server.cases.forms.computed import Computed
from server.cases.forms.fields import Answers
from server.cases.going_on import offers_of
from server.cases.models import MESSAGE_TEXT, REVISION_ANSWERS, Author
from server.cases.offices import office_shown
from server.cases.own_answers import Change, own_answers
from server.cases.ownership import Key, check_secret
from server.cases.papers.rules import number_of
from server.cases.retention.keeping import gone
from server.cases.summaries import clock_shown, local, summary
from server.cases.vocabulary import OVER, Actor, Direction, IdentityMode, Phase, Urgency, Via, Who
from server.cases.whole_case import ANONYMOUS, OF_WORKER
from server.city.service import NAME as CITY
from server.city.words import WORD_NAMES, Word
from server.clocks.service import due_if_started
from server.core.clock import day_of, full_hour, now, today
from server.core.crypto import cipher
from server.core.db import db
from server.core.errors import not_found
from server.core.schema import instant
from server.unions.staff.models import STAFF_NAME

ACTS = {
    Via.SUPPLEMENT: "supplements",
    Via.WITHDRAWAL: "withdrawal",
    Via.REOPENING: "reopening",
    Via.AGREEMENT: "agreement",
    Via.REFUSAL: "refusal",
    Via.REPLACEMENT: "replacement",
    Via.ACKNOWLEDGEMENT: "acknowledgement",
}
"""By the path that they are posted to."""

_ASKS_RATING = 5
"""Where it stands in `exchange`."""


def own_case(*, no: str, key: Key) -> dict[str, Any]:
    """One case, whole: the contract's Case.

    Raises:
        Problem: 404 for whoever does not hold its key.
    """
    # What an act has just changed: the statement goes past the session, which would write it only at the commit.
    db.session.flush()
    if key.worker_id is None:
        check_secret(no, key.secret)
        found = db.session.connection().execute(ANONYMOUS, {"no": no})
    else:
        found = db.session.connection().execute(OF_WORKER, {"no": no, "worker_id": key.worker_id})
    row = found.one_or_none()
    if row is None:
        raise not_found()
    service = version_of(row.service, row.service_version)
    state = service.machine.states[row.state]
    answers: dict[str, Any] = orjson.loads(row.answers)
    files = _files_by_message(row, labels_of(service))
    papers, loose = _papers_among(row, files.get(None, []))
    assignees = _assignees(service, row.assignments or (), files)
    level = level_ahead(service.machine, state.code)
    shown = summary(row, service, [clock_shown(*clock) for clock in row.clocks or ()])
    shown |= {
        "timeline": [{"at": local(at), "what": what} for at, what, _ in row.events],
        "messages": _messages(row, files),
        "attachments": loose,
        "answers": answers,
        "answered": own_answers(service.form.declaration.fields(), answers, _changes(row)),
        "computed": computed_of(
            service.computed, answers, today=today(), state=state, made=[step for _, _, step in row.events]
        ),
        "level_ahead": None if level is None else level.name,
        "can": [*_possible_acts(service, state, row), *_acts_of_talk(assignees)],
        "assignees": assignees,
        "papers": papers,
        "office": None if state.final else office_shown(service, union_id=row.union_id, home_id=row.home_id),
    }
    shown |= _leads_to(row, answers)
    if row.purged:
        shown["removed"] = [{"name": one.name, "on": one.day} for one in gone(row.purged)]
    if service.by_desk:
        shown["by_union"] = True
    if row.proxy is not None:
        at_desk, station_code, typed_at = row.proxy
        shown["typed_by"] = {"at_desk": at_desk, "station_code": station_code, "at": local(typed_at)}
    if row.exchange is not None:
        shown |= _exchange(shown, *row.exchange)
    asked = service.machine.by_act(
        Position(row.state, spent=frozenset(row.spent)), Via.AGREEMENT, mode=row.identity_mode
    )
    if asked is not None and asked.consent is not None:
        shown["asks"] = asked_consent(service, asked.consent)
    question = _question(service, row)
    if question is not None:
        shown["question"] = question
        shown["lapses"] = _lapses(service, row)
    unseen = service.machine.by_act(
        Position(row.state, spent=frozenset(row.spent)), Via.ACKNOWLEDGEMENT, mode=row.identity_mode
    )
    if unseen is not None:
        shown["unseen"] = {"reply_by": _reply_by(service, unseen, row, answers)}
    if row.place is not None:
        lat, lng = map(float, row.place.split(","))
        shown["place"] = {"lat": lat, "lng": lng}
    if row.solved is not None:
        shown["rating"] = {
            "solved": row.solved,
            "attitude": row.attitude,
            "result": row.result,
            "comment": row.comment,
        }
    if row.heard is not None:
        solved, attitude, result, heard_at = row.heard
        shown["heard"] = {"solved": solved, "attitude": attitude, "result": result, "at": local(heard_at)}
    return shown


def computed_of(
    rules: Iterable[Computed], answers: Answers, *, today: date, state: State | None = None, made: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """What follows from the answers, as far as they go; where a `state`, or the steps that were `made`, leave nothing
    to be done, none of it is urgent any more, nor has a colour."""
    shown = []
    for rule in rules:
        found = rule.find(answers, today=today)
        if found is not None:
            presses = state is None or rule.matters_in(state, made=made)
            shown.append(
                {
                    "key": rule.key,
                    "name": rule.name,
                    "value": found.value,
                    "text": found.text,
                    "urgent": presses and found.urgent,
                    "colour": found.colour if presses else None,
                }
            )
    return shown


def _files_by_message(row: Any, labels: Mapping[str, str]) -> dict[str | None, list[dict[str, Any]]]:
    """Links by the message that a file came with, None for what came with answers: of a field, with its label."""
    files: dict[str | None, list[dict[str, Any]]] = {}
    for attachment_id, message_id, media_type, size, seconds, field in row.files or ():
        shown = link(attachment_id=attachment_id, media_type=media_type, size=size, seconds=seconds)
        given_to = {} if field is None else {"field": field, "label": labels.get(field, field)}
        files.setdefault(message_id, []).append({**shown, **given_to})
    return files


def _changes(row: Any) -> list[Change]:
    return [
        Change(local(at), Author.STAFF if by_staff else Author.WORKER, orjson.loads(_opened(sealed, REVISION_ANSWERS)))
        for at, by_staff, sealed in row.revisions or ()
    ]


def _messages(row: Any, files: Mapping[str | None, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [
        {
            "id": message_id,
            "from": author,
            "text": _opened(sealed, MESSAGE_TEXT),
            "at": local(at),
            "attachments": files.get(message_id, []),
        }
        for message_id, author, sealed, at in row.messages or ()
    ]


def _question(service: Service, row: Any) -> str | None:
    """What the union waits to hear: the words of the step that asked last, whatever was written since.

    A step and its words are of the same instant; nothing else of the case is.
    """
    machine, state = service.machine, service.machine.states[row.state]
    waits = {step.sources for step in machine.steps.values() if step.via is Via.ACKNOWLEDGEMENT}
    asking = {code for sources in waits for code in sources}
    if state.phase is not Phase.NEED_MORE and state.code not in asking:
        return None
    asked = [
        at
        for at, _, code in row.events or ()
        if (step := machine.steps.get(code)) is not None
        and Actor.STAFF in step.who
        and step.target is not None
        and (step.target in asking or machine.states[step.target].phase is Phase.NEED_MORE)
    ]
    return next(
        (_opened(sealed, MESSAGE_TEXT) for _, _, sealed, at in row.messages or () if asked and at == asked[-1]),
        None,
    )


def _lapses(service: Service, row: Any) -> bool:
    """Whether a case counts as withdrawn where nothing comes in time."""
    machine = service.machine
    overdue = machine.possible(Position(row.state), actor=Actor.SYSTEM, mode=row.identity_mode)
    due = [step for step in overdue if step.due is not None and step.due == machine.states[row.state].by]
    return any(machine.states[step.target or row.state].phase is Phase.LAPSED for step in due)


def _reply_by(service: Service, step: Step, row: Any, answers: Answers) -> str:
    """Until when there is time to answer for whoever says now that they have read what is asked."""
    target = service.machine.states[step.target or row.state]
    rule = service.machine.clocks[target.by or ""]
    code = rule.deadline_for(answers, urgent=row.urgency is Urgency.URGENT)
    return instant(due_if_started(code, at=full_hour(now()), ruled_on=day_of(row.created_at)))


def _leads_to(row: Any, answers: dict[str, Any]) -> dict[str, Any]:
    """The worker's cases that this one goes on from, or that go on from it, and with what they can go on."""
    following = row.went_on or ()
    living = {service for _, service, _, phase in following if phase not in OVER}
    steps = {step for _, _, step in row.events or ()}
    led = {
        "came_from": None if row.came_from is None else _named_case(*row.came_from),
        "went_on": [_named_case(no, service, version) for no, service, version, _ in following],
        "goes_on": offers_of(row, answers, steps=steps, living=living),
    }
    return {part: found for part, found in led.items() if found}


def _named_case(no: str, service: str, version: int) -> dict[str, Any]:
    return {"no": no, "service": service, "service_name": version_of(service, version).name}


def _exchange(
    shown: dict[str, Any],
    direction: str,
    their_no: str | None,
    their_state: str,
    office: str | None,
    their_due_at: str | None,
    asks_rating: bool,
    told_at: str | None,
) -> dict[str, Any]:
    """Where the case stands with 12345, and what that changes in the rest: who has it by name."""
    next_ = shown["next"]
    if next_["who"] == Who.OUTSIDE.value and office is not None:
        next_ = {**next_, "name": f"{CITY} {office}"}
    return {
        "next": next_,
        "exchange": {
            "name": CITY,
            "from_them": direction == Direction.IN.value,
            "no": their_no,
            "state_name": WORD_NAMES[Word(their_state)],
            "office": office,
            "due_at": None if their_due_at is None else local(their_due_at),
            "told_at": None if told_at is None else local(told_at),
            "asks_rating": asks_rating,
        },
    }


def _papers_among(row: Any, loose: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The papers that were made, with their files, and the files that are none of theirs."""
    files = {file["id"]: file for file in loose}
    papers = [
        {
            "number": number_of(row.no, number),
            "title": title,
            "at": local(at),
            # A file may have gone by its own class of retention.
            "files": [
                _named(files.pop(file), f"{title} {number_of(row.no, number)}")
                for file in (pdf_id, docx_id)
                if file in files
            ],
        }
        for number, title, at, docx_id, pdf_id in row.papers or ()
    ]
    return papers, list(files.values())


def _named(file: dict[str, Any], name: str) -> dict[str, Any]:
    """The file with a link under which it is kept by this name."""
    suffix = MediaType(file["media_type"]).suffix
    return link(
        attachment_id=file["id"],
        media_type=file["media_type"],
        size=file["size"],
        seconds=file.get("seconds"),
        name=f"{name}.{suffix}",
    )


def _assignees(
    service: Service, rows: Sequence[Any], files: Mapping[str | None, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Who took the case, oldest first, with what the worker and they wrote to each other alone."""
    rule = service.assignment
    return [
        {
            "id": assignment_id,
            "title": "" if rule is None else rule.title,
            "name": _opened(name, STAFF_NAME),
            "phone": None if phone is None or ended_at is not None else _opened(phone, ASSIGNEE_PHONE),
            "now": ended_at is None,
            "handed_on": handed_on_at is not None,
            "talk": [
                {
                    "id": talk_id,
                    "from": author,
                    "text": _opened(sealed, TALK_TEXT),
                    "at": local(at),
                    "attachments": files.get(talk_id, []),
                }
                for talk_id, author, sealed, at in said or ()
            ],
        }
        for assignment_id, name, phone, ended_at, handed_on_at, said in rows
    ]


def _acts_of_talk(assignees: Sequence[dict[str, Any]]) -> list[str]:
    if not assignees or not assignees[-1]["now"]:
        return []
    before = any(one["talk"] for one in assignees[:-1])
    return ["talk", "handing-on"] if before and not assignees[-1]["handed_on"] else ["talk"]


def _opened(sealed: str, context: str) -> str:
    return cipher().decrypt(base64.b64decode(sealed), context=context.encode()).decode()


def _possible_acts(service: Service, state: State, row: Any) -> list[str]:
    position = Position(state.code, spent=frozenset(row.spent))
    mode: IdentityMode = row.identity_mode
    acts = [path for via, path in ACTS.items() if service.machine.by_act(position, via, mode=mode) is not None]
    if not state.final:
        acts.insert(0, "messages")
    if row.exchange is not None and row.exchange[_ASKS_RATING]:
        if service.machine.by_act(position, Via.SOLVED, mode=mode) is not None:
            acts.append("outcome")
    elif state.rating and row.solved is None:
        acts.append("rating")
    return acts
