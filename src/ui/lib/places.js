// Which tabs of a browser hold a stream. Over HTTP/1.1 a browser has six connections to a server, whatever its tabs want:
// the streams of sessions get some, so that the inbox and what is asked besides find one that is free. On plain http of
// another computer a browser has no locks, and what stands in its storage takes their place.
import { newKey, wait } from './api.js'
import { keep, recall } from './prefs.js'

/** So many streams of sessions are held in one browser. */
const PLACES = 4
/** For so long does a place belong to who took it, where nobody renews it, in milliseconds. */
const LEASE = 10_000
/** As long as another tab may take to write what it read to be free, in milliseconds. */
const RACE = 50
/** How often a tab looks again whether it may lead, in milliseconds. */
const ASKS = 2000

/** @typedef {() => void} Leave */

/** @param {string} name @returns {Promise<Leave | null>} */
const lock = name =>
  new Promise((done, failed) => {
    navigator.locks
      .request(name, { ifAvailable: true }, lock =>
        lock ? new Promise(leave => done(() => leave(undefined))) : done(null),
      )
      .catch(failed)
  })

/** The same in a browser without locks. @param {string} name @returns {Promise<Leave | null>} */
async function lease(name) {
  const mine = newKey()
  const holder = () => {
    const { by, until } = recall(name, { by: '', until: 0 })
    return until > Date.now() ? by : ''
  }
  const renew = () => keep(name, { by: mine, until: Date.now() + LEASE })
  if (holder()) return null
  renew()
  // A browser that keeps nothing counts nothing.
  if (holder() !== mine) return () => {}
  // Of several that found it free at once, the last to write has it.
  await wait(RACE)
  if (holder() !== mine) return null
  const leave = () => holder() === mine && keep(name, null)
  const timer = setInterval(() => ['', mine].includes(holder()) && renew(), LEASE / 4)
  addEventListener('pagehide', leave)
  return () => {
    clearInterval(timer)
    removeEventListener('pagehide', leave)
    leave()
  }
}

/** @param {string} name */
const take = name => (navigator.locks ? lock(name) : lease(name))

/** Takes a place until it is left; null if there is none. @returns {Promise<Leave | null>} */
export async function takePlace() {
  for (let n = 1; n <= PLACES; n++) {
    const leave = await take(`wardroom stream ${n}`)
    if (leave) return leave
  }
  return null
}

/** The next time that this tab is looked at, or is not. @param {boolean} isSeen */
const whenSeen = isSeen =>
  new Promise(done => {
    const look = () => {
      if (document.hidden === isSeen) return
      document.removeEventListener('visibilitychange', look)
      done(undefined)
    }
    document.addEventListener('visibilitychange', look)
    look()
  })

/**
 * Does for all tabs of this browser what one of them does: here as soon as no other does. Without locks only a tab that is
 * looked at leads: the browser holds back what others renew.
 * @param {string} name
 * @param {() => Leave} begin gives out how it ends
 */
export async function lead(name, begin) {
  if (navigator.locks)
    return navigator.locks.request(name, () => {
      begin()
      return new Promise(() => {})
    })
  for (;;) {
    await whenSeen(true)
    const leave = await lease(name)
    if (!leave) {
      await wait(ASKS)
      continue
    }
    const end = begin()
    await whenSeen(false)
    end()
    leave()
  }
}

/** Holds a lock for as long as this tab is looked at, so that others can know. */
export function showWhetherSeen() {
  let leave = () => {}
  const look = () => {
    leave()
    leave = () => {}
    if (document.hidden) return
    const unseen = new Promise(done => (leave = () => done(undefined)))
    void navigator.locks?.request('wardroom seen', { mode: 'shared' }, () => unseen)
  }
  document.addEventListener('visibilitychange', look)
  look()
}

/** Whether any tab of this browser is looked at. */
export async function isSeen() {
  if (!document.hidden || !navigator.locks) return !document.hidden
  const { held } = await navigator.locks.query()
  return held?.some(it => it.name === 'wardroom seen') ?? false
}
