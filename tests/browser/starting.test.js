// Starting an agent from the page, at the host that somebody chooses; and where an agent runs, wherever a session is shown.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect } from './browser.js'
import { World } from './world.js'

describe('agents at several hosts', () => {
  let world, host, laptop

  before(async () => {
    world = await World.start()
    host = await world.host()
    await world.share()
    laptop = await world.server.laptop('ana-laptop')
  })
  afterEach(() => world.check())
  after(async () => {
    laptop.kill('SIGTERM')
    await world.end()
  })

  const dialog = () => host.dialog('Start an agent')
  const groups = () =>
    dialog()
      .locator('optgroup')
      .evaluateAll(all => all.map(it => [it.label, it.disabled]))

  it('every agent is offered under its host, and starts there', async () => {
    await host.page.goto('/')
    await host.button('Start an agent…').click()
    await dialog().getByRole('combobox', { name: 'Agent' }).waitFor()
    const labels = (await groups()).map(([label]) => label)
    assert.equal(labels.length, 2)
    assert.match(labels[0], /, the server’s own$/)
    assert.equal(labels[1], 'ana-laptop, yours')
    const value = await dialog().locator('optgroup').nth(1).locator('option', { hasText: 'demo' }).getAttribute('value')
    await dialog().getByRole('combobox', { name: 'Agent' }).selectOption(value)
    await dialog().getByLabel('Title').fill('On my laptop')
    await dialog().getByLabel('People').selectOption('Comments only: people comment')
    await dialog().getByRole('button', { name: 'Start and share' }).click()
    await host.page.waitForURL(/\/s\//)
    await host.isLive()
    await expect(host.page.locator('#title')).toHaveText('On my laptop')
    await host.page.locator('#agent-at', { hasText: 'on ana-laptop, yours' }).waitFor()
    await host.page.getByRole('button', { name: 'Comments only' }).waitFor()
  })

  it('the list of sessions says where each agent runs', async () => {
    await host.page.goto('/')
    const row = title => host.page.locator('.sessions a', { hasText: title })
    await row('On my laptop')
      .getByText(/on ana-laptop · idle/)
      .waitFor()
    await expect(row('Fix the flaky checkout test').getByText('ana-laptop')).toHaveCount(0)
  })

  it('a host that is away is shown as such, where agents are started, in lists, and to who is about to join', async () => {
    const { sessions } = await world.server.api('/api/shared-sessions')
    const { id } = sessions.find(it => it.title === 'On my laptop')
    const { invite } = await world.server.api(`/api/shared-sessions/${id}/invites`, { role: 'viewer' })
    laptop.kill('SIGKILL')
    await host.page
      .locator('.sessions a', { hasText: 'On my laptop' })
      .getByText(/on ana-laptop · host away/)
      .waitFor()
    await host.button('Start an agent…').click()
    await dialog().getByRole('combobox', { name: 'Agent' }).waitFor()
    const [, [label, isOff]] = await groups()
    assert.match(label, /^ana-laptop, yours, away since \d\d:\d\d/)
    assert.equal(isOff, true)
    const guest = await world.person()
    await guest.page.goto(`/join/${id}#${invite.token}`)
    await guest.page.getByText('its computer is not connected now: prompts wait until it is back').waitFor()
    await host.page.goto(`/s/${id}`)
    await host.page.locator('#banner', { hasText: /ana-laptop is not connected since.*prompts wait/ }).waitFor()
    await host.page.locator('#agent-at', { hasText: 'away' }).waitFor()
    laptop = await world.server.laptop('ana-laptop')
  })

  it('from the hosts the dialog begins with the agent that was pressed', async () => {
    await host.page.goto('/hosts')
    const section = host.page.locator('section.host', { hasText: 'ana-laptop' })
    await section.getByRole('button', { name: 'Start… demo' }).click()
    await expect(dialog().getByRole('combobox', { name: 'Agent' })).toHaveValue(
      JSON.stringify([laptop.host.id, 'demo']),
    )
  })

  it('an agent that was started and could not be shared is shared at the next try, and not started twice', async () => {
    await dialog().getByLabel('Title').fill('Once')
    const no = { status: 409, json: { error: 'not now', code: 'ALREADY_SHARED', requestId: 'x', hint: 'try again' } }
    await host.page.route('**/api/shared-sessions', route => route.fulfill(no), { times: 1 })
    await dialog().getByRole('button', { name: 'Start and share' }).click()
    await dialog().getByRole('alert').getByText('Not now').waitFor()
    await expect(dialog().getByLabel('Title')).toHaveValue('Once')
    await dialog().getByRole('button', { name: 'Start and share' }).click()
    await host.page.waitForURL(/\/s\//)
    const { agentSessions } = await world.server.api('/api/agent-sessions')
    assert.equal(agentSessions.filter(it => it.title === 'Once').length, 1)
  })
})
