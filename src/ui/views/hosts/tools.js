// The tools of an agent: what each is for, and calling it. A call is sent once: whether one that broke off was carried out,
// nobody knows, and it is not tried again by itself.
import { Exact } from '../../components/card/exact.js'
import { Said, Trouble } from '../../components/parts.js'
import { api, failure, newKey } from '../../lib/api.js'
import { parametersOf, skeleton } from '../../lib/json.js'
import { json, plain } from '../../lib/text.js'
import { html, useEffect, useRef, useState } from '../../vendor/ui.js'

/** Calls a tool, once. @param {string} path @param {unknown} parameters @param {AbortSignal} signal @returns {Promise<Schemas['ToolAnswer']>} */
async function callOnce(path, parameters, signal) {
  const headers = { 'content-type': 'application/json', 'idempotency-key': newKey() }
  const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify({ parameters }), signal }).catch(
    () => null,
  )
  if (signal.aborted) throw new Error('You do not wait for it any more: its host was told to stop')
  if (!answer?.ok) throw await failure(answer)
  return answer.json()
}

/** What came of it. @param {{ answer: Schemas['ToolAnswer'] }} props */
function Answer({ answer: { output, error } }) {
  if (error !== null && error !== undefined)
    return html`<p class="error" role="alert">It failed:</p><${Exact} label="Why it failed" text=${error} />`
  return html`<p role="status">It answered${output === null || output === undefined ? ' null: that is an answer, too' : ''}:</p>
    <${Exact} label="Its answer" text=${json(output ?? null)} />`
}

/** @param {{ agent: Schemas['Agent'], tool: Schemas['Tool'], mayCall: boolean, isThere: boolean }} props */
function Tool({ agent, tool, mayCall, isThere }) {
  const [text, setText] = useState(() => skeleton(tool.parameters))
  const [answer, setAnswer] = useState(/** @type {Schemas['ToolAnswer'] | null} */ (null))
  const [error, setError] = useState(/** @type {any} */ (null))
  const [isBusy, setBusy] = useState(false)
  const running = useRef(/** @type {AbortController | null} */ (null))
  // Who goes away does not wait any more.
  useEffect(() => () => running.current?.abort(), [])
  const call = async (/** @type {Event} */ event) => {
    event.preventDefault()
    if (running.current) return
    running.current = new AbortController()
    setAnswer(null)
    setError(null)
    setBusy(true)
    try {
      const path = `/api/agents/${agent.id}/tools/${encodeURIComponent(tool.name)}`
      setAnswer(await callOnce(path, parametersOf(text), running.current.signal))
    } catch (cause) {
      setError(cause instanceof SyntaxError ? new Error(`This is no JSON: ${cause.message}`) : cause)
    }
    running.current = null
    setBusy(false)
  }
  const name = plain(tool.name)
  return html`<li class="tool-of">
    <h4><code>${name}</code></h4>
    ${tool.description && html`<p><${Said} text=${tool.description} /></p>`}
    <details class="raw"><summary>What it takes</summary><${Exact} label=${`What ${name} takes`} text=${json(tool.parameters)} /></details>
    ${
      mayCall &&
      html`<form onSubmit=${call}>
        <label class="field">Parameters of ${name}, as JSON
          <textarea rows="3" spellcheck="false" value=${text} onInput=${(/** @type {any} */ { target }) => setText(target.value)}></textarea>
        </label>
        <div class="acts">
          <button class="btn" disabled=${!isThere} aria-disabled=${isBusy}>${isBusy ? 'It works…' : `Call ${name}`}</button>
          ${isBusy && html`<button type="button" class="btn" onClick=${() => running.current?.abort()}>Stop waiting</button>`}
        </div>
      </form>`
    }
    ${error && html`<${Trouble} error=${error} />`}
    ${answer && html`<${Answer} answer=${answer} />`}
  </li>`
}

/** @param {{ agent: Schemas['Agent'], host: Schemas['KnownHost'] }} props */
export function Tools({ agent, host }) {
  const [tools, setTools] = useState(/** @type {Schemas['Tool'][] | null} */ (null))
  const [error, setError] = useState(/** @type {any} */ (null))
  const open = (/** @type {any} */ { currentTarget }) => {
    if (!currentTarget.open) return
    setError(null)
    api(`/api/agents/${agent.id}/tools`).then(it => setTools(it.tools), setError)
  }
  const mayCall = host.may.callTools
  return html`<details class="tools" onToggle=${open}>
    <summary>Tools<span class="unseen"> of ${plain(agent.name)}</span></summary>
    ${error && html`<${Trouble} error=${error} />`}
    ${tools?.length === 0 && html`<p class="muted">It offers none.</p>`}
    ${tools && tools.length > 0 && !mayCall && html`<p class="muted">Its host’s owner, and whom they let, call them.</p>`}
    ${tools && tools.length > 0 && mayCall && !host.connected && html`<p class="warn">Its host is away: nothing can be called now.</p>`}
    <ul>
      ${tools?.map(it => html`<${Tool} key=${it.name} agent=${agent} tool=${it} mayCall=${mayCall} isThere=${host.connected} />`)}
    </ul>
  </details>`
}
