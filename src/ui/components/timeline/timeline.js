// The timeline of a session: its blocks, the oldest first.
import { html, useEffect, useRef } from '../../vendor/ui.js'
import { Icon } from '../parts.js'
import { TimelineBlock } from './block.js'

/** How long until it is tried again, in milliseconds. */
const AGAIN = 3000

/**
 * Loads what was before when the beginning comes near.
 * @param {{ more: () => Promise<void> }} props
 */
function Earlier({ more }) {
  const mark = useRef(/** @type {HTMLElement | null} */ (null))
  useEffect(() => {
    let isBusy = false
    let again = 0
    const load = async (/** @type {IntersectionObserverEntry[]} */ seen) => {
      if (isBusy || !seen.some(it => it.isIntersecting)) return
      isBusy = true
      const pause = await more().then(
        () => 100,
        () => AGAIN,
      )
      isBusy = false
      // Observed anew, it says again where it is: it may still be near, or nothing have come.
      again = setTimeout(() => {
        if (!mark.current) return
        watcher.unobserve(mark.current)
        watcher.observe(mark.current)
      }, pause)
    }
    const watcher = new IntersectionObserver(load, { rootMargin: '400px' })
    if (mark.current) watcher.observe(mark.current)
    return () => {
      clearTimeout(again)
      watcher.disconnect()
    }
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
  const onlyDiffs = actions.onlyDiffs.value
  const hasMore = timeline.version.value >= 0 && of.first > 1
  return html`
    ${hasMore && html`<${Earlier} more=${more} />`}
    ${
      onlyDiffs &&
      html`<p class="centre">
      <button type="button" class="chip" onClick=${() => (actions.onlyDiffs.value = false)}>
        <${Icon} name="file-pen" /> Only changes to files are shown. Show everything
      </button>
    </p>`
    }
    <ol class="timeline ${onlyDiffs ? 'only-diffs' : ''}" id="timeline" aria-label="Timeline">
      ${timeline.blocks.map(it => html`<${TimelineBlock} key=${it.id} block=${it} of=${of} actions=${actions} />`)}
    </ol>
    ${timeline.blocks.length === 0 && html`<p class="muted centre">Nothing has happened yet.</p>`}
  `
}
