// What each kind of approval shows before it is decided, and what can be answered.
import { button, h } from './dom.js'
import { field } from './field.js'
import { exact, exactDiff, json, plain } from './text.js'

/**
 * How a card is put together.
 * @typedef {object} Offer
 * @property {[string, any][]} facts what is said about who asks
 * @property {any[]} acts the buttons, in order
 * @property {(doing: string, decision: () => object) => (event: { currentTarget: HTMLButtonElement }) => void} decide
 */

/** A button that decides at once. */
function choose({ acts, decide }, label, kind, doing, decision) {
  const made = button(label, kind, decide(doing, () => decision))
  acts.push(made)
  return made
}

/** A button that opens a field, and maybe a box to tick, with the button that decides below. */
function write({ acts, decide }, { label, kind, hint, text, tick, send, decision }) {
  const isEdit = text !== ''
  const area = h('textarea', { rows: 4 }, text)
  const box = h('input', { type: 'checkbox' })
  const go = button(send, kind || 'primary', decide('Sending…', () => decision(area.value, box.checked)))
  const opened = ({ target }) => target.open && area.focus()
  const attributes = { toggle: opened, 'data-edits': isEdit }
  const fields = [h('label.field', hint, area), tick && h('label.check', h('span', tick), box)]
  acts.push(h('details.write', attributes, h(`summary.btn.${kind}`, label), fields, go))
}

/** A no with a reason, which those who may prompt directly can send to the agent, too. */
function reject(offer, room, { label, send }) {
  write(offer, {
    label,
    kind: 'danger',
    hint: 'Why, if you wish to say',
    text: '',
    tick: room.mayPromptDirectly && 'Tell the agent, too, as the next prompt',
    send,
    decision: (reason, tellAgent) => ({ action: 'reject', reason, ...(tellAgent && { tellAgent }) }),
  })
}

/** May this prompt go to the agent? */
function prompt(it, room, offer) {
  choose(offer, 'Approve', 'primary', 'Approving…', { action: 'approve' }).dataset.yes = ''
  write(offer, {
    label: 'Edit…',
    kind: '',
    hint: 'Send this instead; both texts are kept',
    text: it.prompt,
    send: 'Approve this text',
    decision: editedPrompt => ({ action: 'approve', editedPrompt }),
  })
  reject(offer, room, { label: 'Reject…', send: 'Reject' })
  return exact('The whole prompt', it.prompt)
}

/** May the agent do this? Its own options, in its own words and order. */
function permission(it, room, offer) {
  const { rawInput: given, content, title: called } = it.details.toolCall ?? {}
  const { command, cwd, ...others } = given?.constructor === Object ? given : { command: given }
  const input = command ?? (Object.keys(others).length > 0 ? others : null)
  const changes = content?.filter(part => part.type === 'diff') ?? []
  if (called && called !== command) offer.facts.push(['Called', exact('What the agent calls it', called)])
  offer.facts.push(['Folder', h('code', plain(cwd ?? room.agentSession.folder))])
  for (const option of it.options) optionOf(option, room, offer)
  if (it.options.length === 0) {
    choose(offer, 'Approve', 'primary', 'Approving…', { action: 'approve' }).dataset.yes = ''
  }
  if (!it.options.some(option => option.kind.startsWith('reject'))) {
    choose(offer, 'Reject', 'danger', 'Rejecting…', { action: 'reject' })
  }
  reject(offer, room, { label: 'Reject and say why…', send: 'Reject with this reason' })
  if (!input && changes.length === 0) return h('p.warn', '⚠ The agent did not say what it will do.')
  const text = typeof input === 'string' ? input : json(input)
  return [input && exact('What will run', text), changes.map(exactDiff)]
}

function optionOf({ id, label, kind }, room, offer) {
  const isNo = kind.startsWith('reject')
  const isAlways = kind === 'allow_always'
  const style = isNo ? 'danger' : kind === 'allow_once' ? 'primary' : ''
  const note = room.isHost ? 'the agent remembers it; not undone here' : 'only the host may'
  const decision = { action: isNo ? 'reject' : 'approve', optionId: id }
  const made = choose(offer, [plain(label), isAlways && h('small', note)], style, 'Sending…', decision)
  made.disabled = isAlways && !room.isHost
  if (!isNo && !made.disabled) made.dataset.yes = ''
}

/** What does the agent want to know? */
function question(it, room, offer) {
  const { properties = {}, required = [] } = it.details.request?.requestedSchema ?? {}
  const isNeeded = ([name]) => required.includes(name)
  const asked = Object.entries(properties).toSorted((a, b) => isNeeded(b) - isNeeded(a))
  const fields = asked.map(entry => field(...entry, isNeeded(entry)))
  const answers = () => fields.map(one => [one.name, one.read()]).filter(([, value]) => value !== undefined)
  const send = offer.decide('Answering…', () => ({ action: 'approve', answer: Object.fromEntries(answers()) }))
  const id = `f-${it.id}`
  const go = h('button.btn.primary', { form: id, 'data-yes': true }, 'Answer')
  const submit = event => {
    event.preventDefault()
    send({ currentTarget: go })
  }
  offer.acts.push(go)
  choose(offer, 'Decline', '', 'Declining…', { action: 'reject' })
  return [exact('The question', it.action), h('form', { id, submit }, fields.map(one => one.node))]
}

/** Did this prompt run? */
function unknown(it, room, offer) {
  choose(offer, 'Send it again', '', 'Noting…', { action: 'retry' })
  choose(offer, 'It was done', '', 'Noting…', { action: 'mark_done' })
  choose(offer, 'Drop it', '', 'Noting…', { action: 'drop' })
  const why = 'The connection broke while the agent had it. It is not sent again by itself.'
  return [h('p', why), exact('The prompt', it.editedPrompt ?? it.prompt)]
}

/** What anything else asks, which names itself. */
function action(it, room, offer) {
  for (const option of it.options) optionOf(option, room, offer)
  if (it.options.length === 0) {
    choose(offer, 'Approve', 'primary', 'Approving…', { action: 'approve' }).dataset.yes = ''
    choose(offer, 'Reject', 'danger', 'Rejecting…', { action: 'reject' })
  }
  return exact('What will be done', json(it.details))
}

/** What to show, by the kind of approval. @type {Record<string, (it, room, offer: Offer) => any>} */
export const KINDS = { prompt, permission, question, unknown, action, draft: action }
