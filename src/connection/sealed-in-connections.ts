import type { SealedField } from '../secrets/sealed-field.ts'
import { AuthorizationFlowModel } from './authorization-flow-model.ts'
import { ConnectionModel, type ConnectionDocument } from './connection-model.ts'
import { connectionPlace, flowPlace } from './connection-secrets.ts'

const GRANT_SECRETS = ['accessToken', 'refreshToken', 'apiKey'] as const
const KINDS = ['hand', 'api'] as const

/** Yields the sealed tokens, API keys, and signature tokens of connections. */
export async function* sealedInConnections(): AsyncGenerator<SealedField> {
  const connections = ConnectionModel.find({}, { organization: 1, grant: 1, webhooks: 1 }).lean<ConnectionDocument>().cursor()
  for await (const connection of connections) yield* sealedIn(connection)
}

function* sealedIn({ _id, organization, grant, webhooks }: ConnectionDocument): Generator<SealedField> {
  const where = { collection: ConnectionModel.collection, id: _id }
  for (const name of GRANT_SECRETS) {
    const sealed = grant?.[name]
    if (sealed) yield { ...where, field: `grant.${name}`, sealed, place: connectionPlace(String(organization), `grant.${name}`) }
  }
  for (const [event, state] of Object.entries(webhooks ?? {})) {
    for (const kind of KINDS) {
      const sealed = state?.[kind]?.token
      const field = `webhooks.${event}.${kind}` as const
      if (sealed) yield { ...where, field: `${field}.token`, sealed, place: connectionPlace(String(organization), field) }
    }
  }
}

/** Yields the PKCE verifiers of authorizations, completed or not: they are kept for a day. */
export async function* sealedInAuthorizationFlows(): AsyncGenerator<SealedField> {
  const flows = AuthorizationFlowModel.find({ codeVerifier: { $ne: null } })
    .lean()
    .cursor()
  for await (const { _id, organization, startHash, codeVerifier } of flows) {
    if (!codeVerifier) continue
    const place = flowPlace(String(organization), startHash)
    yield { collection: AuthorizationFlowModel.collection, id: _id, field: 'codeVerifier', sealed: codeVerifier, place }
  }
}
