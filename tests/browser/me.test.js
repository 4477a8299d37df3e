// What is mine: where I am signed in, my tokens, my password, and how this browser behaves.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect, PHONE } from './browser.js'
import { World } from './world.js'

/** More than one page of a list holds. */
const OTHERS = 210
const PASSWORD = 'correct horse battery'

describe('what is mine', () => {
  let world, me, phone

  before(async () => {
    world = await World.start()
    me = await world.host()
    await me.page.goto('/me')
  })
  afterEach(() => world.check())
  after(() => world.end())

  const section = (person, title) =>
    person.page.locator('section').filter({ has: person.page.getByRole('heading', { name: title }) })
  const rows = (person, title) => section(person, title).getByRole('listitem')
  const status = async (path, token) => {
    const headers = { authorization: `Bearer ${token}` }
    return (await fetch(world.server.origin + path, { headers })).status
  }

  it('the page says who I am', async () => {
    await me.chooses('My name, devices, tokens', 'Ana: me')
    await me.page.getByText('Signed in as Ana, who runs this server.').waitFor()
    await expect.poll(() => me.page.title()).toBe('Ana · Wardroom')
  })

  it('a token is shown once, works, and works no more when it is revoked', async () => {
    const tokens = section(me, 'My tokens')
    await tokens.getByLabel('Name').fill('for the nightly script')
    await tokens.getByLabel('Scope').selectOption('read')
    await tokens.getByLabel('Lives').selectOption('30 days')
    await tokens.getByRole('button', { name: 'Make a token' }).click()
    const secret = await tokens.getByLabel('The new token').inputValue()
    assert.match(secret, /^wr_usr_/)
    assert.equal(await status('/api/me', secret), 200)
    await expect(tokens.getByLabel('Name')).toHaveValue('') // nothing that would make the same token again
    await me.page.reload()
    const row = rows(me, 'My tokens').filter({ hasText: 'for the nightly script' })
    await row.getByText('read, until').waitFor()
    await expect(me.page.getByLabel('The new token')).toHaveCount(0)
    assert.ok(!(await me.page.content()).includes(secret))
    await row.getByRole('button', { name: 'Revoke' }).click()
    await row.waitFor({ state: 'detached' })
    assert.equal(await status('/api/me', secret), 401)
  })

  it('a token is found among many others, also those that are revoked', async () => {
    const make = name => world.server.api('/api/tokens', { name, scope: 'read' })
    await make('the oldest')
    for (let n = 0; n < OTHERS; n++) {
      const { token } = await make(`other ${n}`)
      if (n > 0) await world.server.api(`/api/tokens/${token.id}`, {}, { method: 'DELETE' })
    }
    await me.page.reload()
    for (const it of ['the oldest', 'other 0']) await rows(me, 'My tokens').filter({ hasText: it }).waitFor()
    await expect(rows(me, 'My tokens').filter({ hasText: 'other 1' })).toHaveCount(0)
  })

  it('what goes wrong with a token is said at its form, which keeps what was written', async () => {
    const tokens = section(me, 'My tokens')
    await me.page.route('**/api/tokens', route =>
      route.fulfill({ status: 507, json: { error: 'the disk is full', code: 'DISK_FULL' } }),
    )
    await tokens.getByLabel('Name').fill('another')
    await tokens.getByRole('button', { name: 'Make a token' }).click()
    await tokens.getByText('The disk is full.').waitFor()
    await expect(tokens.getByLabel('Name')).toHaveValue('another')
    await me.page.unroute('**/api/tokens')
  })

  it('a password is set, signs in on a phone, and is changed only by who knows it', async () => {
    const password = section(me, 'Password')
    await password.getByLabel('New').fill(PASSWORD)
    await password.getByRole('button', { name: 'Set it' }).click()
    await me.page.getByText('The password is set.').waitFor()
    phone = await world.person(PHONE)
    await phone.signsIn('Ana', PASSWORD)
    await phone.page.getByText('Nothing waits for you.').waitFor()
    await password.getByLabel('Now, if there is one').fill('wrong horse')
    await password.getByLabel('New').fill('another horse entirely')
    await password.getByRole('button', { name: 'Set it' }).click()
    await password.locator('.error').waitFor()
    await phone.page.goto('/me')
    await phone.page.getByText('Signed in as Ana').waitFor()
  })

  it('each device is listed, and another one is signed out from here', async () => {
    await me.page.reload()
    const devices = rows(me, 'Where I am signed in')
    await devices.nth(1).waitFor()
    assert.deepEqual(
      await devices.locator('span[title]').evaluateAll(all => all.map(it => it.firstChild.textContent)),
      Array(2).fill('Chrome on Linux'),
    )
    await expect(devices.filter({ hasText: '(this one)' })).toHaveCount(1)
    await devices.filter({ hasNotText: '(this one)' }).getByRole('button', { name: 'Sign out' }).click()
    await devices.nth(1).waitFor({ state: 'detached' })
    await phone.page.reload()
    await phone.page.getByText('This browser is not signed in.').waitFor()
  })

  it('a theme is kept over a reload, and is there before anything is painted', async () => {
    const theme = () => me.page.evaluate(() => document.documentElement.dataset.theme)
    const paper = () => me.page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await paper()
    await section(me, 'This browser')
      .getByLabel(/^Theme/)
      .selectOption('dark')
    await expect.poll(() => theme()).toBe('dark')
    assert.notEqual(await paper(), light)
    await me.page.route('**/app.js', route => route.abort()) // only what comes before the page itself
    await me.page.reload()
    await expect.poll(() => theme()).toBe('dark')
    assert.notEqual(await paper(), light)
    await me.page.unroute('**/app.js')
    await me.page.reload()
    await me.button('Theme: dark').click()
    await expect.poll(() => theme()).toBe(undefined)
    await me.page.reload()
    await expect.poll(() => theme()).toBe(undefined)
  })

  it('on a phone, all of it is reached from the picture of me, and is in reach of a thumb', async () => {
    const { origin } = world.server
    const state = await me.context.storageState()
    const small = await world.person({ ...PHONE, storageState: state })
    await small.page.goto(origin)
    await small.chooses('My name, devices, tokens', 'Ana: me')
    const browser = section(small, 'This browser')
    for (const label of [/^Theme/, /^Notifications/, /Single keys/]) {
      const field = browser.getByLabel(label)
      await field.scrollIntoViewIfNeeded()
      await small.looksAt(field)
    }
    await browser.getByLabel(/^Theme/).selectOption('dark')
    assert.equal(await small.page.evaluate(() => document.documentElement.dataset.theme), 'dark')
  })

  it('a notification is tried out, and where the browser shows none, that is said', async () => {
    const told = await world.person({ storageState: await me.context.storageState(), permissions: ['notifications'] })
    await told.context.addInitScript(() => {
      const told = (globalThis.told = [])
      globalThis.Notification = class {
        static permission = 'granted'
        static requestPermission = async () => 'granted'
        constructor(title) {
          if (globalThis.isPhone) throw new TypeError('Illegal constructor.')
          told.push(title)
        }
      }
    })
    await told.page.goto('/me')
    const browser = section(told, 'This browser')
    await expect(told.button('Send a test')).toHaveCount(0)
    await browser.getByLabel(/^Notifications/).selectOption('all')
    await told.button('Send a test').click()
    await told.page.locator('.toast', { hasText: 'Sent' }).waitFor()
    assert.deepEqual(await told.page.evaluate(() => globalThis.told), ['A test'])
    await told.page.evaluate(() => (globalThis.isPhone = true))
    await told.button('Send a test').click()
    await told.page.locator('.toast', { hasText: 'This browser does not show it' }).waitFor()
  })

  it('single keys act, and do nothing when they are switched off', async () => {
    const { page } = me
    const press = async (...keys) => {
      await page.locator('h1').click()
      for (const key of keys) await page.keyboard.press(key)
    }
    const isAt = path => page.waitForURL(it => it.pathname === path)
    await press('g', 'h')
    await isAt('/history')
    await page.goto('/me')
    await page.getByLabel('Single keys act').uncheck()
    await page.reload()
    await expect(page.getByLabel('Single keys act')).not.toBeChecked()
    await press('g', 'h')
    await page.getByLabel('Single keys act').check()
    assert.equal(new URL(page.url()).pathname, '/me')
    await press('g', 'i')
    await isAt('/')
  })

  it('keys that are off decide nothing, and those that are on only what waits in sight', async () => {
    const session = await world.share()
    const guest = await world.guest('Sam', session.link)
    await me.page.goto('/me')
    await me.page.getByLabel('Single keys act').uncheck()
    await me.enters(session)
    await guest.write('Prompt', 'echo by a key')
    const card = me.card('Sam guest wants to send a prompt')
    await me.turnsTo(card)
    await me.page.keyboard.press('a')
    await me.page.keyboard.press('r')
    await me.page.keyboard.press('e')
    await expect(card.getByRole('textbox')).toHaveCount(0)
    const { approvals } = await world.server.api('/api/approvals')
    assert.deepEqual(
      approvals.map(it => it.status),
      ['pending'],
    )
    await me.page.goto('/me')
    await me.page.getByLabel('Single keys act').check()
    await me.page.goBack()
    await me.isLive()
    await me.turnsTo(card)
    await me.page.keyboard.press('r')
    await card.getByLabel('Why, if you wish to say').press('a')
    await expect(card.getByLabel('Why, if you wish to say')).toHaveValue('a') // who writes, writes
    await me.page.keyboard.press('Escape')
    await me.turnsTo(card)
    await me.page.keyboard.press('a')
    await guest.hears('by a key')
  })

  it('a guest has devices and a browser, but no account to have tokens of', async () => {
    const session = await world.share()
    const guest = await world.guest('Kim', session.link, PHONE)
    await guest.page.goto('/me')
    await guest.page.getByText('A guest, in the sessions that were joined here.').waitFor()
    await section(guest, 'This browser').waitFor()
    await expect(guest.page.getByRole('heading', { name: /My tokens|Password/ })).toHaveCount(0)
  })

  it('who signs out here is a stranger here', async () => {
    await me.page.goto('/me')
    await me.button('Sign out of this browser').click()
    await me.page.getByText('This browser is not signed in.').waitFor()
    await me.page.goto('/me')
    await me.page.getByText('This browser is not signed in.').waitFor()
  })
})
