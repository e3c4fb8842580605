/** Every screen of the desk. A new one: a folder beside this file, a line here, its texts. */
import { lazy, type ComponentType, type LazyExoticComponent } from 'react'
import type { Role } from '@/api/session'
import { loadLater, type TextKey } from '@/texts'

/** The work that screens are about: their place in the navigation, in this order. */
export const GROUPS = ['talks', 'cases', 'outreach', 'trust', 'records', 'floor'] as const
export type Group = (typeof GROUPS)[number]

export interface Screen {
  path: string
  /** Where the screen has addresses below its own: wouter's pattern. */
  route?: string
  /** Other addresses at which its place in the navigation is the one that is lit. */
  also?: readonly string[]
  title: TextKey
  /** None: it stands in the navigation by itself, before every group. */
  group?: Group
  roles: readonly Role[]
  /** The keys that lead there. */
  keys?: string
  component: LazyExoticComponent<ComponentType>
  /** Without the header, for big screens. */
  bare?: boolean
  /** Not in the navigation. */
  hidden?: boolean
}

type Loaded = { default: ComponentType }

/** Every screen behind the first comes with the texts that only such screens need. */
function screen(load: () => Promise<Loaded>): LazyExoticComponent<ComponentType> {
  return lazy(async () => {
    const [loaded] = await Promise.all([load(), loadLater()])
    return loaded
  })
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
    group: 'talks',
    roles: CALLS,
    keys: 'g c',
    component: screen(() => import('./call/Call')),
  },
  {
    path: '/chats',
    route: '/chats/:chat?',
    title: 'nav.chats',
    group: 'talks',
    roles: CALLS,
    keys: 'g m',
    component: screen(() => import('./chats/Chats')),
  },
  {
    path: '/chats/one',
    route: '/chats/:chat',
    title: 'nav.chats',
    group: 'talks',
    roles: ['quality', 'compliance'],
    hidden: true,
    component: screen(() => import('./chats/Chats')),
  },
  {
    path: '/messages',
    route: '/messages/:message?',
    also: ['/emails', '/app-messages'],
    title: 'nav.letters',
    group: 'talks',
    roles: CALLS,
    keys: 'g e',
    component: screen(() => import('./letters/Letters')),
  },
  {
    path: '/emails',
    route: '/emails/:email?',
    title: 'nav.letters',
    group: 'talks',
    roles: CALLS,
    hidden: true,
    component: screen(() => import('./post/Emails')),
  },
  {
    path: '/app-messages',
    route: '/app-messages/:interaction?',
    title: 'nav.letters',
    group: 'talks',
    roles: CALLS,
    hidden: true,
    component: screen(() => import('./post/AppMessages')),
  },
  {
    path: '/letters',
    title: 'nav.post',
    group: 'talks',
    roles: CALLS,
    keys: 'g f',
    component: screen(() => import('./post/Post')),
  },
  {
    path: '/letters/in',
    route: '/letters/in/:id',
    title: 'nav.post',
    group: 'talks',
    roles: CALLS,
    hidden: true,
    component: screen(() => import('./post/LetterIn')),
  },
  {
    path: '/tasks',
    title: 'nav.tasks',
    group: 'cases',
    roles: CALLS,
    keys: 'g t',
    component: screen(() => import('./tasks/Tasks')),
  },
  {
    path: '/cases',
    title: 'nav.cases',
    group: 'cases',
    roles: CASES,
    keys: 'g a',
    component: screen(() => import('./cases/Cases')),
  },
  {
    path: '/cases/one',
    route: '/cases/:id',
    title: 'nav.cases',
    group: 'cases',
    roles: CASES,
    hidden: true,
    component: screen(() => import('./cases/Case')),
  },
  {
    path: '/complaints',
    title: 'nav.complaints',
    group: 'cases',
    roles: CASES,
    keys: 'g p',
    component: screen(() => import('./complaints/Complaints')),
  },
  {
    path: '/complaints/one',
    route: '/complaints/:id',
    title: 'nav.complaints',
    group: 'cases',
    roles: CASES,
    hidden: true,
    component: screen(() => import('./complaints/Complaint')),
  },
  {
    path: '/approvals',
    title: 'nav.approvals',
    group: 'cases',
    roles: ['lead'],
    keys: 'g r',
    component: screen(() => import('./approvals/Approvals')),
  },
  {
    path: '/complaint-report',
    title: 'nav.complaint-report',
    group: 'cases',
    roles: ['lead', 'quality', 'compliance', 'administrator'],
    keys: 'g b',
    component: screen(() => import('./complaints/Report')),
  },
  {
    path: '/campaigns',
    title: 'nav.campaigns',
    group: 'outreach',
    roles: ALL,
    keys: 'g o',
    component: screen(() => import('./campaigns/Campaigns')),
  },
  {
    path: '/campaigns/one',
    route: '/campaigns/:id',
    title: 'nav.campaigns',
    group: 'outreach',
    roles: ['lead', 'quality', 'compliance', 'administrator'],
    hidden: true,
    component: screen(() => import('./campaigns/Campaign')),
  },
  {
    path: '/campaigns/preview',
    route: '/campaigns/:id/preview',
    title: 'campaign.preview',
    group: 'outreach',
    roles: CALLS,
    hidden: true,
    component: screen(() => import('./campaigns/Preview')),
  },
  {
    path: '/knowledge',
    title: 'nav.knowledge',
    group: 'records',
    roles: ALL,
    keys: 'g k',
    component: screen(() => import('./guidance/Guidance')),
  },
  {
    path: '/interactions',
    title: 'nav.interactions',
    group: 'records',
    roles: ALL,
    keys: 'g i',
    component: screen(() => import('./interactions/Interactions')),
  },
  {
    path: '/interactions/one',
    route: '/interactions/:id',
    title: 'contact.title',
    group: 'records',
    roles: ALL,
    hidden: true,
    component: screen(() => import('./interactions/Interaction')),
  },
  {
    path: '/scams',
    title: 'nav.scams',
    group: 'trust',
    roles: ['lead', 'compliance'],
    keys: 'g x',
    component: screen(() => import('./scams/Scams')),
  },
  {
    path: '/scams/one',
    route: '/scams/:id',
    title: 'nav.scams',
    group: 'trust',
    roles: ['lead', 'compliance'],
    hidden: true,
    component: screen(() => import('./scams/Scam')),
  },
  {
    path: '/registry',
    title: 'nav.registry',
    group: 'trust',
    roles: ALL,
    keys: 'g n',
    component: screen(() => import('./registry/Registry')),
  },
  {
    path: '/evidence',
    title: 'nav.evidence',
    group: 'records',
    roles: ['lead', 'compliance'],
    keys: 'g d',
    component: screen(() => import('./evidence/Evidence')),
  },
  {
    path: '/lead',
    title: 'nav.lead',
    group: 'floor',
    roles: ['lead'],
    keys: 'g l',
    component: screen(() => import('./lead/Lead')),
  },
  {
    path: '/wall',
    title: 'nav.wall',
    group: 'floor',
    roles: ['lead', 'quality', 'compliance', 'administrator'],
    keys: 'g w',
    bare: true,
    component: screen(() => import('./wall/Wall')),
  },
  {
    path: '/staff',
    title: 'nav.staff',
    group: 'floor',
    roles: ['administrator'],
    keys: 'g s',
    component: screen(() => import('./staff/Staff')),
  },
]
