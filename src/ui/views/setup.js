// The first steps: setting up by the link of the server, and signing in by a token or a password.
import { Trouble } from '../components/parts.js'
import { api } from '../lib/api.js'
import { dropFragment, go } from '../lib/router.js'
import { html, useMemo, useRef, useState } from '../vendor/ui.js'
import { Notice } from './notice.js'
import { useTitle } from './shell.js'

/** A page that a setup link may lead to. */
const NEXT = /^\/s\/[\w-]+$/

/**
 * A form that is sent once at a time, and empty again when that was done.
 * @param {(values: Record<string, string>) => Promise<void>} work
 */
export function useForm(work) {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState(/** @type {any} */ (null))
  const busy = useRef(false)
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    const form = /** @type {HTMLFormElement} */ (event.target)
    if (busy.current) return
    busy.current = true
    setBusy(true)
    setError(null)
    try {
      await work(/** @type {any} */ (Object.fromEntries(new FormData(form))))
      form.reset()
    } catch (cause) {
      setError(cause)
    }
    busy.current = false
    setBusy(false)
  }
  return { isBusy, submit, trouble: error && html`<${Trouble} error=${error} />` }
}

/** Signs in by the one-time link; on a new server this makes the first admin. */
export function SetupView() {
  const [secret, next = ''] = useMemo(() => location.hash.slice(1).split('&next='), [])
  useTitle('Welcome')
  const { isBusy, submit, trouble } = useForm(async ({ name, password }) => {
    await api('/api/setup', { secret, name, ...(password && { password }) })
    dropFragment()
    location.replace(NEXT.test(next) ? next : '/')
    await new Promise(() => {})
  })
  if (!secret.startsWith('wr_set_')) {
    return html`<${Notice} title="This link is not whole"><p>Copy all of it from where the server was started, with what follows the #.</p><//>`
  }
  return html`<form id="form" class="card narrow" onSubmit=${submit}>
    <div class="welcome">
      <p class="mark" aria-hidden="true">◒</p>
      <h2>This server is yours</h2>
      <p class="muted">People and their coding agents meet here. The others see your name next to what you write and decide.</p>
    </div>
    <label class="field">Your name <input name="name" required maxlength="64" autocomplete="name" autofocus /></label>
    <details><summary>A password, if you wish</summary>
      <label class="field">Password <input name="password" type="password" minlength="8" autocomplete="new-password" /></label>
      <p class="muted">Needed only for another device.</p>
    </details>
    ${trouble}
    <button class="btn primary" aria-disabled=${isBusy}>${isBusy ? 'Starting…' : 'Start'}</button>
  </form>`
}

/** Signs in, and comes back to the same page. */
export function SignIn() {
  const [byToken, setByToken] = useState(true)
  useTitle('Sign in')
  const { isBusy, submit, trouble } = useForm(async values => {
    await api('/api/login', values)
    location.reload()
    await new Promise(() => {})
  })
  const fields = byToken
    ? html`<label class="field">User token <input key="token" name="token" type="password" required autocomplete="off" /></label>`
    : html`<label class="field">Name <input key="name" name="name" required autocomplete="username" /></label>
        <label class="field">Password <input name="password" type="password" required autocomplete="current-password" /></label>`
  return html`<form id="form" class="card narrow" onSubmit=${submit}>
    <div class="welcome">
      <p class="mark" aria-hidden="true">◒</p>
      <h2>Sign in</h2>
      <p class="muted">This browser is not signed in. Open the link that the server printed, or your invite link; or sign in here.</p>
    </div>
    ${fields}
    ${trouble}
    <div class="acts">
      <button class="btn primary" aria-disabled=${isBusy}>${isBusy ? 'Signing in…' : 'Sign in'}</button>
      <button type="button" class="link" onClick=${() => setByToken(!byToken)}>${byToken ? 'With a name and a password' : 'With a token'}</button>
    </div>
  </form>`
}

/** Goes to a session, without the secret that led there. @param {string} path */
export function enter(path) {
  dropFragment()
  go(path, { replace: true })
}
