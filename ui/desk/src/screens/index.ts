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

const CALLS: readonly Role[] = ['agent', 'lead']
const CASES: readonly Role[] = ['agent', 'lead', 'quality', 'compliance']
const ALL: readonly Role[] = ['agent', 'lead', 'quality', 'compliance', 'administrator']

export const screens: readonly Screen[] = [
  {
    path: '/',
    title: 'nav.home',
    roles: ALL,
    keys: 'g h',
    component: lazy(() => import('./home/Home')),
  },
  {
    path: '/call',
    route: '/call/:interaction?',
    title: 'nav.call',
    roles: CALLS,
    keys: 'g c',
    component: lazy(() => import('./call/Call')),
  },
  {
    path: '/chats',
    route: '/chats/:chat?',
    title: 'nav.chats',
    roles: CALLS,
    keys: 'g m',
    component: lazy(() => import('./chats/Chats')),
  },
  {
    path: '/chats/one',
    route: '/chats/:chat',
    title: 'nav.chats',
    roles: ['quality', 'compliance'],
    hidden: true,
    component: lazy(() => import('./chats/Chats')),
  },
  {
    path: '/messages',
    route: '/messages/:message?',
    title: 'nav.letters',
    roles: CALLS,
    keys: 'g e',
    component: lazy(() => import('./letters/Letters')),
  },
  {
    path: '/cases',
    title: 'nav.cases',
    roles: CASES,
    keys: 'g a',
    component: lazy(() => import('./cases/Cases')),
  },
  {
    path: '/cases/one',
    route: '/cases/:id',
    title: 'nav.cases',
    roles: CASES,
    hidden: true,
    component: lazy(() => import('./cases/Case')),
  },
  {
    path: '/knowledge',
    title: 'nav.knowledge',
    roles: ALL,
    keys: 'g k',
    component: lazy(() => import('./guidance/Guidance')),
  },
  {
    path: '/tasks',
    title: 'nav.tasks',
    roles: CALLS,
    keys: 'g t',
    component: lazy(() => import('./tasks/Tasks')),
  },
  {
    path: '/interactions',
    title: 'nav.interactions',
    roles: ALL,
    keys: 'g i',
    component: lazy(() => import('./interactions/Interactions')),
  },
  {
    path: '/interactions/one',
    route: '/interactions/:id',
    title: 'contact.title',
    roles: ALL,
    hidden: true,
    component: lazy(() => import('./interactions/Interaction')),
  },
  {
    path: '/approvals',
    title: 'nav.approvals',
    roles: ['lead'],
    keys: 'g r',
    component: lazy(() => import('./approvals/Approvals')),
  },
  {
    path: '/lead',
    title: 'nav.lead',
    roles: ['lead'],
    keys: 'g l',
    component: lazy(() => import('./lead/Lead')),
  },
  {
    path: '/wall',
    title: 'nav.wall',
    roles: ['lead', 'quality', 'compliance', 'administrator'],
    keys: 'g w',
    bare: true,
    component: lazy(() => import('./wall/Wall')),
  },
  {
    path: '/staff',
    title: 'nav.staff',
    roles: ['administrator'],
    keys: 'g s',
    component: lazy(() => import('./staff/Staff')),
  },
]
