// What programs ask of people: what is asked, by whom, who decides, and what comes of a click.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect } from './browser.js'
import { Program } from './program.js'
import { World } from './world.js'

describe('what programs ask', () => {
  let world, host, program, agent

  before(async () => {
    world = await World.start()
    host = await world.host()
    program = await Program.at(world.server)
    agent = await program.registers({ name: 'deployer', project: 'shop' })
  })
  afterEach(() => world.check())
  after(async () => {
    program.socket.close()
    await world.end()
  })

  const card = (action, person = host) => person.card(action)
  const button = (of, name) => of.getByRole('button', { name, exact: true })
  const settled = action => host.page.locator('.card.settled', { hasText: action })
  const facts = of => of.locator('dl > div').allInnerTexts()

  /** Somebody with an account of their own. */
  async function account(name) {
    const { token } = await world.server.api('/api/users', { name })
    const person = await world.person()
    await person.signsInBy(token)
    return person
  }

  it('a card says what is asked, with what, by which program at whose host, and offers its answers in their order', async () => {
    await host.page.goto('/')
    await program.requests('Deploy release 7?', {
      agent_id: agent.id,
      details: { commit: '0dbc4f', notes: 'Two fixes.\nNo migration.', sizes: { app: 12, docs: 3 } },
      options: ['later', 'yes', 'no'],
      approve_option: 'yes',
      system_level: true,
    })
    const it = card('Deploy release 7?')
    await button(it, 'yes').waitFor()
    assert.deepEqual(await facts(it), [
      'Asked by\ndeployer, for shop',
      'Host\nbuild server, yours',
      'Decides\nAna or an admin',
    ])
    assert.deepEqual(await it.locator('.exact').allTextContents(), [
      '0dbc4f',
      'Two fixes.\nNo migration.',
      '{\n  "app": 12,\n  "docs": 3\n}',
    ])
    const labels = (await it.getByRole('group', { name: 'Your decision' }).getByRole('button').allInnerTexts()).map(
      text => text.replace(/\s+/g, ' ').trim(),
    )
    assert.deepEqual(labels, ['later', 'yes A', 'no', 'Say why… R'])
    await expect(button(it, 'yes')).toHaveClass(/primary/)
    await it.getByText(/Expires in 2[34] h.*told that nobody answered/).waitFor()
    await it.getByText('Asked just now').waitFor()
  })

  it('what is chosen goes to the program with its reason, and the card says who answered what, and when', async () => {
    const it = card('Deploy release 7?')
    await button(it, 'Say why…').click()
    await it.getByLabel('Why: it goes with').fill('after lunch')
    await button(it, 'later').click()
    await settled('Deploy release 7?')
      .getByText(/rejected by you: “later”: “after lunch”, \d\d:\d\d/)
      .waitFor()
    const { approvals } = await program.asks('host.approvals', {})
    assert.deepEqual(
      [approvals[0].status, approvals[0].optionId, approvals[0].reason],
      ['rejected', 'later', 'after lunch'],
    )
  })

  it('a key says yes, and a risky one takes two presses', async () => {
    await program.requests('Restart the cache?', { system_level: true })
    await host.turnsTo(card('Restart the cache?'))
    await button(card('Restart the cache?'), 'approve').waitFor()
    await host.page.keyboard.press('a')
    await settled('Restart the cache?').getByText('approved by you: “approve”').waitFor()
    await program.requests('Run sudo reboot?', { system_level: true })
    const risky = card('Run sudo reboot?')
    await risky.getByText('runs with the rights of an administrator').waitFor()
    await button(risky, 'approve hold').waitFor()
    await host.turnsTo(risky)
    await host.page.keyboard.press('a')
    await host.page.locator('.toast', { hasText: 'Press A again' }).waitFor()
    await expect(risky).toHaveCount(1)
    await host.page.keyboard.press('a')
    await settled('Run sudo reboot?').waitFor()
  })

  it('a long text is read to its end before a yes, and what hides in one is seen', async () => {
    const lines = Array.from({ length: 60 }, (_, n) => `step ${n + 1}`).join('\n')
    await program.requests('Run \u0430pt now?', {
      system_level: true,
      details: { script: lines, 'na\u202eme': 'a\u200bb' },
    })
    const it = card('pt now?')
    await it.getByText('60 lines').waitFor()
    await it.getByText('Letters of different alphabets').waitFor()
    await it.getByText('na⟨U+202E⟩me').waitFor()
    await it.locator('.exact mark', { hasText: '⟨U+200B⟩' }).waitFor()
    await expect(button(it, 'approve')).toBeDisabled()
    await it.locator('.scrolls .end').scrollIntoViewIfNeeded()
    await expect(button(it, 'approve')).toBeEnabled()
    await button(it, 'deny').click()
    await settled('pt now?').waitFor()
  })

  it('where the host decides, a click tells it what to answer, and the card says so until it has decided', async () => {
    const asked = await program.requests('Delete the branch?', { agent_id: agent.id, options: ['delete', 'keep'] })
    const it = card('Delete the branch?')
    await it.getByText('the host; Ana or an admin may tell it what to answer').waitFor()
    await button(it, 'delete').click()
    const told = await program.hears('host.answer_request')
    assert.deepEqual([told.approval_id, told.option], [asked.id, 'delete'])
    await it.getByText(/You asked build server to answer “delete”, just now\. It decides\./).waitFor()
    await expect(settled('Delete the branch?')).toHaveCount(0)
    await host.page.reload()
    await it.getByText('You asked build server to answer “delete”').waitFor()
    await program.resolves(asked, 'delete')
    await settled('Delete the branch?').getByText('approved by build server, as you asked: “delete”').waitFor()
  })

  it('while that host is away the card says so, what is chosen is kept, and it is there when the host is back', async () => {
    const asked = await program.requests('Drop the table?', { options: ['drop', 'keep'] })
    await program.leaves()
    await host.page.reload()
    const it = card('Drop the table?')
    await it.getByText(/build server decides this, and is away since \d\d:\d\d.*What you choose is kept/).waitFor()
    await button(it, 'keep').click()
    await it.getByRole('alert').getByText('The host is not connected').waitFor()
    await it.getByText('It is kept: the host finds it when it is back').waitFor()
    await it.getByText(/You asked build server to answer “keep”.*It is away since/).waitFor()
    await program.connect()
    const { approvals } = await program.asks('host.subscribe', {})
    assert.equal(approvals.find(row => row.id === asked.id).resolveRequest.optionId, 'keep')
    await program.resolves(asked, 'keep')
    await settled('Drop the table?').getByText('rejected by build server, as you asked: “keep”').waitFor()
  })

  it('what this browser asked is not decided here, and it says why; it can be taken back', async () => {
    const ask = () =>
      fetch('/api/approvals', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ action: 'Push to main?' }),
      }).then(it => it.status)
    assert.equal(await host.page.evaluate(ask), 201)
    const it = card('Push to main?')
    await it.getByText('What asked does not decide. It waits for Ana or an admin.').waitFor()
    assert.deepEqual(await facts(it), ['Asked by\na program of Ana, over HTTP', 'Decides\nAna or an admin'])
    await expect(it.getByRole('group', { name: 'Your decision' })).toHaveCount(0)
    await button(it, 'Take it back').click()
    await settled('Push to main?').getByText('Ended without an answer: it was taken back').waitFor()
  })

  it('whom the owner lets decide does, and who only calls tools reads why there are no buttons', async () => {
    const [sam, tess] = [await account('Sam'), await account('Tess')]
    const grants = `/api/hosts/${program.id}/grants`
    await world.server.api(grants, { name: 'Sam', canDecide: true })
    await world.server.api(grants, { name: 'Tess', canCallTools: true })
    await program.requests('Publish the docs?', { agent_id: agent.id, system_level: true })
    await button(card('Publish the docs?', sam), 'approve').waitFor()
    assert.deepEqual((await facts(card('Publish the docs?', sam)))[1], 'Host\nbuild server, Ana’s')
    await tess.page.reload()
    const seen = card('Publish the docs?', tess)
    await seen.getByText('You may not decide this. It waits for Ana or an admin.').waitFor()
    await expect(seen.getByRole('group', { name: 'Your decision' })).toHaveCount(0)
    await button(card('Publish the docs?', sam), 'approve').click()
    await settled('Publish the docs?').getByText('approved by Sam: “approve”').waitFor()
  })

  it('a time that is up is no yes, and what is gone says so', async () => {
    await program.requests('Answer at once?', { system_level: true, timeout_ms: 1500 })
    await card('Answer at once?').waitFor()
    await settled('Answer at once?')
      .getByText('Ended without an answer: nobody answered in time, which is no yes')
      .waitFor()
    const gone = await program.registers({ name: 'short-lived' })
    await program.requests('Still there?', { agent_id: gone.id, system_level: true })
    await card('Still there?').waitFor()
    await program.asks('host.unregister_agent', { agent_id: gone.id })
    await settled('Still there?').getByText('the program that asked is gone').waitFor()
  })

  it('two at once: who comes second sees what was answered', async () => {
    const asked = await program.requests('Both of us?', { system_level: true })
    // This browser hears nothing of what others decide.
    const frame = { type: 'inbox', payload: { approvals: [asked], dispatches: [], complete: true } }
    const answer = { contentType: 'text/event-stream', body: `data: ${JSON.stringify(frame)}\n\n` }
    await host.page.route('**/api/inbox/stream', route => route.fulfill(answer))
    await host.page.reload()
    const it = card('Both of us?')
    await button(it, 'deny').waitFor()
    await world.server.api(`/api/approvals/${asked.id}`, { action: 'approve' })
    await button(it, 'deny').click()
    await settled('Both of us?').getByText('Already answered: approved by you: “approve”').waitFor()
    await expect(it.getByRole('alert')).toHaveCount(0)
    await host.page.unrouteAll()
  })
})
