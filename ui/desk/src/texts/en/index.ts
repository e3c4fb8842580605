import type { zh } from '../zh'
import { account } from './account'
import { approvals } from './approvals'
import { call } from './call'
import { cases } from './cases'
import { chats } from './chats'
import { contacts } from './contacts'
import { errors } from './errors'
import { guidance } from './guidance'
import { home } from './home'
import { lead } from './lead'
import { letters } from './letters'
import { phone } from './phone'
import { reasons } from './reasons'
import { shell } from './shell'
import { staff } from './staff'
import { tasks } from './tasks'
import { wall } from './wall'

export const en: Record<keyof typeof zh, string> = {
  ...account,
  ...approvals,
  ...call,
  ...cases,
  ...chats,
  ...contacts,
  ...errors,
  ...guidance,
  ...home,
  ...lead,
  ...letters,
  ...phone,
  ...reasons,
  ...shell,
  ...staff,
  ...tasks,
  ...wall,
}
