// The main job in the browser, from the setup link to the last word of the agent, with the server killed on the way.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { encode } from 'uqr'
import { World } from './world.js'

/** Events of which each has a place of its own on the timeline. */
const SEEN = ['shared_session_created', 'message_created', 'approval_resolved']
/** What the system says once, in lines that may stand together. */
const SAID = ['Ana host joined', 'Ana host made an invite for a collaborator', 'Sam (you) guest joined']

/** The letters of a text of Markdown: without its signs, and without what is between words. */
const letters = text => text.replace(/\*\*|^- |^## |^```\w*$|\s/gm, '')

/** The story of it. @param {string} where @param {object} screen that of the host @param {object} other that of the guest */
export function mainJob(where, screen, other) {
  describe(`the main job ${where}`, () => {
    let world, session, host, guest

    before(async () => (world = await World.start()))
    afterEach(() => world.check())
    after(() => world.end())

    const address = page => page.evaluate(() => location.href + JSON.stringify({ ...localStorage }))

    it('the setup link makes the first admin, and its secret leaves the address', async () => {
      host = await world.host('Ana', screen)
      await host.button('Start the demo session').waitFor()
      assert.doesNotMatch(await address(host.page), /wr_/)
    })

    it('the host hands out a link for as many and as long as they say, to copy or to scan', async () => {
      session = await world.share()
      await host.enters(session)
      await host.button('Share').click()
      const share = host.dialog('Share this session')
      await share.getByLabel('Who has the link may').selectOption('Take part (collaborator)')
      await share.getByLabel('How many people').fill('3')
      await share.getByLabel('For how long').selectOption('An hour')
      await share.getByRole('button', { name: 'Make a link' }).click()
      session.link = await share.getByLabel('Invite link').inputValue()
      const { data } = encode(session.link, { ecc: 'M', border: 4 })
      const dark = data.flatMap((row, y) => row.flatMap((is, x) => (is ? [`M${x} ${y}h1v1h-1z`] : [])))
      const picture = share.getByRole('img', { name: 'The link as a QR code' })
      assert.equal(await picture.locator('path').getAttribute('d'), dark.join(''))
      await share.getByText('As collaborator, used 0 of 3 times').waitFor()
      const { invite } = (await world.payloads(session, 'invite_created')).at(-1)
      const minutes = (Date.parse(invite.expiresAt) - Date.now()) / 60_000
      assert.ok(invite.role === 'collaborator' && invite.maxUses === 3 && minutes > 55 && minutes <= 60, `${minutes}`)
      await host.page.keyboard.press('Escape')
      await share.waitFor({ state: 'detached' })
    })

    it('a guest joins by the link, knowing what they may do, and its secret leaves the address', async () => {
      guest = await world.person(other)
      await guest.page.goto(session.link)
      await guest.page.getByText('Ana invites you to').waitFor()
      await guest.page.getByRole('heading', { name: 'Fix the flaky checkout test' }).first().waitFor()
      const rights = await guest.page.locator('.may li').allInnerTexts()
      assert.deepEqual(
        rights.map(it => it.replace(/\s+/g, ' ')),
        [
          '✓ watch everything the agent does',
          '✓ comment',
          '◔ send prompts to the agent; Ana approves each one',
          '✗ answer the agent when it asks for permission',
        ],
      )
      await guest.page.getByLabel('Your name').fill('Sam')
      await guest.button('Join').click()
      await guest.isLive()
      assert.doesNotMatch(await address(guest.page), /wr_/)
      await guest.page.goBack()
      assert.equal(guest.page.url(), 'about:blank') // nor does the history of the browser keep it
      await guest.enters(session)
      await host.sees('Sam guest joined')
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
      await card.getByRole('button', { name: 'Edit…' }).click()
      await card.getByLabel('Send this instead').fill('ask cargo test')
      const change = card.getByRole('group', { name: 'What you change' })
      assert.deepEqual(await change.locator('del, ins').allTextContents(), ['tset', 'test'])
      const sending = host.page.waitForRequest(it => it.method() === 'POST' && it.url().includes('/approvals/'))
      await card.getByRole('button', { name: 'Approve this text' }).click()
      const sent = await sending
      const [{ approval }] = await world.payloads(session, 'prompt_pending_approval')
      assert.equal(sent.postDataJSON().digest, approval.digest)
      assert.match(sent.headers()['idempotency-key'], /^[0-9a-f]{32}$/)
      await guest.sees('approved by Ana host with changes')
      await guest.sees('Sent instead:')
      await guest.sees('ask cargo tset')
      await guest.page.locator('.prompt .bubble', { hasText: /^ask cargo test$/ }).waitFor()
    })

    it('what waits still waits after kill -9, once and in the same words, and is then decided once', async () => {
      const asked = host.card('Run a command?')
      await asked.getByText('cargo test', { exact: true }).waitFor()
      await guest.write('Prompt', 'echo one more thing')
      // A phone shows the card that is current, and hides the next one until then.
      const wants = host.page.locator('.card:not(.settled)', { hasText: 'Sam guest wants to send a prompt' })
      await wants.getByText('echo one more thing').waitFor({ state: 'attached' })
      const before = await guest.page.locator('#timeline').textContent()
      await world.crash(host, guest)
      await guest.page.getByText('Waits for Ana host.').first().waitFor()
      assert.equal(await guest.page.locator('#timeline').textContent(), before)
      assert.deepEqual([await asked.count(), await wants.count()], [1, 1])
      await host.page.goto('/')
      await asked.waitFor()
      await wants.waitFor({ state: 'attached' })
      assert.deepEqual([await asked.count(), await wants.count()], [1, 1])
      await host.enters(session)
      await asked.getByRole('button', { name: 'Allow once' }).click()
      await guest.hears('Done.')
      await wants.getByRole('button', { name: 'Approve', exact: true }).click()
      await guest.hears('one more thing')
      await guest.seesTurns(2)
      const decided = await world.payloads(session, 'approval_resolved')
      assert.deepEqual(
        decided.map(it => it.approval.optionId),
        ['demo-allow-once'],
      )
      assert.equal((await world.payloads(session, 'prompt_dispatch_started')).length, 2)
    })

    it('a guest who was cut off in mid-sentence reads every word once, in order', async () => {
      await host.write('Prompt', 'long 900')
      await guest.sees('chunk 90')
      await world.server.kill()
      await guest.isCutOff()
      assert.equal(await guest.page.getByText('chunk 899').count(), 0)
      await world.server.begin()
      await guest.sees('chunk 899')
      await guest.seesTurns(3)
      const events = await world.events(session)
      const updates = events.map(it => it.payload.notification?.update)
      const said = updates.filter(it => it?.sessionUpdate === 'agent_message_chunk').map(it => it.content.text)
      const read = await guest.page.locator('#timeline stream-text').allTextContents()
      assert.equal(letters(read.join('')), letters(said.join('')))
      const places = await guest.page.locator('#timeline [id^=e]').evaluateAll(all => all.map(it => it.id))
      assert.equal(new Set(places).size, places.length)
      for (const items of await guest.page.locator('#timeline .items').all()) {
        const shown = await items.locator('> li[id]').evaluateAll(all => all.map(it => parseInt(it.id.slice(1))))
        assert.deepEqual(
          shown,
          shown.toSorted((a, b) => a - b),
        )
      }
      const isSeen = ({ type, payload }) => SEEN.includes(type) || (payload.approval && payload.message)
      const missing = events.filter(it => isSeen(it) && !places.includes(`e${it.seq}`))
      assert.deepEqual(missing, [])
      const lines = (await guest.page.locator('#timeline .line').allTextContents()).join(' ').replace(/\s+/g, ' ')
      assert.deepEqual(
        SAID.map(it => lines.split(it).length - 1),
        [1, 1, 1],
      )
    })

    it('a prompt that is rejected never reaches the agent, and its author reads why', async () => {
      await guest.write('Prompt', 'echo on the build server')
      const card = host.card('Sam guest wants to send a prompt')
      await card.getByRole('button', { name: 'Reject…' }).click()
      await card.getByLabel('Why, if you wish to say').fill('not on a Friday')
      await card.getByRole('button', { name: 'Reject', exact: true }).click()
      await guest.sees('rejected by Ana host: “not on a Friday”')
      const types = (await world.events(session)).map(it => it.type)
      assert.equal(types.at(-1), 'prompt_rejected')
    })

    it('a question of the agent is answered by its form', async () => {
      await host.write('Prompt', 'form')
      const card = host.card('asks')
      await card.getByLabel('Suite').selectOption('The whole workspace')
      await card.getByLabel('Retries').fill('3')
      await card.getByRole('button', { name: 'Answer' }).click()
      await guest.sees('retries: 3')
      await guest.sees('suite: "workspace"')
    })

    it('a turn is stopped by its host, and an agent that has crashed is started again', async () => {
      await host.write('Prompt', 'hang')
      await host.page.getByRole('button', { name: 'Stop' }).click()
      await guest.seesTurns(1, 'stopped')
      await host.write('Prompt', 'crash')
      await guest.sees('The turn failed')
      await guest.page.getByText('The agent crashed, and cannot work.').waitFor()
      assert.equal(await guest.button('Restart and resume').count(), 0)
      await host.page.locator('#banner').getByText('wardroom-demo: exit code 3').waitFor()
      await host.looksAt(host.button('Restart and resume'))
      await host.button('Restart and resume').click()
      await guest.page.locator('#banner').waitFor({ state: 'detached' })
      await host.write('Prompt', 'echo here again')
      await guest.hears('here again')
    })

    it('who decides too late is told who was first, in the place of the buttons', async () => {
      await guest.write('Prompt', 'help')
      await guest.sees('waits for a yes')
      const inbox = await world.server.api('/api/approvals')
      const body = `data: ${JSON.stringify({ type: 'inbox', payload: { ...inbox, complete: true } })}\n\n`
      // This inbox hears what waits once, and nothing more.
      const once = route => route.fulfill({ contentType: 'text/event-stream', body })
      await host.page.route('**/api/inbox/stream', () => {})
      await host.page.route('**/api/inbox/stream', once, { times: 1 })
      await host.page.goto('/')
      const card = host.card('Sam guest wants to send a prompt')
      await card.waitFor()
      await world.server.api(`/api/approvals/${inbox.approvals[0].id}`, { action: 'reject', reason: 'from a terminal' })
      await card.getByRole('button', { name: 'Approve', exact: true }).click()
      const first = /Ana \(you\) host rejected this \d+ s ago: “from a terminal”/
      await host.page.locator('.card.settled .outcome', { hasText: first }).waitFor()
      await host.page.unroute('**/api/inbox/stream')
    })

    it('a session that is closed says by whom, can be read, and not written to', async () => {
      await host.enters(session)
      await host.chooses('Close the session…')
      await host.dialog('Close the session').getByRole('button', { name: 'Close it' }).click()
      const isEnded = async ({ page }) => {
        await page.locator('#pill', { hasText: '✕ Ended' }).waitFor()
        await page
          .locator('#composer')
          .getByText(/^Closed by Ana( \(you\))? host\. It can still be read\.$/)
          .waitFor()
        assert.equal(await page.locator('#composer').getByRole('button').count(), 0)
        await page
          .locator('#ended')
          .getByText(/^Closed by Ana( \(you\))? host, .*\. Read only\.$/)
          .waitFor()
      }
      for (const it of [host, guest]) await isEnded(it)
      for (const it of [host, guest]) {
        await it.page.reload()
        await isEnded(it)
        await it.sees('Does this cover refunds?')
        assert.equal(
          await it.page
            .locator('.timeline, .dock')
            .getByRole('button', { name: /Reply|Comment on|prompt$/ })
            .count(),
          0,
        )
      }
    })
  })
}
