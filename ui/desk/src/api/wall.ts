/** What the wall shows; every figure has its definition in `reports`. */
import { queryOptions } from '@tanstack/react-query'
import { api, told, type View } from './client'

export type WallView = View['WallView']

export const wallQuery = queryOptions({
  queryKey: ['wall'],
  queryFn: () => told(api.GET('/api/v1/wall')),
  refetchInterval: 5000,
})
