// Where I write: a text that is kept over a reload, sent as a prompt or as a comment, and not lost when it cannot be sent.
import { api, isPassing, newKey } from '../../lib/api.js'
import { keep, recall } from '../../lib/prefs.js'
import { plain } from '../../lib/text.js'
import { html, signal, useEffect, useRef, useState } from '../../vendor/ui.js'
import { Act, Icon, Said, Trouble, Who } from '../../components/parts.js'
import { useHeight } from '../../components/height.js'
import { placeOf } from '../../components/timeline/comment.js'
import { Ending } from './banner.js'

/** The text of a session's composer, kept in this browser. @param {string} id */
export function keptText(id) {
  const text = signal(recall(`draft ${id}`, ''))
  text.subscribe(value => keep(`draft ${id}`, value || null))
  return text
}

/** What a comment is about. @param {{ actions: import('./actions.js').Actions }} props */
function About({ actions }) {
  const { replyTo, anchor } = actions.about.value
  if (!replyTo && !anchor) return null
  return html`<p class="about">
    ${
      replyTo &&
      html`<${Icon} name="reply" /> <span><${Who} id=${replyTo.participantId} of=${actions.of} />:</span>
        <span class="clip"><${Said} text=${replyTo.text.slice(0, 80)} /></span>`
    }
    ${anchor && html`<${Icon} name="anchor" /> on ${placeOf(anchor)}`}
    <button type="button" class="btn plain" aria-label="About nothing" onClick=${() => (actions.about.value = {})}>
      <${Icon} name="x" />
    </button>
  </p>`
}

/** What was sent and has no answer yet. @typedef {{ key: string, kind: string, text: string, body: object, error?: any, tries: number }} Unsent */

/** @param {{ unsent: Unsent[], again: (it: Unsent) => void, drop: (it: Unsent) => void }} props */
const NotSent = ({ unsent, again, drop }) => html`<ul class="unsent">
  ${unsent.map(
    it => html`<li key=${it.key}>
      <b>${it.error ? 'Not sent' : it.tries > 0 ? 'Not sent yet' : 'Sending…'}</b> <span class="clip"><${Said} text=${it.text} /></span>
      ${it.error && html`<${Trouble} error=${it.error} />`}
      ${it.error && html`<button type="button" class="link" onClick=${() => again(it)}>Try again</button>`}
      ${it.error && html`<button type="button" class="link" onClick=${() => drop(it)}>Back to the text</button>`}
    </li>`,
  )}
</ul>`

/**
 * Keeps what is not sent yet over a reload, and sends each thing once.
 * @param {string} id
 * @param {string} base
 * @param {boolean} isLive
 * @param {(text: string) => void} giveBack
 */
function useUnsent(id, base, isLive, giveBack) {
  const [unsent, setUnsent] = useState(/** @type {Unsent[]} */ (recall(`unsent ${id}`, [])))
  const change = (/** @type {(list: Unsent[]) => Unsent[]} */ by) =>
    setUnsent(list => {
      const next = by(list)
      keep(`unsent ${id}`, next.length > 0 ? next.map(({ error: _, ...it }) => it) : null)
      return next
    })
  const put = (/** @type {Unsent} */ it) => change(list => list.map(one => (one.key === it.key ? it : one)))
  const drop = (/** @type {Unsent} */ it) => {
    change(list => list.filter(one => one.key !== it.key))
    giveBack(it.text)
  }
  const go = async (/** @type {Unsent} */ it) => {
    put({ ...it, error: undefined })
    try {
      await api(`${base}/${it.kind}`, it.body, { key: it.key, unsent: attempt => put({ ...it, tries: attempt + 1 }) })
      change(list => list.filter(one => one.key !== it.key))
    } catch (error) {
      put({ ...it, error, tries: 0 })
      if (!isPassing(error)) drop(it)
      if (!isPassing(error)) throw error
    }
  }
  const send = (/** @type {Unsent} */ it) => {
    change(list => [...list, it])
    return go(it)
  }
  useEffect(() => {
    for (const it of unsent) go(it).catch(() => null)
  }, [])
  // What could not be sent goes when the server is there again.
  useEffect(() => {
    for (const it of unsent) if (isLive && it.error) go(it).catch(() => null)
  }, [isLive])
  return { unsent, send, drop, again: (/** @type {Unsent} */ it) => void go(it).catch(() => null) }
}

