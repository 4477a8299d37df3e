// A draft for those who review it: each artifact with its change, what was said of it, and what can be said.
import { api } from './api.js'
import { button, fill, h } from './dom.js'
import { exactPatch, plain } from './text.js'

/** What is said of an artifact, in words. */
const SAID = { approved: 'approved', rejected: 'rejected', discuss: 'wants to discuss' }

const isOpen = ({ decision }) => decision !== 'approved' && decision !== 'rejected'

/** Whether it came without its changes, as lists and most events have it. */
export const isOutline = ({ draft: it }) => Boolean(it?.artifacts.some(({ diff }) => diff === null))

/** What somebody said of an artifact. */
export function said({ decision, decidedBy, reason }, room) {
  if (!decision) return null
  return [room.who(decidedBy), ` ${SAID[decision]}`, reason && [': “', h('bdi', plain(reason)), '”']]
}

/** A button that opens a field for the reason, with the one that decides below it. */
function explain({ decide }, label, kind, send, decision) {
  const area = h('textarea', { rows: 2 })
  const go = button(send, kind || 'primary', decide('Sending…', () => ({ ...decision, reason: area.value })))
  const hint = h('label.field', 'Why, if you wish to say', area)
  return h('details.write', h(`summary.btn.${kind}`, label), hint, go)
}

/** What can be said of an artifact, or of all that are open. */
function acts(offer, of, approve, reject) {
  const yes = button(approve, 'primary', offer.decide('Approving…', () => ({ action: 'approve', ...of })))
  yes.dataset.yes = ''
  return [yes, explain(offer, `${reject}…`, 'danger', reject, { action: 'reject', ...of })]
}

function one(artifact, room, offer, mayDecide) {
  const { uri, summary, diff } = artifact
  const of = { artifactUri: uri }
  const talk = () => explain(offer, 'Discuss…', '', 'Leave it open', { action: 'discuss', ...of })
  return h(
    'section.artifact',
    { 'data-uri': uri },
    h('h3', h('code', plain(uri)), ' ', plain(summary)),
    diff && exactPatch(diff),
    h('p.said', said(artifact, room)),
    mayDecide && isOpen(artifact) && h('div.acts', acts(offer, of, 'Approve', 'Reject'), talk()),
  )
}

/** Are these artifacts good? */
export function draft(it, room, offer) {
  const { artifacts } = it.draft
  const mayDecide = room.mayDecide(it)
  if (artifacts.length > 1) offer.acts.push(...acts(offer, {}, 'Approve the rest', 'Reject the rest'))
  return artifacts.map(artifact => one(artifact, room, offer, mayDecide))
}

/** Shows what was said meanwhile. What is typed of others stays. @returns whether anything changed */
export function review(box, it, room) {
  let changed = false
  for (const artifact of it.draft?.artifacts ?? []) {
    const node = [...box.querySelectorAll('.artifact')].find(one => one.dataset.uri === artifact.uri)
    const state = JSON.stringify([artifact.decision, artifact.reason, artifact.decidedBy])
    if (!node || (node.dataset.said ?? '[null,null,null]') === state) continue
    node.dataset.said = state
    fill(node.querySelector('.said'), said(artifact, room))
    if (!isOpen(artifact)) node.querySelector('.acts')?.remove()
    for (const opened of node.querySelectorAll('details[open]')) opened.open = false
    changed = true
  }
  return changed
}

/** Asks for all of a draft before any of it is shown: nobody says yes to what they were not shown. */
export async function load(box, it, put) {
  const error = fill(box.querySelector('.error'))
  try {
    const { approval } = await api(`/api/approvals/${it.id}`)
    if (box.matches('.settled')) return
    if (approval.status === 'pending') put(approval)
    else box.settle(approval)
  } catch (cause) {
    fill(error, `${cause.message}. `, button('Load it again', '', () => load(box, it, put)))
  }
}
