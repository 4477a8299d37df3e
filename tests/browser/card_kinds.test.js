// What each kind of card shows, what can be answered, and what becomes of it.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect } from './browser.js'
import { until } from './server.js'
import { World } from './world.js'

describe('cards of each kind', () => {
  let world, session, odd, host, guest

  before(async () => {
    world = await World.start()
    host = await world.host()
    session = await world.share({ expiresInMinutes: 10_000 })
    odd = await world.share({ title: 'Odd requests' }, 'odd')
    guest = await world.guest('Sam', session.link)
    await open(session)
  })
  afterEach(() => world.check())
  after(() => world.end())

  const PROMPT = 'Sam guest wants to send a prompt'
  const button = (card, name) => card.getByRole('button', { name, exact: true })
  async function open({ id }) {
    await host.page.goto(`/s/${id}`)
    await host.isLive()
  }
  async function ask(shape, heading) {
    await host.write('Prompt', JSON.stringify(shape))
    const card = host.card(heading)
    await card.first().waitFor()
    return card.first()
  }
  async function reject(it) {
    const { approvals } = await world.server.api(`/api/shared-sessions/${it.id}/approvals?status=pending`)
    for (const { id } of approvals) await world.server.api(`/api/approvals/${id}`, { action: 'reject' })
    await host.page.locator('.card:not(.settled)').first().waitFor({ state: 'detached' })
  }

  it('a prompt says who wrote it, is shown as it was written, and also as Markdown', async () => {
    await guest.write('Prompt', 'echo **all** of it')
    const card = host.card(PROMPT)
    await card.getByText(/^collaborator, here since \d/).waitFor()
    await expect
      .poll(() => card.getByRole('group', { name: 'The whole prompt' }).textContent())
      .toBe('echo **all** of it')
    await card.getByText('Also as Markdown').click()
    await card.locator('.preview strong', { hasText: 'all' }).waitFor()
    const parts = await card
      .locator('h2, dl, .exact, fieldset, .expiry')
      .evaluateAll(all => all.map(it => it.localName))
    assert.deepEqual(parts, ['h2', 'dl', 'pre', 'fieldset', 'p'])
  })

  it('an edit shows word by word what it changes, and who wrote it reads both', async () => {
    const card = host.card(PROMPT)
    await card.getByText('Edit…').click()
    await card.getByLabel('Send this instead').fill('echo **none** of it')
    await expect.poll(() => card.locator('.words').textContent()).toBe('echo **all****none** of it')
    assert.deepEqual(await card.locator('.words :is(ins, del)').allTextContents(), ['**all**', '**none**'])
    await card.getByLabel('Send this instead').fill('/clear')
    await button(card, 'Approve this text hold').waitFor()
    await card.getByLabel('Send this instead').fill('echo **none** of it')
    await button(card, 'Approve this text').click()
    await guest.sees('Sent instead:')
    await guest.page.locator('.bubble', { hasText: 'echo **all** of it' }).waitFor()
    await guest.page.locator('.bubble', { hasText: 'echo **none** of it' }).waitFor()
  })

  it('a no has a reason if somebody gives one, and goes to the agent only with one', async () => {
    await guest.write('Prompt', 'help')
    const card = host.card(PROMPT)
    await card.getByText('Reject…').click()
    await button(card, 'Not now').click()
    await expect(card.getByLabel('Why, if you wish to say')).toHaveValue('Not now')
    await card.getByLabel('Why, if you wish to say').fill('')
    await card.getByLabel('Tell the agent why').check()
    await expect(button(card, 'Reject')).toBeDisabled()
    await card.getByLabel('Tell the agent why').uncheck()
    await card.getByLabel('Why, if you wish to say').press('Control+Enter')
    await host.page.locator('.card.settled', { hasText: 'rejected by Ana' }).waitFor()
  })

  it('what changed since it was shown is shown again, and read again', async () => {
    await guest.write('Prompt', 'echo the first text')
    const card = host.card(PROMPT)
    await button(card, 'Approve').waitFor()
    world.server.sql('drop trigger approvals_keep_their_body')
    world.server.sql(
      `update approvals set prompt = 'echo another text', shown_digest = '${'ab'.repeat(32)}' where prompt = 'echo the first text'`,
    )
    await button(card, 'Approve').click()
    await card.getByText('Changed since you read it: read it again.').waitFor()
    await expect
      .poll(() => card.getByRole('group', { name: 'The whole prompt' }).textContent())
      .toBe('echo another text')
    assert.equal((await world.events(session)).at(-1).type, 'prompt_pending_approval')
    await card.getByText('Reject…').click()
    await button(card, 'Reject').click()
    await card.waitFor({ state: 'detached' })
  })

  it('its time counts down, and can be made longer', async () => {
    await guest.write('Prompt', 'help')
    const card = host.card(PROMPT)
    await card.getByText(/Expires in 23 h 59 min; then nothing runs/).waitFor()
    const before = (await world.events(session)).at(-1).payload.approval.expiresAt
    await host.page.clock.install()
    await host.page.reload()
    await card.getByText(/Expires in 23 h 59 min/).waitFor()
    await expect(button(card, 'Extend')).toHaveCount(0) // there is no more to give yet
    await host.page.clock.fastForward('20:00:00')
    await card.getByText(/Expires in 3 h \d+ min/).waitFor()
    await button(card, 'Extend').click()
    await until('it has more time', async () => (await world.events(session)).at(-1).type === 'approval_extended')
    assert.ok((await world.events(session)).at(-1).payload.approval.expiresAt >= before)
    await host.page.clock.fastForward('24:00:00')
    await card.getByText('The time for this is up.').waitFor()
    await open(session)
    await reject(session)
  })

  it('a permission says who asks, where, and whose prompt led here', async () => {
    await guest.write('Prompt', 'ask cargo test')
    await button(host.card(PROMPT), 'Approve').click()
    const card = host.card('Run a command?')
    await card.getByText(/^Demo Agent .* on .+$/i).waitFor()
    await card.getByText(/^turn \d+, Sam guest’s prompt: ask cargo test$/).waitFor()
    await card.getByRole('term').filter({ hasText: 'Folder' }).waitFor()
    await button(card, 'Allow once').click()
    await host.page.locator('.card.settled', { hasText: 'approved by Ana (you) host: “Allow once”' }).waitFor()
    await guest.sees('Done.')
  })

  it('the options are the agent’s own, in its words and order, those of an unknown meaning last', async () => {
    await open(odd)
    const options = ['new_kind', 'reject_always', 'allow_always', 'allow_once', 'reject_once', 'allow_once'].map(
      (kind, n) => ({ optionId: `o${n}`, name: `Option ${n}`, kind }),
    )
    const card = await ask({ asks: { options }, kind: 'execute', rawInput: { command: 'ls' } }, 'Run a command?')
    const remembers = 'the agent will remember this, we cannot undo it'
    const labels = [
      `Option 1 ${remembers}`,
      `Option 2 ${remembers}`,
      'Option 3 A',
      'Option 4',
      'Option 5',
      'Option 0',
      'Reject and say why… R',
    ]
    assert.deepEqual(
      (await card.locator('fieldset button').allInnerTexts()).map(it => it.replace(/\s+/g, ' ').trim()),
      labels,
    )
    assert.deepEqual(await card.locator('.btn.primary').allInnerTexts(), [await button(card, 'Option 3').innerText()])
    await button(card, 'Option 0').click()
    await host.sees('I was told o0.')
  })

  it('all that goes in is shown, not only what is called a command', async () => {
    const rawInput = { command: 'bash', args: ['-c', 'echo hidden'], cwd: '/srv', env: { A: 'b' } }
    const card = await ask(
      { kind: 'execute', rawInput, content: [{ type: 'content', content: { type: 'text', text: 'I only look' } }] },
      'Run a command?',
    )
    await expect.poll(() => card.getByRole('group', { name: 'What will run' }).textContent()).toBe('bash')
    const rest = await card.getByRole('group', { name: 'What else goes in' }).textContent()
    assert.deepEqual(JSON.parse(rest), { args: rawInput.args, env: rawInput.env })
    await card.getByRole('group', { name: 'What the agent says about it' }).getByText('I only look').waitFor()
    await card.getByText('/srv', { exact: true }).waitFor()
    await card.getByText('works outside of its folder').waitFor()
    await reject(odd)
  })

  it('a request of which only an id came shows what was said before; with nothing said, it takes a hold', async () => {
    await host.write(
      'Prompt',
      JSON.stringify({ asks: { onlyId: true }, kind: 'execute', rawInput: { command: 'make all' } }),
    )
    await host.card('Run a command?').getByText('make all', { exact: true }).waitFor()
    await reject(odd)
    const card = await ask({ asks: { onlyId: true, silent: true } }, 'Use a tool?')
    await card.getByText('The agent did not say what it will run.').waitFor()
    await button(card, '<b>Yes</b> hold').waitFor()
    await reject(odd)
  })

  it('no shape of a request breaks the page', async () => {
    const shapes = [
      { kind: 'constructor', content: 'rm' },
      { kind: { rm: 1 }, content: [null, 'rm', { type: 'diff', path: 'a', newText: 7 }] },
      { kind: 'edit', content: [{ type: 'diff', path: 'a', oldText: 7, newText: 'rm' }], locations: 'x' },
      { kind: 'execute', rawInput: { command: { rm: 1 }, cwd: [] }, title: { rm: 1 } },
      { kind: 'execute', rawInput: { command: 'rm', __proto__: null, constructor: 'rm' } },
    ]
    for (const shape of shapes) {
      const card = await ask({ asks: { silent: true }, ...shape }, /\?$/)
      await expect.poll(() => card.textContent()).toMatch(/rm/)
      await reject(odd)
    }
  })

  it('several requests wait beside each other, and each is answered for itself', async () => {
    await host.write('Prompt', JSON.stringify({ asks: { times: 3 }, kind: 'execute', rawInput: { command: 'ls' } }))
    await host.page.locator('.count', { hasText: '1 of 3' }).waitFor()
    const all = host.card('Run a command?')
    await button(all.nth(1), 'No').click()
    await host.sees('I was told no.')
    await host.page.locator('.count', { hasText: '1 of 2' }).waitFor()
    await button(all.first(), '<b>Yes</b>').click()
    await host.sees('I was told yes.')
    await reject(odd)
  })

  it('a question is answered by its form, and no secret is told on', async () => {
    const requestedSchema = {
      type: 'object',
      required: ['branch'],
      properties: {
        pin: { type: 'string', format: 'password' },
        branch: { type: 'string', title: 'Branch', default: 'main' },
        odd: null,
        more: { enum: 7, oneOf: [null] },
      },
    }
    const card = await ask({ asks: { question: { message: 'Which branch?', requestedSchema } } }, 'asks: Which branch?')
    await expect(card.getByLabel('Branch')).toHaveValue('main')
    await expect.poll(() => card.getByLabel('pin').getAttribute('type')).toBe('password')
    await card.getByLabel('pin').fill('4711')
    await button(card, 'Answer').click()
    const outcome = host.page.locator('.card.settled', { hasText: 'Which branch?' })
    await outcome.getByText('"branch": "main"').waitFor()
    await expect.poll(() => outcome.textContent()).toMatch(/"pin": "•••"/)
    assert.doesNotMatch(await host.page.locator('.item.is-decision').last().textContent(), /4711/)
  })

  it('a page that an agent wants to be opened is opened only after a yes to its computer', async () => {
    const url = 'https://bank.example@evil.example/login'
    const card = await ask({ asks: { question: { message: 'Sign in there', url } } }, 'asks: Sign in there')
    await card.getByText('evil.example', { exact: true }).waitFor()
    await expect(card.getByRole('link')).toHaveCount(0)
    await button(card, 'Open it…').click()
    const link = host.page.getByRole('dialog').getByRole('link', { name: 'Open evil.example' })
    assert.deepEqual(
      [await link.getAttribute('href'), await link.getAttribute('rel')],
      [url, 'noopener noreferrer nofollow'],
    )
    await host.page.keyboard.press('Escape')
    await button(card, 'I have done it').click()
    await card.waitFor({ state: 'detached' })
    const other = await ask(
      { asks: { question: { message: 'And this', url: 'javascript:alert(1)' } } },
      'asks: And this',
    )
    await other.getByText('whose address is none that is opened from here').waitFor()
    await expect(other.getByRole('button', { name: 'Open it…' })).toHaveCount(0)
    await reject(odd)
  })

  it('while the computer of the agent is away, nothing can be decided, and the card says why', async () => {
    await ask({ kind: 'execute', rawInput: { command: 'ls' } }, 'Run a command?')
    await host.page.route(`**/api/shared-sessions/${odd.id}`, async route => {
      const answer = await route.fetch()
      const shown = await answer.json()
      shown.agentSession.status = 'away'
      await route.fulfill({ response: answer, json: shown })
    })
    for (const path of [`/s/${odd.id}`, '/']) {
      await host.page.goto(path)
      const card = host.card('Run a command?')
      await card.getByText('The computer of the agent is not connected').waitFor()
      await expect(card.getByRole('button', { name: '<b>Yes</b>' })).toBeDisabled()
      await expect(button(card, 'No')).toBeDisabled()
    }
    await host.page.unrouteAll({ behavior: 'wait' })
    await open(odd)
    await reject(odd)
  })

  it('what an agent asks again after it was gone says so on both cards', async () => {
    await open(odd)
    const shape = { toolCallId: 'once', kind: 'execute', rawInput: { command: 'ls' } }
    await ask(shape, 'Run a command?')
    const update = (await world.events(odd)).map(
      it => it.payload.notification?.params?.update ?? it.payload.notification?.update,
    )
    process.kill(update.findLast(it => it?.process).process)
    const old = host.page.locator('.card.settled', { hasText: 'ended undecided: the agent that asked is gone' })
    await old.waitFor()
    await host.write('Prompt', JSON.stringify(shape))
    const card = host.card('Run a command?')
    await card.getByText('It was asked before').waitFor()
    await old.getByText('asked again below').click()
    await expect.poll(() => card.evaluate(it => it === document.activeElement)).toBe(true)
    await card.getByRole('button', { name: 'asked before' }).click()
    assert.equal(await old.evaluate(it => it === document.activeElement), true)
    // Read, it is put away, and nothing leads there any more.
    await host.page.mouse.move(0, 0)
    await old.waitFor({ state: 'detached' })
    await card.getByText('It was asked before, and that ended undecided').waitFor()
    await expect(card.getByRole('button', { name: 'asked before' })).toHaveCount(0)
    await reject(odd)
  })
})
