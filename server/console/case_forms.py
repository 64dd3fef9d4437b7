"""The forms of a case's page: what a step declares that it asks for, and nothing else."""

from datetime import datetime, time

from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    Form,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional, ValidationError

from server.cases.declaration import Service
from server.cases.flow.machine import Step
from server.cases.identifying import details_in
from server.cases.leaving import leaves, names_nobody, someone_hidden
from server.cases.models import Case
from server.cases.opening import destinations
from server.cases.replies import gap_in
from server.cases.steps import answers_of
from server.cases.vocabulary import Office, Reader, Words
from server.cases.working import Named
from server.city.words import OF_THE_SENDER
from server.console.forms import ConsoleForm, Needed, YuanField, stripped
from server.console.meanwhile import VersionedForm
from server.core.clock import SHANGHAI

SHORT_ENOUGH = Length(max=2000, message="最多 2000 个字")


class WordsForm(VersionedForm):
    """Words, and the version of the case that they were written for."""

    text = TextAreaField("内容", [SHORT_ENOUGH], filters=[stripped])

    @property
    def words(self) -> str:
        return (self.text.data or "").replace("\r\n", "\n")


PICTURES = "image/jpeg,image/png,image/webp"
SHOWN_TO_STAFF = f"{PICTURES},application/pdf"


class StepForm(WordsForm):
    """What a step may ask for; `form_for` leaves what it declares."""

    union = SelectField("转给哪个工会", [Needed("请选一个工会")], validate_choice=False)
    assignee = RadioField("指派给谁", [Needed("请选一位")], validate_choice=False)
    ground = RadioField("理由", [Needed("请选一条理由")], validate_choice=False)
    lead = StringField("并到哪一件（编号）", [Needed("请填编号")], filters=[stripped])
    date = DateTimeLocalField("日期和时间", [Needed("请填日期和时间")], format="%Y-%m-%dT%H:%M")
    since = DateField("哪天", [Needed("请填日期")])
    amount = IntegerField("延长多少", [Optional()])
    details = BooleanField("这些细节要写出去，我看过了")
    files = MultipleFileField(
        "照片",
        description="工友会看到。只拍东西，别把路人和车牌拍进去；照片里的时间、地点会自动抹掉。",
        render_kw={"accept": PICTURES},
    )
    yuan = YuanField("金额（元）", [Needed("请填金额")])


class Attached:
    """At least one file."""

    field_flags = {"required": True}  # noqa: RUF012  # as WTForms wants it

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, _form: Form, field: Field) -> None:
        if not any(field.data or ()):
            raise ValidationError(self.sentence)


def full(form: ConsoleForm, field: TextAreaField) -> None:
    """Not sent with a gap in it."""
    gap = gap_in(field.data or "")
    if gap is not None:
        raise ValidationError(f"还有没换的内容：{gap}。请改成你自己的话再发")


def vague(form: StepForm, field: TextAreaField) -> None:
    """Not sent out of the union with what may tell whose words they were, unless somebody looked at it."""
    found = details_in(field.data or "")
    if found and not form.details.data:
        raise ValidationError(f"里面有能猜出工友是谁的细节：{'、'.join(found)}。请写得笼统些；一定要写，勾上再交")


class MessageForm(WordsForm):
    text = TextAreaField("留给工友的话", [SHORT_ENOUGH, Needed("请写点内容"), full], filters=[stripped])


class NoteForm(WordsForm):
    text = TextAreaField("内部记录", [SHORT_ENOUGH, Needed("请写点内容")], filters=[stripped])


class ReasonForm(WordsForm):
    text = TextAreaField("理由", [SHORT_ENOUGH, Needed("请写明理由")], filters=[stripped])


def _asked_for(step: Step) -> str:
    """Who is going to read what is written with a step."""
    if step.words_for is Reader.WORKER:
        return "留给工友的话"
    if names_nobody(step):
        return "写进函里的话（收信的单位会读到）"
    if step.does.get("exchange", {}).get("send") in OF_THE_SENDER:
        return "写给 12345 的话（工友看不到）"
    return "写给办理的同事（工友看不到）"


def form_for(service: Service, step: Step, most: int | None, case: Case) -> StepForm:
    """A form with what a step declares, and nothing else."""
    form = StepForm()
    if step.words is Words.NONE:
        del form.text
    else:
        to_worker = step.words_for is Reader.WORKER
        form.text.label.text = _asked_for(step)
        form.text.validators = [
            *form.text.validators,
            *([Needed("这一步要写明内容")] if step.words is Words.REQUIRED else []),
            *([full] if to_worker else []),
        ]
    secret = leaves(step) and (names_nobody(step) or someone_hidden(case))
    if form.text and secret and details_in(form.words):
        form.text.validators = [*form.text.validators, vague]
    else:
        del form.details
    if step.office is Office.TO:
        form.union.choices = [
            SelectChoice("", "请选"),
            *(SelectChoice(one.code, one.name) for one in destinations(service, answers_of(case))),
        ]
    else:
        del form.union
    if step.grounds:
        form.ground.choices = [SelectChoice(key, one.name) for key, one in step.grounds.items()]
    else:
        del form.ground
    if not step.person:
        del form.assignee
    if not step.lead:
        del form.lead
    if not step.date:
        del form.date
    if step.since is None:
        del form.since
    else:
        form.since.label.text = step.since
    if not step.money:
        del form.yuan
    if step.files is Words.NONE:
        del form.files
    else:
        if step.words_for is Reader.STAFF:
            form.files.label.text = "照片、扫描件或 PDF"
            form.files.description = "只有办理的同事看得到。要证明什么，就把那里拍清楚；每个最大 10 MB。"
            form.files.render_kw = {"accept": SHOWN_TO_STAFF}
        if step.files is Words.REQUIRED:
            form.files.validators = [Attached("请附上照片")]
    if step.extend is None or step.extend_to is not None:
        del form.amount
    else:
        form.amount.label.text = f"延长多少（最多 {most}，不填就是最多）"
    return form


def named_in_form(form: StepForm) -> Named:
    return Named(
        union_code=form.union.data if form.union else None,
        assignee_no=form.assignee.data if form.assignee else None,
        ground=form.ground.data if form.ground else None,
        lead_no=form.lead.data.upper() if form.lead and form.lead.data else None,
        event_at=_dated(form),
        amount=_amount(form),
    )


def _dated(form: StepForm) -> datetime | None:
    if form.date and form.date.data:
        moment: datetime = form.date.data
        return moment.replace(tzinfo=SHANGHAI)
    if form.since and form.since.data:
        return datetime.combine(form.since.data, time(), SHANGHAI)
    return None


def _amount(form: StepForm) -> int | None:
    """As the service counts it: money in 分."""
    if form.yuan:
        return None if form.yuan.data is None else int(form.yuan.data * 100)
    return form.amount.data if form.amount else None
