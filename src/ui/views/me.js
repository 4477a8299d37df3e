// What is mine: name, password, devices, tokens, and how this browser behaves.
import { Act, Copyable, Time, Trouble } from '../components/parts.js'
import { say } from '../components/toast.js'
import { api } from '../lib/api.js'
import { deviceName } from '../lib/device.js'
import { canNotify, mayNotify, notify } from '../lib/notify.js'
import { notifications, singleKeys, theme } from '../lib/prefs.js'
import { go } from '../lib/router.js'
import { everyRow } from '../lib/rows.js'
import { plain } from '../lib/text.js'
import { moment } from '../lib/time.js'
import { html, useEffect, useState } from '../vendor/ui.js'
import { useForm } from './setup.js'
import { signOut, useTitle } from './shell.js'

/** A list of the server's, loaded and loaded again. @template T @param {string} path @param {string} name */
function useRows(path, name) {
  const [rows, setRows] = useState(/** @type {T[] | null} */ (null))
  const [error, setError] = useState(/** @type {any} */ (null))
  const load = () => everyRow(path, name).then(it => setRows(/** @type {any} */ (it)), setError)
  useEffect(() => void load(), [path])
  return { rows, load, trouble: error && html`<${Trouble} error=${error} />` }
}

function Devices() {
  /** @type {{ rows: Schemas['Device'][] | null, load: () => Promise<void>, trouble: any }} */
  const { rows, load, trouble } = /** @type {any} */ (useRows('/api/me/devices', 'devices'))
  const end = (/** @type {Schemas['Device']} */ it) => async () => {
    if (it.current) return signOut()
    await api(`/api/me/devices/${it.id}`, undefined, { method: 'DELETE' })
    await load()
  }
  return html`<section><h2>Where I am signed in</h2>${trouble}
    <ul class="rows">
      ${rows?.map(
        it => html`<li key=${it.id}>
          <span>
            <span title=${plain(it.device)}>${plain(deviceName(it.device))}</span>${it.current && html` <b>(this one)</b>`}
            ${' '}<small class="muted">since ${moment(it.createdAt)}</small>
          </span>
          <${Act} class="small" doing="Signing out…" work=${end(it)}>Sign out<//>
        </li>`,
      )}
    </ul>
  </section>`
}

function Tokens() {
  /** @type {{ rows: Schemas['Token'][] | null, load: () => Promise<void>, trouble: any }} */
  const { rows, load, trouble } = /** @type {any} */ (useRows('/api/tokens', 'tokens'))
  const [secret, setSecret] = useState('')
  const form = useForm(async ({ name, scope, life }) => {
    const { secret: made } = await api('/api/tokens', {
      name,
      scope,
      ...(life !== '0' && { expiresInMinutes: Number(life) }),
    })
    setSecret(made)
    await load()
  })
  const revoke = (/** @type {string} */ id) => async () => {
    await api(`/api/tokens/${id}`, undefined, { method: 'DELETE' })
    await load()
  }
  return html`<section><h2>My tokens</h2>
    <p class="muted">For scripts, terminals and hosts. What a token may do is its scope: everything I may, running agents, or reading.</p>
    ${trouble}
    <ul class="rows">
      ${rows
        ?.filter(it => !it.revokedAt)
        .map(
          it => html`<li key=${it.id}>
            <span>
              ${plain(it.name ?? 'A token')}${' '}
              <small class="muted">
                ${it.scope}${it.expiresAt && `, until ${moment(it.expiresAt)}`}
                ${it.lastUsedAt && html`, last used <${Time} at=${it.lastUsedAt} full=${true} />`}
              </small>
            </span>
            <${Act} class="small danger" doing="Revoking…" work=${revoke(it.id)}>Revoke<//>
          </li>`,
        )}
    </ul>
    <form class="columns" onSubmit=${form.submit}>
      <label class="field">Name <input name="name" required maxlength="64" /></label>
      <label class="field">Scope
        <select name="scope">
          <option value="full">All that I may</option>
          <option value="host">Run agents</option>
          <option value="read">Read</option>
        </select>
      </label>
      <label class="field">Lives
        <select name="life">
          <option value="1440">A day</option>
          <option value="43200">30 days</option>
          <option value="0">Until revoked</option>
        </select>
      </label>
      <button class="btn">${form.isBusy ? 'Making…' : 'Make a token'}</button>
    </form>
    ${form.trouble}
    ${secret && html`<${Copyable} label="The new token" text=${secret} /><p class="muted">It is shown this once.</p>`}
  </section>`
}

function Password() {
  const form = useForm(async ({ current, password }) => {
    await api('/api/me/password', { password, ...(current && { current }) })
    say('The password is set. Other browsers are signed out.')
  })
  return html`<section><h2>Password</h2>
    <p class="muted">Needed only to sign in on another device.</p>
    <form class="columns" onSubmit=${form.submit}>
      <label class="field">Now, if there is one <input name="current" type="password" autocomplete="current-password" /></label>
      <label class="field">New <input name="password" type="password" required minlength="8" autocomplete="new-password" /></label>
      <button class="btn">${form.isBusy ? 'Setting…' : 'Set it'}</button>
    </form>
    ${form.trouble}
  </section>`
}

const INSECURE =
  'On plain http of another computer the browser has no notifications and no clipboard. An https address brings both.'

function Browser() {
  const tell = async (/** @type {string} */ value) => {
    if (value !== 'none' && !(await mayNotify())) say('This browser does not allow it')
    else notifications.value = value
  }
  const test = () => {
    const what = { id: 'test', title: 'A test', text: 'So are you told of what waits for you.', path: '/me' }
    say(notify(what, go) ? 'Sent: your system shows it' : 'This browser does not show it')
  }
  return html`<section><h2>This browser</h2>
    <label class="field">Theme
      <select value=${theme.value} onChange=${(/** @type {any} */ { target }) => (theme.value = target.value)}>
        <option value="system">As the system</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
    <label class="field">Notifications while I look elsewhere
      <select value=${notifications.value} disabled=${!canNotify()} onChange=${(/** @type {any} */ { target }) => void tell(target.value)}>
        <option value="none">None</option>
        <option value="mine">When an agent waits for me</option>
        <option value="all">Of everything that waits for me</option>
      </select>
    </label>
    ${notifications.value !== 'none' && html`<button type="button" class="btn" onClick=${test}>Send a test</button>`}
    ${!canNotify() && html`<p class="muted">${INSECURE}</p>`}
    <label class="check">
      <input
        type="checkbox"
        checked=${singleKeys.value}
        onChange=${(/** @type {any} */ { target }) => (singleKeys.value = target.checked)}
      />
      Single keys act (A approves, J and K move …)
    </label>
  </section>`
}

/** @param {{ me: Schemas['Me'] }} props */
export function MeView({ me }) {
  useTitle(me.user?.name ?? 'Guest')
  return html`<div class="inbox me">
    <p>
      ${
        me.user
          ? html`Signed in as <b><bdi>${plain(me.user.name)}</bdi></b>${me.user.admin && ', who runs this server'}.`
          : 'A guest, in the sessions that were joined here.'
      }
    </p>
    <${Browser} />
    <${Devices} />
    ${me.user && html`<${Tokens} />`}
    ${me.user && html`<${Password} />`}
    <p><${Act} doing="Signing out…" work=${signOut}>Sign out of this browser<//></p>
  </div>`
}
