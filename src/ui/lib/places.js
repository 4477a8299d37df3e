// Which tabs of a browser hold a stream. Over HTTP/1.1 a browser has six connections to a server, whatever its tabs want:
// the streams of sessions get some, so that the inbox and what is asked besides find one that is free.

/** So many streams of sessions are held in one browser. */
const PLACES = 4

/** @typedef {() => void} Leave */

/** @param {string} name @returns {Promise<Leave | null>} */
const take = name =>
  new Promise((done, failed) => {
    navigator.locks
      .request(name, { ifAvailable: true }, lock =>
        lock ? new Promise(leave => done(() => leave(undefined))) : done(null),
      )
      .catch(failed)
  })

/** Takes a place until it is left; null if there is none. Where a browser has no locks, nobody counts. @returns {Promise<Leave | null>} */
export async function takePlace() {
  if (!navigator.locks) return () => {}
  for (let n = 1; n <= PLACES; n++) {
    const leave = await take(`wardroom stream ${n}`)
    if (leave) return leave
  }
  return null
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
