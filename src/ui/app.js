// The page: set up, join, inbox, session. What people and agents wrote goes in as text, never as HTML.
const $ = selector => document.querySelector(selector), main = $('main'), bar = $('#bar'), json = value => JSON.stringify(value, null, 2)
const wait = ms => new Promise(done => setTimeout(done, ms)), backoff = attempt => Math.min(15000, 500 * 2 ** attempt) * (0.5 + Math.random() / 2)
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), it => it.toString(16).padStart(2, '0')).join('')
const recall = key => { try { return JSON.parse(localStorage.getItem(key)) ?? {} } catch { return {} } }
const keep = (key, value) => { try { localStorage.setItem(key, json(value)) } catch { say('This browser keeps no drafts.') } }

/** An element, perhaps with attributes, of which functions listen. Strings become text. */
function h(tag, ...rest) {
  const [name, ...classes] = tag.split('.').filter(Boolean), node = document.createElement(name), given = rest[0]?.constructor === Object ? rest.shift() : {}
  for (const [key, value] of Object.entries({ class: classes.join(' ') || null, ...given })) {
    if (typeof value === 'function') node.addEventListener(key, value)
    else if (value != null && value !== false) node.setAttribute(key, value === true ? '' : value)
  }
  return fill(node, rest)
}
const fill = (node, ...children) => { node.replaceChildren(...children.flat(Infinity).filter(Boolean)); return node }
const button = (label, kind, click) => h(`button.btn.${kind}`, { type: 'button', click }, label)
const clock = (at, style = { timeStyle: 'short' }) => h('time.muted', { datetime: at }, new Date(at).toLocaleString([], style))
const fold = (label, body) => h('details', { toggle: ({ target: it }) => it.open && it.replaceChildren(it.firstChild, h('div', body())) }, h('summary', label))
const group = (tag, label, ...children) => h(tag, { tabindex: 0, role: 'group', 'aria-label': label }, children)
const title = (text, count) => { document.title = `${count ? `(${count}) ` : ''}${fill($('#title'), text).textContent} · Wardroom` }
const notice = (heading, ...children) => { title(heading); fill(bar); fill(main, h('section.card.narrow', children)) }
const enter = path => { history.replaceState(null, '', location.pathname); location.replace(path); return true }
/** Shows a page of index.html; its elements by their ids. */
function show(name, heading) {
  title(heading)
  fill(main, $(`#${name}-page`).content.cloneNode(true))
  fill(bar, [...main.querySelector('.bar')?.children ?? []])
  $('#sign-out')?.addEventListener('click', () => api('/api/logout', {}).finally(() => location.assign('/')))
  return Object.fromEntries([...document.querySelectorAll('main [id], #bar [id]')].map(it => [it.id, it]))
}
/** Says something to those who do not look; if `shown`, for a moment also to those who do. */
function say(text, shown) {
  fill($('#status'), text).className = shown ? 'toast' : ''
  setTimeout(() => { if ($('#status').textContent === text) $('#status').className = '' }, 4000)
}
const sentence = text => text && text[0].toUpperCase() + text.slice(1)
async function failure(answer) {
  const value = await answer?.json().catch(() => null), text = value?.error ?? (answer ? `the server answered ${answer.status}` : 'the server cannot be reached')
  return Object.assign(new Error(sentence(text)), value, { status: answer?.status ?? 0, hint: sentence(value?.hint) })
}
/** Asks the server. What changes something goes again, with the same key, until there is an answer or no hope of one. */
async function api(path, body, key = newKey()) {
  const post = body && { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': key }, body: JSON.stringify(body) }
  for (let attempt = 0; ; await wait(backoff(attempt++))) {
    const answer = await fetch(path, post).catch(() => null)
    if (answer?.ok) return answer.status === 204 ? null : answer.json()
    if (!post || attempt > 6 || answer && ![502, 503, 504].includes(answer.status)) throw await failure(answer)
    say('Not sent yet. Trying again…', true)
  }
}
let moved = {} // the card that has perhaps just come under the pointer
/** Does what a button says; says so meanwhile, and what went wrong. What returns true is over when the server says so. */
async function act(box, pressed, doing, work) {
  if (box.dataset.busy || moved.box === box && performance.now() - moved.at < 400) return
  const label = [...pressed.childNodes], error = fill(box.querySelector('.error'))
  box.dataset.busy = fill(pressed, doing).textContent
  try { if (await work()) return } catch (cause) { fill(error, cause.message, cause.hint && `. ${cause.hint}`) }
  fill(pressed, label)
  delete box.dataset.busy
}
const onSubmit = (box, doing, work) => box.addEventListener('submit', event => {
  event.preventDefault()
  act(box, event.submitter, doing, () => work(Object.fromEntries(new FormData(box)), event.submitter.value))
})

// Characters that make a text look like another; joiners within emoji do not. Spaces count where a line ends with them.
const HIDDEN = new RegExp([/(?![\n\t]|\u200D\p{Extended_Pictographic})[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2800\u3164\uFFA0]/u,
  /[\u{E0100}-\u{E01EF}]|(?<!\p{Extended_Pictographic})[\uFE00-\uFE0F]|(?! )\p{Zs}|(?<! ) +(?=\n|$)/u].map(it => it.source).join('|'), 'gu')
const DISGUISE = /(?![\n\t])[\p{Cc}\u200B\u202A-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}]/gu
const point = it => it[0] === ' ' ? '·'.repeat(it.length) : `⟨U+${it.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`
const plain = text => String(text ?? '').replace(DISGUISE, point), clear = text => text.replace(HIDDEN, point)
/** A text for those who decide: whole, and everything in it to be seen. */
function exact(label, text) {
  const found = [...text.matchAll(HIDDEN)], hidden = found.filter(it => it[0][0] !== ' ').length, parts = [], lines = text.split('\n').length
  const past = found.reduce((from, it) => { parts.push(text.slice(from, it.index), h('mark', point(it[0]))); return it.index + it[0].length }, 0)
  return [hidden && h('p.warn', `⚠ This text has hidden characters (${hidden}), shown as ⟨U+…⟩. It may look like what it is not.`),
    lines > 40 && h('p.warn', `${lines} lines; the buttons come after the last.`), group('pre.exact', label, parts, text.slice(past))]
}
/** What a change takes away and adds, with three lines around it. `seen` makes a line fit to be seen. */
function diff({ path, oldText, newText }, seen) {
  const a = oldText?.split('\n') ?? [], b = newText.split('\n'), most = Math.min(a.length, b.length)
  let head = 0, tail = 0
  while (head < most && a[head] === b[head]) head++
  while (tail < most - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  const end = a.length - tail, rows = (kind, sign, lines) => lines.map(it => h(`span.${kind}`, `${sign} ${seen(it)}\n`))
  return [h('p', h('code', seen(path))), group('pre.diff', 'Changes', rows('same', ' ', a.slice(Math.max(0, head - 3), head)),
    rows('del', '-', a.slice(head, end)), rows('add', '+', b.slice(head, b.length - tail)), rows('same', ' ', a.slice(end, end + 3)))]
}

/** A session as its snapshot shows it: who is who, and what I may do. */
class Room {
  constructor(snapshot, me) { Object.assign(this, snapshot, { me, people: new Map(snapshot.participants.map(it => [it.id, it])) }) }
  get here() { return [...this.people.values()].filter(it => !it.leftAt || it.leftReason === 'ended') }
  get mine() { return this.here.findLast(it => it.userId === this.me.user?.id || this.me.seats.some(seat => seat.participantId === it.id)) }
  get isHost() { return this.mine?.role === 'host' }
  get isOpen() { return this.session.status === 'active' }
  get agent() { return plain(`${this.agentSession.agentName ?? this.agentSession.agent} ${this.agentSession.agentVersion ?? ''}`.trim()) }
  may(what) {
    const closed = { view_only: ['messages', 'prompts'], comment_only: ['prompts'] }[this.session.mode] ?? []
    return this.isOpen && (this.isHost || this.mine?.role === 'collaborator' && !closed.includes(what))
  }
  mayDecide(it) { return this.isHost || this.mine?.canDecide && it.participantId !== this.mine.id && it.kind !== 'unknown' }
  who(id) {
    const it = this.people.get(id), role = it?.role === 'host' ? 'host' : it?.userId.startsWith('guest:') && 'guest'
    return [h('b', h('bdi', plain(it?.displayName ?? 'Somebody'))), it && it === this.mine && ' (you)', role && [' ', h('span.role', role)]]
  }
  outcome(it, late) {
    const chosen = it.options.find(option => option.id === it.optionId), [no, yes] = it.kind === 'question' ? ['declined', 'answered'] : ['rejected', 'approved']
    if (it.status === 'expired' || it.status === 'withdrawn') return it.status === 'expired' ? 'expired undecided' : 'taken back'
    return [this.who(it.resolvedByParticipantId), late ? ' was first: ' : ' ', chosen ? `chose “${plain(chosen.label)}”` : it.status === 'rejected' ? no : yes,
      it.editedPrompt && ' with changes', it.answer && `: ${plain(JSON.stringify(it.answer))}`, it.reason && `: “${plain(it.reason)}”`]
  }
}
/** A field of a form from its JSON schema, and how to read it. */
function field(name, schema, required) {
  const of = it => it?.oneOf ?? it?.anyOf ?? it?.enum?.map(value => ({ const: value })), choices = of(schema) ?? of(schema.items), preset = schema.default
  const many = schema.type === 'array', flag = schema.type === 'boolean', number = /number|integer/.test(schema.type), formats = { email: 'email', uri: 'url', date: 'date' }
  const { minimum: min, maximum: max, minLength: minlength, maxLength: maxlength, pattern } = schema, type = number ? 'number' : formats[schema.format] ?? 'text'
  const option = it => h('option', { value: it.const, selected: [preset].flat().includes(it.const) }, plain(it.title ?? it.const))
  const input = choices ? h('select', { required, multiple: many }, !many && h('option', { value: '' }, '–'), choices.map(option)) : flag ? h('input', { type: 'checkbox', checked: preset })
    : h('input', { type, min, max, minlength, maxlength, pattern, required, value: preset, step: schema.type === 'number' && 'any' })
  const filled = () => many ? Array.from(input.selectedOptions, it => it.value) : number ? Number(input.value) : input.value
  return { name, read: () => flag ? input.checked : input.value || required ? filled() : undefined,
    node: h(flag ? 'label.check' : 'label.field', h('span', plain(schema.title ?? name), required && ' (needed)'), input, h('small', plain(schema.description))) }
}

const lost = (it, approval) => ({ ...approval, id: it.id, kind: 'unknown', action: 'Nobody knows whether this prompt ran', expiresAt: null })
/** What waits for a decision: who asks, exactly what, and the buttons. `about` adds facts. */
function card(it, room, about = []) {
  const acts = [], what = [], { toolCall: call, request } = it.details, may = room.mayDecide(it), shift = () => { moved = { at: performance.now(), box: box.nextSibling } }
  const heading = h('h2', { id: `t-${it.id}` }, it.kind === 'question' ? `${room.agent} asks` : plain(it.action))
  const box = h(`section.card.${may ? '' : 'idle'}`, { id: `a-${it.id}`, tabindex: -1, 'aria-labelledby': heading.id })
  const facts = [['Asked by', it.participantId ? room.who(it.participantId) : room.agent], ...about]
  box.settle = (now, late) => {
    const focused = box.contains(document.activeElement)
    shift()
    fill(box, heading, h('p', room.outcome(now, late))).className = `card settled ${late ? 'late' : ''}`
    if (focused) box.focus()
    setTimeout(() => { shift(); box.remove() }, 6000)
  }
  const decide = (doing, decision) => ({ currentTarget: pressed }) => act(box, pressed, doing, async () => {
    try {
      if (it.kind === 'unknown') await api(`/api/shared-sessions/${it.sharedSessionId}/dispatches/${it.id}`, decision())
      else await api(`/api/approvals/${it.id}`, { ...decision(), digest: it.digest }).then(({ approval }) => room.isLive || box.settle(approval))
    } catch (error) {
      if (error.code === 'APPROVAL_ALREADY_RESOLVED') box.settle(error.details.approval, true)
      else if (error.code === 'DIGEST_MISMATCH') box.replaceWith(card(error.details, room, [['Changed', 'since you read it: read it again'], ...about]))
      else throw error
    }
    return true
  })
  const choose = (label, kind, doing, decision) => acts[acts.push(button(label, kind, decide(doing, () => decision))) - 1]
  const write = (label, kind, hint, text, send, decision) => {
    const area = h('textarea', { rows: 4 }, text), go = button(send, kind || 'primary', decide('Sending…', () => decision(area.value)))
    acts.push(h('details.write', h(`summary.btn.${kind}`, label), h('label.field', hint, area), go))
  }
  if (it.kind === 'prompt') {
    what.push(exact('The whole prompt', it.prompt))
    choose('Approve', 'primary', 'Approving…', { action: 'approve' })
    write('Edit…', '', 'Send this instead; both texts are kept', it.prompt, 'Approve this text', editedPrompt => ({ action: 'approve', editedPrompt }))
    write('Reject…', 'danger', 'Why, if you wish to say', '', 'Reject', reason => ({ action: 'reject', reason }))
  } else if (it.kind === 'unknown') {
    what.push(h('p', 'The connection broke while the agent had it. It is not sent again by itself.'), exact('The prompt', it.editedPrompt ?? it.prompt))
    for (const [label, action] of [['Send it again', 'retry'], ['It was done', 'mark_done'], ['Drop it', 'drop']]) choose(label, '', 'Noting…', { action })
  } else if (it.kind === 'question') {
    const { properties = {}, required = [] } = request?.requestedSchema ?? {}, needs = ([name]) => required.includes(name), id = `f-${it.id}`
    const fields = Object.entries(properties).toSorted((a, b) => needs(b) - needs(a)).map(entry => field(...entry, needs(entry)))
    const answer = () => Object.fromEntries(fields.map(it => [it.name, it.read()]).filter(it => it[1] !== undefined))
    const send = decide('Answering…', () => ({ action: 'approve', answer: answer() })), go = h('button.btn.primary', { form: id }, 'Answer')
    what.push(exact('The question', it.action), h('form', { id, submit: event => { event.preventDefault(); send({ currentTarget: go }) } }, fields.map(it => it.node)))
    acts.push(go)
    choose('Decline', '', 'Declining…', { action: 'reject' })
  } else {
    const { command, cwd, ...rest } = call?.rawInput ?? {}, input = command ?? (Object.keys(rest).length ? rest : null), changes = call?.content?.filter(it => it.type === 'diff') ?? []
    if (call?.title && call.title !== command) facts.push(['Called', exact('What the agent calls it', call.title)])
    facts.push(['Folder', h('code', plain(cwd ?? room.agentSession.folder))])
    what.push(input && exact('What will run', typeof input === 'string' ? input : json(input)), changes.map(it => diff(it, clear)))
    if (!input && !changes.length) what.push(h('p.warn', '⚠ The agent did not say what it will run.'))
    for (const { id: optionId, label, kind } of it.options) {
      const no = kind.startsWith('reject'), always = kind === 'allow_always', style = no ? 'danger' : kind === 'allow_once' ? 'primary' : ''
      const text = [plain(label), always && h('small', room.isHost ? 'the agent remembers it; not undone here' : 'only the host may')]
      choose(text, style, 'Sending…', { action: no ? 'reject' : 'approve', optionId }).disabled = always && !room.isHost
    }
    if (!it.options.length) choose('Approve', 'primary', 'Approving…', { action: 'approve' })
    if (!it.options.some(it => it.kind.startsWith('reject'))) choose('Reject', 'danger', 'Rejecting…', { action: 'reject' })
  }
  return fill(box, heading, h('dl', facts.map(([name, value]) => h('div', h('dt', name), h('dd', value)))), what, h('p.error', { role: 'alert' }),
    may ? h('div.acts', acts) : h('p.muted', 'Waits for the host.'), (call || request) && fold('Everything the agent sent', () => exact('Everything the agent sent', json(it.details))),
    it.expiresAt && h('p.muted', 'Expires ', clock(it.expiresAt, { dateStyle: 'medium', timeStyle: 'short' }), ', which is never a yes.'))
}

function setup() {
  const [secret, next = ''] = location.hash.slice(1).split('&next=')
  if (!secret.startsWith('wr_set_')) return notice('This link is not whole', h('p', 'Copy all of it from where the server was started, with what follows the #.'))
  onSubmit(show('setup', 'Welcome').form, 'Starting…', ({ name }) => api('/api/setup', { secret, name }).then(() => enter(/^\/s\/[\w-]+$/.test(next) ? next : '/')))
}
const signIn = () => onSubmit(show('sign-in', 'Sign in').form, 'Signing in…', ({ token }) => api('/api/login', { token }).then(() => enter(location.pathname)))
async function join(id) {
  const inviteToken = location.hash.slice(1), base = `/api/shared-sessions/${id}`
  const [snapshot, me] = recall(`in ${id}`).known ? await Promise.all([api(base), api('/api/me')]).catch(() => []) : []
  if (snapshot && new Room(snapshot, me).mine) return enter(`/s/${id}`)
  if (!inviteToken) return notice('This link is not whole', h('p', 'What follows the # is missing. Copy the whole link.'))
  const invited = await api(`${base}/invites/preview`, { inviteToken }), may = it => invited.may.includes(it), page = show('join', plain(invited.title))
  const marks = [[page.watch, may('watch')], [page.comment, may('comment')], [page.prompt, may('prompt'), may('prompt_with_approval')], [page.decide, false]]
  for (const [node, yes, later] of marks) fill(node, yes ? '✓' : later ? '◔' : '✗').setAttribute('aria-label', yes ? 'yes:' : later ? 'after a yes:' : 'no:')
  for (const it of [page.host, page.approver]) fill(it, plain(invited.hostDisplayName ?? 'the host'))
  page.approval.hidden = !may('prompt_with_approval')
  page.name.value = recall('me').name ?? ''
  fill(page.agent, plain(invited.agent))
  onSubmit(page.form, 'Joining…', async ({ name }) => {
    await api(`${base}/join`, { inviteToken, displayName: name, credential: 'cookie' })
    keep('me', { name })
    return enter(`/s/${id}`)
  })
}
function copyable(label, text) {
  const input = h('input', { readonly: true, value: text, 'aria-label': label })
  return h('div.copy', input, button('Copy', '', async () => {
    input.select()
    say(await navigator.clipboard?.writeText(text).then(() => 'Copied') ?? (document.execCommand('copy') ? 'Copied' : 'Copy it by hand'), true)
  }))
}
async function inbox() {
  const me = await api('/api/me'), { user, pill, waiting, sessions, none, begin } = show('inbox', 'Inbox')
  const server = /^(localhost|127\.|\[::1)/.test(location.hostname) ? '' : ` --server ${location.origin}`
  fill(user, h('bdi', plain(me.user?.name ?? 'Guest')))
  begin.append(...['claude', 'codex', 'gemini', 'opencode'].map(it => copyable(it, `wardroom share ${it}${server}`)))
  begin.hidden = !me.user
  onSubmit(begin, 'Starting…', () => api('/api/demo', {}).then(({ session }) => { location.assign(`/s/${session.id}`); return true }))
  for (let attempt = 0, drawn = ''; ; await wait(attempt ? backoff(attempt) : document.hidden ? 15000 : 2000)) {
    try {
      const [{ approvals, dispatches }, list] = await Promise.all([api('/api/approvals'), api('/api/shared-sessions?limit=30')])
      const all = [...approvals.toSorted((a, b) => (a.kind === 'prompt') - (b.kind === 'prompt')), ...dispatches]
      for (const it of all.filter(it => !$(`#a-${it.id}`))) {
        const asked = it.kind ? it : lost(it, (await api(`/api/approvals/${it.approvalId}`)).approval), room = new Room(await api(`/api/shared-sessions/${it.sharedSessionId}`), me)
        waiting.append(card(asked, room, [['Session', h('a', { href: `/s/${it.sharedSessionId}` }, plain(room.session.title))]]))
        say(`This waits for you: ${plain(asked.action)}`)
      }
      for (const box of waiting.querySelectorAll('.card:not(.settled)')) if (!all.some(it => box.id === `a-${it.id}`)) box.remove()
      const row = it => h('li', h('a', { href: `/s/${it.id}` }, plain(it.title)), h('span.pill', it.status), clock(it.createdAt, { dateStyle: 'medium' }))
      if (drawn !== (drawn = json(list))) fill(sessions, list.sessions.map(row))
      none.hidden = all.length > 0
      title('Inbox', all.length)
      fill(pill, '● Live')
      attempt = 0
    } catch (error) {
      if (error.status === 401) return signIn()
      fill(pill, `◌ Reconnecting (${++attempt})`)
    }
  }
}

const MODES = { view_only: 'people watch', comment_only: 'people comment', prompt_with_approval: 'prompts need a yes', prompt_direct: 'prompts go at once' }
const TOOL = { completed: '✓ done', failed: '✗ failed', in_progress: '… running', asks: '◔ waits for a yes', pending: '○ pending' }
const AWAY = { away: 'The computer of the agent is not connected. Decisions are kept.', errored: 'The agent cannot work.', needs_login: 'The agent needs a login where it runs.' }
const GONE = { left: 'You have left this session', removed: 'The host ended your access', revoked: 'Your access has ended', expired_login: 'You are signed out' }
async function session(id) {
  const base = `/api/shared-sessions/${id}`, me = await api('/api/me'), [tools, prompts, runs, asked] = [new Map(), new Map(), new Map(), new Map()], page = show('session', 'Session')
  const { pill, banner, restart, timeline, dock, newer, composer, area, stop, share, more, closing, close } = page
  let room, position = '', seen = 0, at, last, pinned = true, missed = 0, ended = () => 'The time of this session is up'

  // What each event adds to the timeline.
  const add = (kind, ...children) => { last = null; timeline.append(h(`li.${kind}`, children)) }, line = (...children) => add('sys', children, ' ', clock(at))
  const by = (id, ...did) => h('p.by', room.who(id), did, ' ', clock(at)), said = text => h('p.text', plain(text)), raw = (kind, value) => fold(plain(kind), () => h('pre.out', plain(json(value))))
  const agent = (...children) => add('agent', !timeline.lastChild?.matches('.agent') && h('p.by', h('b', room.agent), ' ', clock(at)), children)
  const flow = label => ({ sessionUpdate: kind, messageId, content }) => {
    if (last?.kind !== kind || last.messageId !== messageId) {
      const node = new Text(), text = h('p.text', node)
      agent(label ? h('details', h('summary', label), text) : text)
      last = { kind, messageId, node }
    }
    last.node.appendData(plain(content.text ?? `[${content.type} ${content.uri ?? ''}]`))
  }
  const output = part => h('pre.out', plain((part.content?.text ?? json(part)).replace(/^```\w*\n([^]*?)\n?```$/, '$1').replace(/\x1b\[[\d;]*m/g, '')))
  const tool = ({ toolCallId, ...change }) => {
    const it = tools.get(toolCallId) ?? { head: h('summary'), body: h('div') }, state = () => it.asks ? 'asks' : TOOL[it.status] ? it.status : 'pending'
    const draw = () => it.node.open && fill(it.body, it.content?.map(part => part.type === 'diff' ? diff(part, plain) : output(part)), it.rawInput && raw('Input', it.rawInput), it.rawOutput && raw('Output', it.rawOutput))
    for (const [key, value] of Object.entries(change)) if (value != null) it[key] = value
    if (!tools.has(toolCallId)) agent(it.node = h('details.tool', { toggle: draw }, it.head, it.body))
    tools.set(toolCallId, it)
    fill(it.head, h('code', plain(it.kind ?? 'tool')), h('span', plain(it.title)), h(`span.${state()}`, TOOL[state()]))
    draw()
  }
  const updates = { agent_message_chunk: flow(), agent_thought_chunk: flow('Thought'), user_message_chunk: flow('The prompt, as the agent repeats it'),
    tool_call: tool, tool_call_update: tool, available_commands_update() {}, session_info_update() {}, config_option_update() {},
    plan: ({ entries }) => fill(page.plan, entries.map(it => h(`li.${it.status}`, plain(it.content)))),
    usage_update: ({ used, size, cost }) => fill(page.usage, `${used.toLocaleString()} of ${size.toLocaleString()} tokens`, cost && ` · ${cost.amount} ${cost.currency}`) }
  const person = did => ({ participant: it }) => { room.people.set(it.id, it); line(room.who(it.id), did) }
  const run = (did, bad) => ({ dispatch: it, error }) => {
    runs.set(it.id, it)
    if (did) add(bad ? 'sys.bad' : 'sys', did, error && `: ${plain(error)}`, ' ', clock(at))
    if (did && room.isLive) say(did)
  }
  const ask = ({ approval: it, message }) => {
    const call = it.details.toolCall, waits = it.status === 'pending', state = h('span.muted', waits && ' · waits for a yes'), more = h('div')
    asked.set(it.id, it)
    if (tools.has(call?.toolCallId)) tool({ toolCallId: call.toolCallId, asks: waits })
    if (message) { prompts.set(it.id, { it, state, more }); add('prompt', by(it.participantId, ' prompted', state), said(it.prompt), more) }
  }
  const settle = event => {
    const it = event.approval, prompt = prompts.get(it.id)
    ask(event)
    $(`#a-${it.id}`)?.settle(it)
    if (!prompt && !event.message) line(room.outcome(it), ' – ', plain(it.details.toolCall?.title ?? it.action))
    if (prompt) { fill(prompt.state, ' · ', room.outcome(it)); fill(prompt.more, it.editedPrompt && [h('p.muted', 'Sent instead:'), said(it.editedPrompt)]) }
  }
  const on = {
    shared_session_created: ({ session }) => line('The session began: ', MODES[session.mode]),
    session_updated: ({ session: it }) => { room.session = it; line('The session is now “', plain(it.title), '”: ', MODES[it.mode]) },
    session_closed: ({ status, by: id }) => { room.session.status = status; if (id) ended = () => [room.who(id), ' closed this session']; line(ended()) },
    participant_joined: person(' joined'), participant_left: person(' left'), participant_removed: person(' was removed'),
    participant_updated: person(' has other rights now'), host_changed: person(' is host now'),
    invite_created: ({ invite: it }) => line(room.who(it.createdBy), ` made an invite for a ${it.role}`), invite_revoked: () => line('An invite was revoked'),
    message_created: ({ message: it }) => add('comment', by(it.participantId, ' commented'), said(it.text)),
    prompt_pending_approval: ask, approval_requested: ask, approval_suggested: ask,
    prompt_approved: settle, prompt_rejected: settle, approval_resolved: settle, approval_expired: settle, approval_withdrawn: settle,
    prompt_dispatch_started: run(''), prompt_dispatch_completed: run('The turn ended'), prompt_dispatch_failed: run('The turn failed', true), prompt_dispatch_cancelled: run('Stopped'),
    prompt_dispatch_unknown: run('Nobody knows whether this prompt ran; its host decides in the inbox', true), prompt_dispatch_settled: run('That is settled'),
    host_session_update: ({ notification: { update } }) => (updates[update.sessionUpdate] ?? (it => agent(raw(it.sessionUpdate, it))))(update),
    agent_session_updated: ({ agentSession }) => { room.agentSession = agentSession },
    host_connected: ({ host }) => line(plain(host.name), ' is connected'), host_disconnected: ({ host }) => line(plain(host.name), ' is away') }
  function apply(events) {
    const fresh = events.filter(it => it.seq > seen)
    for (const { seq, type, timestamp, payload } of fresh) {
      [seen, at] = [seq, timestamp]
      try { on[type](payload) } catch { add('sys', raw(type, payload)) } // also what has another shape than we know
    }
    missed = pinned ? 0 : missed + fresh.length
    draw()
  }

  // What is around it: what waits, how the agent is, what I write.
  const running = () => [...runs.values()].findLast(it => it.state === 'sending' || it.state === 'running')
  function draw() {
    const { status } = room.agentSession, waiting = room.isLive ? [...asked.values()].filter(it => it.status === 'pending') : [], cause = prompts.get(running()?.approvalId)?.it
    for (const it of waiting.filter(it => !$(`#a-${it.id}`))) {
      dock.append(card(it, room, cause && it.kind !== 'prompt' ? [['Because', [room.who(cause.participantId), ' prompted']]] : []))
      if (room.mayDecide(it)) say(`This waits for you: ${plain(it.action)}`)
    }
    title(plain(room.session.title), waiting.filter(it => room.mayDecide(it)).length)
    fill(page.doing, status.replaceAll('_', ' '))
    fill(page.people, room.here.map(it => h('li', room.who(it.id), it.role === 'viewer' && ' watches')))
    fill(page.away, AWAY[status])
    banner.hidden = !AWAY[status]
    restart.hidden = !room.isHost || status === 'away'
    fill(newer, `↓ ${missed} new`).hidden = !missed
    stop.hidden = !room.isHost || !running()
    share.hidden = closing.hidden = !room.isHost || !room.isOpen
    for (const it of composer.querySelectorAll('[value]')) it.disabled = !room.may(it.value)
  }
  onSubmit(composer, 'Sending…', async (_, kind) => {
    const text = area.value, old = recall(id), key = old.text === text && old.kind === kind && old.key || newKey()
    keep(id, { text, kind, key }) // the same text goes with the same key, also after a reload
    await api(`${base}/${kind}`, { [kind === 'prompts' ? 'prompt' : 'text']: text }, key)
    if (area.value === text) keep(id, { text: area.value = '' })
  })
  area.value = recall(id).text ?? ''
  area.addEventListener('input', () => keep(id, { text: area.value }))
  area.addEventListener('keydown', event => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && composer.querySelector('[value]:enabled')?.click())
  stop.addEventListener('click', () => act(composer, stop, 'Stopping…', () => api(`${base}/dispatches/${running().id}`, { action: 'cancel' }).then(() => wait(1500))))
  restart.addEventListener('click', () => act(banner, restart, 'Restarting…', () => api(`/api/agent-sessions/${room.agentSession.id}/restart`, {})))
  close.addEventListener('click', () => act(more, close, 'Closing…', () => api(`${base}/close`, {})))
  for (const it of share.querySelectorAll('[data-role]')) it.addEventListener('click', () => act(share, it, 'Making a link…', async () => {
    const { invite } = await api(`${base}/invites`, { role: it.dataset.role, maxUses: 10 })
    fill(page.link, h('p', `For 10 people and 24 hours, as ${invite.role}:`), copyable('Invite link', `${location.origin}/join/${id}#${invite.token}`))
  }))
  newer.addEventListener('click', () => scrollTo(0, 1e9))
  addEventListener('scroll', () => { pinned = scrollY + innerHeight > document.documentElement.scrollHeight - 100; if (pinned) missed = 0; newer.hidden = !missed })
  new ResizeObserver(() => { document.documentElement.style.setProperty('--foot', `${composer.offsetHeight}px`); if (pinned) scrollTo(0, 1e9) }).observe(main)
  page.rail.open = matchMedia('(min-width: 64rem)').matches

  async function load() {
    room = new Room(await api(base), me)
    for (const it of [tools, prompts, runs, asked]) it.clear()
    for (const it of [timeline, dock]) fill(it)
    for (const it of room.approvals) asked.set(it.id, it);
    [position, seen, last] = ['', 0, null]
    for (let events = { length: 500 }; events.length === 500; apply(events)) ({ events, nextAfter: position } = await api(`${base}/events?limit=500${position && `&after=${position}`}`))
    keep(`in ${id}`, { known: Boolean(room.mine) })
    room.isLive = true
    draw()
  }
  /** Reads the stream from where we are; returns its last frame, if it said goodbye. */
  async function follow(opened) {
    const silence = new AbortController(), alive = () => { clearTimeout(timer); timer = setTimeout(() => silence.abort(), 40000) }
    let timer = 0, rest = ''
    alive()
    const answer = await fetch(`${base}/stream`, { headers: { 'last-event-id': position }, signal: silence.signal, cache: 'no-store' })
    if (!answer.ok) throw await failure(answer)
    opened()
    for (const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader(); ; alive()) {
      const { value, done } = await reader.read(), frames = (rest + value).split('\n\n')
      if (done) return null
      rest = frames.pop()
      const events = frames.map(it => JSON.parse(it.match(/^data: (.*)$/m)?.[1] ?? 'null')).filter(Boolean), end = events.find(it => it.type === 'reset' || it.type === 'end')
      position = frames.map(it => it.match(/^id: (.*)$/m)?.[1]).findLast(Boolean) ?? position
      apply(events)
      if (end) return end
    }
  }
  for (let attempt = 0; ; attempt++) {
    try {
      if (!position) await load()
      const before = seen, again = attempt, end = await follow(() => {
        fill(pill, '● Live')
        if (again) setTimeout(() => say(`Caught up: ${seen - before} new`, true), 500)
        attempt = -1
      }), why = end?.type === 'end' && end.payload.reason
      if (end?.type === 'reset') { position = ''; say('The timeline was loaded again.', true) }
      if (GONE[why]) return notice(GONE[why])
      if (why && why !== 'shutdown') { fill(pill, '✕ Ended'); more.open = false; return fill(composer, h('p', ended(), '. It can still be read.')) }
    } catch (error) { if ([401, 403, 404, 409].includes(error.status)) throw error }
    fill(pill, `◌ Reconnecting (${attempt + 1})`)
    await wait(backoff(attempt))
  }
}

const closeMenus = but => { for (const it of document.querySelectorAll('.menu[open]')) it.open = it.contains(but) }
document.addEventListener('click', ({ target }) => closeMenus(target))
document.addEventListener('keydown', ({ key }) => key === 'Escape' && closeMenus())
const [, page, id] = location.pathname.split('/')
try { await ({ setup, join, s: session }[page] ?? inbox)(id) } catch (error) {
  if (error.status === 401) signIn()
  else notice(error.message, h('p', error.hint), button('Try again', 'primary', () => location.reload()))
}
