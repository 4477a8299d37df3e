// The card of a decision: who asks, exactly what, and after that the buttons.
import { api } from './api.js'
import { KINDS } from './asked.js'
import { clock, fill, fold, h } from './dom.js'
import { isOutline, load, review } from './draft.js'
import { act } from './forms.js'
import { exact, json, plain } from './text.js'

/** For so long after cards have moved, a click was meant for what stood there before, in milliseconds. */
const STILL = 400

let still = 0

/** Cards have moved: none takes a click for a moment. A key goes where the focus is, which never moves. */
function moved() {
  document.body.classList.add('moved')
  clearTimeout(still)
  still = setTimeout(() => document.body.classList.remove('moved'), STILL)
}

/** How long the outcome of a decision stays to be read, in milliseconds. */
const SETTLED = 6000

/** A dispatch whose outcome nobody knows, as something to decide. */
export const lost = (dispatch, approval) => ({ ...approval, id: dispatch.id, kind: 'unknown', expiresAt: null })

function heading(it, room) {
  const text = {
    prompt: () => [room.who(it.participantId), ' wants to send a prompt'],
    question: () => `${room.agent} asks`,
    unknown: () => 'Nobody knows whether this prompt ran',
  }[it.kind]
  return h('h2', { id: `t-${it.id}` }, text ? text() : plain(it.action))
}

/** Who asks, where the heading does not say so. */
function askedBy(it, room) {
  if (it.kind === 'prompt' || it.kind === 'question') return []
  return [['Asked by', it.participantId ? room.who(it.participantId) : room.agent]]
}

/** Says yes to nothing whose end was not on the screen once. */
function readFirst(box) {
  const unread = new Set(box.querySelectorAll('.end'))
  const buttons = box.querySelectorAll('[data-yes]')
  const set = () => buttons.forEach(it => (it.disabled = unread.size > 0))
  set()
  const watcher = new IntersectionObserver(seen => {
    for (const { target } of seen.filter(it => it.isIntersecting)) {
      unread.delete(target)
      watcher.unobserve(target)
    }
    set()
  })
  unread.forEach(it => watcher.observe(it))
}

/** Puts the outcome in the place of what was asked, for a while. */
function settle(box, it, room, wasLate) {
  moved()
  const hadFocus = box.contains(document.activeElement)
  fill(box, heading(it, room), h('p', room.outcome(it, wasLate)))
  box.className = `card settled ${wasLate ? 'late' : ''}`
  delete box.dataset.busy
  if (hadFocus) box.focus()
  const remove = () => {
    moved()
    box.remove()
  }
  setTimeout(remove, SETTLED)
}

async function send(box, it, room, about, decision) {
  try {
    if (it.kind === 'unknown') {
      await api(`/api/shared-sessions/${it.sharedSessionId}/dispatches/${it.id}`, decision)
    } else {
      const { approval } = await api(`/api/approvals/${it.id}`, { ...decision, digest: it.digest })
      if (approval.status === 'pending') return box.review(approval) // a part of it is decided
      if (!room.isLive) box.settle(approval) // in a session its event says so
    }
  } catch (error) {
    if (error.code === 'APPROVAL_ALREADY_RESOLVED') box.settle(error.details.approval, true)
    else if (error.code === 'DIGEST_MISMATCH') {
      const changed = ['Changed', 'since you read it: read it again']
      box.replaceWith(card(error.details.approval, room, [changed, ...about]))
    } else throw error
  }
  return true
}

/** What the card shows and offers; of something in no shape that we know, all of it as it came. */
function ask(it, room, about, decide) {
  const begin = () => ({ facts: [...askedBy(it, room), ...about], acts: [], decide })
  const put = (kind, offer = begin()) => ({ what: KINDS[kind](it, room, offer), ...offer })
  try {
    return put(it.kind in KINDS ? it.kind : 'action')
  } catch {
    return put('action')
  }
}

/**
 * A card. Its `settle(approval, wasLate)` puts the outcome in the place of the buttons; its `review(approval)` shows
 * what was said of the parts of a draft.
 * @param {object} it the approval
 * @param {import('./room.js').Room} room
 * @param {[string, any][]} about more facts
 */
export function card(it, room, about = []) {
  const title = heading(it, room)
  const box = h('section.card', { id: `a-${it.id}`, tabindex: -1, 'aria-labelledby': title.id })
  box.settle = (now, wasLate) => settle(box, now, room, wasLate)
  box.review = now => {
    if (review(box, now, room)) moved()
  }
  if (!room.mayDecide(it)) box.classList.add('idle')
  if (isOutline(it)) {
    fill(box, title, h('p.muted', 'Loading what is to be decided…'), h('p.error', { role: 'alert' }))
    load(box, it, whole => {
      moved()
      show(box, title, whole, room, about)
      box.review(whole)
    })
  } else show(box, title, it, room, about)
  return box
}

/** Fills a card. */
function show(box, title, it, room, about) {
  const decide = (doing, decision) => ({ currentTarget }) =>
    act(box, currentTarget, doing, () => send(box, it, room, about, decision()))
  const { what, facts, acts } = ask(it, room, about, decide)
  const sent = it.details?.toolCall || it.details?.request
  const everything = 'Everything the agent sent'
  const until = { dateStyle: 'medium', timeStyle: 'short' }
  fill(
    box,
    title,
    facts.length > 0 && h('dl', facts.map(([name, value]) => h('div', h('dt', name), h('dd', value)))),
    what,
    h('p.error', { role: 'alert' }),
    room.mayDecide(it) ? h('div.acts', acts) : h('p.waits', 'Waits for the host.'),
    sent && fold(everything, () => exact(everything, json(it.details))),
    it.expiresAt && h('p.muted', 'Expires ', clock(it.expiresAt, until), '. Then it is a no.'),
  )
  readFirst(box)
}
