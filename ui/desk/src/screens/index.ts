/** Every screen of the desk. A new one: a folder beside this file, a line here, its texts. */
import { lazy, type ComponentType, type LazyExoticComponent } from 'react'
import type { Role } from '@/api/session'
import type { TextKey } from '@/texts'

export interface Screen {
  path: string
  /** Where the screen has addresses below its own: wouter's pattern. */
  route?: string
  title: TextKey
  roles: readonly Role[]
  /** The keys that lead there. */
  keys?: string
  component: LazyExoticComponent<ComponentType>
  /** Without the header, for big screens. */
  bare?: boolean
  /** Not in the navigation. */
  hidden?: boolean
}

const ALL: readonly Role[] = ['agent', 'lead', 'quality', 'compliance', 'administrator']

export const screens: readonly Screen[] = [
  {
    path: '/',
    title: 'nav.home',
    roles: ALL,
    keys: 'g h',
    component: lazy(() => import('./home/Home')),
  },
]
