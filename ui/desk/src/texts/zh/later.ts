/** What only screens behind the first one say; loaded with the first of them. */
import { acts } from './acts'
import { campaigns } from './campaigns'
import { complaints } from './complaints'
import { evidence } from './evidence'
import { kinds } from './kinds'
import { permissions } from './permissions'
import { post } from './post'
import { registry } from './registry'
import { report } from './report'
import { scams } from './scams'
import { dissuade } from './dissuade'

export const later = {
  ...acts,
  ...campaigns,
  ...complaints,
  ...evidence,
  ...kinds,
  ...permissions,
  ...post,
  ...registry,
  ...report,
  ...scams,
  ...dissuade,
}
