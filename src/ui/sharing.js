// What the host of a session does besides deciding: inviting, stopping a turn, pausing, restarting the agent, closing.
import { api, wait } from './api.js'
import { fill, h } from './dom.js'
import { act, copyable } from './forms.js'

/** How long a turn may take to stop before it may be asked again, in milliseconds. */
const STOPPING = 1500

async function invite({ link }, id, base, role) {
  const { invite: made } = await api(`${base}/invites`, { role, maxUses: 10 })
  const whole = `${location.origin}/join/${id}#${made.token}`
  fill(link, h('p', `For 10 people and 24 hours, as ${made.role}:`), copyable('Invite link', whole))
}

/** Makes the buttons of the host work. @param {() => import('./room.js').Room} roomNow */
export function lead(page, id, base, roomNow) {
  const { share, turn, stop, restart, close, banner, more, holding, resume } = page
  const on = (node, box, doing, work) => node.addEventListener('click', () => act(box, node, doing, work))
  for (const it of share.querySelectorAll('[data-role]')) {
    on(it, share, 'Making a link…', () => invite(page, id, base, it.dataset.role))
  }
  on(stop, turn, 'Stopping…', async () => {
    await api(`${base}/dispatches/${roomNow().running.id}`, { action: 'cancel' })
    await wait(STOPPING)
  })
  on(restart, banner, 'Restarting…', () => api(`/api/agent-sessions/${roomNow().agentSession.id}/restart`, {}))
  const live = (life, rest) => {
    const { id: agent } = roomNow().agentSession
    return api(`/api/agent-sessions/${agent}`, { life, channel: 'page', ...rest }, undefined, 'PATCH')
  }
  const halt = h('input', { type: 'checkbox' })
  const pause = h('button.btn', { type: 'button' }, 'Pause it')
  const text = h('p', 'Prompts wait until it is resumed.')
  const stops = h('label', halt, ' Stop the running turn too')
  fill(holding, h('summary.btn', 'Pause the agent session…'), h('div', text, stops, pause))
  on(pause, more, 'Pausing…', () => live('paused', { stopTurn: halt.checked }))
  on(resume, banner, 'Resuming…', () => live('active'))
  on(close, more, 'Closing…', () => api(`${base}/close`, {}))
}

/** Shows what a host may do now. */
export function empower({ share, closing, turn, restart, holding, resume }, room) {
  const { life, completing, status } = room.agentSession
  share.hidden = closing.hidden = !room.isHost || !room.isOpen
  turn.hidden = !room.isHost || !room.isOpen || !room.running
  restart.hidden = !room.isHost || status === 'away' || Boolean(room.held)
  holding.hidden = !room.isHost || !room.isOpen || life !== 'active' || completing
  resume.hidden = !room.isHost || life !== 'paused' || completing
}
