/** One Lever account in memory, and its stored form. */
import { z } from 'zod'
import * as access from './access-records.ts'
import { ContactStore } from './contact-store.ts'
import * as forms from './form-records.ts'
import * as hiring from './hiring-records.ts'
import * as history from './history-records.ts'
import * as interviews from './interview-records.ts'
import { OpportunityStore } from './opportunity-store.ts'
import * as records from './records.ts'

export const AccountData = z.object({
  accountId: z.string(),
  signingKey: z.string(),
  users: z.array(records.User),
  stages: z.array(records.Stage),
  archiveReasons: z.array(records.ArchiveReason),
  postings: z.array(records.Posting),
  requisitions: z.array(records.Requisition),
  contacts: z.array(records.Contact),
  opportunities: z.array(records.Opportunity),
  deletedOpportunities: z.array(records.DeletedOpportunity),
  notes: z.array(records.Note),
  files: z.array(records.StoredFile),
  panels: z.array(interviews.Panel),
  sourceNames: z.array(z.string()),
  // missing in older state files
  requisitionMode: hiring.RequisitionMode.default('hybrid'),
  requisitionFields: z.array(hiring.RequisitionField).default([]),
  offers: z.array(hiring.Offer).default([]),
  feedbackTemplates: z.array(forms.FeedbackTemplate).default([]),
  feedback: z.array(forms.Feedback).default([]),
  formTemplates: z.array(forms.FormTemplate).default([]),
  forms: z.array(forms.Form).default([]),
  referrals: z.array(forms.Referral).default([]),
  deletedApplications: z.array(history.DeletedApplication).default([]),
  deletedPostings: z.array(history.DeletedPosting).default([]),
  fileActions: z.array(history.FileAction).default([]),
  uploads: z.array(history.Upload).default([]),
  auditEvents: z.array(history.AuditEvent).default([]),
  apps: z.array(access.OauthApp),
  grants: z.array(access.Grant),
  accessTokens: z.array(access.AccessToken),
  apiKeys: z.array(access.ApiKey),
  webhooks: z.array(access.Webhook),
  deliveries: z.array(access.Delivery),
  eventGroups: z.partialRecord(records.LeverEventName, z.boolean()),
})
export type AccountData = z.infer<typeof AccountData>

export interface Account {
  accountId: string
  /** signs access tokens */
  signingKey: string
  users: Map<string, records.User>
  stages: records.Stage[]
  archiveReasons: records.ArchiveReason[]
  postings: Map<string, records.Posting>
  requisitions: Map<string, records.Requisition>
  contacts: ContactStore
  opportunities: OpportunityStore
  deletedOpportunities: records.DeletedOpportunity[]
  /** by opportunity */
  notes: Map<string, records.Note[]>
  /** by opportunity */
  files: Map<string, records.StoredFile[]>
  /** by opportunity */
  panels: Map<string, interviews.Panel[]>
  requisitionMode: hiring.RequisitionMode
  requisitionFields: Map<string, hiring.RequisitionField>
  /** by opportunity */
  offers: Map<string, hiring.Offer[]>
  feedbackTemplates: Map<string, forms.FeedbackTemplate>
  /** by opportunity */
  feedback: Map<string, forms.Feedback[]>
  formTemplates: Map<string, forms.FormTemplate>
  /** by opportunity */
  forms: Map<string, forms.Form[]>
  /** by opportunity */
  referrals: Map<string, forms.Referral[]>
  deletedApplications: history.DeletedApplication[]
  deletedPostings: history.DeletedPosting[]
  /** by opportunity */
  fileActions: Map<string, history.FileAction[]>
  uploads: Map<string, history.Upload>
  auditEvents: history.AuditEvent[]
  /** names that `GET /sources` lists even when unused */
  sourceNames: string[]
  apps: Map<string, access.OauthApp>
  grants: Map<string, access.Grant>
  accessTokens: Map<string, access.AccessToken>
  apiKeys: Map<string, access.ApiKey>
  webhooks: Map<string, access.Webhook>
  /** oldest first */
  deliveries: Map<string, access.Delivery>
  /** on unless `false` */
  eventGroups: Partial<Record<records.LeverEventName, boolean>>
}

