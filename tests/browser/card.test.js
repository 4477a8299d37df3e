// The card of a decision keeps its promises: what is asked is seen whole, nothing is pressed by mistake, and nothing is
// shown as decided before it is.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect } from './browser.js'
import { until } from './server.js'
import { World } from './world.js'

describe('the safety of a card', () => {
  let world, session, odd, host, guest

  before(async () => {
    world = await World.start()
    host = await world.host()
    await host.page.clock.install()
    session = await world.share()
    odd = await world.share({ title: 'Odd requests' }, 'odd')
    guest = await world.guest('Sam', session.link)
    world.server.sql("update participants set can_decide = 1 where display_name = 'Sam'")
    await guest.page.reload()
    await open(session)
  })
  afterEach(async () => {
    await host.page.clock.resume()
    await clear(session, odd)
    await world.check()
  })
  after(() => world.end())

  const PROMPT = 'Sam guest wants to send a prompt'
  const asked = () => host.card(PROMPT)
  const button = (card, name) => card.getByRole('button', { name, exact: true })
  const toast = text => host.page.locator('.toast', { hasText: text })

  /** Opens a session, and lets the first 400 ms pass, in which no key counts. */
  async function open({ id }) {
    await host.page.goto(`/s/${id}`)
    await host.isLive()
  }
  /** The guest writes prompts, one after the other. */
  async function propose(...texts) {
    for (const text of texts) {
      await guest.write('Prompt', text)
      await host.page.locator('.card .exact', { hasText: text }).waitFor({ state: 'attached' })
    }
  }
  /** Lets the agent of the odd session ask. */
  async function ask(shape, heading = 'Run a command?') {
    if (!host.page.url().includes(odd.id)) await open(odd)
    await host.write('Prompt', JSON.stringify(shape))
    await host.card(heading).first().waitFor()
    return host.card(heading).first()
  }
  const run = command => ask({ kind: 'execute', rawInput: { command } })
  const pending = async ({ id }) => {
    const { approvals } = await world.server.api(`/api/shared-sessions/${id}/approvals?status=pending`)
    return approvals.map(it => it.id)
  }
  /** Rejects what waits, so that nothing does. */
  async function clear(...sessions) {
    const ids = await Promise.all(sessions.map(pending))
    for (const id of ids.flat()) await world.server.api(`/api/approvals/${id}`, { action: 'reject' })
    await host.page.locator('.card:not(.settled)').first().waitFor({ state: 'detached' })
  }
  /** Stops the browser's time, when what was decided before has been read and nothing has moved for a while. */
  async function pause() {
    await host.page.clock.pauseAt(new Date(await host.page.evaluate(() => Date.now() + 1000)))
    await host.page.clock.runFor(7000)
  }

  it('1: nothing is cut off, and what is long can be approved only when its end was seen', async () => {
    const lines = Array.from({ length: 60 }, (_, n) => `line ${n + 1}`)
    const text = [...lines, 'x'.repeat(3000)].join('\n')
    await guest.write('Prompt', text)
    const card = asked()
    await card.getByText('61 lines').waitFor()
    await expect.poll(() => card.getByRole('group', { name: 'The whole prompt' }).textContent()).toBe(text)
    await expect(button(card, 'Approve')).toBeDisabled()
    await card.getByText('Edit…').click()
    await card.getByLabel('Send this instead').press('Control+Enter')
    await expect(card.getByRole('button', { name: 'Approve as it is' })).toBeDisabled()
    await card.getByLabel('Send this instead').press('Escape')
    await button(card, 'Approve').scrollIntoViewIfNeeded()
    await pause()
    await host.page.keyboard.press('a')
    await toast('Read it to its end first').waitFor()
    assert.equal((await pending(session)).length, 1)
    await host.page.clock.resume()
    await card.getByRole('group', { name: 'All of it' }).focus()
    await host.page.keyboard.press('End')
    await until('the yes is there', () => button(card, 'Approve').isEnabled())
  })

  it('2: what hides in a text is shown, and said; so are ends that nobody sees', async () => {
    const card = await run('ls a\u202eb \u001b[2K \nsud\u043e x \n')
    const what = card.getByRole('group', { name: 'What will run' })
    await expect.poll(() => what.textContent()).toBe('ls a⟨U+202E⟩b ␛[2K·\nsud\u043e x·␊')
    await card.getByText('Hidden characters: 2').waitFor()
    await card.getByText('Letters of different alphabets').waitFor()
    await clear(odd)
    const change = await ask(
      { kind: 'edit', content: [{ type: 'diff', path: 'a', oldText: 'x\n', newText: 'x\u200b' }] },
      'Edit a file?',
    )
    await change.getByText('Hidden characters: 1').waitFor()
    await change.getByText('x⟨U+200B⟩').waitFor()
  })

  it('3: what is risky takes a hold of 700 ms, and says why; nothing is ever called safe', async () => {
    const card = await run('sudo rm -rf build')
    await card.getByText('This runs with the rights of an administrator; it deletes without asking.').waitFor()
    assert.doesNotMatch(await card.textContent(), /\bsafe\b/i)
    const yes = card.getByRole('button', { name: '<b>Yes</b>' })
    await yes.click()
    await toast('hold the button down').waitFor()
    await yes.hover()
    await pause()
    await host.page.mouse.down({ button: 'right' })
    await host.page.clock.runFor(1000)
    await host.page.mouse.up({ button: 'right' })
    await host.page.mouse.down()
    await host.page.clock.runFor(650)
    await host.page.mouse.up()
    await host.page.clock.runFor(1000)
    assert.equal((await pending(odd)).length, 1)
    await host.page.mouse.down()
    await host.page.clock.runFor(700)
    await host.page.mouse.up()
    await host.page.clock.resume()
    await host.sees('I was told yes.')
  })

  it('3: by the keyboard it takes A twice, and by a tool that cannot hold a second question', async () => {
    const card = await run('sudo ls')
    await pause()
    await host.page.keyboard.press('a')
    await toast('Press A again').waitFor()
    await host.page.clock.runFor(1600)
    await host.page.keyboard.press('a')
    assert.equal((await pending(odd)).length, 1)
    await host.page.clock.resume()
    const yes = card.getByRole('button', { name: '<b>Yes</b>' })
    await yes.focus()
    await host.page.keyboard.press('Enter')
    await host.page.getByRole('dialog', { name: 'Are you sure?' }).getByRole('button', { name: 'No, back' }).click()
    assert.equal((await pending(odd)).length, 1)
    await yes.focus()
    await host.page.keyboard.press('Enter')
    await host.page.getByRole('button', { name: 'Yes: <b>Yes</b>' }).click()
    await card.waitFor({ state: 'detached' })
    await run('sudo ls')
    await pause()
    await host.page.keyboard.press('a')
    await toast('Press A again').waitFor()
    await host.page.keyboard.press('a')
    await host.page.clock.resume()
    await host.card('Run a command?').waitFor({ state: 'detached' })
  })

  it('4: a card that comes moves neither the focus nor a button, on a desk and on a phone', async () => {
    for (const viewport of [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ]) {
      await host.page.setViewportSize(viewport)
      await open(session)
      await propose('the first')
      const first = asked().filter({ hasText: 'the first' })
      await button(first, 'Approve').waitFor()
      await host.page.getByLabel('Message').focus()
      const places = () =>
        first.getByRole('button').evaluateAll(all => all.map(it => JSON.stringify(it.getBoundingClientRect())))
      const before = await places()
      await propose('the second', 'the third')
      await host.page.locator('.count', { hasText: '1 of 3' }).waitFor()
      assert.deepEqual(await places(), before)
      await expect.poll(() => host.page.evaluate(() => document.activeElement.id)).toBe('area')
      await clear(session)
    }
    await host.page.setViewportSize({ width: 1440, height: 900 })
  })

  it('4: a key that was meant for another card does nothing', async () => {
    await open(session)
    await propose('the first', 'the second')
    await host.page.locator('.count', { hasText: '1 of 2' }).waitFor()
    await pause()
    await host.page.keyboard.press('j')
    await host.page.clock.runFor(390)
    await host.page.keyboard.press('r')
    await expect(host.page.getByLabel('Why, if you wish to say')).toHaveCount(0)
    await host.page.clock.runFor(20)
    await host.page.keyboard.press('r')
    await host.page.locator('.card.current', { hasText: 'the second' }).getByLabel('Why, if you wish to say').waitFor()
  })

  it('5: keys act on the card with the ring, where it is seen, and never while somebody writes', async () => {
    await open(session)
    await propose('echo first', 'echo second')
    await host.page.locator('.count', { hasText: '1 of 2' }).waitFor()
    const ring = () => host.page.locator('.card.current .exact').textContent()
    await expect.poll(() => ring()).toBe('echo first')
    await host.page.getByLabel('Message').press('a')
    await expect(host.page.getByLabel('Message')).toHaveValue('a')
    await host.page.getByLabel('Message').fill('')
    assert.equal((await pending(session)).length, 2)
    await host.page.getByLabel('Message').blur()
    await host.page.keyboard.press('j')
    await expect.poll(() => ring()).toBe('echo second')
    await expect.poll(() => host.page.evaluate(() => document.activeElement.textContent)).toMatch(/echo second/)
    // While another text is written, the first one is not approved.
    await pause()
    await host.page.keyboard.press('e')
    const area = host.page.getByLabel('Send this instead')
    await area.fill('not this')
    await area.evaluate(it => it.blur())
    await host.page.keyboard.press('a')
    assert.equal((await pending(session)).length, 2)
    await host.page.keyboard.press('e')
    // What is not on the screen is shown first.
    await host.page.setViewportSize({ width: 1440, height: 320 })
    await host.page.locator('#dock').evaluate(it => (it.scrollTop = 0))
    await host.page.keyboard.press('a')
    await toast('Press again when you have seen it').waitFor()
    assert.equal((await pending(session)).length, 2)
    await host.page.keyboard.press('a')
    await until('the second is decided', async () => (await pending(session)).length === 1)
    await host.page.setViewportSize({ width: 1440, height: 900 })
  })

  it('6: who is too late reads who was first, in the session and in the inbox, and sees no error', async () => {
    const { page } = host
    for (const path of [`/s/${session.id}`, '/']) {
      await open(session)
      await host.write('Prompt', 'ask cargo test')
      const theirs = button(guest.card('Run a command?'), 'Allow once')
      await theirs.waitFor()
      // From here on the host's page hears nothing more.
      const { approvals, dispatches } = await world.server.api('/api/approvals')
      const frame = JSON.stringify({ type: 'inbox', payload: { approvals, dispatches, complete: true } })
      await page.route('**/api/shared-sessions/*/stream', route => route.abort())
      await page.route('**/api/inbox/stream', route => route.fulfill({ body: `data: ${frame}\n\n` }))
      await page.goto(path)
      const mine = button(host.card('Run a command?'), 'Allow once')
      await mine.waitFor()
      await theirs.click()
      await guest.card('Run a command?').waitFor({ state: 'detached' })
      await mine.click()
      await page
        .locator('.card.settled')
        .getByText(/^Sam guest approved this \d+ s ago: “Allow once”$/)
        .waitFor()
      await expect(page.locator('.error')).toHaveCount(0)
      await page.unrouteAll({ behavior: 'wait' })
    }
  })

  it('7: a decision is shown as one when its event is there, not before', async () => {
    const { page } = host
    await open(session)
    await host.write('Prompt', 'ask cargo test')
    await host.card('Run a command?').waitFor()
    await page.route('**/stream', route => route.abort())
    await page.goto(`/s/${session.id}`)
    const card = host.card('Run a command?')
    let release
    const held = new Promise(done => (release = done))
    await page.route('**/api/approvals/*', async route => {
      await held
      await route.continue()
    })
    const answered = page.waitForResponse('**/api/approvals/*')
    await button(card, 'Allow once').click()
    const doing = button(card, 'Sending…')
    await doing.waitFor()
    await doing.click({ force: true })
    release()
    assert.equal((await answered).status(), 200)
    await guest.card('Run a command?').waitFor({ state: 'detached' })
    await doing.waitFor()
    await expect(page.locator('.card.settled')).toHaveCount(0)
    await page.unrouteAll({ behavior: 'wait' })
    await page.locator('.card.settled', { hasText: 'approved by Ana (you)' }).waitFor()
    const resolved = (await world.events(session)).filter(it => it.type === 'approval_resolved')
    assert.equal(new Set(resolved.map(it => it.payload.approval.id)).size, resolved.length)
  })
})
