// What streams fast, lasts long or is long: the page stays smooth, keeps what it should and no more.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fill } from './long_log.js'
import { until } from './server.js'
import { World } from './world.js'

/** No gap between two frames is longer than this while text streams, in milliseconds: people see it. */
const SEEN = 100
/** What the long log holds. */
const EVENTS = 10_000
/** A megabyte. */
const MB = 1024 * 1024

describe('speed', () => {
  let world, session, host

  before(async () => {
    // About 600 chunks a second.
    world = await World.start({ WARDROOM_DEMO_SPEED: '12' })
    host = await world.host()
    session = await world.share()
    await host.page.goto(`/s/${session.id}`)
    await host.isLive()
  })
  afterEach(() => world.check())
  after(() => world.end())

  /** Begins to measure the time between two frames, in a page. */
  const measure = page =>
    page.evaluate(() => {
      globalThis.gaps = []
      let last = performance.now()
      const frame = now => {
        globalThis.gaps.push(now - last)
        last = now
        requestAnimationFrame(frame)
      }
      requestAnimationFrame(frame)
    })
  const worst = async (page, what) => {
    const gaps = await page.evaluate(() => globalThis.gaps.splice(0))
    const longest = Math.max(...gaps)
    console.log(`# ${what}: ${gaps.length} frames, the longest gap ${longest.toFixed(0)} ms`)
    return longest
  }
  const said = async () => {
    const updates = (await world.events(session)).map(it => it.payload.notification?.update ?? it.payload.notification?.params?.update)
    return updates.filter(it => it?.sessionUpdate === 'agent_message_chunk').map(it => it.content.text).join('')
  }
  const bytes = async page => {
    const client = await host.context.newCDPSession(page)
    await client.send('HeapProfiler.collectGarbage')
    const { usedSize } = await client.send('Runtime.getHeapUsage')
    await client.detach()
    return usedSize
  }
  /** Waits until so many turns have ended, without asking the page, which has better things to do. */
  const over = async count => {
    for (let done = 0; done < count; ) {
      await wait(500)
      done = (await world.events(session)).filter(it => it.type === 'prompt_dispatch_completed').length
    }
  }
  const ended = async n => {
    await host.page.locator('.fold', { hasText: /(done|stopped)/ }).nth(n).waitFor({ timeout: 60_000 })
  }

  it('200 KB of streamed text never hold up a frame, and all of it is there', async () => {
    await measure(host.page)
    await host.write('Prompt', 'long 5000')
    await over(1)
    const longest = await worst(host.page, '200 KB of text')
    await ended(0)
    const text = await said()
    assert.ok(text.length > 200_000, `only ${text.length}`)
    const [shown, wanted] = await host.page.evaluate(async text => {
      const root = document.querySelector('script[type=module]').src.replace(/[^/]*$/, '')
      const { markdown } = await import(`${root}lib/markdown.js`)
      const words = it => it.textContent.replace(/\s+/g, ' ').trim()
      return [words(document.querySelector('stream-text')), words(markdown(text))]
    }, text)
    assert.equal(shown, wanted)
    assert.ok(longest < SEEN, `a gap of ${longest} ms`)
  })

  it('the memory of a page does not grow beyond what it shows, however many chunks come', async () => {
    const before = await bytes(host.page)
    await host.write('Prompt', 'long 20000')
    await over(2)
    await ended(1)
    const grown = (await bytes(host.page)) - before
    const length = (await said()).length
    console.log(`# 20,000 chunks, ${(length / MB).toFixed(1)} MB of text: ${(grown / MB).toFixed(1)} MB more`)
    assert.ok(grown < 40 * MB, `${grown} bytes`)
  })
})

describe('a long log', () => {
  let world, session, host, count

  before(async () => {
    world = await World.start()
    host = await world.host()
    session = await world.share()
    const shown = await world.server.api(`/api/shared-sessions/${session.id}`)
    await world.server.api(`/api/shared-sessions/${session.id}/prompts`, { prompt: 'diff' })
    const isDone = async () => (await world.events(session)).find(it => it.type === 'prompt_dispatch_completed')
    await until('the turn ends', isDone)
    const events = await world.events(session)
    const turn = events.slice(events.findIndex(it => it.type === 'prompt_approved'))
    count = await fill(world.server, session, shown, turn, events.at(-1), EVENTS)
  })
  afterEach(() => world.check())
  after(() => world.end())

  it('opens at its end', async () => {
    const begun = Date.now()
    await host.page.goto(`/s/${session.id}`)
    await host.isLive()
    console.log(`# a session of ${count} events is open after ${Date.now() - begun} ms`)
    const rest = await host.page.evaluate(() => document.documentElement.scrollHeight - scrollY - innerHeight)
    assert.ok(rest < 2, `${rest} px from the end`)
  })
})
