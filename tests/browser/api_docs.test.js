// The API as a page: it runs on what the server sends, under a policy of its own.
import { after, before, test } from 'node:test'
import { World } from './world.js'

let world
before(async () => (world = await World.start()))
after(() => world.end())

test('the page of the API shows its routes, and asks the server as who is signed in', async () => {
  const ana = await world.host()
  const { page } = ana
  await page.goto('/api/docs')
  const section = page.locator('#operations-identity-getMe')
  await section.waitFor()
  await section.locator('.opblock-summary-control').first().click()
  await section.getByRole('button', { name: 'Execute' }).click()
  await section.locator('.live-responses-table').getByText('"Ana"').first().waitFor()
  await world.check()
})
