// What people and agents write is text and nothing else, wherever it is shown; what hides in it is seen.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect } from './browser.js'
import { World } from './world.js'

const SCRIPTS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '"><a href="javascript:alert(1)" autofocus onfocus=alert(1)>x</a>',
  '[click](javascript:alert(1)) ![x](https://evil.example/x.png)',
  '</textarea></template></title><script>alert(1)</script>',
  '<style>*{display:none}</style><base href="https://evil.example/">',
  '<form id=composer><input name=action></form><p id=main>',
  '{{constructor.constructor("alert(1)")()}} ${alert(1)} &lt;b&gt;',
]

/** Characters that hide or turn text, and that the server does not refuse in a block of text. */
const HIDDEN = [
  0xad, 0x34f, 0x61c, 0x115f, 0x180e, 0x200b, 0x200d, 0x200e, 0x2028, 0x202e, 0x2060, 0x2067, 0x2800, 0x3164, 0xfe0f,
  0xfeff,
]
const number = code => `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`

/** As long as what is risky is held down, and longer, in milliseconds. */
const HELD = 800
/** An icon of ours, and nothing beside it. */
const ICON = /^<use href="\/assets\/[\w-]+\/vendor\/icons\.svg#[a-z0-9-]+"><\/use>$/
/** What a link to elsewhere says of us: nothing. */
const APART = 'noopener noreferrer nofollow'