export function accountFrom(data: AccountData): Account {
  const opportunities = new OpportunityStore(data.stages)
  for (const opportunity of data.opportunities) opportunities.add(opportunity)
  const contacts = new ContactStore()
  for (const contact of data.contacts) contacts.add(contact)
  return {
    ...data,
    contacts,
    opportunities,
    users: keyed(data.users, (user) => user.id),
    postings: keyed(data.postings, (posting) => posting.id),
    requisitions: keyed(data.requisitions, (requisition) => requisition.id),
    notes: grouped(data.notes, (note) => note.opportunity),
    files: grouped(data.files, (file) => file.opportunity),
    panels: grouped(data.panels, (panel) => panel.opportunity),
    requisitionFields: keyed(data.requisitionFields, (field) => field.id),
    offers: grouped(data.offers, (offer) => offer.opportunity),
    feedbackTemplates: keyed(data.feedbackTemplates, (template) => template.id),
    feedback: grouped(data.feedback, (feedback) => feedback.opportunity),
    formTemplates: keyed(data.formTemplates, (template) => template.id),
    forms: grouped(data.forms, (form) => form.opportunity),
    referrals: grouped(data.referrals, (referral) => referral.opportunity),
    fileActions: grouped(data.fileActions, (action) => action.opportunity),
    uploads: keyed(data.uploads, (upload) => upload.id),
    apps: keyed(data.apps, (app) => app.clientId),
    grants: keyed(data.grants, (grant) => grant.id),
    accessTokens: keyed(data.accessTokens, (token) => token.token),
    apiKeys: keyed(data.apiKeys, (apiKey) => apiKey.key),
    webhooks: keyed(data.webhooks, (webhook) => webhook.id),
    deliveries: keyed(data.deliveries, (delivery) => delivery.id),
  }
}

export function accountData(account: Account): AccountData {
  return {
    ...account,
    users: [...account.users.values()],
    postings: [...account.postings.values()],
    requisitions: [...account.requisitions.values()],
    contacts: [...account.contacts.values()],
    opportunities: [...account.opportunities.values()],
    notes: [...account.notes.values()].flat(),
    files: [...account.files.values()].flat(),
    panels: [...account.panels.values()].flat(),
    requisitionFields: [...account.requisitionFields.values()],
    offers: [...account.offers.values()].flat(),
    feedbackTemplates: [...account.feedbackTemplates.values()],
    feedback: [...account.feedback.values()].flat(),
    formTemplates: [...account.formTemplates.values()],
    forms: [...account.forms.values()].flat(),
    referrals: [...account.referrals.values()].flat(),
    fileActions: [...account.fileActions.values()].flat(),
    uploads: [...account.uploads.values()],
    apps: [...account.apps.values()],
    grants: [...account.grants.values()],
    accessTokens: [...account.accessTokens.values()],
    apiKeys: [...account.apiKeys.values()],
    webhooks: [...account.webhooks.values()],
    deliveries: [...account.deliveries.values()],
  }
}

/** Records that are deleted with an opportunity; an anonymized opportunity keeps only its panels. */
export function belongings({ notes, files, panels, offers, feedback, forms: filled, referrals, fileActions }: Account): {
  personal: Map<string, unknown>[]
  all: Map<string, unknown>[]
} {
  const personal = [notes, files, offers, feedback, filled, referrals, fileActions]
  return { personal, all: [...personal, panels] }
}

/** Adds to a map of lists. */
export function addTo<T>(groups: Map<string, T[]>, key: string, item: T): void {
  const group = groups.get(key)
  if (group) group.push(item)
  else groups.set(key, [item])
}

function keyed<T>(items: T[], key: (item: T) => string): Map<string, T> {
  return new Map(items.map((item) => [key(item), item]))
}

function grouped<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) addTo(groups, key(item), item)
  return groups
}
