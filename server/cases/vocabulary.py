"""The words that services, cases and their answers share."""

from enum import StrEnum


class IdentityMode(StrEnum):
    """Who may know who asks."""

    NAMED = "named"
    """The union and the handler do."""
    ANONYMOUS = "anonymous"
    """Nobody does: number and secret are all there is."""


class Phase(StrEnum):
    """What a state means to a worker, whatever the service calls it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEED_MORE = "need_more"
    HANDLING = "handling"
    WAIT_EXTERNAL = "wait_external"
    DECIDED = "decided"
    DONE = "done"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Who(StrEnum):
    """Whose turn it is."""

    WORKER = "worker"
    UNION = "union"
    NOBODY = "nobody"


class Actor(StrEnum):
    """Who makes a step."""

    WORKER = "worker"
    STAFF = "staff"
    SYSTEM = "system"


class Via(StrEnum):
    """What a worker does on the page that makes a step."""

    SUPPLEMENT = "supplement"
    WITHDRAWAL = "withdrawal"
    SOLVED = "solved"
    """Rated as solved."""
    REOPENING = "reopening"


class Words(StrEnum):
    """Whether a step comes with a text that the other side reads."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Urgency(StrEnum):
    """What staff look at first."""

    NORMAL = "normal"
    URGENT = "urgent"


IDENTITY_NAMES = {IdentityMode.NAMED: "实名", IdentityMode.ANONYMOUS: "匿名"}
