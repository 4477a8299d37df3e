// The main job by the keyboard alone, and what those hear who do not look.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect } from './browser.js'
import { UPDATES } from './samples.js'
import { World } from './world.js'

describe('by the keyboard alone', () => {
  let world, session, host, guest

  before(async () => (world = await World.start()))
  afterEach(() => world.check())
  after(() => world.end())

  /** Goes on with Tab until what has the focus is called so. */
  const tabTo = async ({ page }, name) => {
    const named = () =>
      page.evaluate(() =>
        [document.activeElement?.getAttribute('aria-label'), document.activeElement?.textContent].map(it => it?.trim()),
      )
    for (let n = 0; n < 60; n++) {
      if ((await named()).includes(name)) return
      await page.keyboard.press('Tab')
    }
    assert.fail(`Tab never comes to ${name}`)
  }
  const press = async (person, ...keys) => {
    for (const key of keys) await person.page.keyboard.press(key)
  }
  const focused = person => person.page.evaluate(() => document.activeElement?.id)
  const nobodyClicks = person =>
    person.context.addInitScript(() => addEventListener('pointerdown', () => console.error('a pointer'), true))

  it('a server is set up, an agent is shared, and somebody joins', async () => {
    host = await world.person()
    await nobodyClicks(host)
    await host.page.clock.install()
    await host.page.goto(world.server.setupLink)
    await host.page.getByLabel('Your name').waitFor()
    await tabTo(host, 'Wardroom, inbox')
    await host.page.getByLabel('Your name').focus()
    await host.page.keyboard.type('Ana')
    await press(host, 'Enter')
    await host.page.getByText('Nothing waits for you.').waitFor()
    session = await world.share({}, 'scripted')
    const row = host.page.locator('.sessions a')
    await row.getByText(/^Scripted agent on .+ · idle$/).waitFor()
    const name = (await row.textContent()).trim()
    assert.match(name, /^●Fix the flaky checkout testScripted agent on \S+ · idle$/)
    await tabTo(host, name)
    await press(host, 'Enter')
    await host.isLive()
    await tabTo(host, 'Share')
    await press(host, 'Enter')
    await host.page.getByRole('dialog').waitFor()
    await tabTo(host, 'Make a link')
    await press(host, 'Enter')
    const link = await host.page.getByLabel('Invite link').inputValue()
    await press(host, 'Escape')
    await host.page.getByRole('dialog').waitFor({ state: 'detached' })
    guest = await world.person()
    await nobodyClicks(guest)
    await guest.page.goto(link)
    await guest.page.getByLabel('Your name').focus()
    await guest.page.keyboard.type('Sam')
    await press(guest, 'Enter')
    await guest.isLive()
  })

  it('the first Tab leads past the bar, to where one writes', async () => {
    await guest.page.reload()
    await guest.isLive()
    await press(guest, 'Tab')
    await expect.poll(() => guest.page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the composer')
    await press(guest, 'Enter', 'Tab')
    await expect.poll(() => focused(guest)).toBe('area')
    await press(guest, 'Escape')
  })

  it('a prompt is proposed, changed and approved, and the words of the agent take the focus from nobody', async () => {
    await world.server.script('Fix the test', { updates: UPDATES })
    await press(guest, 'p')
    await expect.poll(() => focused(guest)).toBe('area')
    await guest.page.keyboard.type('Fix the tset')
    await press(guest, 'Control+Enter', 'Escape')
    const card = host.card('Sam guest wants to send a prompt')
    await card.waitFor()
    assert.match(
      await host.page
        .locator('[role="alert"]')
        .allTextContents()
        .then(all => all.join('')),
      /waits for you/,
    )
    await press(host, 'j')
    await expect.poll(() => card.evaluate(it => it === document.activeElement)).toBe(true)
    const isInOrder = await card.evaluate(it => {
      const parts = ['h2', 'dl', '.exact', '.acts .btn'].map(part => it.querySelector(part))
      return parts.every(
        (part, n) => n === 0 || parts[n - 1].compareDocumentPosition(part) & Node.DOCUMENT_POSITION_FOLLOWING,
      )
    })
    assert.equal(isInOrder, true)
    // What is pressed at once was meant for what stood there before.
    await host.page.clock.runFor(1000)
    await press(host, 'e')
    await card.locator('textarea:focus').waitFor()
    await host.page.keyboard.press('Control+a')
    await host.page.keyboard.type('Fix the test')
    await press(host, 'Control+Enter')
    await press(guest, 'c')
    await guest.page.keyboard.type('I write')
    await guest.sees('The order is kept')
    await expect.poll(() => focused(guest)).toBe('area')
    await expect(guest.page.getByLabel('Message')).toHaveValue('I write')
    await press(guest, 'Control+Enter', 'Escape')
    await host.sees('I write')
  })

  it('turns, tool calls, thoughts and changes are read by their keys', async () => {
    await press(host, '[')
    await expect
      .poll(() => host.page.evaluate(() => document.activeElement?.matches('.block.turn > article')))
      .toBe(true)
    const group = host.page.locator('.tool.group')
    await expect.poll(() => group.getAttribute('open')).toBe(null)
    await press(host, 'x')
    await host.page.locator('.tool.group[open]').waitFor()
    await press(host, 't')
    await host.page.locator('.thought[open]').getByText('The test races with the background task').waitFor()
    await press(host, 't')
    await host.page.locator('.thought:not([open])').waitFor()
    await press(host, 'd')
    await host.page.getByText('Only changes to files are shown').waitFor()
    await expect(host.page.getByText('cargo clippy').first()).toBeHidden()
    await expect(host.page.locator('.diff').first()).toBeVisible()
    await press(host, 'd')
    await host.page.getByText('cargo clippy').first().waitFor()
    await press(host, '?')
    await host.page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await press(host, 'Escape')
    await host.page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('a command is allowed, the next turn is stopped, and those hear it who do not look', async () => {
    await world.server.script('Run it', {
      permission: { kind: 'execute', title: 'Test', rawInput: { command: 'cargo test' } },
    })
    await press(host, 'p')
    await host.page.keyboard.type('Run it')
    await press(host, 'Control+Enter', 'Escape')
    const yes = host.page.locator('.card').getByRole('button', { name: 'Allow once' })
    await yes.waitFor()
    await press(host, 'j')
    await tabTo(host, 'Allow once A')
    await press(host, 'Enter')
    await host.page.locator('[role="status"]', { hasText: /The turn ended$/ }).waitFor({ state: 'attached' })
    await world.server.script('Wait', { waits: true })
    await press(host, 'p')
    await host.page.keyboard.type('Wait')
    await press(host, 'Control+Enter', 'Escape')
    await host.page.locator('#stop').waitFor()
    await press(host, '.', '.')
    await host.page.locator('#stop').waitFor({ state: 'detached' })
    const regions = host.page.locator('[aria-live], [role="status"], [role="alert"], [role="log"]')
    const live = await regions.evaluateAll(all =>
      all.map(it => [it.getAttribute('role'), it.querySelectorAll('*').length]),
    )
    assert.equal(live.filter(([role]) => role === 'alert').length, 1)
    assert.deepEqual(
      live.filter(([, inside]) => inside > 2),
      [],
    )
    assert.equal(
      await host.page
        .locator('stream-text')
        .evaluateAll(all => all.some(it => it.closest('[aria-live], [role="status"], [role="log"]'))),
      false,
    )
  })

  it('the keys lead to every place, and none acts while somebody writes or has switched them off', async () => {
    await press(host, 'g', 'h')
    await host.page.getByRole('searchbox').waitFor()
    await press(host, 'g', 'i')
    await host.page.locator('h1', { hasText: 'Inbox' }).waitFor()
    await press(host, '/')
    await host.page.locator('input[type="search"]:focus').waitFor()
    await host.page.keyboard.type('gi/d?')
    await expect(host.page.getByRole('searchbox')).toHaveValue('gi/d?')
    await host.page.goto('/me')
    await host.page.getByLabel('Single keys act').focus()
    await press(host, 'Space')
    await host.page.evaluate(() => document.activeElement?.blur())
    await press(host, 'g', 'h')
    await press(host, '/')
    assert.equal(new URL(host.page.url()).pathname, '/me')
  })

  it('nothing moves for who asked for that, and nothing is lost in the colours of a system', async () => {
    await host.page.goto(`/s/${session.id}`)
    await host.isLive()
    await host.page.emulateMedia({ reducedMotion: 'reduce' })
    assert.equal(await host.page.evaluate(() => document.getAnimations().length), 0)
    await host.page.emulateMedia({ reducedMotion: 'no-preference', forcedColors: 'active' })
    const buttons = host.page.locator('.btn:not(.plain), .pill')
    const edges = await buttons.evaluateAll(all =>
      all.filter(it => it.checkVisibility()).map(it => getComputedStyle(it).borderTopWidth),
    )
    assert.deepEqual(
      edges.filter(it => it === '0px'),
      [],
    )
  })
})
