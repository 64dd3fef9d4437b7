"""The audit in words for its administrators. A test finds acts that are recorded and have no words here."""

from collections.abc import Mapping, Sequence

from server.cases.actions import Action
from server.cases.audited import Named
from server.cases.catalogue import catalogue
from server.cases.declaration import Service
from server.cases.vocabulary import ACT_NAMES, PairedAct
from server.core.audit import SYSTEM, AuditEvent
from server.core.audit.verifying import Trouble

FAMILIES: Mapping[str, str] = {
    "account": "工友的账号",
    "activity": "活动",
    "assignee": "能指派的人",
    "audit": "审计",
    "case": "办件",
    "consent": "同意",
    "correction": "信息更正",
    "duty": "值班",
    "figures": "报表",
    "membership": "会籍",
    "notice": "消息",
    "payment": "发钱",
    "retention": "到期删除",
    "roster": "名册",
    "seats": "名额",
    "staff": "工作人员",
    "station": "驿站",
    "unions": "工会组织",
    "verification": "实名认证",
}
"""What acts begin with."""
OBJECTS: Mapping[str, str] = {
    "account_closing": "注销申请",
    "activity": "活动",
    "attachment": "附件",
    "audit_alarm": "警报",
    "audit_event": "审计记录",
    "audit_segment": "一段审计记录",
    "case": "办件",
    "consent": "同意",
    "correction_request": "更正申请",
    "desk_request": "实名认证申请",
    "figures": "报表",
    "membership": "会籍",
    "membership_invitation": "名单上的人",
    "purge_receipt": "删除凭据",
    "role_grant": "权限",
    "roster": "名册",
    "seat_claim": "报名",
    "seat_pool": "名额",
    "staff_account": "工作账号",
    "staff_duty": "值班",
    "staff_session": "登录",
    "station": "驿站",
    "station_override": "驿站的特别时间",
    "union": "工会",
    "worker": "工友",
}
"""What was acted on."""
ACTS: Mapping[str, str] = {
    "assignee.keep": "登记能指派的人",
    "assignee.read": "打开能指派的人，看还在替谁办事",
    "assignee.read_list": "看能指派的人的名单，看还在替谁办事",
    "account.closing": "申请注销账号",
    "account.closing_called_off": "不注销了",
    "account.correct": "改自己的信息",
    "account.erased": "抹掉注销的账号",
    "account.export": "导出自己的资料",
    "account.freeze": "停用账号",
    "account.merge": "合并账号",
    "account.merge.drop": "放弃合并账号",
    "account.merge.propose": "提出合并账号",
    "account.open": "给代填的工友开账号，把事归到里面",
    "account.paper_expired": "证件到期，认证停了",
    "account.pin_forgotten": "清掉忘了的密码",
    "account.pin_locked": "密码错太多次，锁住",
    "account.handed_on": "把工友转给别的工会办",
    "account.pin_removed": "取消密码",
    "account.pin_set": "设密码",
    "account.read": "打开工友的账号",
    "account.read_proposed": "看等另一个人确认的提议",
    "account.release": "放开被占的证件号",
    "account.release.drop": "放弃放开证件号",
    "account.release.propose": "提出放开证件号",
    "account.search": "按证件号码或手机号找来窗口的工友",
    "account.seen": "当面核实",
    "account.seen.drop": "放弃当面核实",
    "account.seen.propose": "提出当面核实",
    "account.sharing_confirmed": "核实多人共用一个号码",
    "account.started_here": "在共用的手机上新开账号",
    "account.step_up": "再验证一次本人",
    "account.switched": "在共用的手机上换人",
    "account.taken_in": "工友来了窗口，账号接过来办",
    "account.unfreeze": "恢复账号",
    "account.unfreeze.drop": "放弃恢复账号",
    "account.unfreeze.propose": "提出恢复账号",
    "account.wechat_revoked": "在微信里取消授权",
    "activity.add_group": "加一组名额",
    "activity.announce": "发活动通知",
    "activity.call_off": "取消活动",
    "activity.change": "改活动",
    "activity.remove_signup": "撤下报名",
    "audit.purge": "清理旧记录",
    "audit.search": "查审计",
    "audit.settle_alarm": "核实警报",
    "case.ask": "提出来，等另一个人定",
    "case.consent_withdrawn": "撤回办件里的同意",
    "case.decline": "不批准别人提的",
    "case.fill": "帮工友填",
    "case.hand_on": "把单独谈的话转给现在办的人",
    "case.make_paper": "写材料",
    "case.message": "留言",
    "case.note": "写内部记录",
    "case.note_read": "记下工友写的看过了",
    "case.phone_rating": "记下电话回访",
    "case.phone_unheard": "记下电话回访没问到",
    "case.rate": "评价",
    "case.not_solved": "说没有解决",
    "case.read": "打开办件",
    "case.read_date": "看要为快到的日子打电话的人",
    "case.read_file": "打开附件",
    "case.read_list": "看办件名单",
    "case.read_id_number": "看证件号码，用来写材料",
    "case.read_steps": "看办件办过哪些步骤",
    "case.read_under_way": "替工友填的时候，得知已经有一件在办",
    "case.read_to_rate": "看要打电话请评的人",
    "case.read_talk": "打开和工友单独谈的话",
    "case.read_outside": "工会以外的单位打开办件",
    "case.tell_union": "工会以外的单位回话",
    "case.file_to_city": "照片、文件转给了 12345",
    "case.call_date": "为快到的日子打过电话",
    "case.claim": "认领别人代填的事",
    "case.read_paper": "看等第二个人核对的证件",
    "case.file_for": "替工友填",
    "case.mend_phone": "改了代填时写错的手机号",
    "case.reveal": "查看保密办件是谁",
    "case.open_from": "从一件事开另一件",
    "case.say_for": "记下工友来说、打电话说的",
    "case.group": "发现是很多人一起的事",
    "case.placed": "定下由哪个工会负责",
    "case.take_over": "接过请假同事手上的事",
    "case.talk": "单独谈话",
    "case.tell_again": "再告诉 12345 一次",
    "consent.withdraw": "撤回同意",
    "correction.ask": "申请更正信息",
    "correction.done": "更正好了",
    "correction.read": "打开更正申请",
    "correction.read_list": "看更正申请名单",
    "correction.refused": "没有更正",
    "duty.absent": "请假",
    "duty.back": "销假",
    "duty.end": "结束值班",
    "duty.give": "排值班",
    "duty.unheard": "管没人收到的提醒",
    "figures.download": "下载报表",
    "figures.read_comments": "看工友评价时写的话",
    "figures.read_rows": "看报表后面的事项",
    "membership.read": "打开一位会员",
    "membership.read_list": "看会员名单",
    "membership.answer": "答复单位报的名单",
    "membership.change": "变更会籍",
    "notice.call": "打过电话",
    "notice.read_undelivered": "看要打电话的人",
    "payment.read": "看要发的钱和账户",
    "retention.look": "看删除凭据",
    "retention.purge": "到期删除",
    "roster.compare": "和市会员库比对",
    "roster.import": "导入名册",
    "roster.read_outcome": "看名单的结果",
    "roster.remove": "从名册去掉",
    "seats.capacity": "改名额",
    "staff.authenticator_bind": "绑定验证器",
    "staff.authenticator_release": "解绑验证器",
    "staff.close": "停用工作账号",
    "staff.found": "建初始管理员",
    "staff.list": "看人员名单",
    "staff.lock": "账号锁住",
    "staff.open": "建工作账号",
    "staff.password_change": "改密码",
    "staff.password_give": "给临时密码",
    "staff.read": "看工作账号",
    "staff.recovery_code": "用恢复码登录",
    "staff.recovery_codes_renew": "换恢复码",
    "staff.role_grant": "批准权限",
    "staff.role_refuse": "退回权限申请",
    "staff.role_request": "申请权限",
    "staff.role_revoke": "收回权限",
    "staff.session_revoke": "退出别的设备",
    "staff.sign_in": "登录",
    "staff.sign_in_fail": "登录失败",
    "staff.sign_out": "退出",
    "staff.unlock": "解锁账号",
    "station.duty": "站长说开没开",
    "station.except": "改驿站几天的时间",
    "station.import": "导入驿站",
    "station.manager_bind": "当上站长",
    "station.manager_code": "给站长绑定码",
    "station.manager_unbind": "取消站长",
    "station.sheet": "打驿站门口的码",
    "station.read": "看驿站的报告和站长",
    "station.unexcept": "取消驿站的特别时间",
    "unions.import": "导入工会组织",
    "unions.term": "记下工会换届",
    "verification.approve": "通过实名认证",
    "verification.evidence_deleted": "删掉证件照片",
    "verification.read": "打开实名认证",
    "verification.read_conflict": "看号码冲突的两个账号",
    "verification.read_list": "看实名认证名单",
    "verification.read_photo": "看证件照片",
    "verification.refuse": "退回实名认证",
    "verification.supply": "补交认证材料",
    "verification.want": "要求补材料",
}
"""All but the steps of cases, which their services name."""
STEP = "case."
DECIDED = "case.approve"
"""A step of this code is told from a decision by what is kept with it."""
TAKE_OVER = "case.take_over"
"""Keeps whose it was; whoever takes over does nothing in their stead."""
PAIRED = frozenset({DECIDED, "case.ask", "case.decline"})
"""Which keep what was asked for of a second person."""
TROUBLES: Mapping[Trouble, str] = {
    Trouble.EVENT_CHANGED: "一条记录被改过",
    Trouble.DETAIL_CHANGED: "一条记录的细节被改过",
    Trouble.EVENT_MISSING: "一条记录被拿走了",
    Trouble.DETAIL_MISSING: "一条记录的细节被拿走了",
    Trouble.LINKS_CHANGED: "封存的链被改、被挪、被加或被删",
    Trouble.SEGMENT_MISSING: "一整段记录被拿走了",
    Trouble.CUT_OFF: "最后一截被剪掉了，或者数据库是旧备份",
    Trouble.FORGED_PURGE: "有一次清理不是我们做的",
    Trouble.PURGED_BACK: "清理掉的又回来了",
    Trouble.SLIPPED_IN: "有一条是封存以后塞进去的",
    Trouble.BACKDATED: "有一条把时间写早了",
    Trouble.UNPROTECTED: "保护审计表的触发器不在或关了",
}


