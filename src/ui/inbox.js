// The inbox: what waits for me, my sessions, and how to begin one.
import { api, backoff, wait } from './api.js'
import { card, lost } from './card.js'
import { $, clock, fill, h, say, show, title } from './dom.js'
import { copyable, onSubmit } from './forms.js'
import { Room } from './room.js'
import { signIn } from './setup.js'
import { plain } from './text.js'

/** How often the inbox is read, in milliseconds, while it is looked at and while it is not. */
const OFTEN = { shown: 2000, hidden: 15000 }

/** Agents that a terminal shares with one line. */
const AGENTS = ['claude', 'codex', 'gemini', 'opencode']

/** What blocks an agent comes first, then the prompts, then what nobody knows. */
function waiting({ approvals, dispatches }) {
  const isPrompt = it => it.kind === 'prompt'
  return [...approvals.toSorted((a, b) => isPrompt(a) - isPrompt(b)), ...dispatches]
}

/** The room of a draft that nobody has shared: its owner is alone in it. */
async function ownRoom(it, me) {
  const { agentSession } = await api(`/api/agent-sessions/${it.agentSessionId}`)
  const alone = { id: null, userId: me.user.id, displayName: me.user.name, role: 'host' }
  return new Room({ session: { status: 'active' }, participants: [alone], approvals: [], agentSession }, me)
}

async function cardOf(it, me) {
  if (it.kind && !it.sharedSessionId) {
    say(`This waits for you: ${plain(it.action)}`)
    return card(it, await ownRoom(it, me), [['Session', 'shared with nobody yet']])
  }
  const base = `/api/shared-sessions/${it.sharedSessionId}`
  const asked = it.kind ? it : lost(it, (await api(`/api/approvals/${it.approvalId}`)).approval)
  const room = new Room(await api(base), me)
  const link = h('a', { href: `/s/${it.sharedSessionId}` }, plain(room.session.title))
  say(`This waits for you: ${plain(asked.action)}`)
  return card(asked, room, [['Session', link]])
}

function row(it) {
  const link = h('a', { href: `/s/${it.id}` }, plain(it.title))
  return h('li', link, h('span.pill', it.status), clock(it.createdAt, { dateStyle: 'medium' }))
}

/** Reads what there is, and draws what is new or gone; cards that stay keep their focus and what was typed. */
async function refresh({ waiting: cards, sessions, none }, me) {
  const [inbox, list] = await Promise.all([api('/api/approvals'), api('/api/shared-sessions?limit=30')])
  const all = waiting(inbox)
  for (const it of all) {
    const box = $(`#a-${it.id}`)
    if (!box) cards.append(await cardOf(it, me))
    else if (!box.matches('.settled')) box.review(it)
  }
  for (const box of cards.querySelectorAll('.card:not(.settled)')) {
    if (!all.some(it => box.id === `a-${it.id}`)) box.remove()
  }
  const drawn = JSON.stringify(list)
  if (sessions.dataset.drawn !== drawn) fill(sessions, list.sessions.map(row))
  sessions.dataset.drawn = drawn
  none.hidden = all.length > 0
  title('Inbox', all.length)
}

function offerToBegin(form, page) {
  const isLocal = /^(localhost|127\.|\[::1)/.test(location.hostname)
  const server = isLocal ? '' : ` --server ${location.origin}`
  fill(page.agents, AGENTS.map(it => copyable(`Share ${it}`, `wardroom share ${it}${server}`)))
  onSubmit(form, 'Starting…', async () => {
    const { session } = await api('/api/demo', {})
    location.assign(`/s/${session.id}`)
    return true
  })
}

/** The first page. */
export async function inbox() {
  const me = await api('/api/me')
  const page = show('inbox', 'Inbox')
  fill(page.user, h('bdi', plain(me.user?.name ?? 'Guest')))
  page.begin.hidden = !me.user
  offerToBegin(page.begin, page)
  for (let attempt = 0; ; ) {
    try {
      await refresh(page, me)
      fill(page.pill, '● Live')
      attempt = 0
    } catch (error) {
      if (error.status === 401) return signIn()
      attempt++
      fill(page.pill, `◌ Reconnecting (${attempt})`)
    }
    await wait(attempt > 0 ? backoff(attempt) : document.hidden ? OFTEN.hidden : OFTEN.shown)
  }
}
