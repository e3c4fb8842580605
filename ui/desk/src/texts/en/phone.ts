export const phone = {
  'phone.title': 'Softphone',
}
