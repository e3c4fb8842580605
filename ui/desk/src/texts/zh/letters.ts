export const letters = {
  'nav.letters': '客户来信',
  'letters.waiting': '等待答复',
  'letters.none': '没有等待答复的来信',
  'letters.by.holder': '客户',
  'letters.by.bank': '我行',
  'letters.answer': '答复',
  'letters.answer.text': '给客户的答复',
  'letters.answer.hint':
    '答复会显示在客户自己的页面上，并发短信提醒。不要写完整卡号、密码和验证码。',
  'letters.sent': '已答复，并发短信提醒客户',
}
