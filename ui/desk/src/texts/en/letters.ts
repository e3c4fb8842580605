export const letters = {
  'nav.letters': 'Messages',
  'letters.waiting': 'Waiting for an answer',
  'letters.none': 'Nothing waits',
  'letters.by.holder': 'Holder',
  'letters.by.bank': 'Bank',
  'letters.answer': 'Answer',
  'letters.answer.text': 'What the holder is told',
  'letters.answer.hint':
    "It shows on the holder's own pages, and a text says so. No card number, password or code.",
  'letters.sent': 'Answered; the holder gets a text',
}
