import type { Texts } from '..'
import { account } from './account'
import { call } from './call'
import { contacts } from './contacts'
import { errors } from './errors'
import { home } from './home'
import { lead } from './lead'
import { phone } from './phone'
import { reasons } from './reasons'
import { shell } from './shell'
import { staff } from './staff'
import { tasks } from './tasks'
import { wall } from './wall'

export const en: Texts = {
  ...account,
  ...call,
  ...contacts,
  ...errors,
  ...home,
  ...lead,
  ...phone,
  ...reasons,
  ...shell,
  ...staff,
  ...tasks,
  ...wall,
}
