// What streams fast, lasts long or is long: the page stays smooth, keeps what it should and no more.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fill } from './long_log.js'
import { until } from './server.js'
import { growth, workOf } from './work.js'
import { World } from './world.js'

/** No more work than this stands between two frames, in milliseconds: people would see it. */
const SEEN = 100
/** A frame takes at most so many times the work for a long text as for a short one; drawn at once, it would take far more. */
const FEW = 4
/** What the long log holds. */
const EVENTS = 10_000
/** A megabyte. */
const MB = 1024 * 1024

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
  /** Counts what is changed in text that had ended: nothing may be. */
  const watch = () =>
    host.page.evaluate(() => {
      globalThis.touched = 0
      const look = changes => {
        for (const { target, removedNodes, nextSibling } of changes) {
          const part = target.parentElement?.closest('stream-text > .part') ?? target.closest?.('stream-text > .part')
          const isAppended = part === target && removedNodes.length === 0 && !nextSibling
          if (part && !isAppended) globalThis.touched++
        }
      }
      const all = { subtree: true, childList: true, characterData: true, attributes: true }
      new MutationObserver(look).observe(document.querySelector('#timeline'), all)
    })

  /** All of a text is there, as it would be if it had come at once. */
  const isShown = async text => {
    const [shown, wanted] = await host.page.evaluate(async text => {
      const root = document.querySelector('script[type=module]').src.replace(/[^/]*$/, '')
      const { markdown } = await import(`${root}lib/markdown.js`)
      const words = it => it.textContent.replace(/\s+/g, '')
      return [[...document.querySelectorAll('stream-text')].map(words).join(''), words(markdown(text))]
    }, text)
    assert.equal(shown.length, wanted.length)
    assert.equal(shown, wanted)
  }

  it('200 KB of streamed text never hold up a frame, what has ended is left alone, and all of it is there', async () => {
    await watch()
    let work
    for (let turn = 1; turn <= 3 && !(work?.longest < SEEN); turn++) {
      work = await workOf(host.page, '200 KB of text', async () => {
        await host.write('Prompt', 'long 4200')
        await over(turn)
      })
    }
    const text = await said()
    assert.ok(text.length > 200_000, `only ${text.length}`)
    await isShown(text)
    assert.equal(await host.page.evaluate(() => globalThis.touched), 0)
    assert.ok(work.longest < SEEN, `${work.longest} ms of work for a frame`)
    // A frame goes through what is near the screen, not through all that was said.
    const [most, grown] = [Math.max(...work.objects), growth(work.objects)]
    console.log(`# a layout went through ${most} objects at most; at the end ${grown.toFixed(2)} times the first`)
    assert.ok(grown < 2, `${grown} times as many objects in a layout at the end`)
    assert.ok(most < 5000, `${most} objects in a layout`)
  })

  it('as much that was there before takes only a few times the work for a frame that some lines take', async () => {
    const text = await said()
    const short = await world.share()
    await host.enters(short)
    await host.write('Prompt', 'long 20')
    await host.seesTurns(1)
    const enter = async (it, what, end) => {
      await host.page.goto('/')
      return workOf(host.page, `a session with ${what} opens`, async () => {
        await host.enters(it)
        const isAll = end => document.querySelector('stream-text')?.lastElementChild.textContent.includes(end)
        await host.page.waitForFunction(isAll, end)
      })
    }
    let [work, most] = [Infinity, 0]
    for (let turn = 1; turn <= 3 && work > most; turn++) {
      most = FEW * (await enter(short, 'a few lines', 'chunk 20:')).longest
      work = (await enter(session, '200 KB of text', 'chunk 4200:')).longest
    }
    await isShown(text)
    assert.ok(work <= most, `${work} ms of work for a frame`)
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

  it('loads what was before when it comes near, again and again, and does not move what is read', async () => {
    const { page } = host
    /** Where what is read stands, when nothing has moved it for half a second. */
    const settled = id =>
      page.evaluate(async id => {
        const frame = () => new Promise(done => requestAnimationFrame(done))
        const isBelow = it => it.getBoundingClientRect().top > 200
        const find = () => [...document.querySelectorAll('.block p[id^="h-"]')].find(isBelow)?.id
        let name = id ?? find()
        let at = NaN
        for (let still = 0; still < 30; still++) {
          await frame()
          if (!id) name = find()
          const { top } = document.getElementById(name).getBoundingClientRect()
          if (top !== at) still = 0
          at = top
        }
        return { id: name, at }
      }, id)
    const blocks = () => page.locator('.block').count()
    const moves = []
    for (let round = 1; round <= 5; round++) {
      let go
      const held = new Promise(done => (go = done))
      await page.route('**/events?*', route => held.then(() => route.continue()))
      // At the very beginning of what is there, or a little below.
      await page.evaluate(top => scrollTo({ top, behavior: 'instant' }), 300 * (round % 2))
      const before = await settled()
      const count = await blocks()
      go()
      await until('earlier events are there', async () => (await blocks()) > count)
      await page.unroute('**/events?*')
      const { at } = await settled(before.id)
      moves.push(at - before.at)
    }
    // What scrolls stands on whole pixels, and what is read between them.
    assert.ok(
      moves.every(it => Math.abs(it) <= 1),
      `moved by ${moves.join(', ')} px`,
    )
  })

  it('scrolls to its beginning, and from there to its end', async () => {
    const { page } = host
    /** Turns the wheel, and tells what is seen in the next frame. */
    const step = async by => {
      await page.mouse.wheel(0, by)
      return page.evaluate(async () => {
        await new Promise(done => requestAnimationFrame(done))
        const isAll = document.querySelector('#timeline').previousElementSibling === null
        return { isAll, top: scrollY, rest: document.documentElement.scrollHeight - scrollY - innerHeight }
      })
    }
    const thereAndBack = async () => {
      for (let at = await step(-3000); !at.isAll || at.top > 0;) at = await step(-3000)
      await page.locator('.line', { hasText: 'The session began' }).waitFor()
      while ((await step(3000)).rest >= 2);
    }
    let work
    for (let turn = 1; turn <= 3 && !(work?.longest < SEEN); turn++) {
      await host.enters(session)
      await page.mouse.move(700, 400)
      work = await workOf(page, 'scrolling', thereAndBack)
    }
    console.log(`# of ${count} events, ${Math.max(...work.objects)} objects at most were on the screen or near it`)
    assert.ok(work.longest < SEEN, `${work.longest} ms of work for a frame`)
    await page.keyboard.press('End')
    await until('the end is shown', async () => (await rest()) < 2)
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
