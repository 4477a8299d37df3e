// Inviting: with which role, for how many, for how long; the link, to copy or to scan.
import { api } from '../../lib/api.js'
import { moment } from '../../lib/time.js'
import { html, useEffect, useState } from '../../vendor/ui.js'
import { Dialog } from '../../components/dialog.js'
import { Act, Copyable } from '../../components/parts.js'
import { Qr } from '../../components/qr.js'
import { Matrix } from './matrix.js'

/** How long a link lives, in minutes. @type {[number, string][]} */
const LIVES = [
  [60, 'An hour'],
  [1440, 'A day'],
  [10080, 'A week'],
  [43200, '30 days'],
]

/** The invites there are. @param {{ base: string, changes: number }} props */
function Invites({ base, changes }) {
  const [invites, setInvites] = useState(/** @type {Schemas['Invite'][]} */ ([]))
  const load = () =>
    api(`${base}/invites`).then(
      it => setInvites(it.invites),
      () => null,
    )
  useEffect(() => void load(), [changes])
  const open = invites.filter(
    it => !it.revokedAt && it.uses < it.maxUses && (!it.expiresAt || Date.parse(it.expiresAt) > Date.now()),
  )
  if (open.length === 0) return null
  const revoke = (/** @type {string} */ id) => async () => {
    await api(`${base}/invites/${id}`, undefined, { method: 'DELETE' })
    await load()
  }
  return html`<h3>Links that still work</h3>
    <ul class="rows">
      ${open.map(
        it => html`<li key=${it.id}>
          <span>As ${it.role}, used ${it.uses} of ${it.maxUses} times${it.expiresAt && html`, until ${moment(it.expiresAt)}`}</span>
          <${Act} class="small danger" doing="Revoking…" work=${revoke(it.id)}>Revoke<//>
        </li>`,
      )}
    </ul>`
}

/** @param {{ of: import('../../model/session.js').SharedSession, actions: import('./actions.js').Actions, close: () => void }} props */
export function Share({ of, actions, close }) {
  const [role, setRole] = useState('collaborator')
  const [uses, setUses] = useState(5)
  const [life, setLife] = useState(1440)
  const [link, setLink] = useState('')
  const [changes, setChanges] = useState(0)
  const make = async () => {
    const { invite } = await api(`${actions.base}/invites`, { role, maxUses: uses, expiresInMinutes: life })
    setLink(`${location.origin}/join/${actions.followed.id}#${invite.token}`)
    setChanges(changes + 1)
  }
  const isLocal = /^(localhost|127\.|\[::1)/.test(location.hostname)
  const value =
    (/** @type {(it: any) => void} */ set) =>
    (/** @type {any} */ { target }) =>
      set(target.value)
  return html`<${Dialog} title="Share this session" close=${close} wide=${true}>
    <div class="columns">
      <label class="field">Who has the link may
        <select value=${role} onChange=${value(setRole)}>
          <option value="collaborator">Take part (collaborator)</option>
          <option value="viewer">Watch (viewer)</option>
        </select>
      </label>
      <label class="field">How many people
        <input type="number" min="1" max="1000" value=${uses} onInput=${(/** @type {any} */ { target }) => setUses(Number(target.value))} />
      </label>
      <label class="field">For how long
        <select value=${life} onChange=${(/** @type {any} */ { target }) => setLife(Number(target.value))}>
          ${LIVES.map(([minutes, text]) => html`<option value=${minutes}>${text}</option>`)}
        </select>
      </label>
    </div>
    <${Act} class="primary" doing="Making a link…" work=${make}>Make a link<//>
    ${
      link &&
      html`<div class="made" id="link">
      <${Copyable} label="Invite link" text=${link} />
      <${Qr} text=${link} />
      <p class="muted">
        It is shown this once.
        ${isLocal && ' It works on this computer only: start the server with --lan, or with an https address, for others.'}
      </p>
    </div>`
    }
    <${Invites} base=${actions.base} changes=${changes} />
    <details><summary>Who can do what</summary><${Matrix} of=${of} /></details>
  <//>`
}
