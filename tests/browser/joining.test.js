// The doors: signing in by a token or a password, and invites that do not work any more.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect, PHONE } from './browser.js'
import { until } from './server.js'
import { World } from './world.js'

/** More tries at a door than it allows. */
const TRIES = 200

describe('the doors', () => {
  let world, session, host

  before(async () => {
    world = await World.start()
    host = await world.host()
    session = await world.share()
    await host.enters(session)
  })
  afterEach(() => world.check())
  after(() => world.end())

  /** A link by a new invite. */
  const invite = async (fields = {}) => {
    const { invite: made } = await world.server.api(`/api/shared-sessions/${session.id}/invites`, fields)
    return { ...made, link: `/join/${session.id}#${made.token}` }
  }
  /** Somebody on a phone who has opened a link. */
  const opens = async link => {
    const person = await world.person(PHONE)
    await person.page.goto(link)
    return person
  }
  /** What somebody reads whose link does not work, who gets no form and no secret in a message. */
  const reads = async (person, title, cure) => {
    await person.page.getByRole('heading', { name: title, level: 2 }).waitFor()
    await person.page.getByText(cure).waitFor()
    await expect(person.page.getByLabel('Your name')).toHaveCount(0)
    const texts = await person.page.getByRole('textbox').evaluateAll(all => all.map(it => it.value))
    assert.ok(
      texts.every(it => !it.includes('wr_')),
      texts.join(),
    )
    await person.check()
  }

  it('who has a token signs in with it, and a wrong one is refused in words', async () => {
    const script = await world.person()
    await script.page.goto('/history')
    await script.page.getByLabel('User token').fill('wr_usr_nonsense')
    await script.button('Sign in').click()
    await script.page.locator('form .error').waitFor()
    await expect.poll(() => script.page.getByLabel('User token').getAttribute('type')).toBe('password')
    await script.page.getByLabel('User token').fill(world.server.token)
    await script.button('Sign in').click()
    await script.page.getByRole('link', { name: 'Fix the flaky checkout test' }).waitFor()
    assert.equal(new URL(script.page.url()).pathname, '/history') // where they wanted to go
    assert.doesNotMatch(await script.page.evaluate(() => location.href + JSON.stringify({ ...localStorage })), /wr_/)
  })

  it('who has a password signs in with it, and is not told which of the two was wrong', async () => {
    const { user } = await world.server.api('/api/users', { name: 'Ben' })
    await world.server.api(`/api/users/${user.id}`, { password: 'a long enough one' }, { method: 'PATCH' })
    const said = []
    for (const [name, password] of [
      ['Ben', 'not this one'],
      ['Nobody', 'a long enough one'],
    ]) {
      const stranger = await world.person(PHONE)
      await stranger.signsIn(name, password)
      said.push(await stranger.page.locator('form .error').innerText())
      await expect(stranger.page.getByLabel('Name')).toHaveValue(name)
    }
    const [wrong, unknown] = said.map(it => it.replace(/Request \w+/, ''))
    assert.equal(wrong, unknown)
    const ben = await world.person(PHONE)
    await ben.signsIn('Ben', 'a long enough one')
    await ben.page.getByText('Nothing waits for you.').waitFor()
    await ben.button('Ben: me').waitFor()
    await ben.page.goto(session.link)
    await ben.page.getByLabel('Your name').fill('Ben')
    await ben.button('Join').click()
    await ben.isLive()
    await host.sees('Ben joined')
    await ben.page.goto(session.link) // whoever takes part comes in without joining once more
    await ben.isLive()
    assert.equal((await world.payloads(session, 'participant_joined')).length, 2)
  })

  it('a link that is not whole', async () => {
    const { link } = await invite()
    const missing = await opens(`/join/${session.id}`)
    await reads(missing, 'This link is not whole', 'What follows the # is missing.')
    await reads(await opens(link.slice(0, -4)), 'This link does not work', 'Copy the whole link')
    await reads(
      await opens(`/join/${'0'.repeat(8)}-0000-7000-8000-${'0'.repeat(12)}#wr_inv_x`),
      'This link does not work',
      'Copy the whole link',
    )
    await reads(await opens('/setup'), 'This link is not whole', 'Copy all of it')
  })

  it('an invite that was revoked', async () => {
    const { link, id } = await invite({ maxUses: 7 })
    await host.button('Share').click()
    const share = host.dialog('Share this session')
    const row = share.getByRole('listitem').filter({ hasText: 'used 0 of 7 times' })
    await row.getByRole('button', { name: 'Revoke' }).click()
    await row.waitFor({ state: 'detached' })
    await host.page.keyboard.press('Escape')
    await host.sees('An invite was revoked')
    const [{ invite: revoked }] = await world.payloads(session, 'invite_revoked')
    assert.equal(revoked.id, id)
    await reads(await opens(link), 'This invite was revoked', 'Ask Ana for a new link.')
  })

  it('an invite whose time is up', async () => {
    const { link, id } = await invite()
    const times = ago => `strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-${ago} hours')`
    world.server.sql(`update invites set created_at = ${times(26)}, expires_at = ${times(2)} where id = '${id}'`)
    const late = await opens(link)
    await reads(late, 'This invite has expired', /^It ended 2 h ago \(1 d limit\)\. Ask Ana for a new link\.$/)
    const message = await late.page.getByLabel('A message for Ana').inputValue()
    assert.match(message, /^Ana, your invite link to \S+ does not work any more: the invite has expired\./)
    await late.button('Copy a message for Ana').click()
    await late.page.locator('.toast', { hasText: /^Cop(ied|y it by hand)/ }).waitFor()
  })

  it('an invite that is used up, before and after its page was opened', async () => {
    const { link } = await invite({ maxUses: 1 })
    const late = await opens(link)
    await late.page.getByLabel('Your name').fill('Late')
    const first = await world.guest('First', link)
    await first.sees('First (you) guest joined')
    await late.button('Join').click()
    await late.page.locator('form .error').getByText('used as often as it may').waitFor()
    await expect(late.page.getByLabel('Your name')).toHaveValue('Late')
    await reads(await opens(link), 'This invite is used up', 'It was used 1 of 1 times. Ask Ana for a new link.')
  })

  it('an invite to watch says what that means', async () => {
    const watcher = await opens((await invite({ role: 'viewer' })).link)
    const rights = watcher.page.locator('.may li')
    await rights.first().waitFor()
    assert.deepEqual(await rights.locator('b').allTextContents(), ['✓', '✗', '✗', '✗'])
    await watcher.page.getByLabel('Your name').fill('Vera')
    await watcher.button('Join').click()
    await watcher.page.getByText('You watch this session.').waitFor()
  })

  it('a session that has ended', async () => {
    const { link } = await invite()
    const inside = await world.guest('Inside', link)
    const { link: another } = await invite()
    await world.server.api(`/api/shared-sessions/${session.id}/close`, {})
    await reads(await opens(another), 'This session has ended', 'Nobody can join it any more.')
    await inside.page.goto(link) // who took part may go on reading
    await inside.page.locator('#pill', { hasText: '✕ Ended' }).waitFor()
    await inside.sees('Inside (you) guest joined')
  })

  it('too many tries are told to wait, and for how long', async () => {
    const body = JSON.stringify({ inviteToken: 'wr_inv_guessed' })
    const headers = { 'content-type': 'application/json' }
    const url = `${world.server.origin}/api/shared-sessions/${session.id}/invites/preview`
    let left = TRIES
    await until(
      'the door is shut',
      async () => left-- > 0 && (await fetch(url, { method: 'POST', headers, body })).status === 429,
    )
    const late = await opens(session.link)
    await late.page.getByText(/Try again in \d+ s\./).waitFor()
    await late.button('Try again').waitFor()
  })
})
