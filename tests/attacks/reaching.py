"""Every request that names something of somebody's: as its owner sends it, and what anybody else is told."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.attacks.theirs import PART, Theirs
from tests.cases.conftest import consents, submission

Refused = tuple[int, str]
"""Status and code."""
NOT_THERE: Refused = (404, "not_found")
NO_TOKEN: Refused = (401, "token_required")
UNUSABLE: Refused = (422, "invalid")


def _token(theirs: Theirs) -> dict[str, str]:
    return theirs.headers


@dataclass(frozen=True, kw_only=True)
class Reach:
    """A request.

    `path`, `body` get the owner's things and the sender's own; for the owner both are the same.
    """

    rule: str
    """As in the URL map, without the prefix."""
    method: str
    path: Callable[[Theirs, Theirs], str]
    body: Callable[[Theirs, Theirs], Any] = lambda _theirs, _mine: None
    content: bytes | None = None
    """In place of a body, for the part of a file."""
    shows: Callable[[Theirs], Mapping[str, str]] = _token
    """What the sender shows of their own."""
    owner: int = 200
    """The owner's status."""
    stranger: Refused = NOT_THERE
    guest: Refused | None = NO_TOKEN
    """Without anything shown; None where that is what the owner does too."""
    counts: frozenset[str] = frozenset()
    """Tables that may note the try."""

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


SECRETS: dict[str, Callable[[Theirs], Mapping[str, str]]] = {
    "hidden_no": lambda theirs: theirs.secret,
    "answered_hidden_no": lambda theirs: theirs.answered_secret,
    "hidden_asked_no": lambda theirs: theirs.asked_secret,
    "hidden_asked_too_no": lambda theirs: theirs.asked_too_secret,
    "unseen_no": lambda theirs: theirs.unseen_secret,
}
"""What opens those that were sent anonymously."""
TRIES_OF_SECRETS = frozenset({"case_secret_tries"})
RATING = {"solved": False, "attitude": 5, "result": 5}


def _case(act: str, no: str, secret: bool, method: str = "POST", **more: Any) -> Reach:
    shows = SECRETS.get(no, _token)
    return Reach(
        rule=f"/cases/<no>{act}",
        method=method,
        path=lambda theirs, _: f"/cases/{getattr(theirs, no)}{act}",
        shows=shows,
        **{"counts": TRIES_OF_SECRETS} | more if secret else more,
    )


def _of_cases(case: str, answered: str, *, secret: bool) -> list[Reach]:
    return [
        _case("", case, secret, "GET"),
        _case("/messages", case, secret, owner=201, body=lambda *_: {"text": "你好"}),
        _case("/rating", answered, secret, owner=201, body=lambda *_: RATING),
        _case("/reopening", answered, secret, body=lambda *_: {"reason": "没有办好"}),
        _case("/supplements", case, secret, owner=201, body=lambda *_: {"answers": {"text": "还有一件事要说清楚。"}}),
        _case("/withdrawal", case, secret, body=lambda *_: {}),
        _case("/refusal", f"{'hidden_' if secret else ''}asked_no", secret),
        _case(
            "/agreement",
            f"{'hidden_' if secret else ''}asked_too_no",
            secret,
            body=lambda *_: {"consents": consents("sharing")},
        ),
    ]


def _carried(case: str, *, secret: bool) -> list[Reach]:
    """What goes on as legal aid; of an anonymous case even whoever holds the secret is refused."""
    shows, counts = SECRETS.get(case, _token), TRIES_OF_SECRETS if secret else frozenset()
    return [
        Reach(
            rule=f"/cases/<no>/carried/<service>{part}",
            method=method,
            path=lambda theirs, _, part=part: f"/cases/{getattr(theirs, case)}/carried/legal_aid{part}",
            body=(lambda theirs, _: {"files": [theirs.file_ids[2]]}) if part else lambda *_: None,
            shows=shows,
            owner=409 if secret else owner,
            counts=counts,
        )
        for part, method, owner in (("", "GET", 200), ("/files", "POST", 201))
    ]


def _file_of(place: int) -> Callable[[Theirs, Theirs], list[dict[str, Any]]]:
    return lambda theirs, _: [{"id": theirs.file_ids[place]}]


def _on_a_case(act: str, place: int, **body: Any) -> Reach:
    """The own case, somebody else's file."""
    return Reach(
        rule=f"/cases/<no>/{act}",
        method="POST",
        path=lambda _, mine: f"/cases/{mine.case_no}/{act}",
        body=lambda theirs, mine: body | {"attachments": _file_of(place)(theirs, mine)},
        owner=201,
        stranger=UNUSABLE,
    )


