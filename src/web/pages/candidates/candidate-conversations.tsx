import type { CandidateView } from '../../../candidates/candidate-view.ts'
import type { ShownConversation } from '../../../conversations/conversation-view.ts'
import type { ServiceError } from '../../../errors.ts'
import { LeverLink } from '../kit/lever-link.tsx'
import { Form } from '../kit/form.tsx'
import { usePage } from '../kit/page-context.ts'
import { problemWords } from '../kit/problem-words.ts'
import { conversationsTexts } from './texts-conversations.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

export interface CandidateConversationsProps {
  candidate: Pick<CandidateView, 'id' | 'lever'>
  conversations: readonly ShownConversation[]
  /** IANA name, for times of day. */
  timeZone: string
  /** Why no notes are written now: the feature is off or not granted. */
  notesProblem: ServiceError | null
}

/** The conversations with a candidate, when each becomes a note, and where the note is. Renders nothing if there are none. */
export function CandidateConversations({ candidate, conversations, timeZone, notesProblem }: CandidateConversationsProps) {
  const { language } = usePage()
  const t = conversationsTexts(language)
  if (conversations.length === 0) return null
  return (
    <section class="card" id="conversations" aria-labelledby="conversations-title">
      <h2 id="conversations-title">{t.title}</h2>
      {notesProblem ? <p class="notice warn">{problemWords(language, notesProblem)}</p> : null}
      {conversations.map((conversation) => (
        <article class="conversation" key={conversation.id} aria-label={conversation.externalId}>
          <Messages conversation={conversation} />
          {notesProblem ? null : <NoteState candidate={candidate} conversation={conversation} timeZone={timeZone} />}
          <Notes candidate={candidate} conversation={conversation} />
        </article>
      ))}
    </section>
  )
}

function Messages({ conversation: { newest, messages, isReadable } }: { conversation: ShownConversation }) {
  const t = conversationsTexts(usePage().language)
  return (
    <>
      <p class="small">
        {t.messages(messages)}
        {messages > newest.length && newest.length > 0 ? ` · ${t.newestOnly(newest.length)}` : null}
        {isReadable ? null : ` · ${t.notReadable}`}
      </p>
      <ol class="timeline">
        {newest.map(({ who, direction, body, sentAt }, at) => (
          <li key={at}>
            <div class="message">{body}</div>
            <div class="small">
              {who} · {t[direction]} <TimeAgo at={sentAt} />
            </div>
          </li>
        ))}
      </ol>
    </>
  )
}

function NoteState({
  candidate,
  conversation,
  timeZone,
}: Pick<CandidateConversationsProps, 'candidate' | 'timeZone'> & { conversation: ShownConversation }) {
  const { language } = usePage()
  const t = conversationsTexts(language)
  const { id, status } = conversation
  const isOpen = status === 'due' || status === 'waiting' || (status === 'failed' && conversation.error?.code !== 'opportunity_deleted')
  const mayWriteNow = conversation.isReadable && isOpen
  return (
    <div class="actions">
      <span>{wordsOf(conversation, t, { language, timeZone })}</span>
      {mayWriteNow ? (
        <Form action={`/candidates/${candidate.id}/conversations/${id}/note`}>
          <button type="submit" class="quiet">
            {t.writeNow}
          </button>
        </Form>
      ) : null}
    </div>
  )
}

function wordsOf(
  { status, waitingFor, noteDueAt, error }: ShownConversation,
  t: ReturnType<typeof conversationsTexts>,
  { language, timeZone }: { language: string; timeZone: string },
): string {
  if (error) return error.code === 'opportunity_deleted' ? t.opportunityDeleted : [t.failed, error.detail].join(' ')
  if (waitingFor) return t[waitingFor]
  if (status === 'noted') return t.noted
  return status === 'writing' || noteDueAt === null ? t.writing : t.dueAt(timeOfDay(noteDueAt, language, timeZone))
}

/** Includes the date unless it is today. */
function timeOfDay(at: string, language: string, timeZone: string): string {
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone })
  const time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })
  const when = new Date(at)
  const isToday = day.format(when) === day.format(new Date())
  return `${time.format(when)}${isToday ? '' : `, ${day.format(when)}`} (${timeZone})`
}

function Notes({
  candidate: { lever },
  conversation: { notes, noteOpportunities },
}: Pick<CandidateConversationsProps, 'candidate'> & { conversation: ShownConversation }) {
  const t = conversationsTexts(usePage().language)
  if (notes.length === 0) return null
  return (
    <ul class="notes small">
      {notes.map(({ messages, writtenAt }, at) => {
        const words = t.noteOf(t.messages(messages))
        const url = lever && lever.opportunityId === noteOpportunities[at] ? lever.url : null
        return (
          <li key={at}>
            {url ? (
              <LeverLink url={url} label={t.inLever(words)}>
                {words}
              </LeverLink>
            ) : (
              words
            )}{' '}
            <TimeAgo at={writtenAt} />
          </li>
        )
      })}
    </ul>
  )
}
