// What there is room for at the hosts, and what waits for room.
import { api } from '../../lib/api.js'
import { html, useEffect, useState } from '../../vendor/ui.js'

/** How often it is asked for, in milliseconds. */
const OFTEN = 5000

/** @param {{ what: string, it: Schemas['Occupancy'] }} props */
const Line = ({ what, it: { limit, running, waiting } }) => html`<li>
  <span>${what}</span> <span>${running} of ${limit} at once${waiting > 0 ? html`, <b>${waiting} wait for room</b>` : ', none waits'}</span>
</li>`

export function Room() {
  const [room, setRoom] = useState(/** @type {Schemas['AdmissionState'] | null} */ (null))
  useEffect(() => {
    const load = () => document.hidden || api('/api/admission').then(setRoom, () => null)
    load()
    const timer = setInterval(load, OFTEN)
    return () => clearInterval(timer)
  }, [])
  if (!room) return null
  return html`<section aria-labelledby="room-title">
    <h2 id="room-title">Room</h2>
    <ul class="rows">
      <${Line} what="Starts of agents" it=${room.agentStarts} />
      <${Line} what="Calls of tools" it=${room.toolCalls} />
    </ul>
  </section>`
}
