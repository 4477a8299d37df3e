// The page: which view an address names, in the frame that all of them share.
import { Trouble } from './components/parts.js'
import { Announcements } from './components/toast.js'
import { listen } from './lib/keys.js'
import { go, place, route } from './lib/router.js'
import { know, me } from './model/me.js'
import { html, render, useEffect, useErrorBoundary, useState } from './vendor/ui.js'
import { Notice } from './views/notice.js'
import { Shell } from './views/shell.js'

/**
 * The views, by the first part of their path; each is loaded when it is first wanted.
 * @type {Record<string, { load: () => Promise<any>, isOpen?: boolean }>}
 */
const VIEWS = {
  '': { load: async () => (await import('./views/inbox.js')).InboxView },
  history: { load: async () => (await import('./views/history.js')).HistoryView },
  hosts: { load: async () => (await import('./views/hosts/view.js')).HostsView },
  join: { load: async () => (await import('./views/join.js')).JoinView, isOpen: true },
  me: { load: async () => (await import('./views/me.js')).MeView },
  s: { load: async () => (await import('./views/session/view.js')).SessionView },
  setup: { load: async () => (await import('./views/setup.js')).SetupView, isOpen: true },
}

const SignIn = () => {
  const [View, setView] = useState(/** @type {any} */ (null))
  useEffect(() => void import('./views/setup.js').then(it => setView(() => it.SignIn)), [])
  return View && html`<${View} />`
}

/** @param {{ name: string, id: string }} props */
function View({ name, id }) {
  const { load, isOpen } = VIEWS[name] ?? VIEWS['']
  const [Loaded, setLoaded] = useState(/** @type {any} */ (null))
  const [error, setError] = useState(/** @type {any} */ (null))
  const [caught] = useErrorBoundary()
  useEffect(() => {
    let isWanted = true
    const knows = isOpen || me.peek() ? null : know()
    Promise.all([load(), knows]).then(
      ([view]) => isWanted && setLoaded(() => view),
      cause => isWanted && setError(cause),
    )
    return () => void (isWanted = false)
  }, [name])
  const failed = error ?? caught
  if (failed?.status === 401) return html`<${SignIn} />`
  if (failed)
    return html`<${Notice} title="This did not work">
    <${Trouble} error=${failed} /><button type="button" class="btn primary" onClick=${() => location.reload()}>Try again</button>
  <//>`
  if (!Loaded) return html`<p class="muted centre" aria-busy="true">Loading…</p>`
  return html`<${Loaded} id=${id} me=${me.value} />`
}

function App() {
  const [, name = '', id = ''] = place.value.path.split('/')
  return html`<${Shell}><${View} key=${`${name}/${id}`} name=${name} id=${id} /><//><${Announcements} />`
}

route()
const search = (/** @type {KeyboardEvent} */ event) => {
  event.preventDefault()
  go('/history#search')
}
listen({ i: () => go('/'), h: () => go('/history'), o: () => go('/hosts'), m: () => go('/me') }, { '/': search })
const root = /** @type {HTMLElement} */ (document.getElementById('app'))
root.replaceChildren()
render(html`<${App} />`, root)
