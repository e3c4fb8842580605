export const approvals = {
  'nav.approvals': '复核',
  'approval.title': '等待复核',
  'approval.none': '没有等待复核的申请',
  'approval.limit': '额度申请',
  'approval.fee': '年费退还',
  'approval.asked': '{who} 于 {when} 提交',
  'approval.amount': '批准额度（元，留空即按申请）',
  'approval.why': '理由',
  'approval.grant': '批准',
  'approval.refuse': '不批准',
  'approval.agree': '同意退还',
  'approval.turndown': '不同意',
}
