// Following the end of the timeline without stealing the scroll of somebody who reads.
import { Icon } from '../../components/parts.js'
import { html, useEffect, useState } from '../../vendor/ui.js'

/** So near to the end, in pixels, is at the end. */
const NEAR = 40

const toEnd = () => scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })
const isAtEnd = () => scrollY + innerHeight > document.documentElement.scrollHeight - NEAR

/** Goes to the end, and stays there. */
export const goLive = () => toEnd()

/**
 * Stays at the end, unless somebody has scrolled up to read; then a button leads back, and says how much is new.
 * @param {{ fresh: import('../../vendor/ui.js').Signal<number> }} props
 */
export function Follow({ fresh }) {
  const [isPinned, setPinned] = useState(true)
  useEffect(() => {
    let pinned = !location.hash.startsWith('#e')
    let [height, top] = [0, scrollY]
    const fit = () => {
      if (pinned) {
        toEnd()
        top = scrollY
        fresh.value = 0
      }
      height = document.documentElement.scrollHeight
    }
    const look = () => {
      // What shrinks by itself moves up as well, and then it was nobody who did that.
      if (scrollY < top && document.documentElement.scrollHeight >= height) pinned = false
      else if (scrollY > top && isAtEnd()) pinned = true
      top = scrollY
      setPinned(pinned)
      fit()
    }
    setPinned(pinned)
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
  if (isPinned) return null
  const count = fresh.value
  return html`<button type="button" id="newer" class="btn newer" aria-keyshortcuts="End" onClick=${toEnd}>
    <${Icon} name="arrow-down" /> ${count > 0 && `${count} new, `}${count > 0 ? 'jump' : 'Jump'} to live
  </button>`
}
