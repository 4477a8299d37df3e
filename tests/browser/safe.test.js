// Whatever agents and people write is text: nothing of it runs, loads, covers the page or hides from who decides.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { expect } from './browser.js'
import { PAYLOADS, SPOOFS } from './payloads.js'
import { until } from './server.js'
import { World } from './world.js'

/** What a page of ours has no more of than it made itself. */
const MADE =
  'script, iframe, img, image, picture, video, audio, object, embed, style, link, base, meta, math, template, noscript, portal, ' +
  'marquee, foreignObject, animate'
/** A text of a message as one of an agent. */
const chunk = (text, messageId, sessionUpdate = 'agent_message_chunk') => ({
  sessionUpdate,
  messageId,
  content: { type: 'text', text },
})

/** A tool call that says it in every place. @param {string} text @param {number} n */
const call = (text, n) => ({
  sessionUpdate: 'tool_call',
  toolCallId: `call-${n} ${text.slice(0, 40)}`,
  title: text,
  kind: ['read', 'edit', 'execute', text][n % 4],
  status: 'failed',
  locations: [{ path: text, line: 1 }, { path: `/srv/${text}` }],
  rawInput: { [text]: text },
  rawOutput: text,
  content: [
    { type: 'diff', path: `/srv/${text}`, oldText: `${text}\nsame`, newText: `same\n${text}` },
    { type: 'content', content: { type: 'text', text } },
    { type: 'content', content: { type: 'resource_link', uri: text, name: text } },
  ],
})

/** What of the page nobody of us made. @param {import('playwright-core').Page} page */
const made = page =>
  page.evaluate(selector => {
    const wrong = [...document.body.querySelectorAll(selector)].map(it => it.outerHTML)
    for (const it of document.body.querySelectorAll('*')) {
      const attributes = [...it.attributes].filter(({ name }) =>
        /^(on|style$|srcdoc|formaction|ping|popover|background|xlink)/.test(name),
      )
      if (attributes.length > 0) wrong.push(it.outerHTML.slice(0, 200))
    }
    for (const it of document.body.querySelectorAll('svg:not(.qr)')) {
      if (!/^<use href="\/assets\/[\w-]+\/vendor\/icons\.svg#[a-z0-9-]+"><\/use>$/.test(it.innerHTML))
        wrong.push(it.outerHTML)
    }
    for (const it of document.querySelectorAll('.prose a[href], .card a[href^="http"]')) {
      const url = new URL(it.href)
      const isApart = it.rel === 'noopener noreferrer nofollow' && it.target === '_blank'
      const where = url.protocol === 'mailto:' ? url.pathname : url.host
      const isNamed =
        it.textContent === it.getAttribute('href') || it.textContent.endsWith(`(${where})`) || it.textContent === where
      if (!isApart || !isNamed || !/^(https?|mailto):$/.test(url.protocol)) wrong.push(it.outerHTML)
    }
    for (const it of document.querySelectorAll('a[href]:not(.prose a, .card a)')) {
      if (it.origin !== location.origin) wrong.push(it.outerHTML)
    }
    const ids = [...document.querySelectorAll('#main, #composer, #app')].length
    if (ids > 3) wrong.push('an id of ours is taken')
    return wrong
  }, MADE)

