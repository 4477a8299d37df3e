// Joining by an invite: what it is, what I will be able to do, a name.
import { api } from './api.js'
import { enter, fill, h, notice, show } from './dom.js'
import { keep, onSubmit, recall } from './forms.js'
import { Room } from './room.js'
import { plain } from './text.js'

/** Whether this browser takes part already; asked only where it has been before. */
async function isKnown(id, base) {
  if (!recall(`in ${id}`).known) return false
  try {
    return Boolean(new Room(await api(base), await api('/api/me')).mine)
  } catch {
    return false
  }
}

function mark(node, isSure, isAfterYes) {
  fill(node, isSure ? '✓' : isAfterYes ? '◔' : '✗')
  node.setAttribute('aria-label', isSure ? 'yes:' : isAfterYes ? 'after a yes:' : 'no:')
}

function tell(page, { title, hostDisplayName, agent, may }) {
  const mayAfterYes = may.includes('prompt_with_approval')
  mark(page.watch, may.includes('watch'))
  mark(page.comment, may.includes('comment'))
  mark(page.prompt, may.includes('prompt'), mayAfterYes)
  mark(page.decide, false)
  page.approval.hidden = !mayAfterYes
  fill(page.session, plain(title))
  for (const it of [page.host, page.approver]) fill(it, plain(hostDisplayName ?? 'the host'))
  fill(page.agent, plain(agent))
}

/** The page of an invite link, whose secret is in the fragment. @param {string} id the session */
export async function join(id) {
  const inviteToken = location.hash.slice(1)
  const base = `/api/shared-sessions/${id}`
  if (await isKnown(id, base)) return enter(`/s/${id}`)
  if (!inviteToken) {
    return notice('This link is not whole', h('p', 'What follows the # is missing. Copy the whole link.'))
  }
  const invite = await api(`${base}/invites/preview`, { inviteToken })
  const page = show('join', 'Join')
  tell(page, invite)
  page.name.value = recall('me').name ?? ''
  onSubmit(page.form, 'Joining…', async ({ name }) => {
    await api(`${base}/join`, { inviteToken, displayName: name, credential: 'cookie' })
    keep('me', { name })
    keep(`in ${id}`, { known: true })
    return enter(`/s/${id}`)
  })
}
