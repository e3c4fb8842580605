export const phone = {
  'phone.title': '软电话',
}
