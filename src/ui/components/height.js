// How high something is that stays in view: what stands beside it must not hide behind it.
import { useEffect } from '../vendor/ui.js'

/**
 * Tells the styles the height of an element, for as long as it is there.
 * @param {string} id of the element
 * @param {`--${string}`} property
 * @param {any[]} [inputs] by which it becomes another element
 */
export function useHeight(id, property, inputs = []) {
  useEffect(() => {
    const { style } = document.documentElement
    const node = document.getElementById(id)
    const watcher = new ResizeObserver(() => style.setProperty(property, `${node?.offsetHeight ?? 0}px`))
    if (node) watcher.observe(node)
    return () => {
      watcher.disconnect()
      style.removeProperty(property)
    }
  }, inputs)
}
