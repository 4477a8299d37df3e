// The timeline of a session: its blocks, the oldest first.
import { html, useEffect, useLayoutEffect, useRef } from '../../vendor/ui.js'
import { TimelineBlock } from './block.js'

/**
 * Loads what was before when the beginning comes near, without moving what is read.
 * @param {{ more: () => Promise<void> }} props
 */
function Earlier({ more }) {
  const mark = useRef(/** @type {HTMLElement | null} */ (null))
  useEffect(() => {
    let isBusy = false
    const load = async (/** @type {IntersectionObserverEntry[]} */ seen) => {
      if (isBusy || !seen.some(it => it.isIntersecting)) return
      isBusy = true
      const below = document.documentElement.scrollHeight - scrollY
      await more()
      requestAnimationFrame(() => scrollTo({ top: document.documentElement.scrollHeight - below, behavior: 'instant' }))
      isBusy = false
    }
    const watcher = new IntersectionObserver(load, { rootMargin: '400px' })
    if (mark.current) watcher.observe(mark.current)
    return () => watcher.disconnect()
  }, [more])
  return html`<p ref=${mark} class="muted centre">Loading what was before…</p>`
}

/**
 * @param {object} props
 * @param {import('../../model/session.js').SharedSession} props.of
 * @param {() => Promise<void>} props.more
 * @param {import('../../views/session/actions.js').Actions} props.actions
 */
export function TimelineView({ of, more, actions }) {
  const { timeline } = of
  const hasMore = timeline.version.value >= 0 && of.first > 1
  // What is linked to by #e123 is shown when it is there.
  useLayoutEffect(() => {
    const wanted = location.hash.match(/^#e\d+/)?.[0]
    const node = wanted && document.querySelector(`${wanted}, [data-from="${wanted.slice(2)}"]`)
    if (node) node.scrollIntoView({ block: 'center' })
  }, [of])
  return html`
    ${hasMore && html`<${Earlier} more=${more} />`}
    <ol class="timeline" id="timeline" aria-label="Timeline">
      ${timeline.blocks.map(it => html`<${TimelineBlock} key=${it.id} block=${it} of=${of} actions=${actions} />`)}
    </ol>
    ${timeline.blocks.length === 0 && html`<p class="muted centre">Nothing has happened yet.</p>`}
  `
}