describe('hostile texts', () => {
  let world, session, host, guest

  before(async () => {
    world = await World.start()
    host = await world.host('<b>Ana</b>')
    session = await world.share({ title: `${SCRIPTS[1]} שלום` })
    await host.enters(session)
    guest = await world.guest('علي <script>alert(1)</script>', session.link)
  })
  afterEach(async () => {
    await world.check()
    for (const { page } of [host, guest]) {
      const made = 'main :is(script, img, svg:not(.icon), iframe, style, base, object, [onerror], [onfocus], [style])'
      await expect(page.locator(made)).toHaveCount(0)
      const icons = await page.locator('.icon').evaluateAll(all => all.map(it => it.innerHTML))
      assert.deepEqual(
        icons.filter(it => !ICON.test(it)),
        [],
      )
      const links = await page
        .locator('a[href]')
        .evaluateAll(all => all.map(it => [it.getAttribute('href'), it.rel, it.target]))
      const others = links.filter(([href]) => !/^(\/(?!\/)|#)/.test(href))
      assert.deepEqual(
        others.filter(([href, rel, target]) => !/^https?:/.test(href) || rel !== APART || target !== '_blank'),
        [],
      )
      await expect(page.locator('#composer')).toHaveCount(1)
    }
  })
  after(() => world.end())

  it('names and titles are shown as they were written', async () => {
    await guest.page.locator('h1', { hasText: `${SCRIPTS[1]} שלום` }).waitFor()
    await host.page.locator('#people bdi', { hasText: 'علي <script>alert(1)</script>' }).waitFor()
    await guest.page.locator('#people bdi', { hasText: '<b>Ana</b>' }).waitFor()
    const stranger = await world.person()
    await stranger.page.goto(session.link)
    await stranger.page.getByRole('heading', { name: SCRIPTS[1] }).waitFor()
    await stranger.page.getByText('<b>Ana</b> invites you to').waitFor()
  })

  it('comments are shown as they were written', async () => {
    for (const text of SCRIPTS) {
      await guest.write('Comment', text)
      await host.sees(text)
    }
    assert.deepEqual(await host.page.locator('.comment .text').allTextContents(), SCRIPTS)
  })

  it('a prompt is shown whole on its card, in the inbox, and after it is decided', async () => {
    const text = SCRIPTS.join('\n')
    await guest.write('Prompt', text)
    await host.page.goto('/')
    const whole = host.card('wants to send a prompt').locator('.exact')
    await expect.poll(() => whole.textContent()).toBe(text)
    await host.enters(session)
    await expect.poll(() => whole.textContent()).toBe(text)
    const card = host.card('wants to send a prompt')
    await card.getByText('Reject…').click()
    await card.getByLabel('Why, if you wish to say').fill(SCRIPTS[0])
    await card.getByRole('button', { name: 'Reject', exact: true }).click()
    await guest.sees(`rejected by <b>Ana</b> host: “${SCRIPTS[0]}”`)
  })

  it('characters that hide are shown by their numbers, and the card warns of them', async () => {
    const text = HIDDEN.map(code => `a${String.fromCodePoint(code)}b`).join(' ')
    const seen = HIDDEN.map(code => `a${number(code)}b`).join(' ')
    await guest.write('Comment', text)
    await host.sees(seen)
    await guest.write('Prompt', `${text}  \nend`)
    const card = host.card('wants to send a prompt')
    await expect.poll(() => card.locator('.exact').textContent()).toBe(`${seen}··\nend`)
    await card.getByText(`Hidden characters: ${HIDDEN.length}`).waitFor()
    await card.getByRole('button', { name: 'Approve', exact: true }).waitFor()
    await card.getByText('Reject…').click()
    await card.getByRole('button', { name: 'Reject', exact: true }).click()
    await card.waitFor({ state: 'detached' })
  })

  it('texts of any script, and emoji, are not taken for hidden ones', async () => {
    const text = 'Zoë 東京 שלום مرحبا 👩‍💻 ✔️ 1️⃣ می‌خواهم'
    await guest.write('Comment', text)
    await host.page.locator('.comment .text').filter({ hasText: 'Zoë' }).waitFor()
    await expect.poll(() => host.page.locator('.comment .text').filter({ hasText: 'Zoë' }).textContent()).toBe(text)
  })

  it('a text of 10,000 lines can be approved only when its end was seen', async () => {
    const lines = Array.from({ length: 10_000 }, (_, n) => `line ${n + 1}`)
    await guest.paste('Prompt', ['help', ...lines].join('\n'))
    const card = host.card('wants to send a prompt')
    const approve = card.getByRole('button', { name: 'Approve', exact: true })
    await card.getByText('10,001 lines').waitFor()
    await expect(approve).toBeDisabled()
    assert.ok((await card.locator('.exact').textContent()).endsWith('line 10000'))
    await card.getByRole('group', { name: 'All of it' }).focus()
    await host.page.keyboard.press('End')
    await host.page.locator('.card .btn.primary:enabled').waitFor()
    await approve.click()
    await guest.seesTurns(1)
  })

  it('what an agent says, calls its tools and wants to run is shown as it is', async () => {
    await host.write('Prompt', 'markdown')
    await host.sees('<img src="x" onerror=')
    await host.write('Prompt', 'bidi')
    await host.sees('␛[31mred␛[0m')
    await host.sees('invoice_⟨U+202E⟩fdp.exe')
    const command = `rm -rf /tmp/\u202eexe.txt ${SCRIPTS[1]}`
    await host.write('Prompt', `ask ${command}`)
    const card = host.card('Run a command?')
    const seen = command.replace('\u202e', number(0x202e))
    await expect.poll(() => card.getByRole('group', { name: 'What will run' }).textContent()).toBe(seen)
    await card.getByText('Hidden characters: 1').waitFor()
    await host.page.locator('.tool summary', { hasText: seen }).waitFor()
    await card.getByText('Everything the agent sent').click()
    await card.getByRole('group', { name: 'Everything the agent sent' }).waitFor()
    await card.getByRole('button', { name: 'Reject', exact: true }).click()
    await guest.sees('Not allowed, so I did not run it.')
    // When nothing goes on any more, the title of the tab begins with that of the session.
    const begins = text => document.title.startsWith(text)
    for (const { page } of [host, guest]) await page.waitForFunction(begins, SCRIPTS[1])
  })

  it('a request in a shape that nobody knows is shown whole, and can be answered', async () => {
    const odd = await world.share({}, 'odd')
    await host.enters(odd)
    const card = host.card(/\?$/)
    const shapes = [
      { rawInput: 'rm -rf /srv', title: 'List files' },
      { rawInput: ['rm', '-rf', '/srv'] },
      { rawInput: { command: ['rm', '-rf', '/srv'], cwd: { not: 'text' } } },
      { rawInput: { __proto__: null, constructor: 'rm -rf /srv' } },
      { rawInput: 7, content: [{ type: 'diff', path: '/srv' }] },
      { content: [{ type: 'diff', path: '/srv', oldText: null, newText: 'rm -rf /srv' }] },
      { title: SCRIPTS[0], kind: SCRIPTS[1], content: [{ type: 'content', content: { text: SCRIPTS[2] } }] },
    ]
    for (const [n, shape] of shapes.entries()) {
      await host.write('Prompt', JSON.stringify(shape))
      const yes = card.locator('.acts > .btn', { hasText: '<b>Yes</b>' })
      await yes.waitFor()
      const shown = await card.textContent()
      if (JSON.stringify(shape).includes('rm')) assert.match(shown, /rm/)
      await host.check()
      await yes.click({ delay: HELD })
      await host.page.locator('stream-text', { hasText: 'I was told yes.' }).nth(n).waitFor()
    }
    for (const it of await host.page.locator('#timeline summary').all()) await it.click()
  })
})
