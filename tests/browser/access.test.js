// Who may only watch, who has no mouse, who has a small screen, whose link is broken.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect, PHONE, WIDE } from './browser.js'
import { World } from './world.js'

describe('access', () => {
  let world, session, host, phone

  before(async () => {
    world = await World.start()
    host = await world.host()
    session = await world.share()
    await host.enters(session)
    phone = await world.guest('Kim', session.link, PHONE)
  })
  afterEach(() => world.check())
  after(() => world.end())

  it('a viewer watches and finds nothing to press', async () => {
    const viewer = await world.guest('Vera', await world.viewerLink(session))
    await phone.write('Prompt', 'ask ./deploy.sh')
    await viewer.page.getByText('Waits for Ana host.').waitFor()
    await viewer.page.getByText('You watch this session.').waitFor()
    await expect(viewer.page.locator('main').getByRole('button')).toHaveCount(0)
    await expect(viewer.page.locator('main').getByRole('textbox')).toHaveCount(0)
    await viewer.page.goto('/')
    await viewer.page.getByText('Nothing waits for you.').waitFor()
    await expect(viewer.page.getByRole('button', { name: 'Start the demo session' })).toHaveCount(0)
  })

  it('a card is decided by Tab and Enter alone', async () => {
    const { page } = host
    const focused = () => page.evaluate(() => document.activeElement.textContent)
    const tabTo = async label => {
      for (let n = 0; n < 60 && (await focused()) !== label; n++) await page.keyboard.press('Tab')
      await expect.poll(() => focused()).toBe(label)
    }
    await host.card('Kim guest wants to send a prompt').waitFor()
    await tabTo('Approve A')
    await page.keyboard.press('Enter')
    await host.card('Run a command?').waitFor()
    await tabTo('Allow once A')
    await page.keyboard.press('Enter')
    await phone.sees('Done.')
  })

  it('a phone shows a card whole, above where one writes, and everything to press is big enough', async () => {
    await phone.write('Prompt', `echo ${'a-word-that-goes-on-'.repeat(40)}`)
    await host.page.setViewportSize(PHONE.viewport)
    const card = host.card('Kim guest wants to send a prompt')
    await card.getByRole('button', { name: 'Approve', exact: true }).waitFor()
    await host.check()
    for (const { page } of [host, phone]) {
      const small = await page.locator('button, summary, textarea, select').evaluateAll(all => {
        const shown = all.filter(it => it.checkVisibility())
        const sizes = shown.map(it => [it.textContent, it.getBoundingClientRect()])
        return sizes.filter(([, it]) => it.width < 44 || it.height < 44).map(([text]) => text)
      })
      assert.deepEqual(small, [])
    }
    await card.getByRole('button', { name: 'Approve', exact: true }).click()
    await phone.seesTurns(2)
  })

  it('an error stands where it happened, says the cure, and keeps what was written', async () => {
    await phone.paste('Comment', 'x'.repeat(70_000))
    await phone.page.locator('#composer > .error').getByText('at most 64 KiB').waitFor()
    assert.equal((await phone.page.getByLabel('Message').inputValue()).length, 70_000)
    await phone.page.getByLabel('Message').fill('short')
    await phone.page.getByRole('button', { name: 'Comment' }).click()
    await host.sees('short')
    await expect(phone.page.locator('#composer .error')).toHaveCount(0)
  })

  it('a second press sends nothing a second time', async () => {
    const posts = []
    const { page } = phone
    let release
    const held = new Promise(done => (release = done))
    await page.route('**/messages', async route => {
      posts.push(route.request().url())
      await held
      await route.continue()
    })
    await page.getByLabel('Message').fill('only once')
    await page.getByRole('button', { name: 'Comment' }).focus()
    await page.keyboard.press('Enter')
    await page.locator('#composer .unsent', { hasText: 'Sending… only once' }).waitFor()
    await page.keyboard.press('Enter')
    release()
    await host.sees('only once')
    await page.locator('#composer .unsent li').waitFor({ state: 'detached' })
    const { messages } = await world.server.api(`/api/shared-sessions/${session.id}/messages?order=desc`)
    assert.equal(messages.filter(it => it.text === 'only once').length, 1)
    assert.equal(posts.length, 1)
    await page.unroute('**/messages')
  })

  it('a link that is broken, used or wrong says so', async () => {
    const stranger = await world.person()
    await stranger.page.goto(`/join/${session.id}`)
    await stranger.page.getByRole('heading', { name: 'This link is not whole' }).first().waitFor()
    await stranger.page.goto('/setup')
    await stranger.page.getByRole('heading', { name: 'This link is not whole' }).first().waitFor()
    await stranger.page.goto(`/s/${session.id}`)
    await stranger.page.getByText('This browser is not signed in.').waitFor()
    await stranger.page.goto(world.server.setupLink)
    await stranger.page.getByLabel('Your name').fill('Mallory')
    await stranger.page.getByRole('button', { name: 'Start' }).click()
    await stranger.page.locator('.error', { hasText: 'Sign in with a token instead' }).waitFor()
  })

  it('who is signed out is asked to sign in, and comes back to where they were', async () => {
    await host.page.setViewportSize(WIDE.viewport)
    await host.chooses('Sign out of this browser', 'Ana: me')
    await host.page.getByText('This browser is not signed in.').waitFor()
    await host.page.goto(`/s/${session.id}`)
    await host.page.getByLabel('User token').fill(world.server.token)
    await host.page.getByRole('button', { name: 'Sign in' }).click()
    await host.isLive()
    await host.sees('only once')
  })
})
