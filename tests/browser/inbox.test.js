// What the inbox says besides what waits for me: what waits for others, and how the sessions are that go on.
import { after, afterEach, before, describe, it } from 'node:test'
import { expect, PHONE } from './browser.js'
import { World } from './world.js'

describe('the rest of the inbox', () => {
  let world, session, host, sam, lena

  before(async () => {
    world = await World.start()
    host = await world.host()
    session = await world.share()
    sam = await world.guest('Sam', session.link)
    lena = await world.guest('Lena', session.link, PHONE)
  })
  afterEach(() => world.check())
  after(() => world.end())

  const others = person => person.page.locator('section').filter({ hasText: 'Waiting for others' })
  const card = (person, text) =>
    person.page.locator('.card').filter({ has: person.page.locator('.exact', { hasText: text }) })
  const row = person => person.page.locator('.sessions a', { hasText: 'Fix the flaky checkout test' })

  it('what others decide is there to read, and I may suggest what they should say', async () => {
    await sam.write('Prompt', 'echo one')
    await lena.page.goto('/')
    const waits = card(lena, 'echo one')
    await waits.getByText('Waits for Ana host').waitFor()
    await lena.page.getByText('Nothing waits for you.').waitFor()
    await expect(waits.getByRole('group', { name: 'Your decision' })).toHaveCount(0)
    await waits.getByRole('button', { name: 'Suggest…' }).click()
    await waits.getByLabel('Why').fill('it only echoes')
    await waits.getByRole('button', { name: 'Suggest: approve' }).click()
    await waits.getByText('Lena (you) guest suggests: approve “it only echoes”').waitFor()
    await host.page.goto('/')
    await card(host, 'echo one').getByText('Lena guest suggests: approve').waitFor()
    await expect(others(host)).toHaveCount(0) // all of it waits for the host
  })

  it('my own prompt waits there too, until I take it back', async () => {
    await sam.page.goto('/')
    const mine = card(sam, 'echo one')
    await mine.getByRole('button', { name: 'Take it back' }).click()
    await mine.waitFor({ state: 'detached' })
    await others(sam).waitFor({ state: 'detached' })
    await card(lena, 'echo one').waitFor({ state: 'detached' })
  })

  it('a session that goes on says what its agent does, what waits, and who is there', async () => {
    await sam.enters(session)
    await sam.write('Prompt', 'ask cargo test')
    await row(host).getByText('· waiting for 1 decision').waitFor()
    await row(host).getByText('Here: Sam').waitFor()
    await lena.enters(session)
    await row(host).getByText('Here: Sam, Lena').waitFor()
    const button = name => card(host, 'ask cargo test').getByRole('button', { name, exact: true })
    await button('Reject…').click()
    await button('Reject').click()
    await row(host).getByText('· idle').waitFor()
    await host.page.goto('/history')
    await row(host).getByText('· idle').waitFor()
  })
})
