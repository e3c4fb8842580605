import type { later as zh } from '../zh/later'
import { acts } from './acts'
import { campaigns } from './campaigns'
import { complaints } from './complaints'
import { kinds } from './kinds'
import { evidence } from './evidence'
import { permissions } from './permissions'
import { post } from './post'
import { registry } from './registry'
import { report } from './report'
import { scams } from './scams'

export const later: Record<keyof typeof zh, string> = {
  ...acts,
  ...campaigns,
  ...complaints,
  ...kinds,
  ...evidence,
  ...permissions,
  ...post,
  ...registry,
  ...report,
  ...scams,
}
