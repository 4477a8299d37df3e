// What a browser does for a page, by its own record: in time that it had the processor for, so that it is the same on a
// machine that is busy with something else.

/** Tasks, their frames, and what layout went through. */
const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline']

/** What a thread did, the first first. @param {any[]} events */
const inOrder = events => events.filter(it => it.ph === 'X').toSorted((a, b) => a.ts - b.ts)

/** The main thread of the page: of all that draw pages, the one that had most to do. @param {any[]} all */
function mainThread(all) {
  const threads = Object.values(Object.groupBy(all, it => `${it.pid} ${it.tid}`))
  const sum = events => events.reduce((time, it) => time + (it.name === 'RunTask' ? (it.tdur ?? 0) : 0), 0)
  const [busiest] = threads
    .filter(events => events.some(it => it.name === 'Commit'))
    .toSorted((a, b) => sum(b) - sum(a))
  return inOrder(busiest)
}

/**
 * @typedef {object} Work
 * @property {number[]} frames the work of each frame, and of all between it and the one before, in milliseconds
 * @property {number} longest the most of it between two frames
 * @property {number[]} objects how many there were in each layout
 */

/** @param {any[]} all events of a trace @returns {Work} */
function read(all) {
  const events = mainThread(all)
  const frames = []
  let work = 0
  const commits = events.filter(it => it.name === 'Commit').map(it => it.ts)
  for (const { ts, dur, tdur } of events.filter(it => it.name === 'RunTask')) {
    // A task without a time of its own would count for nothing.
    work += (tdur ?? dur) / 1000
    const isFrame = commits.length > 0 && commits[0] < ts + dur
    while (commits.length > 0 && commits[0] < ts + dur) commits.shift()
    if (!isFrame) continue
    frames.push(work)
    work = 0
  }
  const objects = events.flatMap(it => (it.name === 'Layout' ? (it.args.beginData?.totalObjects ?? []) : []))
  return { frames, longest: Math.max(...frames), objects }
}

/**
 * What a page has to do while something happens.
 * @param {import('playwright-core').Page} page
 * @param {string} what for the report
 * @param {() => Promise<unknown>} during
 */
export async function workOf(page, what, during) {
  const browser = page.context().browser()
  await browser.startTracing(page, { categories: CATEGORIES })
  // What is not ended goes on while the next one begins.
  const record = await during().then(
    () => browser.stopTracing(),
    async error => {
      await browser.stopTracing()
      throw error
    },
  )
  const work = read(JSON.parse(record.toString()).traceEvents)
  console.log(`# ${what}: ${work.frames.length} frames, the most work for one of them ${work.longest.toFixed(1)} ms`)
  return work
}

/** How the last third of a list is beside the first, by their middle values. @param {number[]} list */
export function growth(list) {
  const third = Math.floor(list.length / 3)
  const middle = part => part.toSorted((a, b) => a - b)[Math.floor(part.length / 2)]
  return middle(list.slice(-third)) / middle(list.slice(0, third))
}
