// Every view and state of the page, each with the steps that lead there: for those who measure them and for those who look.
import { CARDS, call, chunk } from './samples.js'

/** How the page is looked at: on a wide and on a narrow screen, in both themes. */
export const LOOKS = [
  { name: 'wide-light', width: 1440, height: 900, theme: 'light' },
  { name: 'wide-dark', width: 1440, height: 900, theme: 'dark' },
  { name: 'narrow-light', width: 390, height: 844, theme: 'light' },
  { name: 'narrow-dark', width: 390, height: 844, theme: 'dark' },
]

/** Looks at a page in one way. @param {import('playwright-core').Page} page @param {typeof LOOKS[number]} look */
export async function look(page, { width, height, theme }) {
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
  // What follows the size of the screen has followed after two frames.
  await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))
}

/** @param {import('./browser.js').Person} person @param {string} text */
const shows = async (person, text) => {
  await person.page.getByText(text).first().waitFor()
  return person
}

/** Who went to a path. @param {import('./browser.js').Person} person @param {string} path @param {string} text that is seen then */
const open = async (person, path, text) => {
  await person.page.goto(path)
  return shows(person, text)
}

/**
 * Every view and state, in an order in which one may follow another.
 * @type {Record<string, (stage: import('./stage.js').Stage) => Promise<import('./browser.js').Person>>}
 */
