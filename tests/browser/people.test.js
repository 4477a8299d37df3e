// What people do with each other: answering, suggesting, deciding for one another, handing over, sending away.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect, PHONE } from './browser.js'
import { World } from './world.js'

describe('people', () => {
  let world, session, host, sam, kim

  before(async () => {
    world = await World.start()
    host = await world.host()
    session = await world.share()
    await host.enters(session)
    sam = await world.guest('Sam', session.link, PHONE)
    kim = await world.guest('Kim', session.link)
  })
  afterEach(() => world.check())
  after(() => world.end())

  const comment = (person, text) =>
    person.page.locator('.comment').filter({ has: person.page.locator('.text', { hasText: text }) })
  const about = person => person.page.locator('#composer .about')
  const wants = (person, name) => person.card(new RegExp(`^${name}( \\(you\\))? guest wants to send a prompt$`))

  it('a comment is answered, and the answer shows what it is to', async () => {
    await sam.write('Comment', 'Does this cover refunds?')
    await comment(host, 'Does this cover refunds?').getByRole('button', { name: 'Reply' }).click()
    await about(host).getByText('Does this cover refunds?').waitFor()
    await host.write('Comment', 'It does.')
    await about(host).waitFor({ state: 'detached' })
    const answer = comment(sam, 'It does.')
    await answer.locator('.quote', { hasText: 'Does this cover refunds?' }).waitFor()
    const [{ message: asked }, { message: said }] = await world.payloads(session, 'message_created')
    assert.equal(said.replyTo, asked.id)
    await answer.locator('.quote').click()
    assert.match(sam.page.url(), /#e\d+$/)
  })

  it('a comment is tied to a line of a change, and to a tool call', async () => {
    await host.write('Prompt', 'diff')
    await host.seesTurns(1)
    const row = kim.page.locator('.tool .diff .add').filter({ hasText: 'settled.sort_unstable();' })
    await row.hover()
    await row.getByRole('button', { name: /^Comment on line/ }).click()
    await about(kim)
      .getByText(/settle\.rs, line \d+ of its change/)
      .waitFor()
    await kim.write('Comment', 'Is a sort fast enough?')
    await comment(host, 'Is a sort fast enough?')
      .getByRole('link', { name: /settle\.rs, line \d+ of its change/ })
      .waitFor()
    await kim.page.locator('.tool').getByRole('button', { name: 'Comment on this' }).click()
    await kim.write('Comment', 'Looks good.')
    await comment(sam, 'Looks good.').getByRole('link', { name: 'a tool call' }).click()
    await sam.looksAt(sam.page.locator('.tool summary'))
    const anchors = (await world.payloads(session, 'message_created')).map(it => it.message.anchor).filter(Boolean)
    assert.equal(anchors[0].toolCallId, anchors[1].toolCallId)
    assert.match(anchors[0].path, /settle\.rs$/)
    assert.ok(anchors[0].line > 1)
    assert.equal(anchors[1].path, undefined)
  })

  it('a comment becomes a prompt, which says whose words it has', async () => {
    await comment(kim, 'Does this cover refunds?').getByRole('button', { name: 'Make this a prompt' }).click()
    const text = 'Does this cover refunds?\n\n(from a comment by Sam)'
    await expect(kim.page.getByLabel('Message')).toHaveValue(text)
    await kim.send('Prompt')
    await expect.poll(() => wants(host, 'Kim').locator('.exact').textContent()).toBe(text)
  })

  it('who may not decide suggests, with a note, and may think again; the author has no say', async () => {
    const card = wants(sam, 'Kim')
    await card.getByRole('button', { name: 'Suggest…' }).click()
    await card.getByLabel('Why, if you wish to say').fill('read the test first')
    await card.getByRole('button', { name: 'Suggest: reject' }).click()
    const said = wants(host, 'Kim').locator('.suggestions li')
    await said.getByText('Sam guest suggests: reject “read the test first”').waitFor()
    await card.getByRole('button', { name: 'Suggest something else…' }).click()
    await card.getByLabel('Why, if you wish to say').fill('I have read it')
    await card.getByRole('button', { name: 'Suggest: approve' }).click()
    await said.getByText('Sam guest suggests: approve “I have read it”').waitFor()
    await expect(said).toHaveCount(1)
    assert.equal(
      await wants(kim, 'Kim')
        .getByRole('button', { name: /Suggest|Approve|Reject/ })
        .count(),
      0,
    )
  })

  it('a deadline is seen, and put off by who decides', async () => {
    const expiry = wants(host, 'Kim').locator('.expiry')
    await expiry.getByText(/^(1 d|23 h)/).waitFor()
    await expect(expiry.getByRole('button', { name: 'Extend' })).toHaveCount(0) // it has all the time there is
    const soon = new Date(Date.now() + 30 * 60_000).toISOString()
    world.server.sql(`update approvals set expires_at = '${soon}' where status = 'pending'`)
    for (const it of [host, sam]) await it.enters(session)
    await expiry.getByText(/^29 min/).waitFor()
    await expect(wants(sam, 'Kim').getByRole('button', { name: 'Extend' })).toHaveCount(0)
    await expiry.getByRole('button', { name: 'Extend' }).click()
    for (const it of [host, sam]) await wants(it, 'Kim').locator('.expiry').getByText(/^23 h/).waitFor()
    const [{ id }] = (await world.server.api('/api/approvals')).approvals
    const { approval } = await world.server.api(`/api/approvals/${id}`)
    await expect.poll(() => expiry.locator('time').getAttribute('datetime')).toBe(approval.expiresAt)
  })

  it('an author takes back what nobody has decided yet', async () => {
    await expect(wants(sam, 'Kim').getByRole('button', { name: 'Take it back' })).toHaveCount(0)
    await wants(kim, 'Kim').getByRole('button', { name: 'Take it back' }).click()
    for (const it of [host, sam, kim]) await it.sees('taken back')
    await wants(host, 'Kim').waitFor({ state: 'detached' })
    const [{ approval }] = await world.payloads(session, 'approval_withdrawn')
    assert.equal(approval.status, 'withdrawn')
  })

  it('a guest whom the host lets decide does so, in their own name, but not about their own prompts', async () => {
    const entry = await host.opens('Kim')
    await entry.getByRole('button', { name: 'Let them decide' }).click()
    await entry.getByText('may decide').waitFor()
    await host.page.keyboard.press('Escape')
    await sam.write('Prompt', 'echo decided by Kim')
    await wants(kim, 'Sam').getByRole('button', { name: 'Approve', exact: true }).click()
    await host.sees('approved by Kim guest')
    await host.hears('decided by Kim')
    await kim.write('Prompt', 'echo my own')
    await wants(kim, 'Kim').getByText('Waits for Ana host.').waitFor()
    await expect(wants(kim, 'Kim').getByRole('button', { name: 'Approve' })).toHaveCount(0)
    await wants(host, 'Kim').getByRole('button', { name: 'Approve', exact: true }).click()
    await kim.hears('my own')
  })

  it('a rejection tells the agent why when its box is ticked, which only those see who may prompt directly', async () => {
    await host.write('Prompt', 'ask cargo bench')
    const box = 'Tell the agent why, as the next prompt'
    const open = async person => {
      const card = person.card('Run a command?')
      await card.getByRole('button', { name: 'Reject and say why…' }).click()
      await card.getByLabel('Why, if you wish to say').waitFor()
      return card
    }
    await expect((await open(kim)).getByLabel(box)).toHaveCount(0)
    const card = await open(host)
    await card.getByLabel('Why, if you wish to say').fill('echo measured it yesterday')
    await card.getByLabel(box).check()
    await card.getByRole('button', { name: 'Reject with this reason' }).click()
    await sam.hears('measured it yesterday')
  })

  it('the mode says who may do what, at once and for all', async () => {
    await host.chooses('Title and deadline…')
    const settings = host.dialog('This session')
    await settings.getByLabel('Title').fill('Refunds')
    await settings.getByLabel('Comments only').check()
    await settings.getByRole('button', { name: 'Save' }).click()
    await settings.waitFor({ state: 'detached' })
    for (const it of [host, sam]) await it.page.locator('h1', { hasText: 'Refunds' }).waitFor()
    await sam.button('Prompt').waitFor({ state: 'detached' })
    await sam.write('Comment', 'I may still talk.')
    await host.sees('I may still talk.')
    await sam.chooses('Who can do what')
    const mine = sam.dialog('Who can do what').getByRole('columnheader', { name: 'Collaborator, comments only (now)' })
    await expect.poll(() => mine.getAttribute('class')).toMatch(/mine/)
    await sam.page.keyboard.press('Escape')
    await host.chooses('Title and deadline…')
    await settings.getByLabel('Direct prompts').check()
    await settings.getByRole('button', { name: 'Save' }).click()
    await sam.write('Prompt', 'echo straight')
    await host.hears('straight')
  })

  it('the host hands over, and is a collaborator from then on', async () => {
    const entry = await host.opens('Kim')
    await entry.getByRole('button', { name: 'Hand over…' }).click()
    await entry.getByText('They become host, you a collaborator.').waitFor()
    await entry.getByRole('button', { name: 'Hand over', exact: true }).click()
    await kim.button('Share').waitFor()
    await host.button('Share').waitFor({ state: 'detached' })
    await host.page.keyboard.press('Escape')
    await sam.sees('Kim host is host now')
    const back = await kim.opens('Ana')
    await back.getByRole('button', { name: 'Hand over…' }).click()
    await back.getByRole('button', { name: 'Hand over', exact: true }).click()
    await host.button('Share').waitFor()
    await kim.page.keyboard.press('Escape')
  })

  it('who is sent away is told so, and their link has ended with it', async () => {
    const entry = await host.opens('Kim')
    await entry.getByRole('button', { name: 'Remove…' }).click()
    await entry.getByRole('button', { name: 'Remove', exact: true }).click()
    await kim.page.getByRole('heading', { name: 'Your access was ended' }).first().waitFor()
    await entry.waitFor({ state: 'detached' })
    await host.page.keyboard.press('Escape')
    await sam.sees('Kim guest was removed')
    const stranger = await world.person()
    await stranger.page.goto(session.link)
    await stranger.page.getByRole('heading', { name: 'This invite was revoked' }).first().waitFor()
  })

  it('a guest leaves, and is not there any more', async () => {
    await sam.chooses('Leave the session…')
    await sam.dialog('Leave the session').getByRole('button', { name: 'Leave' }).click()
    await sam.page.getByText('Nothing waits for you.').waitFor()
    await host.sees('Sam guest left')
    await host.chooses('People')
    await host.dialog('People').getByText('Ana', { exact: true }).waitFor()
    await expect(host.dialog('People').getByRole('listitem')).toHaveCount(1)
  })
})
