// What waits for others where I take part, my own prompts too: to read, to suggest, to take back.
import { Card } from '../components/card/card.js'
import { api } from '../lib/api.js'
import { Deck } from '../model/deck.js'
import { inbox } from '../model/inbox.js'
import { html, useEffect, useMemo, useState } from '../vendor/ui.js'
import { place, placeOf, useSessions } from './waiting.js'

/** How often it is asked for, in milliseconds. */
const OFTEN = 5000
/** How often its sessions are looked at again: who may decide nothing there is told late that they may. */
const SELDOM = 60_000

/** @param {{ me: Schemas['Me'] }} props */
export function Others({ me }) {
  const [waits, setWaits] = useState(/** @type {Schemas['Approval'][]} */ ([]))
  const [hasMore, setMore] = useState(false)
  // Its cards take no keys: nothing is decided on them.
  const deck = useMemo(() => new Deck(), [])
  const mine = inbox.waiting.value
  useEffect(() => {
    const load = () =>
      document.hidden ||
      api('/api/approvals?status=others').then(
        it => {
          setWaits(it.approvals)
          setMore(it.nextCursor !== null)
        },
        () => null,
      )
    load()
    const timer = setInterval(load, OFTEN)
    return () => clearInterval(timer)
  }, [mine])
  const known = useSessions(me, waits, SELDOM)
  const changed = (/** @type {Schemas['Approval']} */ now) =>
    setWaits(list => list.flatMap(it => (it.id !== now.id ? it : now.status === 'pending' ? now : [])))
  // What may be decided by now is above.
  const theirs = waits.filter(it => mine.approvals.every(({ id }) => id !== it.id))
  if (theirs.length === 0) return null
  return html`<section aria-labelledby="others-title">
    <h2 id="others-title">Waiting for others</h2>
    <div class="cards">
      ${theirs.map(it => {
        const of = known.get(placeOf(it))
        return (
          of &&
          html`<${Card} key=${it.id} approval=${it} of=${of} deck=${deck} place=${place(of, it.id)} changed=${changed} />`
        )
      })}
    </div>
    ${hasMore && html`<p class="muted">There is more, in its sessions.</p>`}
  </section>`
}
