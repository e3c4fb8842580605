/** What only screens behind the first one say; loaded with the first of them. */
import { acts } from './acts'
import { campaigns } from './campaigns'
import { complaints } from './complaints'
import { kinds } from './kinds'
import { permissions } from './permissions'
import { registry } from './registry'
import { scams } from './scams'

export const later = {
  ...acts,
  ...campaigns,
  ...complaints,
  ...kinds,
  ...permissions,
  ...registry,
  ...scams,
}
