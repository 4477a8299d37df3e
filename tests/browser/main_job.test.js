// The main job in the browser, from the setup link to the last word of the agent, with the server killed on the way.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { World } from './world.js'

describe('the main job', () => {
  let world, session, host, guest

  before(async () => (world = await World.start()))
  afterEach(() => world.check())
  after(() => world.end())

  const address = page => page.evaluate(() => location.href + JSON.stringify({ ...localStorage }))

  it('the setup link makes the first admin, and its secret leaves the address', async () => {
    host = await world.host()
    await host.page.getByRole('button', { name: 'Start the demo session' }).waitFor()
    assert.doesNotMatch(await address(host.page), /wr_/)
  })

  it('the host hands out a link, by which a guest joins, and its secret leaves the address', async () => {
    session = await world.share()
    await host.page.goto(`/s/${session.id}`)
    await host.page.getByText('Share', { exact: true }).click()
    await host.page.getByRole('button', { name: 'Invite to take part' }).click()
    const link = await host.page.getByLabel('Invite link').inputValue()
    await host.page.keyboard.press('Escape')
    guest = await world.guest('Sam', link)
    assert.doesNotMatch(await address(guest.page), /wr_/)
    await guest.page.goBack()
    assert.equal(guest.page.url(), 'about:blank') // nor does the history of the browser keep it
    await guest.page.goto(`/s/${session.id}`)
    await guest.isLive()
    await host.sees('Sam')
  })

  it('a comment is there at once, a draft is there after a reload, and neither is there twice', async () => {
    await guest.write('Comment', 'Does this cover refunds?')
    await host.sees('Does this cover refunds?')
    await guest.page.getByLabel('Message').fill('Not sent yet')
    await guest.page.reload()
    await guest.isLive()
    assert.equal(await guest.page.getByLabel('Message').inputValue(), 'Not sent yet')
    assert.equal(await guest.page.getByText('Does this cover refunds?').count(), 1)
  })

  it('a prompt waits until the host has changed a word and approved it; both texts are kept', async () => {
    await guest.write('Prompt', 'ask cargo tset')
    const card = host.card('Sam guest wants to send a prompt')
    await card.getByText('Edit…').click()
    await card.getByLabel('Send this instead').fill('ask cargo test')
    assert.equal(await card.getByRole('button', { name: 'Approve', exact: true }).isVisible(), false)
    const sending = host.page.waitForRequest(it => it.method() === 'POST')
    await card.getByRole('button', { name: 'Approve this text' }).click()
    const sent = await sending
    const { approval } = (await world.events(session)).find(it => it.type === 'prompt_pending_approval').payload
    assert.equal(sent.postDataJSON().digest, approval.digest)
    assert.match(sent.headers()['idempotency-key'], /^[0-9a-f]{32}$/)
    await guest.sees('Sent instead:')
    await guest.sees('ask cargo tset')
    await guest.page.locator('.prompt .text', { hasText: /^ask cargo test$/ }).waitFor()
  })

  it('what the agent asks is still asked after kill -9, and then allowed once', async () => {
    const card = host.card('Run a command?')
    await card.getByText('cargo test', { exact: true }).waitFor()
    await world.server.kill()
    for (const it of [host, guest]) await it.page.getByText('◌ Reconnecting').waitFor()
    await world.server.begin()
    for (const it of [host, guest]) await it.isLive()
    await guest.page.getByText('Waits for the host.').waitFor()
    await host.page.goto('/')
    await card.waitFor()
    await host.page.goto(`/s/${session.id}`)
    await card.getByRole('button', { name: 'Allow once' }).click()
    await guest.sees('Done.')
    await guest.sees('The turn ended')
    const decided = (await world.events(session)).filter(it => it.type === 'approval_resolved')
    assert.deepEqual(decided.map(it => it.payload.approval.optionId), ['demo-allow-once'])
  })

  it('a guest who was cut off in mid-sentence reads every word once, in order', async () => {
    await host.write('Prompt', 'long 900')
    await guest.sees('chunk **90**')
    await world.server.kill()
    await guest.page.getByText('◌ Reconnecting').waitFor()
    assert.equal(await guest.page.getByText('chunk **900**').count(), 0)
    await world.server.begin()
    await guest.sees('chunk **900**')
    await guest.page.locator('.sys', { hasText: 'The turn ended' }).nth(1).waitFor()
    const events = await world.events(session)
    const updates = events.map(it => it.payload.notification?.update)
    const said = updates.filter(it => it?.sessionUpdate === 'agent_message_chunk').map(it => it.content.text)
    const read = await guest.page.locator('.agent > p.text').allTextContents()
    assert.equal(read.join(''), said.join(''))
    const shown = await guest.page.locator('#timeline > li').evaluateAll(all => all.map(it => Number(it.id.slice(1))))
    assert.deepEqual(shown, [...new Set(shown)].sort((a, b) => a - b))
    const silent = ['host_session_update', 'agent_session_updated', 'prompt_dispatch_started']
    const settled = ['prompt_approved', 'prompt_rejected']
    const loud = events.filter(it => !silent.includes(it.type))
    const lines = loud.filter(it => !settled.includes(it.type) || it.payload.message)
    const asked = lines.filter(it => it.type !== 'approval_requested')
    assert.deepEqual(shown.filter(seq => asked.some(it => it.seq === seq)), asked.map(it => it.seq))
  })

  it('a prompt that is rejected never reaches the agent, and its author reads why', async () => {
    await guest.write('Prompt', 'echo on the build server')
    const card = host.card('Sam guest wants to send a prompt')
    await card.getByText('Reject…').click()
    await card.getByLabel('Why, if you wish to say').fill('not on a Friday')
    await card.getByRole('button', { name: 'Reject', exact: true }).click()
    await guest.sees('rejected: “not on a Friday”')
    const types = (await world.events(session)).map(it => it.type)
    assert.equal(types.at(-1), 'prompt_rejected')
  })

  it('a rejection tells the agent why when its box is ticked, which only those see who may prompt directly', async () => {
    world.server.sql("update participants set can_decide = 1 where display_name = 'Sam'")
    await host.write('Prompt', 'ask cargo bench')
    await guest.page.goto('/')
    const box = 'Tell the agent, too'
    const seen = guest.card('Run a command?')
    await seen.getByText('Reject and say why…').click()
    await seen.getByLabel('Why, if you wish to say').waitFor()
    assert.equal(await seen.getByLabel(box).count(), 0)
    await guest.page.goto(`/s/${session.id}`)
    await guest.isLive()
    const card = host.card('Run a command?')
    await card.getByText('Reject and say why…').click()
    await card.getByLabel('Why, if you wish to say').fill('echo measured it yesterday')
    await card.getByLabel(box).check()
    await card.getByRole('button', { name: 'Reject with this reason' }).click()
    await guest.page.locator('.agent > p.text', { hasText: /^measured it yesterday$/ }).waitFor()
  })

  it('a question of the agent is answered by its form', async () => {
    await host.write('Prompt', 'form')
    const card = host.card('asks')
    await card.getByLabel('Suite').selectOption('The whole workspace')
    await card.getByLabel('Retries').fill('3')
    await card.getByRole('button', { name: 'Answer' }).click()
    await guest.sees('- retries: 3')
    await guest.sees('- suite: "workspace"')
  })

  it('a turn is stopped by its host, and an agent that has crashed is started again', async () => {
    await host.write('Prompt', 'hang')
    await host.page.getByRole('button', { name: 'Stop' }).click()
    await guest.sees('Stopped')
    await host.write('Prompt', 'crash')
    await guest.sees('The turn failed')
    await guest.page.getByText('The agent cannot work.').waitFor()
    assert.equal(await guest.page.getByRole('button', { name: 'Restart the agent' }).count(), 0)
    await host.page.getByRole('button', { name: 'Restart the agent' }).click()
    await guest.page.getByText('The agent cannot work.').waitFor({ state: 'hidden' })
    await host.write('Prompt', 'echo here again')
    await guest.page.locator('.agent .text', { hasText: /^here again$/ }).waitFor()
  })

  it('who decides too late is told who was first, in the place of the buttons', async () => {
    await guest.write('Prompt', 'help')
    await host.page.goto('/')
    const card = host.card('Sam guest wants to send a prompt')
    await card.waitFor()
    await host.page.route('**/api/approvals', () => {}) // this inbox hears nothing more
    const { approvals } = await world.server.api('/api/approvals')
    await world.server.api(`/api/approvals/${approvals[0].id}`, { action: 'reject', reason: 'from a terminal' })
    await card.getByRole('button', { name: 'Approve', exact: true }).click()
    await host.page.getByText('was first: rejected: “from a terminal”').waitFor()
    await host.page.unroute('**/api/approvals')
  })

  it('a session that is closed says by whom, can be read, and not written to', async () => {
    await host.page.goto(`/s/${session.id}`)
    await host.isLive()
    await host.page.getByLabel('More').click()
    await host.page.getByText('Close the session…').click()
    await host.page.getByRole('button', { name: 'Close it' }).click()
    for (const it of [host, guest]) {
      await it.page.getByText('✕ Ended').waitFor()
      await it.page.locator('#composer').getByText('closed this session. It can still be read.').waitFor()
      assert.equal(await it.page.locator('#composer').getByRole('button').count(), 0)
    }
    await guest.page.reload()
    await guest.page.getByText('✕ Ended').waitFor()
    await guest.sees('Does this cover refunds?')
  })
})
