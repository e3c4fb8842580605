/** Letters in one's own words: written by one, read and let go by another. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App as Messages, Button } from 'antd'
import { useState } from 'react'
import { approveDraft, draftPdf, draftsQuery, dropDraft, rejectDraft, type Draft } from '@/api/post'
import { sentence } from '@/api/sentences'
import { Badge } from '@/app/Badge'
import { useMe } from '@/app/me'
import { queries } from '@/app/parts'
import { moment } from '@/format/format'
import { Failure } from '@/screens/call/acts/Outcome'
import { TextField } from '@/screens/complaints/fields'
import { useTexts } from '@/texts'
import { GateReasons } from './Answer'
import { PostDialog } from './Moves'
import { Write } from './Write'

export function Drafts() {
  const spoken = useTexts()
  const { t } = spoken
  const [writing, setWriting] = useState<Draft | 'new' | null>(null)
  const [held, setHeld] = useState<readonly string[]>([])
  const { data: drafts, error } = useQuery(draftsQuery)
  return (
    <section className="panel" aria-label={t('post.part.drafts')}>
      <div className="row headed">
        <p className="quiet grow">{t('post.drafts.what')}</p>
        <Button type="primary" onClick={() => setWriting('new')}>
          {t('post.write')}
        </Button>
      </div>
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      {held.length > 0 && (
        <Alert
          type="warning"
          role="alert"
          title={t('post.approve.held')}
          description={<GateReasons codes={held} />}
        />
      )}
      {!drafts && !error && <p className="quiet">{t('app.loading')}</p>}
      {drafts?.length === 0 && <p className="quiet">{t('post.drafts.none')}</p>}
      <ul className="list">
        {drafts?.map((one) => (
          <li key={one.id}>
            <One draft={one} onHeld={setHeld} onAnew={() => setWriting(one)} />
          </li>
        ))}
      </ul>
      {writing && (
        <Write
          {...(writing === 'new' ? {} : { before: writing })}
          onClose={() => setWriting(null)}
        />
      )}
    </section>
  )
}

interface OneProps {
  draft: Draft
  /** Where the gate does not let it go: its reasons. */
  onHeld: (reasons: readonly string[]) => void
  /** It was sent back, and is written anew. */
  onAnew: () => void
}

function One({ draft, onHeld, onAnew }: OneProps) {
  const { t, language } = useTexts()
  const me = useMe()
  const { message } = Messages.useApp()
  const [rejecting, setRejecting] = useState(false)
  const approve = useMutation({
    mutationFn: () => approveDraft(draft.id),
    onSuccess: async (told) => {
      onHeld(told.reasons)
      if (told.reasons.length === 0)
        void message.success(t('post.approve.done', { number: told.number }))
      await queries.invalidateQueries({ queryKey: ['post'] })
    },
  })
  const drop = useMutation({
    mutationFn: () => dropDraft(draft.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['post'] })
      void message.success(t('post.drop.done'))
    },
  })
  const mine = draft.author === me.number
  const back = draft.state === 'rejected'
  return (
    <article aria-label={draft.subject}>
      <p className="row">
        <strong className="grow">{draft.subject}</strong>
        {back && <Badge tone="warn">{t('post.back')}</Badge>}
        {draft.registered && <Badge tone="accent">{t('post.registered')}</Badge>}
        <span className="quiet figures">
          {draft.author} {moment(draft.written_at, language)}
        </span>
      </p>
      <p className="quiet">
        {draft.addressee.name} {draft.addressee.lines.join(' ')}
        {draft.holder && ` · ${t('case.holder')} ${draft.holder}`}
      </p>
      <p className="text quote">{draft.text}</p>
      {back && (
        <p className="warn text">
          {t('post.back.why', { who: draft.decided_by ?? '', why: draft.why })}
        </p>
      )}
      <Failure error={approve.error ?? drop.error} />
      <p className="row">
        <a href={draftPdf(draft.id)} target="_blank" rel="noreferrer">
          {t('post.preview')}
        </a>
        {mine && back && (
          <>
            <Button size="small" type="primary" onClick={onAnew}>
              {t('post.anew')}
            </Button>
            <Button size="small" loading={drop.isPending} onClick={() => drop.mutate()}>
              {t('post.drop')}
            </Button>
          </>
        )}
        {me.role === 'lead' && !mine && (
          <>
            <Button
              size="small"
              type="primary"
              loading={approve.isPending}
              onClick={() => approve.mutate()}
            >
              {t('post.approve')}
            </Button>
            <Button size="small" onClick={() => setRejecting(true)}>
              {t('post.reject')}
            </Button>
          </>
        )}
        {mine && !back && <span className="quiet">{t('post.drafts.mine')}</span>}
      </p>
      {rejecting && <Reject draft={draft} onClose={() => setRejecting(false)} />}
    </article>
  )
}

function Reject({ draft, onClose }: { draft: Draft; onClose: () => void }) {
  const { t } = useTexts()
  const { message } = Messages.useApp()
  const [why, setWhy] = useState('')
  const reject = useMutation({
    mutationFn: () => rejectDraft(draft.id, why.trim()),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['post'] })
      void message.success(t('post.reject.done'))
      onClose()
    },
  })
  return (
    <PostDialog
      title={t('post.reject.title')}
      submit={t('post.reject')}
      ready={why.trim() !== ''}
      move={reject}
      first="reject-why"
      onClose={onClose}
    >
      <TextField
        id="reject-why"
        label={t('post.reject.why')}
        rows={3}
        most={500}
        value={why}
        onChange={setWhy}
      />
    </PostDialog>
  )
}