def said_of(event: AuditEvent, case: Named | None) -> tuple[str, str, str]:
    """Who, what and on what, in words.

    Args:
        case: that it was done to, where it was one that is still there.
    """
    services = tuple(catalogue().current.values()) if case is None else (case.service,)
    kind, _, who = event.actor.partition(":")
    instead = (event.detail or {}).get("for")
    if instead is not None and event.action != TAKE_OVER:
        who = f"{who}（替 {instead}）"
    names = {"staff": who, "worker": "工友本人", SYSTEM: "系统", "anonymous": "匿名的人"}
    return (
        names.get(kind, event.actor),
        _act(event, services),
        OBJECTS.get(event.subject_kind, event.subject_kind),
    )


def _act(event: AuditEvent, services: Sequence[Service]) -> str:
    asked = (event.detail or {}).get("what")
    if event.action in PAIRED and asked is not None:
        said = "批准别人提的" if event.action == DECIDED else ACTS[event.action]
        return f"{said}：{_asked(str(asked), services)}"
    if event.action in ACTS or not event.action.startswith(STEP):
        return ACTS.get(event.action, event.action)
    titles = _titles(event.action.removeprefix(STEP), services)
    return f"办理：{titles}" if titles else "办了一步，这一步现在已经没有了"


def _asked(what: str, services: Sequence[Service]) -> str:
    """What was asked for of a second person, as `case.ask` keeps it."""
    return ACT_NAMES[PairedAct(what)] if what in set(PairedAct) else _titles(what, services) or "不算超期"


def _titles(code: str, services: Sequence[Service]) -> str:
    """What a step is called; of a case that is not there any more in each service that has one of this code."""
    titles = {
        Action(step, None).title
        for service in services
        for step in (service.machine.opening, *service.machine.steps.values())
        if step.code == code
    }
    return "／".join(sorted(titles))