def _upload(act: str, method: str, *, guests: bool = False, **more: Any) -> Reach:
    """A file that comes in parts: a worker's, or one that a guest may go on with by its secret."""
    digest = {"Part-Sha256": hashlib.sha256(PART).hexdigest()}
    if guests:
        return Reach(
            rule=f"/uploads/<uuid:upload_id>{act}",
            method=method,
            path=lambda theirs, _: f"/uploads/{theirs.guest_upload['id']}{act.replace('<int:number>', '0')}",
            shows=lambda theirs: {"Upload-Claim": theirs.guest_upload["claim"]} | digest,
            guest=None,
            **more,
        )
    return Reach(
        rule=f"/uploads/<uuid:upload_id>{act}",
        method=method,
        path=lambda theirs, _: f"/uploads/{theirs.upload['id']}{act.replace('<int:number>', '0')}",
        shows=lambda theirs: theirs.headers | digest,
        guest=None,
        **more,
    )


REACHES: list[Reach] = [
    # Files: before the cases, which end.
    Reach(
        rule="/attachments/<uuid:attachment_id>/covers",
        method="POST",
        path=lambda theirs, _: f"/attachments/{theirs.file_ids[4]}/covers",
        body=lambda *_: {"spots": [{"x": 0.5, "y": 0.5, "size": 0.2}]},
        guest=None,
    ),
    Reach(
        rule="/attachments/<uuid:attachment_id>/covers",
        method="POST",
        path=lambda theirs, _: f"/attachments/{theirs.guest_files[1]['id']}/covers",
        # A guest's file, with the secret of another one.
        body=lambda theirs, mine: {"claim": mine.guest_files[1]["claim"], "spots": [{"x": 0.5, "y": 0.5, "size": 0.2}]},
        shows=lambda _: {},
        guest=None,
    ),
    Reach(
        rule="/cases",
        method="POST",
        path=lambda *_: "/cases",
        body=lambda theirs, _: submission("grievance", attachments=[{"id": theirs.file_ids[0]}]),
        owner=201,
        stranger=UNUSABLE,
        guest=None,
    ),
    Reach(
        rule="/cases",
        method="POST",
        path=lambda *_: "/cases",
        # A guest's file, with the secret of another one.
        body=lambda theirs, mine: submission(
            "grievance",
            identity_mode="anonymous",
            attachments=[{"id": theirs.guest_files[0]["id"], "claim": mine.guest_files[0]["claim"]}],
        ),
        shows=lambda _: {},
        owner=201,
        stranger=UNUSABLE,
        guest=None,
    ),
    _on_a_case("messages", 1, text="看照片"),
    _on_a_case("supplements", 2, answers={}),
    Reach(
        rule="/attachments/<uuid:attachment_id>/content",
        method="GET",
        path=lambda theirs, mine: f"{theirs.link.partition('?')[0]}?{mine.link.partition('?')[2]}",
        shows=lambda _: {},
        guest=None,
    ),
    _upload("", "GET"),
    _upload("/parts/<int:number>", "PUT", content=PART),
    _upload("/attachment", "POST", owner=201),
    _upload("", "GET", guests=True),
    _upload("/parts/<int:number>", "PUT", guests=True, content=PART),
    _upload("/attachment", "POST", guests=True, owner=201),
    Reach(
        rule="/me/verification/evidence",
        method="POST",
        path=lambda *_: "/me/verification/evidence",
        body=lambda theirs, _: {"attachments": [{"id": theirs.evidence_id}]},
        shows=lambda theirs: theirs.waiting,
        stranger=UNUSABLE,
    ),
    *_of_cases("case_no", "answered_no", secret=False),
    *_carried("case_no", secret=False),
    _case("/talk", "aided_no", secret=False, owner=201, body=lambda *_: {"text": "只跟你说"}),
    _case("/handing-on", "aided_no", secret=False),
    _case("/outcome", "outcome_no", secret=False, body=lambda *_: {"solved": True}),
    _case("/replacement", "aided_no", secret=False, body=lambda *_: {"reason": "换一位"}),
    *_of_cases("hidden_no", "answered_hidden_no", secret=True),
    *_carried("hidden_no", secret=True),
    _case("/acknowledgement", "unseen_no", secret=True),
    # Seats
    Reach(
        rule="/signups/<uuid:signup_id>/confirmation",
        method="POST",
        path=lambda theirs, _: f"/signups/{theirs.offered_id}/confirmation",
    ),
    Reach(
        rule="/signups/<uuid:signup_id>/pass",
        method="GET",
        path=lambda theirs, _: f"/signups/{theirs.signup_id}/pass",
    ),
    Reach(
        rule="/signups/<uuid:signup_id>/calendar.ics",
        method="GET",
        path=lambda theirs, _: f"/signups/{theirs.signup_id}/calendar.ics",
    ),
    Reach(
        rule="/activities/<uuid:activity_id>/signups/mine",
        method="DELETE",
        path=lambda theirs, _: f"/activities/{theirs.activity_id}/signups/mine",
    ),
    Reach(
        rule="/stations/<code>/proxies",
        method="POST",
        path=lambda theirs, _: f"/stations/{theirs.station}/proxies",
        body=lambda *_: submission("grievance", identity_mode="anonymous"),
        owner=201,
        stranger=(403, "not_manager"),
    ),
    Reach(
        rule="/stations/<code>/proxies",
        method="GET",
        path=lambda theirs, _: f"/stations/{theirs.station}/proxies",
        stranger=(403, "not_manager"),
    ),
    Reach(
        rule="/me/case-claims",
        method="POST",
        path=lambda *_: "/me/case-claims",
        body=lambda theirs, _: {"no": theirs.typed_no},
    ),
    # Messages
    Reach(
        rule="/notices/<uuid:notice_id>/read",
        method="POST",
        path=lambda theirs, _: f"/notices/{theirs.notice_id}/read",
    ),
    # Stations
    Reach(
        rule="/stations/<code>/duty",
        method="POST",
        path=lambda theirs, _: f"/stations/{theirs.station}/duty",
        body=lambda *_: {"state": "open"},
        stranger=(403, "not_manager"),
    ),
    Reach(
        rule="/stations/<code>/duty",
        method="DELETE",
        path=lambda theirs, _: f"/stations/{theirs.station}/duty",
        stranger=(403, "not_manager"),
    ),
    Reach(
        rule="/stations/<code>/reports/<uuid:report_id>",
        method="DELETE",
        path=lambda theirs, _: f"/stations/{theirs.station}9/reports/{theirs.report_ids[0]}",
        owner=204,
        guest=UNUSABLE,
    ),
    Reach(
        rule="/stations/<code>/reports/<uuid:report_id>",
        method="DELETE",
        path=lambda theirs, _: f"/stations/{theirs.station}/reports/{theirs.report_ids[1]}",
        shows=lambda theirs: theirs.device,
        owner=204,
        guest=UNUSABLE,
    ),
    Reach(
        rule="/me/manager-bindings",
        method="POST",
        path=lambda *_: "/me/manager-bindings",
        body=lambda theirs, _: {"code": theirs.manager_code},
        stranger=(422, "manager_code_invalid"),
        counts=frozenset({"station_manager_wrong_code"}),
    ),
    Reach(
        rule="/me/manager-bindings/<code>",
        method="DELETE",
        path=lambda theirs, _: f"/me/manager-bindings/{theirs.station}",
        owner=204,
    ),
    # The person: last, since the owner changes over to another account.
    Reach(
        rule="/me/step-ups",
        method="POST",
        path=lambda *_: "/me/step-ups",
        body=lambda theirs, _: {"sms_code": theirs.code},
        owner=201,
        stranger=(401, "sms_code_invalid"),
        counts=frozenset({"sms_code"}),
    ),
    Reach(
        rule="/sessions",
        method="POST",
        path=lambda *_: "/sessions",
        body=lambda theirs, mine: {"phone": theirs.sibling_person.phone, "sms_code": mine.sibling_code},
        shows=lambda _: {},
        owner=201,
        stranger=(401, "sms_code_invalid"),
        guest=None,
        counts=frozenset({"sms_code"}),
    ),
    Reach(
        rule="/me/profiles/<uuid:profile_id>/sessions",
        method="POST",
        path=lambda theirs, _: f"/me/profiles/{theirs.sibling_id}/sessions",
        body=lambda *_: {},
        owner=201,
    ),
]

