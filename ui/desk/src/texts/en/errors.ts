export const errors = {
  'error.other': 'Not done ({code}). Try again; if it comes back, tell support this code.',
  'error.provider-refused':
    'The log-in service did not confirm who you are. Try again, or use your password.',
  'error.unreachable':
    'The server cannot be reached; nothing was sent. What you typed is kept: try again when the link is back.',
  'error.server': 'The server failed; nothing was done. What you typed is kept: try again soon.',
  'error.invalid': 'Something is not filled in as it must be. Check it and send again.',
  'error.unauthorised': 'Your session has ended; log in again.',
  'error.forbidden': 'Your role does not include this.',
  'error.csrf': 'This page is out of date; reload it and try again.',
  'error.enrolment-needed': 'Enrol your authenticator first.',
  'error.password-change-needed': 'First change the password that an administrator set.',
  'error.password-same': 'The new password is the present one; choose another.',
  'error.too-many-tries': 'Too many tries; wait a moment.',
  'error.wrong-credentials':
    'Number, password or code is wrong. Mind that each code works once only.',
  'error.locked': 'Too many wrong tries: this number is locked for a while.',
  'error.no-phone': 'There is no phone yet: connect the softphone or a desk phone first.',
  'error.wrong-code': 'Wrong code: type the digits that the authenticator shows now.',
  'error.wrong-password': 'The present password is wrong.',
  'error.password-too-short': 'The new password is too short: at least 12 characters.',
  'error.password-common': 'The new password is too common; choose another.',
  'error.password-has-name': 'The new password must not hold your name.',
  'error.password-has-number': 'The new password must not hold your number.',
  'error.not-found': 'Not found: it may have ended or been removed.',
  'error.conflict': 'Things have changed; the page is up to date again, look and retry.',
  'error.other-tab': 'The phone is in use in another page.',
}
