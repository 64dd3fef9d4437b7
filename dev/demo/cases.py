"""Demo cases: `config/demo/cases.yaml`, made by the service itself on a clock turned back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from dev.demo.people import worker_id
from server.cases import acts, working, writing
from server.cases.assigning import talk
from server.cases.catalogue import catalogue
from server.cases.files.service import store_of_staff
from server.cases.models import Case
from server.cases.opened_from import open_from
from server.cases.ownership import Key
from server.cases.proxies.filing import Told, file_at_desk
from server.cases.steps import answers_of
from server.cases.submission import Submission, Submitted, submit
from server.cases.tasks import lapse_cases, remind_of_last_days
from server.cases.vocabulary import IdentityMode
from server.cases.working import Named
from server.core import clock
from server.core.access import Level, Principal
from server.core.clock import midnight, now, today
from server.core.db import db, new_id
from server.core.pdf import FONTS, SIMPLIFIED
from server.identity.consents import GivenConsent, consent_texts

FILE = Path(__file__).resolve().parents[2] / "config" / "demo" / "cases.yaml"
STAFF = "DEMO01"
FIRST_HOUR = 9.5
"""Cases are sent in the morning, so that those of today are not sent in the future."""
Entry = Mapping[str, Any]


def load() -> str:
    """Make the cases that are not there yet."""
    return made(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def made(entries: Sequence[Entry]) -> str:
    """Make those that are not there yet; each is known by its service, and its words or whose it is."""
    known = {
        (case.service, answers_of(case).get("text", case.worker_id)) for case in db.session.scalars(sa.select(Case))
    }
    db.session.rollback()
    new = [entry for entry in entries if (entry["service"], _known_by(entry)) not in known]
    for entry in new:
        _live(entry)
    return f"{len(entries)} cases, {len(new)} of them new"


def _known_by(entry: Entry) -> Any:
    words = entry["answers"].get("text")
    return words if words is not None else worker_id(entry["who"])


def _live(entry: Entry) -> None:
    """Submit one and let happen what happened."""
    start = _start(entry["days"])
    with _at(start):
        submitted = _submit(entry)
    case = submitted.case
    key = Key(worker_id=case.worker_id, secret=submitted.secret)
    letter = ""
    for step in entry.get("steps", ()):
        with _at(start + timedelta(days=step["after"])):
            no = letter if step.get("of") == "letter" else case.no
            if "do" in step:
                _by_staff(no, step, at=now())
            elif "approve" in step:
                working.decide(no=no, what=step["approve"], staff_no=step["by"], approve=True)
            elif "open" in step:
                letter = open_from(no=no, service=step["open"], staff_no=STAFF, answers=step["answers"]).no
            elif "act" in step:
                _by_worker(case.no, key, step)
            elif "remind" in step:
                remind_of_last_days()
            else:
                lapse_cases()


def _start(days: int) -> datetime:
    morning = midnight(today() - timedelta(days=days))
    return min(morning + timedelta(hours=FIRST_HOUR), now())


def _submit(entry: Entry) -> Submitted:
    """By the worker (`who`), at a desk for somebody without an account (`typed`: by, name, phone), or anonymously."""
    service = catalogue().current[entry["service"]]
    typed = entry.get("typed")
    mode = IdentityMode(entry.get("mode", "named")) if typed or "who" in entry else IdentityMode.ANONYMOUS
    caller = None
    if "who" in entry:
        caller = Principal(worker_id=worker_id(entry["who"]), level=Level.L2, session_id=new_id())
    answers = _dated(entry["answers"])
    texts = consent_texts()
    placed = bool(service.form.measured(answers))
    needed = [rule.key for rule in service.consents if rule.needed(answers, mode=mode, place=placed)]
    consents = [GivenConsent(one, texts[one].version) for one in needed]
    if typed:
        told = Told(service.key, mode.value, answers, consents, typed["name"], typed["phone"])
        return file_at_desk(told, staff_no=typed["by"])
    return submit(Submission(service.key, mode.value, answers, consents), caller=caller)


def _by_staff(no: str, step: Entry, *, at: datetime) -> None:
    """`do` is a step, `message`, or `apart` for what only the worker reads; `by` somebody else than `STAFF`.

    A step may name `to` whom, to which `office` (code of a union), on which `ground`, and `in` how many days something
    will be; `proof` is a photo that comes with it.
    """
    code, text, staff_no = step["do"], step.get("text"), step.get("by", STAFF)
    if code == "message":
        writing.staff_message(no=no, staff_no=staff_no, text=text or "")
    elif code == "apart":
        talk.answer(no=no, staff_no=staff_no, text=text or "")
    else:
        on = at + timedelta(days=step["in"]) if "in" in step else None
        named = Named(assignee_no=step.get("to"), union_code=step.get("office"), event_at=on, ground=step.get("ground"))
        items = [store_of_staff(_receipt(step["proof"]))] if "proof" in step else []
        working.staff_step(no=no, code=code, staff_no=staff_no, text=text, items=items, named=named)


def _receipt(words: str) -> bytes:
    """A slip that says that something was received, as a photo."""
    # Only the demo draws pictures of its own.
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (640, 400), "#f7f3ea")
    drawing = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(FONTS / "NotoSansCJK-Regular.ttc"), 30, index=SIMPLIFIED)
    drawing.rectangle((24, 24, 616, 376), outline="#8a7f6a", width=3)
    drawing.multiline_text((56, 60), f"签收单（演示）\n\n{words}", font=font, fill="#333333", spacing=18)
    written = BytesIO()
    image.save(written, "JPEG")
    return written.getvalue()


def _by_worker(no: str, key: Key, step: Entry) -> None:
    match step["act"]:
        case "messages":
            acts.say(no=no, key=key, text=step["text"], items=[])
        case "talk":
            acts.talk(no=no, key=key, text=step["text"], items=())
        case "withdrawal":
            acts.withdraw(no=no, key=key, reason=step["text"])
        case "reopening":
            acts.reopen(no=no, key=key, reason=step["text"])
        case "rating":
            acts.rate(no=no, key=key, rating=acts.Rating(**{"comment": None} | step["rating"]))
        case other:
            raise ValueError(f"a worker does not {other}")


def _dated(value: Any) -> Any:
    """`@-45` is a date counted from today, `@m-2` a month counted from this one."""
    if isinstance(value, dict):
        return {key: _dated(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_dated(below) for below in value]
    if not isinstance(value, str) or not value.startswith("@"):
        return value
    if value.startswith("@m"):
        months = today().year * 12 + today().month - 1 + int(value[2:])
        return f"{months // 12}-{months % 12 + 1:02d}"
    return (today() + timedelta(days=int(value[1:]))).isoformat()


@contextmanager
def _at(instant: datetime) -> Iterator[None]:
    """Turn the service's clock back; nothing else runs in this process."""
    real = clock.source
    clock.source = lambda: instant
    try:
        yield
    finally:
        clock.source = real
