// Following the end of the timeline without stealing the scroll of somebody who reads.
import { html, useEffect, useState } from '../../vendor/ui.js'
import { Icon } from '../../components/parts.js'

/** So near to the end, in pixels, is at the end. */
const NEAR = 120

const toEnd = () => scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })
const isAtEnd = () => scrollY + innerHeight > document.documentElement.scrollHeight - NEAR

/** Goes to the end, and stays there. */
export const goLive = () => toEnd()

/**
 * Stays at the end, unless somebody has scrolled up to read; then a button says how much is new.
 * @param {{ fresh: import('../../vendor/ui.js').Signal<number> }} props
 */
export function Follow({ fresh }) {
  const [isPinned, setPinned] = useState(true)
  useEffect(() => {
    let pinned = !location.hash.startsWith('#e')
    setPinned(pinned)
    let height = 0
    const look = () => {
      // What grows by itself is no scrolling of anybody's.
      const grew = document.documentElement.scrollHeight !== height
      height = document.documentElement.scrollHeight
      if (grew && pinned) return toEnd()
      pinned = isAtEnd()
      setPinned(pinned)
      if (pinned) fresh.value = 0
    }
    const fit = () => {
      height = document.documentElement.scrollHeight
      if (pinned) toEnd()
    }
    addEventListener('scroll', look, { passive: true })
    const watcher = new ResizeObserver(fit)
    watcher.observe(document.body)
    const main = document.getElementById('timeline')
    if (main) watcher.observe(main)
    fit()
    return () => {
      removeEventListener('scroll', look)
      watcher.disconnect()
    }
  }, [fresh])
  if (isPinned || fresh.value === 0) return null
  return html`<button type="button" id="newer" class="btn newer" aria-keyshortcuts="End" onClick=${toEnd}>
    <${Icon} name="arrow-down" /> ${fresh.value} new, jump to live
  </button>`
}
