// The first two minutes: the demo at the press of a button, with a scripted teammate, at the pace that people see.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect } from './browser.js'
import { World } from './world.js'

describe('the demo', () => {
  let world, host

  before(async () => {
    world = await World.start()
    host = await world.host()
  })
  afterEach(() => world.check())
  after(() => world.end())

  it('an agent of one’s own is a line to copy away', async () => {
    await host.button('Share a real agent').click()
    const lines = await host.page.locator('.agents input').evaluateAll(all => all.map(it => it.value))
    assert.deepEqual(
      lines,
      ['claude', 'codex', 'gemini', 'opencode'].map(it => `wardroom share ${it}`),
    )
  })

  it('one button opens a session, in which a teammate comments and proposes the first prompt', async () => {
    await host.button('Start the demo session').click()
    await host.isLive()
    await host.page.locator('h1', { hasText: 'Fix the flaky checkout test' }).waitFor()
    await host.sees('Sam (scripted) guest joined')
    await host.page.locator('.comment').first().waitFor()
    await host.card('Sam (scripted) guest wants to send a prompt').waitFor()
    await host.page.waitForFunction(() => document.title.startsWith('(1) '))
    await expect.poll(() => host.page.locator('#icon').getAttribute('href')).toMatch(/icon_waiting\.svg$/)
  })

  it('it says that its agent is scripted, and where alone it works', async () => {
    await host.page.locator('#demo', { hasText: /^Demo: scripted agent, works only in \S+\.$/ }).waitFor()
    await host.button('Put it away').click()
    await host.page.reload()
    await host.isLive()
    await expect(host.page.locator('#demo')).toHaveCount(0)
  })

  it('approved, it becomes a turn with a plan, files, a thought, a change and a command that waits', async () => {
    await host
      .card('Sam (scripted) guest wants to send a prompt')
      .getByRole('button', { name: 'Approve', exact: true })
      .click()
    const card = host.card('Run a command?')
    await card.getByText('cargo test --workspace', { exact: true }).waitFor()
    await card.getByText('turn 1, Sam (scripted) guest’s prompt').waitFor()
    await host.page.locator('#doing', { hasText: 'Waiting for you' }).waitFor()
    await host.page.locator('#plan li[aria-current=step]').waitFor()
    await host.page
      .locator('.files li', { hasText: 'checkout/settle.rs' })
      .getByText(/\+\d+ −\d+/)
      .waitFor()
    await host.page.locator('.thought').getByText('Thought', { exact: false }).first().waitFor()
    await host.page.locator('.tool .diff .add').first().waitFor()
    await host.page.locator('.tool .state.asks', { hasText: 'waits for a yes' }).waitFor()
    await card.getByRole('button', { name: 'Allow once' }).click()
  })

  it('a question ends it, and then all of it is told in one line', async () => {
    const card = host.card('asks')
    await card.getByText('Shall I open a pull request?').waitFor()
    await host.page.locator('#usage', { hasText: '53k of 200k tokens · $0.05' }).waitFor()
    await host.page.locator('.prose table').first().waitFor()
    await expect(card.getByLabel('Title')).toHaveValue('Settle in order')
    await card.getByRole('button', { name: 'Answer' }).click()
    await host.seesTurns(1)
    await host.page.locator('#doing', { hasText: 'Idle' }).waitFor()
    await expect.poll(() => host.page.locator('.turn .fold').textContent()).toMatch(/\d tools · \+\d+ −\d+ · done · /)
    await host.page.waitForFunction(() => !document.title.startsWith('('))
    await host.page.locator('.turn .fold').click()
    await host.page.locator('.turn .fold', { hasText: 'Sam (scripted) guest' }).waitFor()
    await expect(host.page.locator('.turn .tool')).toHaveCount(0)
  })

  it('in the end it says what else there is to try', async () => {
    const tips = host.page.locator('#demo')
    await tips.getByText('Restart the server now').waitFor()
    await tips.getByRole('button', { name: 'Invite your phone' }).click()
    await host.dialog('Share this session').waitFor()
    await host.page.keyboard.press('Escape')
    await tips.getByRole('button', { name: 'Put it away' }).click()
    await tips.waitFor({ state: 'detached' })
  })

  it('it is found again in the inbox', async () => {
    await host.page.getByRole('link', { name: 'Wardroom, inbox' }).click()
    await host.page.getByRole('heading', { name: 'Live now' }).waitFor()
    await host.page.locator('.sessions').getByRole('link', { name: 'Fix the flaky checkout test' }).click()
    await host.isLive()
    await host.sees('Sam (scripted) guest joined')
  })
})
