import type { Texts } from '..'
import { account } from './account'
import { errors } from './errors'
import { home } from './home'
import { phone } from './phone'
import { reasons } from './reasons'
import { shell } from './shell'

export const en: Texts = { ...shell, ...account, ...errors, ...reasons, ...home, ...phone }
