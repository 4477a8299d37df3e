// A card on a phone: what decides stays in sight, what warns is not hidden, and nothing is shown twice.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect, PHONE } from './browser.js'
import { World } from './world.js'

describe('a card on a phone', () => {
  let world, session, host, guest

  /** Higher than the place of a card, and still short enough to be seen at once elsewhere. */
  const LONG = Array.from({ length: 36 }, (_, n) => `echo line ${n + 1}`)

  before(async () => {
    world = await World.start()
    host = await world.host('Ana', PHONE)
    session = await world.share({}, 'odd')
    guest = await world.guest('Sam', session.link, PHONE)
    await host.enters(session)
  })
  afterEach(() => world.check())
  after(() => world.end())

  const waiting = () => host.page.locator('#dock .card:not(.settled)')
  const box = locator => locator.evaluate(it => it.getBoundingClientRect().toJSON())

  it('keeps the buttons in sight while a long request is read', async () => {
    await host.write('Prompt', JSON.stringify({ kind: 'execute', rawInput: { command: LONG.join('\n') } }))
    const yes = waiting().getByRole('button', { name: '<b>Yes</b>' })
    await host.looksAt(yes)
    await host.page.locator('#dock').evaluate(it => (it.scrollTop = it.scrollHeight))
    await host.looksAt(waiting().getByText('Expires in'))
    await host.page.locator('#dock').evaluate(it => (it.scrollTop = 0))
    await host.looksAt(yes)
    await yes.click()
    await host.sees('I was told yes.')
  })

  it('shows what warns before what decides', async () => {
    const command = ['sudo ls', ...LONG].join('\n')
    await host.write('Prompt', JSON.stringify({ kind: 'execute', rawInput: { command } }))
    const risk = waiting().locator('.risk')
    await risk.waitFor()
    await host.page.locator('#dock').evaluate(it => (it.scrollTop = 0))
    const [warns, decides] = await Promise.all([
      box(risk),
      box(waiting().getByRole('group', { name: 'Your decision' })),
    ])
    assert.ok(warns.bottom <= decides.top, `${warns.bottom} is below ${decides.top}`)
    const { approvals } = await world.server.api('/api/approvals?status=pending')
    for (const it of approvals) await world.server.api(`/api/approvals/${it.id}`, { action: 'reject' })
    await waiting().waitFor({ state: 'detached' })
  })

  it('shows those who wait for a yes once what they wrote, and lets them take it back', async () => {
    await guest.write('Prompt', 'Then run the whole suite')
    await guest.button('Take it back').waitFor()
    const seen = guest.page.getByText('Then run the whole suite').filter({ visible: true })
    await expect(seen).toHaveCount(1)
    await guest.button('Take it back').click()
    await guest.sees('taken back')
  })
})
