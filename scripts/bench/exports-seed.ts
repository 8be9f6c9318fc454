import mongoose, { Types } from 'mongoose'
import { candidateKeys } from '../../src/candidates/candidate-keys.ts'
import { searchFields } from '../../src/candidates/search-keys.ts'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'

/**
 * Writes this many people whom Lever does not know straight into the collection.
 * @returns their ids
 */
export async function seedCandidates(databaseUri: string, organization: string, many: number): Promise<string[]> {
  const connection = await mongoose.createConnection(databaseUri).asPromise()
  const at = new Date()
  const candidates = Array.from({ length: many }, (_, index) => {
    const [name, email] = [`Person ${index}`, `bulk-${index}@bench.example`]
    return {
      _id: new Types.ObjectId(), organization: new Types.ObjectId(organization), name, emails: [email], phones: [], links: [], tags: [],
      ...candidateKeys({ name, emails: [email] }), ...searchFields({ name, emails: [email], phones: [], links: [], tags: [] }), revision: 1, lastExport: null, exported: false, lever: null,
      resume: null, createdAt: at, updatedAt: at,
    } // prettier-ignore
  })
  await connection.collection(CandidateModel.collection.name).insertMany(candidates)
  await connection.close()
  return candidates.map(({ _id }) => String(_id))
}
