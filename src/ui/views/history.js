// All sessions that I may see, the newest first, by what their titles say.
import { Act } from '../components/parts.js'
import { api } from '../lib/api.js'
import { bind } from '../lib/keys.js'
import { html, useEffect, useRef, useState } from '../vendor/ui.js'
import { SessionRow } from './inbox.js'
import { useTitle } from './shell.js'

/** @param {string} status @param {string | null} cursor */
const page = (status, cursor) => {
  const query = new URLSearchParams({ limit: '50', ...(status && { status }), ...(cursor && { cursor }) })
  return api(`/api/shared-sessions?${query}`)
}

export function HistoryView() {
  const [status, setStatus] = useState('')
  const [text, setText] = useState('')
  const [list, setList] = useState(/** @type {Schemas['Session'][] | null} */ (null))
  const [cursor, setCursor] = useState(/** @type {string | null} */ (null))
  const search = useRef(/** @type {HTMLInputElement | null} */ (null))
  useTitle('History')
  useEffect(() => {
    if (location.hash === '#search') search.current?.focus()
    return bind({ '/': event => (event.preventDefault(), search.current?.focus()) })
  }, [])
  const take = (/** @type {any} */ { sessions, nextCursor }, /** @type {Schemas['Session'][]} */ before) => {
    setList([...before, ...sessions])
    setCursor(nextCursor)
  }
  useEffect(() => void page(status, null).then(it => take(it, [])), [status])
  const shown = list?.filter(it => it.title.toLowerCase().includes(text.toLowerCase())) ?? []
  return html`<div class="inbox">
    <form class="columns" role="search" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label class="field">Title has <input type="search" ref=${search} aria-keyshortcuts="/" value=${text} onInput=${(/** @type {any} */ { target }) => setText(target.value)} /></label>
      <label class="field">Which
        <select value=${status} onChange=${(/** @type {any} */ { target }) => setStatus(target.value)}>
          <option value="">All</option><option value="active">Live</option><option value="closed">Closed</option><option value="expired">Expired</option>
        </select>
      </label>
    </form>
    ${list && shown.length === 0 && html`<p class="muted">${list.length === 0 ? 'Sessions appear here, also when they are closed.' : `No title has “${text}”.`}</p>`}
    <ul class="sessions">${shown.map(it => html`<${SessionRow} key=${it.id} it=${it} />`)}</ul>
    ${cursor && html`<${Act} doing="Loading…" work=${async () => take(await page(status, cursor), list ?? [])}>Show more<//>`}
  </div>`
}
