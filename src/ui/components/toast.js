// Words that stay for a moment, and words for those who do not look.
import { html, signal } from '../vendor/ui.js'

/** How long a toast stays, in milliseconds. */
const STAYS = 4000

const toast = signal('')
/** Milestones, said politely. */
export const status = signal('')
/** What waits for a decision of mine, said at once. */
export const alarm = signal('')

/** Shows and says something. @param {string} text */
export function say(text) {
  toast.value = text
  setTimeout(() => {
    if (toast.value === text) toast.value = ''
  }, STAYS)
}

/** One place for each kind of saying, so that a screen reader hears each thing once. */
export const Announcements = () => html`
  <p class=${toast.value ? 'toast' : 'unseen'} role="status">${toast}</p>
  <p class="unseen" role="status">${status}</p>
  <p class="unseen" role="alert">${alarm}</p>
`
