// Following the end of the timeline without stealing the scroll of somebody who reads.
import { fill, main } from './dom.js'

/**
 * Stays at the end of the timeline, unless somebody has scrolled up to read; then a button says how much is new.
 * @returns {(added: number) => void} to be told of new events
 */
export function pin({ newer, composer }) {
  let isPinned = true
  let missed = 0
  const toEnd = () => scrollTo(0, document.documentElement.scrollHeight)
  const count = added => {
    missed = isPinned ? 0 : missed + added
    fill(newer, `↓ ${missed} new`).hidden = missed === 0
  }
  const look = () => {
    isPinned = scrollY + innerHeight > document.documentElement.scrollHeight - 100
    count(0)
  }
  const fit = () => {
    document.documentElement.style.setProperty('--foot', `${composer.offsetHeight}px`)
    if (isPinned) toEnd()
  }
  newer.addEventListener('click', toEnd)
  addEventListener('scroll', look, { passive: true })
  new ResizeObserver(fit).observe(main)
  return count
}
