// All sessions that I may see, the newest first, by what their titles say.
import { Act, Trouble } from '../components/parts.js'
import { api } from '../lib/api.js'
import { bind } from '../lib/keys.js'
import { html, useEffect, useRef, useState } from '../vendor/ui.js'
import { SessionRow } from './inbox.js'
import { useTitle } from './shell.js'

/** So many are shown at first, and when somebody asks for more… */
const PAGE = 50
/** …and so many are loaded at once while a title is looked for. */
const MOST = 200

/**
 * A list as far as it is loaded.
 * @typedef {{ status: string, sessions: Schemas['ListedSession'][], cursor: string | null }} List
 */

/** The next page of a list, behind what is there. @param {List} list @param {number} limit @returns {Promise<List>} */
async function next({ status, sessions, cursor }, limit) {
  const query = new URLSearchParams({ limit: String(limit), ...(status && { status }), ...(cursor && { cursor }) })
  const page = await api(`/api/shared-sessions?${query}`)
  return { status, sessions: [...sessions, ...page.sessions], cursor: page.nextCursor }
}

/** The sessions in a state; while a text is looked for, all of them, page by page. @param {string} status @param {string} text */
function useList(status, text) {
  const [list, setList] = useState(/** @type {List | null} */ (null))
  const [error, setError] = useState(/** @type {any} */ (null))
  const isHere = list?.status === status
  const isSearching = Boolean(isHere && text && list.cursor)
  useEffect(() => {
    if (isHere && !isSearching) return
    let isWanted = true
    setError(null)
    const load = isHere ? next(list, MOST) : next({ status, sessions: [], cursor: null }, PAGE)
    load.then(
      it => isWanted && setList(it),
      cause => isWanted && setError(cause),
    )
    return () => void (isWanted = false)
  }, [status, isSearching, list])
  const more = async () => list && setList(await next(list, PAGE))
  return { list: isHere ? list : null, isSearching, error, more }
}

/** @param {{ status: string, text: string }} props */
function None({ status, text }) {
  if (text) return html`<p class="muted">No title has “${text}”.</p>`
  return html`<p class="muted">${status ? 'There are none.' : 'Sessions appear here, also when they are closed.'}</p>`
}

export function HistoryView() {
  const [status, setStatus] = useState('')
  const [text, setText] = useState('')
  const { list, isSearching, error, more } = useList(status, text)
  const search = useRef(/** @type {HTMLInputElement | null} */ (null))
  useTitle('History')
  useEffect(() => {
    if (location.hash === '#search') search.current?.focus()
    return bind({ '/': event => (event.preventDefault(), search.current?.focus()) })
  }, [])
  const shown = list?.sessions.filter(it => it.title.toLowerCase().includes(text.toLowerCase())) ?? []
  return html`<div class="inbox">
    <form class="columns" role="search" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label class="field">Title has
        <input
          type="search"
          ref=${search}
          aria-keyshortcuts="/"
          value=${text}
          onInput=${(/** @type {any} */ { target }) => setText(target.value)}
        />
      </label>
      <label class="field">Which
        <select value=${status} onChange=${(/** @type {any} */ { target }) => setStatus(target.value)}>
          <option value="">All</option>
          <option value="active">Live</option>
          <option value="closed">Closed</option>
          <option value="expired">Expired</option>
        </select>
      </label>
    </form>
    ${error && html`<${Trouble} error=${error} />`}
    ${list && shown.length === 0 && !isSearching && !error && html`<${None} status=${status} text=${text} />`}
    <ul class="sessions" aria-label="Sessions">${shown.map(it => html`<${SessionRow} key=${it.id} it=${it} />`)}</ul>
    ${isSearching && !error && html`<p class="muted" role="status">Looking through what is older…</p>`}
    ${list?.cursor && !isSearching && html`<${Act} doing="Loading…" work=${more}>Show more<//>`}
  </div>`
}
