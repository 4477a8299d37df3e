// What a program sent along with what it asks, of any shape: each part by its name, or all of it as JSON.
import { partsOf } from '../../lib/json.js'
import { html } from '../../vendor/ui.js'
import { Exact } from './exact.js'

/** @param {{ details: unknown }} props */
export const Details = ({ details }) =>
  partsOf(details).map(
    ({ name, text }) => html`<div class="part" key=${name}>
      ${name && html`<p class="muted"><bdi>${name}</bdi></p>`}
      <${Exact} label=${name || 'What was sent along'} text=${text} />
    </div>`,
  )
