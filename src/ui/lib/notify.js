// Telling somebody who does not look that something waits for them: the icon of the tab, and a notification of the browser.

let plainIcon = ''

/** Shows on the icon of the tab whether something waits. @param {number} count */
export function badge(count) {
  const icon = /** @type {HTMLLinkElement | null} */ (document.getElementById('icon'))
  if (!icon) return
  plainIcon ||= icon.href
  const href = count > 0 ? plainIcon.replace('icon.svg', 'icon_waiting.svg') : plainIcon
  if (icon.href !== href) icon.href = href
}

/** Whether this browser can tell: not on plain http of another computer. */
export const canNotify = () => 'Notification' in globalThis && isSecureContext

/** Asks the person; only when they have said that they want it. @returns {Promise<boolean>} */
export const mayNotify = async () => canNotify() && (await Notification.requestPermission()) === 'granted'

/**
 * Tells of something that waits, once in this browser.
 * @param {{ id: string, title: string, text: string, path: string }} what
 * @param {(path: string) => void} open
 * @returns {boolean} whether the browser took it
 */
export function notify({ id, title, text, path }, open) {
  if (!canNotify() || Notification.permission !== 'granted') return false
  try {
    const told = new Notification(title, { body: text, tag: id })
    told.onclick = () => {
      focus()
      open(path)
      told.close()
    }
    return true
  } catch {
    // Some browsers of phones have the name, and notifications for nobody.
    return false
  }
}
