// Cards in the inbox are decided in place; a draft is decided when all of it is there; what nobody knows is said.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect } from './browser.js'
import { World } from './world.js'

describe('cards in the inbox', () => {
  let world, session, host, guest

  before(async () => {
    world = await World.start()
    host = await world.host()
    session = await world.share()
    guest = await world.guest('Sam', session.link)
  })
  afterEach(() => world.check())
  after(() => world.end())

  const PROMPT = 'Sam guest wants to send a prompt'
  const button = (card, name) => card.getByRole('button', { name, exact: true })
  const chip = name => host.page.getByRole('group', { name: 'Show' }).getByRole('button', { name, exact: true })
  /** The cards that wait, from top to bottom, by what they are about. */
  const waiting = () => host.page.locator('.card:not(.settled) .exact').allTextContents()
  const card = text =>
    host.page.locator('.card:not(.settled)').filter({ has: host.page.locator('.exact', { hasText: text }) })
  async function propose(text) {
    await guest.write('Prompt', text)
    await card(text).waitFor()
  }

  it('what blocks an agent comes first, then what waits longest; what comes later goes below', async () => {
    await host.page.goto(`/s/${session.id}`)
    await host.isLive()
    await propose('echo one')
    await host.write('Prompt', 'ask cargo test')
    await card('cargo test').waitFor()
    await host.page.goto('/')
    await card('cargo test').waitFor()
    assert.deepEqual(await waiting(), ['cargo test', 'echo one'])
    await propose('echo two')
    assert.deepEqual(await waiting(), ['cargo test', 'echo one', 'echo two'])
  })

  it('one kind at a time is shown, for as long as something of it waits', async () => {
    await chip('Prompts 2').click()
    await card('cargo test').waitFor({ state: 'detached' })
    assert.deepEqual(await waiting(), ['echo one', 'echo two'])
    await chip('All 3').click()
    await card('cargo test').waitFor()
    assert.deepEqual(await waiting(), ['cargo test', 'echo one', 'echo two'])
    await chip('Permissions 1').click()
    await card('echo one').waitFor({ state: 'detached' })
    await button(card('cargo test'), 'Allow once').click()
    await card('echo one').waitFor()
    assert.deepEqual(await waiting(), ['echo one', 'echo two'])
  })

  it('J and K move the ring, a key acts there, and Enter opens the session at the card', async () => {
    await host.page.goto('/')
    await card('echo two').waitFor()
    await host.page.keyboard.press('j')
    const current = host.page.locator('.card.current')
    await current.locator('.exact', { hasText: 'echo two' }).waitFor()
    const id = await current.getAttribute('id')
    await host.page.keyboard.press('k')
    await current.locator('.exact', { hasText: 'echo one' }).waitFor()
    await host.page.keyboard.press('j')
    await host.page.keyboard.press('Enter')
    await host.page.waitForURL(`/s/${session.id}#${id}`)
    await host.isLive()
    await host.page.locator(`#${id}.current:focus`).waitFor()
  })

  it('what somebody else decides says so in its place', async () => {
    await host.page.goto('/')
    await card('echo one').waitFor()
    const { approvals } = await world.server.api('/api/approvals')
    await world.server.api(`/api/approvals/${approvals.find(it => it.prompt === 'echo one').id}`, {
      action: 'reject',
      reason: 'from a terminal',
    })
    await host.page.locator('.card.settled', { hasText: 'rejected by Ana (you) host: “from a terminal”' }).waitFor()
    await button(card('echo two'), 'Approve').click()
    await host.page.locator('.card.settled', { hasText: 'approved by Ana (you) host' }).waitFor()
    await guest.page.locator('stream-text', { hasText: 'two' }).waitFor()
  })

  it('a draft offers no yes before all of it is there', async () => {
    let release
    const held = new Promise(done => (release = done))
    let tries = 0
    await host.page.route('**/api/approvals/*', async route => {
      if (route.request().method() !== 'GET') return route.continue()
      if (++tries === 1) return route.abort()
      await held
      await route.continue()
    })
    // Lists may leave out what changes; here they do.
    await host.page.route(`**/api/shared-sessions/${session.id}`, async route => {
      const answer = await route.fetch()
      const shown = await answer.json()
      for (const { draft } of shown.approvals) for (const it of draft?.artifacts ?? []) it.diff = null
      await route.fulfill({ response: answer, json: shown })
    })
    await host.page.goto(`/s/${session.id}`)
    await host.isLive()
    await host.write('Prompt', 'draft')
    const draft = host.card('Settle orders in order')
    await draft.waitFor()
    await host.page.goto(`/s/${session.id}`)
    await draft.getByText('The server cannot be reached').waitFor()
    const yes = draft.getByRole('button', { name: /^Approve/ })
    await expect(yes).toHaveCount(0)
    await button(draft, 'Try again').click()
    await draft.getByText('Loading what changes').waitFor()
    await expect(yes).toHaveCount(0)
    release()
    await draft.locator('.diff .add', { hasText: 'settled.sort_unstable();' }).waitFor()
    await host.page.unrouteAll({ behavior: 'wait' })
    await button(draft, 'Approve the rest').click()
    await host.page.locator('.card.settled', { hasText: 'approved by Ana (you) host' }).waitFor()
  })

  it('a prompt of which nobody knows whether it ran is shown whole, and its host settles it', async () => {
    await host.write('Prompt', 'hang')
    await guest.page.locator('.turn', { hasText: 'hang' }).waitFor()
    const lock = await readFile(join(world.server.data, 'host.lock'), 'utf8')
    process.kill(Number(lock.match(/^process (\d+)/)[1]), 'SIGKILL')
    const unknown = host.card('Nobody knows whether this prompt ran')
    await unknown.getByText('hang', { exact: true }).waitFor()
    await host.page.goto('/')
    await unknown.getByRole('group', { name: 'The prompt' }).getByText('hang', { exact: true }).waitFor()
    await expect(unknown.getByRole('button', { name: 'Send it again' })).toBeEnabled()
    await button(unknown, 'It was done').click()
    await unknown.waitFor({ state: 'detached' })
    await host.page.getByText('Nothing waits for you.').waitFor()
  })
})