NOTHING_OF_ANYBODYS = {
    "POST /city/messages": "signed by 12345: tests/cases/exchange/test_with_12345.py",
    "GET /activities/<uuid:activity_id>": "public; `mine` is the caller's own",
    "POST /activities/<uuid:activity_id>/signups": "for the caller, in what is public",
    "POST /attachments": "the caller's own upload",
    "POST /uploads": "the caller's own upload",
    "PUT /me/consents/<key>": "the key names a text",
    "DELETE /me/consents/<key>": "the key names a text",
    "POST /me/corrections": "the caller's own words",
    "DELETE /me": "the caller's own account, after a step-up of this session",
    "DELETE /me/closing": "the caller's own account",
    "PUT /me/invitation": "the caller's own answer",
    "PUT /me/phone": "the code is WeChat's",
    "PUT /me/pin": "the caller's own PIN, after a step-up or the old one",
    "DELETE /me/pin": "the caller's own PIN, which has to be typed before",
    "POST /me/pin/checks": "the caller's own PIN",
    "POST /me/profiles": "a new account on the caller's own phone",
    "POST /me/sms-codes": "to the caller's own phone",
    "POST /me/subscriptions": "the caller's own",
    "POST /me/verification": "what it says of others is told by nothing: tests/me/test_enumeration.py",
    "PUT /me/work": "the caller's own",
    "DELETE /sessions/current": "the caller's own session",
    "POST /sms-codes": "to whoever has the phone; the answer is always the same",
    "GET /services/<key>": "public",
    "POST /services/<key>/alike": "asks; what it says of others' cases: tests/cases/test_alike.py",
    "GET /stations/<code>": "public",
    "GET /stations/<code>/qr.png": "public",
    "POST /stations/<code>/reports": "public",
    "POST /wechat/callback": "signed by WeChat: tests/wechat/test_callback.py",
}
"""Requests that change something or name something, and nothing that is somebody's."""
