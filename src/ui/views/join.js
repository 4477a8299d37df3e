// Joining by an invite: what it is, what I will be able to do, a name.
import { Avatar, Copyable, Icon, Trouble } from '../components/parts.js'
import { api } from '../lib/api.js'
import { own } from '../lib/own.js'
import { keep, recall } from '../lib/prefs.js'
import { plain } from '../lib/text.js'
import { ago, span } from '../lib/time.js'
import { know } from '../model/me.js'
import { html, useEffect, useMemo, useState } from '../vendor/ui.js'
import { Notice } from './notice.js'
import { enter, useForm } from './setup.js'
import { useTitle } from './shell.js'

/**
 * Where an invite came from that lets nobody in any more.
 * @typedef {{ invitedBy: string | null, createdAt: string, expiresAt: string | null, maxUses: number }} Origin
 */

/** What an invite that does not work any more means. @type {Record<string, [string, (from: Origin) => string]>} */
const OVER = {
  INVITE_EXPIRED: [
    'This invite has expired',
    ({ createdAt, expiresAt }) =>
      expiresAt ? `It ended ${ago(expiresAt)} (${span(Date.parse(expiresAt) - Date.parse(createdAt))} limit).` : '',
  ],
  INVITE_REVOKED: ['This invite was revoked', () => 'Nobody can join by it any more.'],
  INVITE_USED_UP: ['This invite is used up', ({ maxUses }) => `It was used ${maxUses} of ${maxUses} times.`],
  SESSION_INACTIVE: ['This session has ended', () => 'Nobody can join it any more.'],
}

/** Why a link does not work any more, and whom to ask for another. @param {{ code: string, from: Origin }} props */
function Over({ code, from }) {
  const [title, why] = OVER[code]
  const host = from.invitedBy && plain(from.invitedBy)
  const what = `invite link to ${location.host} does not work any more: ${title.replace('This', 'the')}`
  const text = `${host ? `${host}, your` : 'Your'} ${what}. Could you send me a new one?`
  const message = `message for ${host ?? 'them'}`
  return html`<${Notice} title=${title}>
    <p>${why(from)} Ask <bdi>${host ?? 'who sent it to you'}</bdi> for a new link.</p>
    <${Copyable} label=${`A ${message}`} button=${`Copy a ${message}`} text=${text} />
  <//>`
}

/** Whether this browser takes part already. @param {string} id */
async function isKnown(id) {
  if (!recall(`in ${id}`, null)) return false
  const snapshot = await api(`/api/shared-sessions/${id}`).catch(() => null)
  return snapshot !== null
}

/** What keeps an agent from working, for who is about to join. @type {Record<string, string>} */
const HELD = {
  away: 'its computer is not connected now: prompts wait until it is back',
  errored: 'it has crashed: its host can start it again',
  needs_login: 'it needs a login: its host can see to that',
}

/** @param {{ may: string[], host: string }} props */
function Rights({ may, host }) {
  const afterYes = may.includes('prompt_with_approval')
  /** @type {[boolean | null, string][]} */
  const rights = [
    [may.includes('watch'), 'watch everything the agent does'],
    [may.includes('comment'), 'comment'],
    [
      may.includes('prompt') && !afterYes ? true : afterYes ? null : false,
      `send prompts to the agent${afterYes ? `; ${host} approves each one` : ''}`,
    ],
    [false, 'answer the agent when it asks for permission'],
  ]
  return html`<ul class="may">
    ${rights.map(([is, what]) => {
      const [sign, word] = is ? ['✓', 'yes:'] : is === null ? ['◔', 'after a yes:'] : ['✗', 'no:']
      return html`<li><b role="img" aria-label=${word} class=${is ? 'yes' : is === null ? 'later' : 'no'}>${sign}</b> <span>${what}</span></li>`
    })}
  </ul>`
}

/** @param {{ id: string }} props */
export function JoinView({ id }) {
  const inviteToken = useMemo(() => location.hash.slice(1), [])
  const [preview, setPreview] = useState(/** @type {Schemas['Preview'] | null} */ (null))
  const [error, setError] = useState(/** @type {any} */ (null))
  const base = `/api/shared-sessions/${id}`
  useTitle('Join')
  useEffect(() => {
    const look = async () => {
      if (await isKnown(id)) return enter(`/s/${id}`)
      if (inviteToken) setPreview(await api(`${base}/invites/preview`, { inviteToken }))
    }
    look().catch(setError)
  }, [id])
  const { isBusy, submit, trouble } = useForm(async ({ name }) => {
    await api(`${base}/join`, { inviteToken, displayName: name, credential: 'cookie' })
    keep('name', name)
    keep(`in ${id}`, true)
    await know()
    enter(`/s/${id}`)
  })
  if (!inviteToken)
    return html`<${Notice} title="This link is not whole"><p>What follows the # is missing. Copy the whole link.</p><//>`
  if (error?.code === 'INVALID_INVITE_TOKEN')
    return html`<${Notice} title="This link does not work">
      <p>It is not whole, or it was never made. Copy the whole link, with what follows the #.</p>
    <//>`
  if (error?.details && OVER[error.code]) return html`<${Over} code=${error.code} from=${error.details} />`
  if (error)
    return html`<${Notice} title="This did not work">
      <${Trouble} error=${error} />
      <button type="button" class="btn primary" onClick=${() => location.reload()}>Try again</button>
    <//>`
  if (!preview) return html`<p class="muted centre" aria-busy="true">Loading…</p>`
  const host = plain(preview.hostDisplayName ?? 'the host')
  const held = own(HELD, preview.agentStatus)
  return html`<form id="form" class="card narrow join" onSubmit=${submit}>
    <div class="welcome">
      <p class="muted"><${Avatar} name=${host} /> <span><bdi id="host">${host}</bdi> invites you to</span></p>
      <h2 id="session"><bdi>${plain(preview.title)}</bdi></h2>
      <p class="muted"><${Icon} name="bot" /> <span><b id="agent">${plain(preview.agent)}</b>${held && `: ${held}`}</span></p>
    </div>
    <h3>You will be able to</h3>
    <${Rights} may=${preview.may} host=${host} />
    <label class="field">Your name
      <input
        id="name"
        name="name"
        required
        maxlength="64"
        autocomplete="name"
        autofocus
        defaultValue=${recall('name', '')}
      />
    </label>
    ${trouble}
    <button class="btn primary" aria-disabled=${isBusy}>${isBusy ? 'Joining…' : 'Join'}</button>
    <p class="muted">Your name and what you write are kept in this server’s history.</p>
  </form>`
}
