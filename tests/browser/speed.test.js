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

/** The longest time between two frames since then. */
const worst = async (page, what) => {
  const gaps = await page.evaluate(() => globalThis.gaps.splice(0))
  const longest = Math.max(...gaps)
  console.log(`# ${what}: ${gaps.length} frames, the longest gap ${longest.toFixed(0)} ms`)
  return longest
}

/** What a page keeps in memory. */
const bytes = async page => {
  const client = await page.context().newCDPSession(page)
  await client.send('HeapProfiler.collectGarbage')
  const { usedSize } = await client.send('Runtime.getHeapUsage')
  await client.detach()
  return usedSize
}

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

  const said = async () => {
    const updates = (await world.events(session)).map(
      it => it.payload.notification?.update ?? it.payload.notification?.params?.update,
    )
    return updates
      .filter(it => it?.sessionUpdate === 'agent_message_chunk')
      .map(it => it.content.text)
      .join('')
  }
  /** Waits until so many turns have ended, without asking the page, which has better things to do. */
  const over = async count => {
    for (let done = 0; done < count;) {
      await wait(500)
      done = (await world.events(session)).filter(it => it.type === 'prompt_dispatch_completed').length
    }
  }
  it('200 KB of streamed text never hold up a frame, and all of it is there', async () => {
    await measure(host.page)
    // A machine that is busy with something else holds up frames as well: then it is measured again.
    let longest = Infinity
    for (let turn = 1; turn <= 3 && longest > SEEN; turn++) {
      await host.page.evaluate(() => void globalThis.gaps.splice(0))
      await host.write('Prompt', 'long 4000')
      await over(turn)
      longest = await worst(host.page, '200 KB of text')
    }
    const text = await said()
    assert.ok(text.length > 200_000, `only ${text.length}`)
    const [shown, wanted] = await host.page.evaluate(async text => {
      const root = document.querySelector('script[type=module]').src.replace(/[^/]*$/, '')
      const { markdown } = await import(`${root}lib/markdown.js`)
      const words = it => it.textContent.replace(/\s+/g, '')
      return [[...document.querySelectorAll('stream-text')].map(words).join(''), words(markdown(text))]
    }, text)
    assert.equal(shown.length, wanted.length)
    assert.equal(shown, wanted)
    assert.ok(longest < SEEN, `a gap of ${longest} ms`)
  })
})

describe('a long log', () => {
  let world, session, host, count

  before(async () => {
    world = await World.start({ WARDROOM_DEMO_SPEED: '0' })
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

  const rest = () => host.page.evaluate(() => document.documentElement.scrollHeight - scrollY - innerHeight)

  it('opens at its end', async () => {
    const begun = Date.now()
    await host.page.goto(`/s/${session.id}`)
    await host.isLive()
    console.log(`# a session of ${count} events is open after ${Date.now() - begun} ms`)
    assert.ok((await rest()) < 2, `${await rest()} px from the end`)
    const folded = await host.page.locator('.block.turn .fold[aria-expanded=false]').count()
    const open = await host.page.locator('.block.turn .fold[aria-expanded=true]').count()
    assert.deepEqual([open, folded > 10], [20, true])
  })

  it('loads what was before when it comes near, and does not move what is read', async () => {
    await host.page.mouse.move(700, 400)
    const blocks = () => host.page.locator('.block').count()
    const before = await blocks()
    await measure(host.page)
    const moved = await host.page.evaluate(async () => {
      const frame = () => new Promise(done => requestAnimationFrame(done))
      const count = document.querySelectorAll('.block').length
      scrollTo({ top: 300, behavior: 'instant' })
      await frame()
      const read = [...document.querySelectorAll('.block.turn')].find(it => it.getBoundingClientRect().top > 200)
      const { id } = read.querySelector('p[id^="h-"]')
      const at = read.getBoundingClientRect().top
      while (document.querySelectorAll('.block').length === count) await frame()
      await frame()
      await frame()
      return document.getElementById(id).closest('.block').getBoundingClientRect().top - at
    })
    await worst(host.page, 'a thousand earlier events')
    assert.ok((await blocks()) > before)
    assert.ok(Math.abs(moved) < 3, `moved by ${moved} px`)
  })

  it('scrolls from its beginning to its end', async () => {
    await measure(host.page)
    for (let n = 0; n < 60; n++) await host.page.mouse.wheel(0, n < 30 ? 1500 : -1500)
    await worst(host.page, 'scrolling')
    // The wheel may still be turning.
    await until('the end is shown', async () => {
      await host.page.keyboard.press('End')
      return (await rest()) < 2
    })
  })

  it('opens at an event that is far back', async () => {
    const events = await world.events(session)
    const { seq } = events.find(it => it.seq > 1200 && it.type === 'prompt_approved')
    const begun = Date.now()
    await host.page.goto('/')
    await host.page.goto(`/s/${session.id}#e${seq}`)
    const node = host.page.locator(`#e${seq}`)
    await node.waitFor()
    console.log(`# event ${seq} of ${count} is shown after ${Date.now() - begun} ms`)
    await until('it is on the screen', () =>
      node.evaluate(it => it.getBoundingClientRect().top > 0 && it.getBoundingClientRect().bottom < innerHeight),
    )
    await until('it has the focus', () => node.evaluate(it => it === document.activeElement))
  })

  it('keeps in memory what it shows, however many chunks come', async () => {
    const other = await world.share({}, 'demo')
    await host.page.goto(`/s/${other.id}`)
    await host.isLive()
    const before = await bytes(host.page)
    await host.write('Prompt', 'long 20000')
    await host.page.locator('.fold', { hasText: 'done' }).waitFor({ timeout: 60_000 })
    const grown = (await bytes(host.page)) - before
    console.log(`# 20,000 chunks: ${(grown / MB).toFixed(1)} MB more`)
    assert.ok(grown < 40 * MB, `${grown} bytes`)
  })
})
