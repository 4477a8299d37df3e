// How something that a program asked was answered, and what its host was told meanwhile.
import { plain } from '../../lib/text.js'
import { ago, clock } from '../../lib/time.js'
import { nameOf } from '../../model/hosts.js'
import { inbox } from '../../model/inbox.js'
import { html } from '../../vendor/ui.js'
import { Said, Time } from '../parts.js'

/** @typedef {Schemas['ActionFacts'] | null} Facts */

/** @param {Facts} facts */
const hostOf = facts => html`<b><bdi>${facts?.host ? nameOf(facts.host) : 'the host'}</bdi></b>`

/** Somebody with an account, where their name is known. @param {string | null | undefined} id @param {string | null | undefined} name */
function person(id, name, [you, somebody] = ['you', 'somebody']) {
  if (id && id === inbox.me.value?.user?.id) return html`<b>${you}</b>`
  return html`<b>${name ? html`<${Said} text=${name} />` : somebody}</b>`
}

/** An option by its words. @param {Schemas['Approval']} approval @param {string | null | undefined} id */
const words = ({ options }, id) => html`“<${Said} text=${options.find(it => it.id === id)?.label ?? id} />”`

/** @param {string | null | undefined} reason */
const because = reason => reason && html`: “<${Said} text=${reason} />”`

/** What a host that decides was told. @param {{ approval: Schemas['Approval'], facts: Facts }} props */
export function Wish({ approval, facts }) {
  const wish = approval.resolveRequest
  if (approval.systemLevel) return null
  const host = facts?.host
  const away = host && !host.connected
  const when = away && html` It is away since ${clock(host.since)}, and finds this when it is back.`
  if (!wish)
    return away
      ? html`<p class="warn">${hostOf(facts)} decides this, and is away since ${clock(host.since)}. What you choose is kept until it is back.</p>`
      : null
  const who = person(wish.byUserId, facts?.requestedBy, ['You', 'Somebody'])
  return html`<p class="told" role="status">
    ◔ ${who} asked ${hostOf(facts)} to answer ${words(approval, wish.optionId)}${because(wish.reason)}, ${ago(wish.at)}. It decides.${when}
  </p>`
}

/** Why nobody answered. @type {Record<string, string>} */
const UNANSWERED = {
  agent_gone: 'the program that asked is gone',
  deadline: 'nobody answered in time, which is no yes',
  withdrawn: 'it was taken back',
}

/** How it ended: who answered what, and when. @param {{ approval: Schemas['Approval'], facts: Facts, wasFirst?: boolean }} props */
export function Ending({ approval: it, facts, wasFirst }) {
  const at = it.resolvedAt && html`, <${Time} at=${it.resolvedAt} />`
  if (it.status !== 'approved' && it.status !== 'rejected')
    return html`<span class="outcome">Ended without an answer: ${UNANSWERED[it.reason ?? it.status] ?? plain(it.reason ?? it.status)}${at}</span>`
  const by = person(it.resolvedByUserId, facts?.resolvedBy)
  const isTold = it.resolvedByUserId !== null && it.resolvedByUserId !== undefined
  const who = it.systemLevel ? by : html`${hostOf(facts)}${isTold && html`, as ${by} asked`}`
  return html`<span class="outcome ${it.status === 'rejected' ? 'no' : 'yes'}">
    ${wasFirst && 'Already answered: '}${it.status === 'approved' ? 'approved' : 'rejected'} by ${who}: ${words(it, it.optionId)}${because(it.reason)}${at}
  </span>`
}
