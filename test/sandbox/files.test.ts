import { expect } from 'chai'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { addOpportunity, callLever, userId, type Answer, type CallLever, type Json } from './call-lever.ts'

const MEGABYTE = 1024 * 1024

describe('files of the local Lever', () => {
  let lever: LeverForTests
  let api: CallLever
  let ana: string
  let opportunity: string

  before(async () => {
    lever = await startLever()
    await lever.settings({ rateLimit: { enabled: false } })
    api = callLever(lever)
    ana = await userId(api, 'ana')
    opportunity = (await addOpportunity(api, { name: 'Filed' })).data.id
  })
  after(async () => lever.stop())

  async function upload(name: string, content: string | Uint8Array<ArrayBuffer>, to?: string): Promise<Answer> {
    const form = new FormData()
    form.set('file', new File([content], name))
    return api.send('POST', to ?? `/opportunities/${opportunity}/files?perform_as=${ana}`, form)
  }

  it('are refused beyond 30 MB on every path', async () => {
    const most = new Uint8Array(30 * MEGABYTE)
    const more = new Uint8Array(30 * MEGABYTE + 1)
    expect((await upload('most.pdf', most)).status).to.equal(201)
    expect((await upload('more.pdf', more)).status).to.equal(400)
    expect((await upload('more.pdf', more, '/uploads')).status).to.equal(400)
    const form = new FormData()
    form.set('name', 'Too Much')
    form.set('resumeFile', new File([more], 'resume.pdf'))
    expect((await api.send('POST', `/opportunities?perform_as=${ana}`, form)).status).to.equal(400)
    expect((await lever.allOpportunities()).some(({ name }) => name === 'Too Much')).to.equal(false)
  })

  it('of unreadable types are stored and marked as unsupported; empty ones are an error', async () => {
    const status = async (name: string, content: string): Promise<string> => (await upload(name, content)).body.data.status
    expect(await status('cv.PDF', 'x')).to.equal('processed')
    expect(await status('face.jpg', 'x')).to.equal('unsupported')
    expect(await status('tune.mp3', 'x')).to.equal('unsupported')
    const empty = (await upload('empty.pdf', '')).body.data
    expect(empty.status).to.equal('error')
    expect((await api.get(`/opportunities/${opportunity}/files/${empty.id}/download`)).status).to.equal(422)
  })

  it('are recorded as file actions when added and removed', async () => {
    const { data } = await addOpportunity(api, { name: 'Traced' })
    const path = `/opportunities/${data.id}/files`
    const file = (await upload('cv.txt', 'x', `${path}?perform_as=${ana}`)).body.data
    await api.send('DELETE', `${path}/${file.id}?perform_as=${ana}`)

    const actions = (await api.get(`/opportunities/${data.id}/file_actions`)).body.data

    expect(actions.map(({ type, user }: Json) => [type, user.id])).to.deep.equal([
      ['file-added', ana],
      ['file-remove', ana],
    ])
  })

  it('expire after a day if uploaded for later use', async () => {
    const { body } = await upload('later.pdf', 'x', '/uploads')
    const { expiresAt } = body.data
    expect(expiresAt - Date.now()).to.be.within(86_000_000, 86_400_000)
  })
})
