export const approvals = {
  'nav.approvals': 'Approvals',
  'approval.title': 'Waiting for approval',
  'approval.none': 'Nothing waits for approval',
  'approval.limit': 'Credit limit',
  'approval.fee': 'Annual fee reversal',
  'approval.asked': 'asked by {who}, {when}',
  'approval.amount': 'Limit to grant (yuan; empty: as asked)',
  'approval.why': 'Reason',
  'approval.grant': 'Grant',
  'approval.refuse': 'Refuse',
  'approval.agree': 'Agree',
  'approval.turndown': 'Turn down',
}