/**
 * @param {object} props
 * @param {import('../../model/session.js').SharedSession} props.of
 * @param {import('./actions.js').Actions} props.actions
 * @param {string} props.id
 * @param {import('../../lib/live.js').Live} props.live
 */
export function Composer({ of, actions, id, live }) {
  const { base, text, kind } = actions
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null))
  const [error, setError] = useState(/** @type {any} */ (null))
  const typing = (/** @type {boolean} */ isTyping) => actions.followed.presence.tell(isTyping ? 'typing' : 'watching')
  const { unsent, send, drop, again } = useUnsent(
    id,
    base,
    live.state.value.name === 'live',
    back => (text.value ||= back),
  )
  const may = { prompts: of.may('prompts'), messages: of.may('messages') }
  useHeight('composer', '--foot', [may.prompts || may.messages])
  const now = may.prompts && (kind.value === 'prompts' || !may.messages) ? 'prompts' : 'messages'
  useEffect(() => {
    if (area.current && area.current.value !== text.value) area.current.value = text.value
  })
  if (!may.prompts && !may.messages) {
    const why = of.isOpen ? 'You watch this session.' : html`<${Ending} of=${of} />. It can still be read.`
    return html`<div id="composer" tabindex="-1" class="composer"><p id="watching" class="muted">${why}</p></div>`
  }
  const submit = async (/** @type {'prompts' | 'messages'} */ as) => {
    const written = text.value.trim()
    if (!written) return
    const { replyTo, anchor } = actions.about.value
    const body =
      as === 'prompts'
        ? { prompt: written }
        : { text: written, ...(replyTo && { replyTo: replyTo.id }), ...(anchor && { anchor }) }
    text.value = ''
    actions.about.value = {}
    setError(null)
    typing(false)
    await send({ key: newKey(), kind: as, text: written, body, tries: 0 }).catch(setError)
  }
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(now)
    else if (event.key === 'Escape') area.current?.blur()
  }
  const input = (/** @type {any} */ { target }) => {
    text.value = target.value
    typing(target.value !== '')
  }
  const direct = of.mayPromptDirectly
  const hasKeys = !matchMedia('(hover: none)').matches
  const hint =
    now === 'prompts'
      ? direct
        ? 'Prompt the agent'
        : `Propose a prompt; ${plain(of.host?.displayName ?? 'the host')} approves it`
      : 'Comment for the people here'
  return html`<form id="composer" tabindex="-1" class="composer" aria-label="Write" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <${NotSent} unsent=${unsent} again=${again} drop=${drop} />
    <${About} actions=${actions} />
    ${error && html`<${Trouble} error=${error} />`}
    <div class="writes">
      <label class="unseen" for="area">Message</label>
      <textarea
        id="area"
        ref=${area}
        rows="2"
        placeholder=${`${hint}${hasKeys ? '; Ctrl+Enter sends' : ''}`}
        onInput=${input}
        onKeyDown=${keys}
        onBlur=${() => typing(false)}
        defaultValue=${text.peek()}
      ></textarea>
      ${may.prompts && html`<button type="button" class="btn ${now === 'prompts' ? 'primary' : ''}" onClick=${() => submit('prompts')}>Prompt</button>`}
      ${may.messages && html`<button type="button" class="btn ${now === 'messages' ? 'primary' : ''}" onClick=${() => submit('messages')}>Comment</button>`}
      <${Stop} of=${of} actions=${actions} />
    </div>
  </form>`
}

/** @param {{ of: import('../../model/session.js').SharedSession, actions: import('./actions.js').Actions }} props */
function Stop({ of, actions }) {
  const { running } = of
  const approval = running && of.approvals.value.get(running.approvalId)
  const isOwn = of.session.value.mode === 'prompt_direct' && approval?.participantId === of.mine?.id
  if (!running || !of.isOpen || !(of.isHost || isOwn)) return null
  return html`<${Act} class="danger" doing="Stopping…" work=${() => actions.stop()} id="stop" aria-keyshortcuts="."><${Icon} name="square" /> Stop<//>`
}
