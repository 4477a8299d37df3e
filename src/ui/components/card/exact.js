// A text for those who decide: all of it, everything in it to be seen, and proof that its end was on the screen.
import { exact, json } from '../../lib/text.js'
import { createContext, html, useContext, useLayoutEffect, useRef, useState } from '../../vendor/ui.js'

/** More than this is not seen at once. */
const LONG = { lines: 40, characters: 4000 }

/**
 * What of a card must have been seen to its end before a yes.
 * @type {ReturnType<typeof createContext<{ expect: (id: object) => void, seen: (id: object) => void }>>}
 */
export const Reading = createContext({ expect: (/** @type {object} */ _) => {}, seen: (/** @type {object} */ _) => {} })

/** What of a card is still to be read. */
export function useReading() {
  const [isUnread, setUnread] = useState(false)
  const [reading] = useState(() => {
    const unread = new Set()
    const look = () => setUnread(unread.size > 0)
    return {
      expect: (/** @type {object} */ id) => (unread.add(id), look()),
      seen: (/** @type {object} */ id) => (unread.delete(id), look()),
    }
  })
  return { isUnread, reading }
}

/** The end of something long: says so when it has been on the screen. */
function End() {
  const { expect, seen } = useContext(Reading)
  const mark = useRef(/** @type {HTMLElement | null} */ (null))
  useLayoutEffect(() => {
    const id = {}
    expect(id)
    const watcher = new IntersectionObserver(found => found.some(it => it.isIntersecting) && seen(id))
    if (mark.current) watcher.observe(mark.current)
    return () => {
      watcher.disconnect()
      seen(id)
    }
  }, [])
  return html`<span ref=${mark} class="end" aria-hidden="true"></span>`
}

/** Something that is still to come: no yes before it is there. */
export function NotYet() {
  const { expect, seen } = useContext(Reading)
  useLayoutEffect(() => {
    const id = {}
    expect(id)
    return () => seen(id)
  }, [])
  return null
}

/**
 * Something to be read to its end.
 * @param {{ lines: number, characters: number, children?: any }} props
 */
export function ToTheEnd({ lines, characters, children }) {
  const isLong = lines > LONG.lines || characters > LONG.characters
  if (!isLong) return children
  return html`
    <p class="warn">⚠ ${lines.toLocaleString()} lines, ${characters.toLocaleString()} characters: read to the end before you say yes.</p>
    <div class="scrolls" tabindex="0" role="group" aria-label="All of it">${children}<${End} /></div>
  `
}

/** What hides in a text, or looks like something else. @param {{ hidden: number, isMixed: boolean }} props */
export const Hidden = ({ hidden, isMixed }) => html`
  ${hidden > 0 && html`<p class="warn">⚠ Hidden characters: ${hidden}, shown like ⟨U+202E⟩. This text may look like what it is not.</p>`}
  ${isMixed && html`<p class="warn">⚠ Letters of different alphabets stand in one word. It may look like what it is not.</p>`}
`

/** @param {{ label: string, text: string }} props */
export function Exact({ label, text }) {
  const { parts, hidden, isMixed } = exact(text)
  return html`
    <${Hidden} hidden=${hidden} isMixed=${isMixed} />
    <${ToTheEnd} lines=${text.split('\n').length} characters=${text.length}>
      <pre class="exact" tabindex="0" role="group" aria-label=${label}>${parts.map(it => (it.isSign ? html`<mark>${it.text}</mark>` : it.text))}</pre>
    <//>
  `
}

/** Nothing of this must be read. */
const OPTIONAL = { expect: () => {}, seen: () => {} }

/** All that an agent sent, for those who want to see it. @param {{ value: unknown }} props */
export function Everything({ value }) {
  const [isOpen, setOpen] = useState(false)
  const label = 'Everything the agent sent'
  const toggle = (/** @type {any} */ { currentTarget }) => setOpen(currentTarget.open)
  return html`<details class="raw" onToggle=${toggle}>
    <summary>${label}</summary>
    ${isOpen && html`<${Reading.Provider} value=${OPTIONAL}><${Exact} label=${label} text=${json(value)} /><//>`}
  </details>`
}
