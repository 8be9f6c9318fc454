/** Stored records about incoming and outgoing access: keys, grants, tokens, webhooks, deliveries. */
import { z } from 'zod'
import { LeverEventName, Origin } from './records.ts'

const ms = z.number()

/** `permissions: null` allows everything. */
export const ApiKey = z.object({
  id: z.string(),
  key: z.string(),
  name: z.string(),
  permissions: z.array(z.string()).nullable(),
  confidential: z.boolean(),
  createdAt: ms,
  revokedAt: ms.nullable(),
})
export type ApiKey = z.infer<typeof ApiKey>

export const OauthApp = z.object({
  clientId: z.string(),
  clientSecret: z.string(),
  name: z.string(),
  redirectUris: z.array(z.string()),
})
export type OauthApp = z.infer<typeof OauthApp>

/** One authorization of an app. Its refresh token rotates; using a spent one revokes the whole grant. */
export const Grant = z.object({
  id: z.string(),
  clientId: z.string(),
  userId: z.string(),
  scopes: z.array(z.string()),
  createdAt: ms,
  revokedAt: ms.nullable(),
  refreshToken: z.string().nullable(),
  spentRefreshTokens: z.array(z.string()),
})
export type Grant = z.infer<typeof Grant>

export const AccessToken = z.object({ token: z.string(), grantId: z.string(), expiresAt: ms })
export type AccessToken = z.infer<typeof AccessToken>

/** `madeBy`: `ui`, or the credential (`app:…`, `key:…`) that may list and change it through the API. */
export const Webhook = z.object({
  id: z.string(),
  event: LeverEventName,
  url: z.string(),
  origins: z.array(Origin),
  signatureToken: z.string(),
  madeBy: z.string(),
  confidential: z.boolean(),
  createdAt: ms,
  updatedAt: ms,
})
export type Webhook = z.infer<typeof Webhook>

export const DeliveryAttempt = z.object({
  at: ms,
  status: z.number().nullable(),
  error: z.string().nullable(),
  durationMs: z.number(),
  responseBody: z.string(),
})
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>

/** The body as sent (Lever's API documentation, webhooks): it contains the signature, which does not cover `data`. */
export const WebhookBody = z.object({
  id: z.string().optional(),
  event: z.string(),
  triggeredAt: ms,
  token: z.string(),
  signature: z.string().optional(),
  data: z.unknown(),
})
export type WebhookBody = z.infer<typeof WebhookBody>

export const DELIVERY_STATUSES = ['pending', 'succeeded', 'failed'] as const

export const Delivery = z.object({
  id: z.string(),
  webhookId: z.string(),
  url: z.string(),
  body: WebhookBody,
  status: z.enum(DELIVERY_STATUSES),
  attempts: z.array(DeliveryAttempt),
  retriesLeft: z.number().int(),
  nextAttemptAt: ms.nullable(),
  createdAt: ms,
})
export type Delivery = z.infer<typeof Delivery>
