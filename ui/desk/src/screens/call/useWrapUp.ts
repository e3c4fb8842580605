/**
 * The wrap-up as it is typed: kept in this tab at once, on the server a moment later, and complete
 * when nothing is missing. `version` keeps two tabs from writing over each other.
 */
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { Refusal } from '@/api/client'
import {
  completeWrapUp,
  readWrapUp,
  saveWrapUp,
  wrapUpQuery,
  type WrapUpBody,
  type WrapUpView,
} from '@/api/workplace'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'

export type Typed = Omit<WrapUpBody, 'version'>

const SAVE_AFTER_MS = 1500
const EMPTY: Typed = {
  matter: '',
  outcome: '',
  summary: '',
  anything_else_asked: false,
  read_back_confirmed: false,
  promises: [],
}

export function useWrapUp(interaction: string) {
  const { data: stored } = useQuery(wrapUpQuery(interaction))
  const [draft, setDraft] = useDraft<Typed | null>(interaction, 'wrap-up', null)
  const [unsaved, setUnsaved] = useState(draft !== null)
  const version = useRef(0)
  const typed = draft ?? (stored ? typedOf(stored) : EMPTY)

  const keep = (view: WrapUpView) => {
    version.current = view.version
    queries.setQueryData(wrapUpQuery(interaction).queryKey, view)
  }
  const save = useMutation({
    mutationFn: async (body: Typed) => {
      const known = Math.max(version.current, stored?.version ?? 0)
      try {
        return await saveWrapUp(interaction, { ...body, version: known })
      } catch (error) {
        // Saved elsewhere: learn the version, so that the next saving is on purpose.
        if (error instanceof Refusal && error.code === 'stale-version')
          version.current = (await readWrapUp(interaction)).version
        throw error
      }
    },
    onSuccess: (view) => {
      keep(view)
      setUnsaved(false)
    },
  })
  const complete = useMutation({
    mutationFn: async () => {
      keep(
        await saveWrapUp(interaction, {
          ...typed,
          version: Math.max(version.current, stored?.version ?? 0),
        }),
      )
      return completeWrapUp(interaction, version.current)
    },
    onSuccess: async (told) => {
      keep(told.wrap_up)
      setUnsaved(false)
      if (!told.allowed) return
      discard(interaction, 'wrap-up')
      setDraft(null)
      await queries.invalidateQueries({ queryKey: ['me'] })
      await queries.invalidateQueries({ queryKey: ['tasks'] })
    },
  })
  const saveNow = useEffectEvent(() => save.mutate(typed))
  const completed = stored?.completed_at != null
  useEffect(() => {
    if (draft === null || !unsaved || completed) return
    const timer = setTimeout(saveNow, SAVE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [draft, unsaved, completed])

  return {
    typed,
    stored,
    completed,
    unsaved,
    save,
    complete,
    change: (part: Partial<Typed>) => {
      setUnsaved(true)
      setDraft({ ...typed, ...part })
    },
  }
}

function typedOf(view: WrapUpView): Typed {
  return {
    matter: view.matter,
    outcome: view.outcome,
    summary: view.summary,
    anything_else_asked: view.anything_else_asked,
    read_back_confirmed: view.read_back_confirmed,
    promises: view.promises,
  }
}