describe('hostile texts', () => {
  let world, host, guest, session

  /** Opens all that is folded, and looks at what is there. */
  const inspect = async person => {
    const folded = person.page.locator('main details:not([open]) > summary')
    for (let n = await folded.count(); n > 0; n = await folded.count()) {
      await folded.evaluateAll(all => all.forEach(it => it.click()))
      await person.page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))
    }
    assert.deepEqual(await made(person.page), [])
    await person.check()
  }
  const pending = async () =>
    (await world.server.api(`/api/shared-sessions/${session.id}/approvals?status=pending`)).approvals
  const tell = async (prompt, script) => {
    await world.server.script(prompt, script)
    await world.server.api(`/api/shared-sessions/${session.id}/prompts`, { prompt })
  }
  const decide = (approval, decision) => world.server.api(`/api/approvals/${approval.id}`, decision)

  before(async () => {
    world = await World.start()
    host = await world.host('<b>Ana</b> host ✔')
    session = await world.share({ title: '<img src=x onerror=alert(1)> {{1}}' }, 'liar')
    await host.page.goto(`/s/${session.id}`)
    await host.isLive()
    guest = await world.guest('Sam (you) <script>alert(1)</script>', session.link)
  })
  after(() => world.end())

  it(`nothing of ${PAYLOADS.length} texts runs as Markdown while it streams, nor after a reload`, async () => {
    assert.ok(PAYLOADS.length >= 120)
    const updates = PAYLOADS.flatMap((text, n) => [
      chunk(text.slice(0, text.length / 2), `m${n}`),
      chunk(text.slice(text.length / 2), `m${n}`),
    ])
    await tell('Markdown', { updates: [...updates, chunk('The end of it.', 'end')] })
    for (const person of [guest, host]) {
      await person.sees('The end of it.')
      await inspect(person)
      await person.page.reload()
      await person.sees('The end of it.')
      await inspect(person)
    }
    const shown = await host.page.locator('#timeline').textContent()
    for (const text of PAYLOADS.slice(0, 50)) assert.ok(shown.includes(text), text)
  })

  it('lists of tasks, numbers and columns of Markdown are what they were written as, and there is no field to fill in', async () => {
    const text =
      '- [x] done\n- [ ] open\n\n7. seven\n8. eight\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n<input name=password> and its end'
    await tell('Lists', { updates: [chunk(text, 'lists')] })
    for (const person of [guest, host]) {
      const prose = person.page.locator('.prose', { hasText: 'and its end' })
      await prose.waitFor()
      assert.deepEqual(
        await prose.locator('input').evaluateAll(all => all.map(it => [it.type, it.checked, it.disabled])),
        [
          ['checkbox', true, true],
          ['checkbox', false, true],
        ],
      )
      await expect.poll(() => prose.locator('ol').getAttribute('start')).toBe('7')
      await expect.poll(() => prose.locator('td').nth(1).getAttribute('align')).toBe('right')
    }
  })

  it('nothing of them runs in thoughts, plans, tool calls, diffs, terminals, usage and what nobody knows', async () => {
    const updates = PAYLOADS.flatMap((text, n) => [chunk(text, `t${n}`, 'agent_thought_chunk'), call(text, n)])
    const entries = PAYLOADS.map(content => ({ content, status: content, priority: 'high' }))
    const usage = PAYLOADS.map(currency => ({
      sessionUpdate: 'usage_update',
      used: 1,
      size: 2,
      cost: { amount: 1, currency },
    }))
    const commands = {
      sessionUpdate: 'available_commands_update',
      availableCommands: PAYLOADS.map(name => ({ name, description: name })),
    }
    const unknown = { sessionUpdate: PAYLOADS[0], html: PAYLOADS }
    const plan = { sessionUpdate: 'plan', entries }
    await tell('Tools', {
      updates: [...updates, plan, ...usage, commands, unknown, chunk('The end of the tools.', 'end')],
    })
    for (const person of [guest, host]) {
      await person.sees('The end of the tools.')
      await inspect(person)
    }
    const shown = await host.page.locator('#plan').textContent()
    for (const text of PAYLOADS.slice(0, 50)) assert.ok(shown.includes(text), text)
  })

  it('nothing of them runs on a card, and its buttons say what they do', async () => {
    const options = PAYLOADS.slice(0, 20).map((name, n) => ({
      optionId: `o${n}`,
      name,
      kind: n % 2 ? 'allow_once' : 'reject_once',
    }))
    const { sessionUpdate: _, ...permission } = call(PAYLOADS.join('\n'), 2)
    await tell('Permission', { permission: { ...permission, toolCallId: 'p', kind: PAYLOADS[4] }, options })
    const properties = Object.fromEntries(
      PAYLOADS.slice(0, 40).map(it => [it, { type: 'string', title: it, description: it, default: it, enum: [it] }]),
    )
    for (const path of [`/s/${session.id}`, '/']) {
      await host.page.goto(path)
      await host.page.locator('.card .acts').first().waitFor()
      await inspect(host)
      for (const { name } of options)
        assert.equal((await host.page.locator('.card .btn', { hasText: name }).count()) > 0, true, name)
    }
    await decide((await pending())[0], { action: 'reject', optionId: 'o0', reason: PAYLOADS.slice(0, 20).join('\n') })
    const question = { message: PAYLOADS.slice(0, 60).join('\n'), requestedSchema: { type: 'object', properties } }
    await tell('Question', { question })
    await host.page.goto(`/s/${session.id}`)
    await host.page.locator('.card select').nth(39).waitFor()
    await inspect(host)
    await decide((await pending())[0], { action: 'reject' })
  })

  it('nothing of them runs in what people write: comments, prompts, reasons, titles', async () => {
    const printable = PAYLOADS.filter(it => !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(it))
    for (let n = 0; n < printable.length; n += 40) {
      await guest.paste('Comment', printable.slice(n, n + 40).join('\n\n'))
      await host.sees(printable[n].split('\n')[0])
    }
    await guest.paste('Prompt', printable.join('\n'))
    const card = host.card('wants to send a prompt')
    await card.waitFor()
    await inspect(host)
    await decide((await pending())[0], { action: 'reject', reason: printable.slice(0, 20).join('\n') })
    await card.waitFor({ state: 'detached' })
    await inspect(guest)
    for (const title of printable.filter(it => !it.includes('\n')).slice(0, 12)) {
      const rename = ([path, it]) =>
        fetch(path, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ title: it }),
        })
      await host.page.evaluate(rename, [`/api/shared-sessions/${session.id}`, title])
      await guest.page.locator('h1').getByText(title.trim(), { exact: true }).waitFor()
    }
    for (const path of ['/', '/history', '/me']) {
      await host.page.goto(path)
      await host.page.locator('main section, main .sessions').first().waitFor()
      await inspect(host)
    }
  })

  it(`a card shows what ${SPOOFS.length} texts hide`, async () => {
    assert.ok(SPOOFS.length >= 60)
    await host.page.goto(`/s/${session.id}`)
    await host.isLive()
    const wrong = []
    await tell('Spoofs', {
      permission: SPOOFS.map(([command]) => ({ title: 'Run', kind: 'execute', rawInput: { command } })),
    })
    for (const [text, shown] of SPOOFS) {
      const [approval] = await until('it waits', async () => ((await pending()).length > 0 ? pending() : null))
      const card = host.page.locator(`#a-${approval.id}`)
      const seen = await card.locator('.exact').first().textContent()
      if (seen !== shown) wrong.push([text, seen, shown])
      if (!(await card.locator('mark').count())) wrong.push([text, 'is not marked'])
      await decide(approval, { action: 'reject' })
      await card.locator('.acts').waitFor({ state: 'detached' })
    }
    assert.deepEqual(wrong, [])
  })

  it('a name cannot pass for another, nor for a role', async () => {
    await host.page.goto(`/s/${session.id}`)
    const people = host.page.locator('#people li')
    await people.nth(1).waitFor()
    assert.deepEqual(await people.locator('b').allTextContents(), [
      '<b>Ana</b> host ✔',
      'Sam (you) <script>alert(1)</script>',
    ])
    assert.deepEqual(await people.locator('.role').allTextContents(), ['host', 'guest'])
    const isolated = await people.locator('b > bdi').count()
    assert.equal(isolated, 2)
    const agent = await host.page.locator('.agent-name').first().textContent()
    assert.match(agent, /^<img src=x onerror=alert\(1\)> Host ✔ ⟨U\+202E⟩gnp/)
  })

  it('every page has the strict policy, and no other address may frame it', async () => {
    for (const path of ['/', '/setup', `/s/${session.id}`, `/join/${session.id}`, '/history', '/me']) {
      const { headers } = await fetch(world.server.origin + path)
      const policy = new Map(
        headers
          .get('content-security-policy')
          .split(';')
          .map(it => it.trim().split(/ (.*)/).slice(0, 2)),
      )
      assert.equal(policy.get('default-src'), "'none'")
      assert.equal(policy.get('frame-ancestors'), "'none'")
      assert.equal(policy.get('base-uri'), "'none'")
      assert.equal(policy.get('require-trusted-types-for'), "'script'")
      assert.equal(policy.get('trusted-types'), 'dompurify')
      for (const kind of ['script-src', 'style-src', 'connect-src']) assert.equal(policy.get(kind), "'self'", kind)
      assert.doesNotMatch(headers.get('content-security-policy'), /unsafe|\*|data:|https?:/)
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.equal(headers.get('referrer-policy'), 'no-referrer')
    }
  })
})
