// What is offered for review is decided part by part, and what is paused waits: in two browsers, over a killed server.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect } from './browser.js'
import { World } from './world.js'

describe('drafts and pauses', () => {
  let world, session, host, guest

  before(async () => {
    world = await World.start()
    host = await world.host()
    session = await world.share()
    await host.enters(session)
    guest = await world.guest('Sam', session.link)
  })
  afterEach(() => world.check())
  after(() => world.end())

  const draft = person => person.card('Is this draft good?')
  const part = (person, uri) => draft(person).locator(`[data-uri="${uri}"]`)
  const ofType = type => world.payloads(session, type)

  it('a draft shows each artifact with its change, to those who decide and to those who do not', async () => {
    await host.write('Prompt', 'draft')
    for (const it of [host, guest]) {
      await part(it, 'src/checkout/settle.rs').locator('.diff .add', { hasText: 'settled.sort_unstable();' }).waitFor()
      await part(it, 'CHANGELOG.md').locator('.diff .add', { hasText: '- Orders are settled in order.' }).waitFor()
    }
    await draft(guest).getByText('Settle orders in order').waitFor()
    await draft(guest).getByText('Waits for Ana host.').waitFor()
    assert.deepEqual(await draft(guest).getByRole('button').allTextContents(), ['Suggest…'])
    await guest.sees('offers 2 artifacts for review: Settle orders in order')
  })

  it('one artifact is approved, and another talked about; both are seen by everybody, also after kill -9', async () => {
    const file = part(host, 'src/checkout/settle.rs')
    const sending = host.page.waitForRequest(it => it.method() === 'POST' && it.url().includes('/approvals/'))
    await file.getByRole('button', { name: 'Approve' }).click()
    const sent = (await sending).postDataJSON()
    const [{ approval }] = await ofType('approval_requested')
    assert.deepEqual([sent.digest, sent.artifactUri], [approval.digest, 'src/checkout/settle.rs'])
    await part(guest, 'src/checkout/settle.rs').getByText('approved').waitFor()
    await expect(file.getByRole('button')).toHaveCount(0)
    const notes = part(host, 'CHANGELOG.md')
    await notes.getByText('Discuss…').click()
    await notes.getByLabel('Why, if you wish to say').fill('which version?')
    await notes.getByRole('button', { name: 'Leave it open' }).click()
    await part(guest, 'CHANGELOG.md').getByText('wants to discuss: “which version?”').waitFor()
    await world.crash(host, guest)
    await host.page.reload()
    await part(host, 'src/checkout/settle.rs').getByText('approved').waitFor()
    await notes.getByText('wants to discuss: “which version?”').waitFor()
  })

  it('a draft from a list is loaded before anything can be said of it', async () => {
    await host.page.route('**/api/approvals/*', route => route.abort())
    await host.page.goto('/')
    const again = draft(host).getByRole('button', { name: 'Try again' })
    await again.waitFor()
    assert.deepEqual(await draft(host).getByRole('button').allTextContents(), ['Try again'])
    await host.page.unroute('**/api/approvals/*')
    await again.click()
    await part(host, 'CHANGELOG.md').locator('.diff .add', { hasText: '- Orders are settled in order.' }).waitFor()
    await part(host, 'CHANGELOG.md').getByRole('button', { name: 'Approve' }).waitFor()
    await host.page.goto(`/s/${session.id}`)
    await part(host, 'CHANGELOG.md').locator('.diff .add').first().waitFor()
  })

  it('the last artifact is rejected with a reason, and with it the draft is decided', async () => {
    const notes = part(host, 'CHANGELOG.md')
    await notes.getByText('Reject…').click()
    await notes.getByLabel('Why, if you wish to say').fill('not yet')
    await notes.getByRole('button', { name: 'Reject', exact: true }).click()
    for (const it of [host, guest]) await it.sees('rejected CHANGELOG.md: “not yet”')
    const [{ approval }] = await ofType('approval_resolved')
    assert.equal(approval.status, 'rejected')
    assert.deepEqual(
      approval.draft.artifacts.map(one => one.decision),
      ['approved', 'rejected'],
    )
    await draft(host).waitFor({ state: 'detached' })
  })

  it('one decision in the inbox is for all that is open', async () => {
    await host.write('Prompt', 'draft')
    await draft(host).waitFor()
    await host.page.goto('/')
    await draft(host).getByRole('button', { name: 'Approve the rest' }).click()
    await guest.sees('approved by Ana host – Settle orders in order')
    const { approval } = (await ofType('approval_resolved')).at(-1)
    assert.deepEqual([approval.status, approval.draft.artifacts.length], ['approved', 2])
  })

  it('what the agent tells besides is told on the timeline, but not what it writes', async () => {
    await host.enters(session)
    await host.write('Prompt', 'events')
    await guest.sees('Looking at the checkout')
    await guest.sees('waits for: Which branch?')
    await guest.sees('The goal is reached: settle-in-order')
    await guest.sees('I have told everything.')
    await expect(guest.page.getByText('unused import')).toHaveCount(0)
  })

  it('a pause is seen by everybody with its banner, holds the prompts, and is ended where it is shown', async () => {
    await host.chooses('Pause the agent session…')
    await host.page.getByRole('button', { name: 'Pause it' }).click()
    await guest.page.locator('#banner', { hasText: 'The agent session is paused' }).waitFor()
    await expect(guest.page.getByRole('button', { name: 'Resume' })).toHaveCount(0)
    await host.write('Prompt', 'echo after the pause')
    await guest.sees('echo after the pause')
    const started = await ofType('prompt_dispatch_started')
    await host.page.getByRole('button', { name: 'Resume' }).click()
    await guest.hears('after the pause')
    await guest.page.locator('#banner').waitFor({ state: 'hidden' })
    assert.equal((await ofType('prompt_dispatch_started')).length, started.length + 1)
    const lives = (await ofType('agent_session_updated')).map(({ agentSession }) => agentSession)
    const pause = lives.find(one => one.life === 'paused').lifeChange
    assert.deepEqual([pause.channel, pause.reason], ['page', null])
  })

  it('an agent session that is over takes no prompts, and its session stays to talk in', async () => {
    const { participants, agentSession } = await world.server.api(`/api/shared-sessions/${session.id}`)
    assert.equal(participants.length, 2)
    const path = `/api/agent-sessions/${agentSession.id}/input`
    await world.server.api(path, { type: 'abort' })
    for (const it of [host, guest]) {
      await it.page.locator('#banner', { hasText: 'The agent session is aborted' }).waitFor()
      await expect(it.page.getByRole('button', { name: 'Prompt', exact: true })).toBeHidden()
    }
    await guest.write('Comment', 'That was that.')
    await host.sees('That was that.')
  })
})
