"""The words that services, cases and their answers share."""

from enum import StrEnum


class IdentityMode(StrEnum):
    """Who may know who asks."""

    NAMED = "named"
    """The union and the handler do."""
    CONFIDENTIAL = "confidential"
    """The union can find out, each time with a reason that is recorded; firm and offices outside cannot."""
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


OVER = frozenset({Phase.DONE, Phase.WITHDRAWN, Phase.LAPSED})
ANSWERED = OVER | {Phase.DECIDED}
"""Nothing is left to be done, so that nothing else is done with it."""


class Who(StrEnum):
    """Whose turn it is."""

    WORKER = "worker"
    UNION = "union"
    OUTSIDE = "outside"
    """An office or a court; the state says which."""
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
    AGREEMENT = "agreement"
    """Agrees to what the step asks for."""
    REFUSAL = "refusal"
    REPLACEMENT = "replacement"
    """Asks for somebody else to have the case in hand."""
    ACKNOWLEDGEMENT = "acknowledgement"
    """Has looked in and read what is asked, of which nobody could tell them."""


class Words(StrEnum):
    """Whether a step comes with a text that the other side reads."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Reader(StrEnum):
    """For whom the words of a step are."""

    WORKER = "worker"
    STAFF = "staff"
    """A note; the worker does not see it."""


class Handling(StrEnum):
    """What a step does to who handles the case."""

    TAKE = "take"
    """Whoever makes it does from now on."""
    CHANGE = "change"
    """Somebody else has to: who did before cannot make steps any more."""
    RELEASE = "release"
    """Nobody does until somebody takes it."""


class ByAssignee(StrEnum):
    """Whether whoever a case is assigned to makes a step."""

    ALSO = "also"
    """As well as the desk."""
    ALONE = "alone"


class Office(StrEnum):
    """What a step does to which union is in charge."""

    TO = "to"
    """The one that is named."""
    BACK = "back"
    """Where it was first: along the rules of the service, else where the worker belongs."""
    ROUTE = "route"
    """Where the routing rules of the service lead."""
    UP = "up"
    """The nearest one above that has somebody for it."""
    DISTRICT = "district"
    """The district over the one that it is with."""
    HOME = "home"
    """Where the worker belongs now, and there it stays."""


class Direction(StrEnum):
    """Who handed a case that is exchanged with 12345 to whom."""

    IN = "in"
    """They to us."""
    OUT = "out"


class Occasion(StrEnum):
    """What may happen to a worker that a case of theirs follows."""

    MEMBERSHIP_CHANGES = "membership_changes"
    """They leave, or are a member of another kind from now on."""
    GOES_ON = "goes_on"
    """They go on with another service, which takes over what this case was told."""


class PairedAct(StrEnum):
    """What two persons can do with a case of any service. No service has a step of these codes."""

    REVEAL = "reveal"
    """See who a confidential case is from."""
    HOLD = "legal_hold"
    """Keep everything, however long it may take: a dispute, a supervision, a lawsuit."""
    LIFT = "lift_hold"
    ACCOUNT = "open_account"
    """Open an account for whom somebody typed the case, and who was seen with the paper."""


class Outside(StrEnum):
    """What an office outside of the union says of what was sent to it; kept as the step of the note that it writes."""

    RECEIVED = "outside_received"
    ANSWERED = "outside_answered"


class Urgency(StrEnum):
    """What staff look at first."""

    NORMAL = "normal"
    URGENT = "urgent"


IDENTITY_NAMES = {IdentityMode.NAMED: "实名", IdentityMode.CONFIDENTIAL: "隐名", IdentityMode.ANONYMOUS: "匿名"}
PHASE_NAMES = {
    Phase.DRAFT: "草稿",
    Phase.SUBMITTED: "新提交",
    Phase.NEED_MORE: "等工友补充",
    Phase.HANDLING: "办理中",
    Phase.WAIT_EXTERNAL: "等外面的部门",
    Phase.DECIDED: "已答复",
    Phase.DONE: "已办结",
    Phase.REOPENED: "重新办理",
    Phase.WITHDRAWN: "已撤回",
    Phase.LAPSED: "逾期未补充",
}
"""As staff read them."""
OUTSIDE_NAMES = {Outside.RECEIVED: "外单位收到了", Outside.ANSWERED: "外单位的答复"}
ACT_NAMES = {
    PairedAct.REVEAL: "查看是谁反映的",
    PairedAct.HOLD: "暂停删除，全部保留",
    PairedAct.LIFT: "解除保留，按期限删除",
    PairedAct.ACCOUNT: "给工友开账号",
}
"""As staff read them."""
