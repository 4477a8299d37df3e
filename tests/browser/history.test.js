// All sessions that somebody may see: found by title and by how they are, and more of them on demand.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect, PHONE } from './browser.js'
import { World } from './world.js'

/** More sessions than one page of them holds. */
const MANY = 56

describe('history', () => {
  let world, host, guest, first

  before(async () => {
    world = await World.start()
    host = await world.host()
    await host.page.goto('/history')
    await host.page.getByText('Sessions appear here, also when they are closed.').waitFor()
    first = await world.share({ title: 'The very first' })
    guest = await world.guest('Sam', first.link, PHONE)
    for (let n = 2; n <= MANY; n++) {
      const { id } = await world.share({ title: `Number ${n}` })
      if (n % 2 === 0) await world.server.api(`/api/shared-sessions/${id}/close`, {})
    }
  })
  afterEach(() => world.check())
  after(() => world.end())

  const rows = person => person.page.locator('.sessions li')

  it('the newest are shown at first, and all of them when somebody asks for more', async () => {
    await host.page.reload()
    await rows(host).first().getByText(`Number ${MANY}`).waitFor()
    await expect(rows(host)).toHaveCount(50)
    await host.button('Show more').click()
    await rows(host)
      .nth(MANY - 1)
      .waitFor()
    await expect(rows(host)).toHaveCount(MANY)
    await rows(host).last().getByText('The very first').waitFor()
    await expect(host.button('Show more')).toHaveCount(0)
    const seen = await rows(host).locator('a > bdi').allTextContents()
    assert.equal(new Set(seen).size, MANY)
  })

  it('a title is found, also one of a page that was not loaded yet', async () => {
    await host.page.reload()
    await rows(host).nth(49).waitFor()
    await host.page.getByLabel('Title has').fill('VERY first')
    await rows(host).getByText('The very first').waitFor()
    await expect(rows(host)).toHaveCount(1)
    await host.page.getByLabel('Title has').fill('nowhere')
    await host.page.getByText('No title has “nowhere”.').waitFor()
  })

  it('only those that are closed, or only those that are live', async () => {
    await host.page.getByLabel('Title has').fill('')
    await host.page.getByLabel('Which').selectOption('closed')
    await rows(host)
      .nth(MANY / 2 - 1)
      .waitFor()
    await host.page.waitForFunction(count => document.querySelectorAll('.sessions li').length === count, MANY / 2)
    for (const text of await rows(host).locator('.muted').allTextContents()) assert.match(text, /^Closed /)
    await host.page.getByLabel('Which').selectOption('expired')
    await host.page.getByText('There are none.').waitFor()
    await host.page.getByLabel('Which').selectOption('Live')
    await rows(host).getByText('The very first').waitFor()
    await expect(rows(host)).toHaveCount(MANY / 2)
  })

  it('one is opened, read, and left by going back to the same list', async () => {
    await host.page.getByLabel('Which').selectOption('closed')
    await rows(host).first().getByRole('link').click()
    await host.page.locator('#ended', { hasText: 'Closed by Ana' }).waitFor()
    await host.page.goBack()
    await rows(host).first().waitFor()
    assert.equal(new URL(host.page.url()).pathname, '/history')
  })

  it('a guest finds the sessions that they joined, and no other', async () => {
    await guest.page.goto('/')
    await guest.chooses('History', 'Guest: me')
    await rows(guest).getByText('The very first').waitFor()
    await expect(rows(guest)).toHaveCount(1)
  })
})
