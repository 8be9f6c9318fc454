/** Stages, archive reasons, sources and tags: the parts of an account's pipeline. */
import type { Account } from '../account/account.ts'
import type { Opportunity } from '../account/records.ts'
import { ok, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { notFound } from './lever-error.ts'
import { pageOf } from './paging.ts'

export const pipelineEndpoints: Endpoint[] = [
  { method: 'GET', path: '/stages', permission: 'List all stages', scope: 'stages:read:admin', handle: listStages },
  { method: 'GET', path: '/stages/:id', permission: 'Retrieve a single stage', scope: 'stages:read:admin', handle: oneStage },
  { method: 'GET', path: '/disposition_stages', permission: 'List all stages', scope: 'stages:read:admin', handle: dispositionStages },
  {
    method: 'GET',
    path: '/archive_reasons',
    permission: 'List all archive reasons',
    scope: 'archive_reasons:read:admin',
    handle: listArchiveReasons,
  },
  {
    method: 'GET',
    path: '/archive_reasons/:id',
    permission: 'Retrieve a single archive reason',
    scope: 'archive_reasons:read:admin',
    handle: oneArchiveReason,
  },
  {
    method: 'GET',
    path: '/sources',
    permission: 'List all sources',
    scope: 'sources:read:admin',
    handle: (call) => listWords(call, (opportunity) => opportunity.sources, call.world.account.sourceNames),
  },
  {
    method: 'GET',
    path: '/tags',
    permission: 'List all tags',
    scope: 'tags:read:admin',
    handle: (call) => listWords(call, (opportunity) => opportunity.tags, []),
  },
]

function listStages(call: ApiCall): ApiAnswer {
  return pageOf(
    call,
    call.world.account.stages,
    (stage) => [stage.rank, stage.id],
    ({ id, text }) => ({ id, text }),
  )
}

function oneStage(call: ApiCall): ApiAnswer {
  const stage = call.world.account.stages.find(({ id }) => id === call.params['id'])
  if (!stage) throw notFound('stages', call.params['id'] ?? '')
  return ok({ id: stage.id, text: stage.text })
}

/** Not documented; recorded. */
function dispositionStages(call: ApiCall): ApiAnswer {
  const { stages, archiveReasons } = call.world.account
  const reasons = archiveReasons.map(({ id, text, type, status }) => ({ id, text, type: type === 'hired' ? type : null, status }))
  return ok({ stages, archiveReasons: reasons })
}

function listArchiveReasons(call: ApiCall): ApiAnswer {
  const type = call.query.get('type')
  const reasons = call.world.account.archiveReasons.filter((reason) => !type || reason.type === type)
  return pageOf(
    call,
    reasons,
    (reason) => [reason.text, reason.id],
    (reason) => reason,
  )
}

function oneArchiveReason(call: ApiCall): ApiAnswer {
  const reason = call.world.account.archiveReasons.find(({ id }) => id === call.params['id'])
  if (!reason) throw notFound('archive_reasons', call.params['id'] ?? '')
  return ok(reason)
}

/** Words have no records: they exist as long as something uses them (Lever's API documentation). */
function listWords(call: ApiCall, wordsOf: (opportunity: Opportunity) => string[], always: string[]): ApiAnswer {
  const words = [...countWords(call.world.account, wordsOf, always)].map(([text, count]) => ({ text, count }))
  const byText = words.toSorted((a, b) => (a.text < b.text ? -1 : 1))
  return pageOf(
    call,
    byText,
    (word) => [word.text],
    (word) => word,
  )
}

function countWords(account: Account, wordsOf: (opportunity: Opportunity) => string[], always: string[]): Map<string, number> {
  const counts = new Map(always.map((word) => [word, 0]))
  for (const opportunity of account.opportunities.values()) {
    for (const word of wordsOf(opportunity)) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}
