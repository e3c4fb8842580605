/** The people who serve, for an administrator. */
import { queryOptions } from '@tanstack/react-query'
import { api, told, type View } from './client'

export type StaffRow = View['StaffRow']
export type NewStaff = View['NewStaffBody']
export type ShownOnce = View['ShownOnce']

const of = (number: string) => ({ params: { path: { number } } })

export const staffQuery = queryOptions({
  queryKey: ['staff'],
  queryFn: () => told(api.GET('/api/v1/staff')),
})

export const sessionsQuery = (number: string) =>
  queryOptions({
    queryKey: ['staff', number, 'sessions'],
    queryFn: () => told(api.GET('/api/v1/staff/{number}/sessions', of(number))),
  })

export function addStaff(body: NewStaff): Promise<ShownOnce> {
  return told(api.POST('/api/v1/staff', { body }))
}

export function setRole(number: string, role: StaffRow['role']) {
  return told(api.PUT('/api/v1/staff/{number}/role', { ...of(number), body: { role } }))
}

export function setSkills(number: string, skills: string[], languages: StaffRow['languages']) {
  return told(
    api.PUT('/api/v1/staff/{number}/skills', { ...of(number), body: { skills, languages } }),
  )
}

export function newPassword(number: string): Promise<ShownOnce> {
  return told(api.POST('/api/v1/staff/{number}/password', of(number)))
}

export function renewKeys(number: string): Promise<ShownOnce> {
  return told(api.POST('/api/v1/staff/{number}/renewal', of(number)))
}

export function forgetSecondFactor(number: string) {
  return told(api.DELETE('/api/v1/staff/{number}/second-factor', of(number)))
}

export function endSessions(number: string) {
  return told(api.DELETE('/api/v1/staff/{number}/sessions', of(number)))
}

export function letGo(number: string) {
  return told(api.POST('/api/v1/staff/{number}/leave', of(number)))
}
