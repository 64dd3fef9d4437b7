"""Asking the outside identity service about what waits at the desk, from a job."""

import uuid

from server.core.db import transaction
from server.identity import checks
from server.identity.desk import NotWaiting
from server.identity.identity_service import NotCharged, PerhapsCharged, identity_service
from server.identity.models import Said
from server.identity.verification import NumberTaken
from server.me import desk

ACTOR = "service:identity"


def ask(*, request_id: uuid.UUID) -> bool:
    """Ask once, and raise the worker to L2 when name and number belong together. Anything else is left to a person.

    Returns:
        whether it may be tried again later: the service did not get the question.
    """
    service = identity_service()
    if service is None:
        return False
    question = checks.prepare(request_id=request_id)
    if isinstance(question, checks.Question):
        try:
            said: Said | None = service.ask(
                request_id=question.check_id, name=question.name, id_number=question.id_number
            )
        except NotCharged as declined:
            checks.note_not_charged(check_id=question.check_id)
            return declined.again
        except PerhapsCharged:
            return False
        assert said is not None
        checks.note_answer(check_id=question.check_id, said=said)
    else:
        said = question
    if said is Said.SAME:
        _approve(request_id)
    return False


def _approve(request_id: uuid.UUID) -> None:
    try:
        with transaction():
            desk.approve(request_id=request_id, actor=ACTOR)
    except (NotWaiting, NumberTaken):
        # Decided meanwhile, or another account was quicker: for people.
        return
