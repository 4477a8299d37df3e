// The page of a session: loads what was, follows what happens, and shows what waits.
import { api, backoff, wait } from './api.js'
import { card } from './card.js'
import { allow, compose } from './composer.js'
import { $, fill, h, notice, say, show, title } from './dom.js'
import { keep } from './forms.js'
import { Room } from './room.js'
import { pin } from './scroll.js'
import { empower, lead } from './sharing.js'
import { follow } from './stream.js'
import { plain } from './text.js'
import { Timeline } from './timeline.js'

/** Why nothing moves, by the status of the agent session. */
const AWAY = {
  away: 'The computer of the agent is not connected. Decisions are kept.',
  errored: 'The agent cannot work.',
  needs_login: 'The agent needs a login where it runs.',
}

/** Why a stream ended for me alone. */
const GONE = {
  left: 'You have left this session',
  removed: 'The host ended your access',
  revoked: 'Your access has ended',
  expired_login: 'You are signed out',
}

/** Whether it may be better in a moment: there was no answer, or the server has trouble. */
const isPassing = ({ status }) => status === 0 || status === 429 || status >= 500

/** As many events as a page of them holds. */
const PAGE = 500

/** Draws what is around the timeline: what waits, how the agent is, what I may do. */
function drawAround(page, room, timeline) {
  const { status, life } = room.agentSession
  const waiting = room.isLive ? room.waiting : []
  for (const it of waiting.filter(one => !$(`#a-${one.id}`))) {
    const { cause } = timeline
    const because = cause && it.kind !== 'prompt' && [['Because', [room.who(cause.participantId), ' prompted']]]
    page.dock.append(card(it, room, because || []))
    if (room.mayDecide(it)) say(`This waits for you: ${plain(it.action)}`)
  }
  for (const box of page.dock.querySelectorAll('.card:not(.settled)')) {
    const it = room.approvals.get(box.id.slice(2))
    if (it && it.status !== 'pending') box.settle(it)
    else if (it) box.review(it)
  }
  title(plain(room.session.title), waiting.filter(it => room.mayDecide(it)).length)
  fill(page.doing, (life === 'active' ? status : life).replaceAll('_', ' ')).hidden = !room.isOpen
  fill(page.people, room.here.map(it => h('li', room.who(it.id), it.role === 'viewer' && ' watches')))
  const still = room.held ?? AWAY[status]
  fill(page.away, still)
  page.banner.hidden = !still || !room.isOpen
  allow(page, room)
  empower(page, room)
}

/** Loads a session and its events so far. @returns what the page is about, and where in the log it stands */
async function load(id, base, me, page) {
  const room = new Room(await api(base), me)
  const timeline = new Timeline(page, room)
  fill(page.dock)
  const log = { room, timeline, position: '', seen: 0 }
  // A page may hold less than it could, since it is bounded in bytes: only an empty one is the end.
  for (let length = 1; length > 0; ) {
    const { events, nextAfter } = await api(`${base}/events?limit=${PAGE}&after=${log.position || 0}`)
    length = events.length
    hear(log, events, nextAfter)
  }
  keep(`in ${id}`, { known: Boolean(room.mine) })
  room.isLive = true
  drawAround(page, room, timeline)
  return log
}

/** Takes over events, each once, in order. @returns how many were new */
function hear(log, events, position) {
  const fresh = events.filter(it => it.seq > log.seen)
  for (const event of fresh) {
    log.seen = event.seq
    log.room.hear(event)
    log.timeline.draw(event)
  }
  log.position = position ?? log.position
  return fresh.length
}

/** The page of a session. @param {string} id */
export async function session(id) {
  const base = `/api/shared-sessions/${id}`
  const me = await api('/api/me')
  const page = show('session', 'Session')
  const count = pin(page)
  let log = null
  compose(page, id, base)
  lead(page, id, base, () => log.room)
  page.rail.open = matchMedia('(min-width: 64rem)').matches
  for (let attempt = 0, wasLive = false; ; attempt++) {
    if (attempt > 0) {
      fill(page.pill, `◌ Reconnecting (${attempt})`)
      await wait(backoff(attempt - 1))
    }
    try {
      log ??= await load(id, base, me, page)
      const end = await follow(`${base}/stream`, log.position, {
        opened() {
          fill(page.pill, '● Live')
          if (wasLive) say('Connected again', true)
          wasLive = true
          attempt = 0
        },
        heard(events, position) {
          count(hear(log, events, position))
          drawAround(page, log.room, log.timeline)
        },
      })
      if (end?.type === 'reset') {
        log = null
        say('The timeline was loaded again.', true)
      }
      const why = end?.type === 'end' && end.payload.reason
      if (GONE[why]) return notice(GONE[why])
      if (why && why !== 'shutdown') return finish(page, log)
    } catch (error) {
      if (!isPassing(error)) throw error
    }
  }
}

/** The session is over, and stays to be read. */
function finish(page, { room, timeline }) {
  fill(page.pill, '✕ Ended')
  page.more.open = false
  drawAround(page, room, timeline)
  fill(page.watching, timeline.ending(), '. It can still be read.')
}