export const SCENES = {
  setup: async stage => open(await stage.stranger(), '/setup#wr_set_example', 'Your name'),
  'setup, a broken link': stage => stage.refused('/setup', 'This link is not whole'),
  'sign in': async stage => open(await stage.stranger(), '/', 'This browser is not signed in'),
  'sign in by name': async stage => {
    const person = await open(await stage.stranger(), '/', 'This browser is not signed in')
    await person.page.getByRole('button', { name: 'With a name and a password' }).click()
    return person
  },
  'inbox, empty': stage => open(stage.host, '/', 'Nothing waits for you'),
  'inbox, how to share': async stage => {
    const person = await open(stage.host, '/', 'Nothing waits for you')
    await person.page.getByRole('button', { name: 'Share a real agent' }).click()
    return shows(person, 'In a terminal')
  },
  'history, empty': async stage => {
    const page = { json: { sessions: [], nextCursor: null } }
    await stage.host.page.route('**/api/shared-sessions?**', route => route.fulfill(page))
    const person = await open(stage.host, '/history', 'Sessions appear here')
    await person.page.unrouteAll()
    return person
  },
  join: async stage =>
    open(await stage.stranger(), (await stage.session('Fix the flaky checkout test')).link, 'invites you to'),
  'join, to watch': async stage =>
    open(
      await stage.stranger(),
      await stage.world.viewerLink(await stage.session('Fix the flaky checkout test')),
      'invites you to',
    ),
  'join, half a link': async stage =>
    stage.refused(`/join/${(await stage.session('Fix the flaky checkout test')).id}`, 'This link is not whole'),
  'join, a wrong link': async stage =>
    stage.refused(
      `/join/${(await stage.session('Fix the flaky checkout test')).id}#wr_inv_wrong`,
      'This link does not work',
    ),
  'join, expired': async stage => {
    const session = await stage.session('Fix the flaky checkout test')
    const { invite } = await stage.server.api(`/api/shared-sessions/${session.id}/invites`, {})
    stage.server.sql(
      `update invites set created_at = '2026-01-01T08:00:00.000Z', expires_at = '2026-01-02T08:00:00.000Z' where id = '${invite.id}'`,
    )
    return stage.refused(`/join/${session.id}#${invite.token}`, 'This invite has expired')
  },
  'join, used up': async stage => {
    const session = await stage.session('Fix the flaky checkout test')
    const { invite } = await stage.server.api(`/api/shared-sessions/${session.id}/invites`, { maxUses: 1 })
    const link = `/join/${session.id}#${invite.token}`
    await stage.world.guest('Lou', link)
    return stage.refused(link, 'This invite is used up')
  },
  'session, nothing yet': async stage => stage.at(await stage.session('Onboarding docs')),
  session: async stage => {
    const { session } = await stage.rich()
    return stage.at(session)
  },
  'session, a link into it': async stage => {
    const { session } = await stage.rich()
    await stage.host.page.goto('/history')
    return open(stage.host, `/s/${session.id}#e6`, 'The order is kept')
  },
  'session, everything open': async stage => {
    const person = await stage.at((await stage.rich()).session)
    const folded = person.page.locator('#timeline details:not([open]) > summary')
    while ((await folded.count()) > 0) await folded.first().click()
    return shows(person, '41 passed')
  },
  'session, a guest': async stage => {
    const { session, sam } = await stage.rich()
    return stage.at(session, sam)
  },
  'session, a viewer': async stage => {
    const { session, kim } = await stage.rich()
    return stage.at(session, kim)
  },
  'session, replying': async stage => {
    const person = await stage.at((await stage.rich()).session)
    await person.page.getByRole('button', { name: 'Reply' }).click()
    return person
  },
  'session, its menu': async stage => {
    const person = await stage.at((await stage.rich()).session)
    await person.page.getByLabel('More').click()
    return shows(person, 'Who can do what')
  },
  'dialog, share': async stage => {
    const person = await stage.at((await stage.rich()).session)
    await person.page.getByRole('button', { name: 'Share' }).click()
    await person.page.getByRole('button', { name: 'Make a link' }).click()
    await person.page.locator('#link .qr').waitFor()
    return person
  },
  'dialog, people': stage => stage.dialog('People'),
  'dialog, who can do what': stage => stage.dialog('Who can do what'),
  'dialog, settings': stage => stage.dialog('Title and deadline…'),
  'dialog, pause': stage => stage.dialog('Pause the agent session…'),
  'dialog, close': stage => stage.dialog('Close the session…'),
  'dialog, keys': stage => stage.dialog('Keys'),
  'session, running': async stage => {
    const session = await stage.session('Measure the build')
    await stage.once('runs', () => {
      const updates = [chunk('I measure the build.\n\n'), call('m', 'execute', 'cargo build --timings', 'in_progress')]
      return stage.tell(session, 'Which crate takes longest?', { waits: true, updates })
    })
    return shows(await stage.at(session), 'cargo build --timings')
  },
  markdown: stage => stage.demo('Markdown', 'markdown', '.prose table'),
  'hidden characters': stage => stage.demo('Bidi', 'bidi', '.prose:has-text("stacked")'),
  'card, a prompt': async stage => stage.at((await stage.proposed()).session),
  'card, edited': async stage => {
    const person = await stage.at((await stage.proposed()).session)
    await person.page.getByRole('button', { name: 'Edit…' }).click()
    await person.page
      .getByLabel('Send this instead')
      .fill('Then run the whole suite, and tell me which tests are slow.')
    return shows(person, 'Approve this text')
  },
  'card, rejecting': async stage => {
    const person = await stage.at((await stage.proposed()).session)
    await person.page.getByRole('button', { name: 'Reject…' }).click()
    return shows(person, 'Not now')
  },
  'card, its author': async stage => {
    const { session, sam } = await stage.proposed()
    return shows(await stage.at(session, sam), 'Take it back')
  },
  'card, suggesting': async stage => {
    const { session, lena } = await stage.proposed()
    const person = await stage.at(session, lena)
    await person.page.getByText('Suggest something else…').click()
    return shows(person, 'Suggest: reject')
  },
  'card, a command': stage => stage.card('Run the suite'),
  'card, a risk': stage => stage.card('Clean up the build'),
  'card, are you sure': async stage => {
    const person = await stage.card('Clean up the build')
    await person.page.locator('#dock').getByRole('button', { name: 'Allow once' }).focus()
    await person.page.keyboard.press('Enter')
    await person.page.locator('dialog[open]').waitFor()
    return person
  },
  'card, long': stage => stage.card('Run a script'),
  'card, an edit': stage => stage.card('Edit a file'),
  'card, unsaid': stage => stage.card('Use a tool'),
  'card, a question': stage => stage.card('Ask about the tests'),
  'card, a draft': stage => stage.demo('Settle orders in order', 'draft', '#dock .diff'),
  'inbox, full': async stage => {
    await stage.proposed()
    for (const [name, what] of Object.entries(CARDS)) await stage.waiting(name, what)
    const person = await open(stage.host, '/', 'Waiting for you')
    await person.page.locator('.card').nth(6).waitFor()
    return person
  },
  'inbox, what waits for others': async stage => {
    const { lena } = await stage.proposed()
    const person = await open(lena, '/', 'Waiting for others')
    await person.page.locator('.card').waitFor()
    return person
  },
  'inbox, what programs ask': async stage => {
    await stage.actions()
    const person = await open(stage.host, '/', 'Waiting for you')
    const chip = person.page.getByRole('button', { name: /^Actions/ })
    if (await chip.isVisible()) await chip.click()
    await person.page.getByRole('button', { name: 'after 18:00' }).waitFor()
    return person
  },
  'inbox, what a host was told': async stage => {
    await stage.actions()
    const person = await open(stage.host, '/', 'Waiting for you')
    const card = person.card('Delete the branch')
    await stage.once('told', () => card.getByRole('button', { name: 'deny' }).click())
    await card.getByText('It decides.').waitFor()
    await card.scrollIntoViewIfNeeded()
    return person
  },
  'inbox, what another decides': async stage => {
    const program = await stage.actions()
    const tess = await stage.once('Tess', async () => {
      const { token } = await stage.server.api('/api/users', { name: 'Tess' })
      await stage.server.api(`/api/hosts/${program.id}/grants`, { name: 'Tess', canCallTools: true })
      const person = await stage.world.person()
      await person.signsInBy(token)
      return person
    })
    return shows(await open(tess, '/', 'Waiting for others'), 'You may not decide this')
  },
  'dialog, start an agent': async stage => {
    await stage.program()
    const person = await open(stage.host, '/', 'Start an agent…')
    await person.button('Start an agent…').click()
    await person.page.getByRole('combobox', { name: 'Agent' }).waitFor()
    return person
  },
  'hosts, none of mine': async stage => {
    const list = { hosts: [(await stage.server.api('/api/hosts')).hosts.find(it => !it.userId)] }
    await stage.host.page.route('**/api/hosts', route => route.fulfill({ json: list }))
    const person = await open(stage.host, '/hosts', 'No computer of yours is connected')
    await person.page.unrouteAll()
    return person
  },
  hosts: async stage => {
    await stage.actions()
    const person = await open(stage.host, '/hosts', 'Registered agents')
    await person.page.getByText('build.done').first().waitFor()
    return person
  },
  'hosts, a tool': async stage => {
    const program = await stage.actions()
    const person = await open(stage.host, '/hosts', 'Registered agents')
    const deployer = person.page.locator(`#h-${program.id} .registered`, { hasText: 'Deploy bot' })
    await deployer.locator('.tools > summary').click()
    await person.button('Call roll_back').click()
    await deployer.getByText('"warm up"').waitFor()
    await person.page.locator(`#h-${program.id} .grants > summary`).click()
    await deployer.scrollIntoViewIfNeeded()
    return person
  },
  'hosts, a guest': async stage => {
    const { lena } = await stage.proposed()
    return open(lena, '/hosts', 'for those who have an account')
  },
  'join, its host is away': async stage => {
    const person = await stage.stranger()
    const session = await stage.session('Onboarding docs')
    await person.page.route('**/invites/preview', async route => {
      const answer = await route.fetch()
      await route.fulfill({ json: { ...(await answer.json()), agentStatus: 'away' } })
    })
    return open(person, session.link, 'its computer is not connected now')
  },
  'session, the demo': async stage => {
    const { session } = await stage.once('the demo', () => stage.server.api('/api/demo', { guest: false }))
    return shows(await stage.at(session), 'Demo: scripted agent')
  },
  'session, the agent crashed': stage => stage.demo('Crashed', 'crash', '#banner'),
  'session, a login is needed': stage => stage.demo('Needs a login', 'auth', '#banner'),
  'session, paused': async stage => {
    const session = await stage.session('Paused for lunch', 'demo')
    await stage.once('paused', async () => {
      const person = await stage.at(session)
      await person.page.getByLabel('More').click()
      await person.page.getByRole('button', { name: 'Pause the agent session…' }).click()
      await person.page.getByLabel('Why').fill('lunch')
      await person.page.getByRole('button', { name: 'Pause it' }).click()
      await person.page.locator('#banner').waitFor()
    })
    return shows(await stage.at(session), 'Prompts wait')
  },
  'session, its host is away': async stage => {
    const session = await stage.session('Away', 'demo')
    const person = await stage.at(session)
    await person.page.route(`**/api/shared-sessions/${session.id}`, async route => {
      const answer = await route.fetch()
      const snapshot = await answer.json()
      await route.fulfill({ json: { ...snapshot, agentSession: { ...snapshot.agentSession, status: 'away' } } })
    })
    await stage.at(session)
    await person.page.locator('#banner').waitFor()
    await person.page.unrouteAll()
    return person
  },
  'session, closed': async stage => shows(await stage.at(await stage.closed()), 'That was that.'),
  'join, an ended session': async stage => {
    const session = await stage.closed()
    return stage.refused(session.link, 'This session has ended')
  },
  'notice, removed': async stage => {
    const session = await stage.session('Onboarding docs')
    const person = await stage.world.guest('Mallory', session.link)
    const { participants } = await stage.server.api(`/api/shared-sessions/${session.id}`)
    const { id } = participants.find(it => it.displayName === 'Mallory')
    await stage.at(session)
    const remove = path => fetch(path, { method: 'DELETE', headers: { 'content-type': 'application/json' } })
    await stage.host.page.evaluate(remove, `/api/shared-sessions/${session.id}/participants/${id}`)
    return shows(person, 'Your access was ended')
  },
  'notice, no such session': async stage =>
    open(stage.host, '/s/018f0000-0000-7000-8000-000000000000', 'There is no such session'),
  history: async stage => {
    await stage.rich()
    return open(stage.host, '/history', 'Fix the flaky checkout test')
  },
  'history, none found': async stage => {
    await stage.rich()
    const person = await open(stage.host, '/history', 'Fix the flaky checkout test')
    await person.page.getByRole('searchbox').fill('refund path')
    return shows(person, 'refund path')
  },
  me: async stage => {
    const person = await open(stage.host, '/me', 'Where I am signed in')
    await person.page.getByLabel('Name').first().fill('laptop')
    await person.page.getByRole('button', { name: 'Make a token' }).click()
    await person.page.getByLabel('The new token').waitFor()
    return person
  },
  'me, a guest': async stage => open((await stage.rich()).sam, '/me', 'A guest'),
  'session, reconnecting': async stage => {
    const { session, sam } = await stage.rich()
    const person = await stage.at(session, sam)
    await person.isLive()
    await stage.server.kill()
    await person.page.getByText('Reconnecting').first().waitFor()
    return person
  },
}
