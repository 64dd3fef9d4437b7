"""The audit in words for its administrators. An act without words here is shown by its code."""

from collections.abc import Mapping

from server.core.audit import SYSTEM, AuditEvent
from server.core.audit.verifying import Trouble

KINDS: Mapping[str, str] = {
    "account": "工友的账号",
    "activity": "活动",
    "audit": "审计",
    "case": "办件",
    "consent": "同意",
    "correction": "信息更正",
    "duty": "值班",
    "membership": "会籍",
    "notice": "消息",
    "retention": "到期删除",
    "roster": "名册",
    "staff": "工作人员",
    "station": "驿站",
    "unions": "工会组织",
    "verification": "实名认证",
}
ACTS: Mapping[str, str] = {
    "account.export": "导出自己的资料",
    "account.freeze": "停用账号",
    "account.merge": "合并账号",
    "account.read_proposed": "看等另一个人确认的提议",
    "account.seen": "当面核实",
    "audit.purge": "清理旧记录",
    "audit.search": "查审计",
    "audit.settle_alarm": "核实警报",
    "case.approve": "批准别人提的事",
    "case.ask": "提出要两个人定的事",
    "case.decline": "不批准别人提的事",
    "case.message": "回复",
    "case.read": "打开办件",
    "case.read_list": "看办件名单",
    "case.read_outside": "工会以外的单位打开办件",
    "case.tell_again": "再告诉 12345 一次",
    "case.reveal": "查看保密办件是谁",
    "correction.read": "打开更正申请",
    "correction.read_list": "看更正申请名单",
    "duty.absent": "请假",
    "duty.end": "结束值班",
    "duty.give": "排值班",
    "membership.change": "变更会籍",
    "notice.call": "打过电话",
    "notice.read_undelivered": "看要打电话的人",
    "retention.look": "看删除凭据",
    "retention.purge": "到期删除",
    "roster.import": "导入名册",
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
    "staff.role_grant": "批准权限",
    "staff.role_refuse": "退回权限申请",
    "staff.role_request": "申请权限",
    "staff.role_revoke": "收回权限",
    "staff.session_revoke": "退出别的设备",
    "staff.sign_in": "登录",
    "staff.sign_in_fail": "登录失败",
    "staff.sign_out": "退出",
    "staff.unlock": "解锁账号",
    "station.import": "导入驿站",
    "unions.import": "导入工会组织",
    "verification.approve": "通过实名认证",
    "verification.read": "打开实名认证",
    "verification.read_conflict": "看号码冲突的两个账号",
    "verification.read_list": "看实名认证名单",
    "verification.read_photo": "看证件照片",
    "verification.refuse": "退回实名认证",
    "verification.want": "要求补材料",
}
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


def said_of(event: AuditEvent) -> tuple[str, str]:
    """Who and what, in words."""
    kind, _, who = event.actor.partition(":")
    names = {"staff": who, "worker": "工友本人", SYSTEM: "系统", "anonymous": "匿名的人"}
    return names.get(kind, event.actor), ACTS.get(event.action, event.action)
