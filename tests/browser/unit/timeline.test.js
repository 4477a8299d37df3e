// What happened looks the same in however many parts it was loaded, and costs no more for what is there already.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SharedSession } from '../../../src/ui/model/session.js'

const ANA = { id: 'ana', userId: 'u', displayName: 'Ana', role: 'host', leftAt: null }
const session = { id: 's', title: 'A session', status: 'active', mode: 'prompt_with_approval' }
const agentSession = { id: 'a', status: 'idle', life: 'active', agent: 'demo' }
const update = it => ['host_session_update', { notification: { update: it } }]
const says = (messageId, text) =>
  update({ sessionUpdate: 'agent_message_chunk', messageId, content: { type: 'text', text } })
const reads = toolCallId =>
  update({ sessionUpdate: 'tool_call', toolCallId, kind: 'read', title: toolCallId, status: 'completed' })
const prompt = (id, status) => ({
  id,
  kind: 'prompt',
  status,
  participantId: 'ana',
  prompt: `prompt ${id}`,
  options: [],
})
const asks = id => ['prompt_pending_approval', { approval: prompt(id, 'pending'), message: { id: `m${id}`, text: id } }]
const yes = id => ['prompt_approved', { approval: prompt(id, 'approved'), message: { id: `m${id}`, text: id } }]
const no = id => ['prompt_rejected', { approval: prompt(id, 'rejected') }]
const turn = (id, state) => ({
  dispatch: {
    id: `d${id}`,
    approvalId: id,
    state,
    queuedAt: '2026-01-01T00:00:00Z',
    endedAt: state === 'running' ? null : '2026-01-01T00:01:00Z',
  },
})
const starts = id => ['prompt_dispatch_started', turn(id, 'running')]
const ends = id => ['prompt_dispatch_completed', turn(id, 'succeeded')]
const comment = id => ['message_created', { message: { id, text: id, participantId: 'ana' }, participant: ANA }]
const joins = () => ['participant_joined', { participant: ANA }]

/** @param {[string, object][]} list */
const log = list =>
  list.map(([type, payload], n) => ({
    seq: n + 1,
    type,
    payload,
    timestamp: '2026-01-01T00:00:00Z',
    sharedSessionId: 's',
  }))
/** Parts of a log as they come from the server: what is drawn of one changes nothing in another. */
const cut = (events, from, to) => structuredClone(events.slice(from, to))

const STORY = log([
  ['shared_session_created', { session }],
  joins(),
  asks('1'),
  yes('1'),
  starts('1'),
  says('x', 'Hello'),
  says('x', ' there'),
  asks('2'),
  reads('a'),
  reads('b'),
  asks('3'),
  ends('1'),
  comment('between'),
  yes('2'),
  starts('2'),
  says('y', 'Again'),
  no('3'),
  asks('4'),
  ends('2'),
  joins(),
  joins(),
  yes('4'),
  starts('4'),
  says('z', 'Now'),
])

const turnOf = id => [yes(id), starts(id), ends(id)]
const TURNS = log(Array.from({ length: 30 }, (_, n) => turnOf(`${n}`)).flat())

/** A session of which nothing is drawn yet. @param {any[]} events */
function fresh(events) {
  const snapshot = { session, participants: [ANA], approvals: [], agentSession, asOf: `${events.length}.0` }
  return new SharedSession(/** @type {any} */ (snapshot), /** @type {any} */ ({ seats: [], user: { id: 'u' } }))
}

/** What of a session is shown. @param {SharedSession} of */
const shape = of =>
  of.timeline.blocks.map(it => ({
    id: it.id,
    kind: it.kind,
    head: it.head?.id,
    state: it.dispatch?.state,
    open: it.open.value,
    items: it.items.map(({ id, kind, text, said, calls }) => [id, kind, text ?? said?.length ?? calls?.length]),
  }))

describe('a timeline', () => {
  it('is the same in whatever two or three parts it was loaded', () => {
    const whole = fresh(STORY)
    whole.replay(cut(STORY, 0))
    const wanted = shape(whole)
    assert.equal(wanted.filter(it => it.kind === 'turn').length, 3)
    for (let a = 0; a < STORY.length; a++) {
      for (let b = 0; b <= a; b++) {
        const of = fresh(STORY)
        of.replay(cut(STORY, a))
        of.replay(cut(STORY, b, of.first - 1))
        while (of.first > 1) of.replay(cut(STORY, 0, of.first - 1))
        assert.deepEqual(shape(of), wanted, `cut at ${b} and ${a}`)
      }
    }
  })

  it('what is heard goes on where what was loaded ends', () => {
    const of = fresh(STORY.slice(0, 7))
    of.replay(cut(STORY, 5, 7))
    of.hear(cut(STORY, 7), `${STORY.length}.0`)
    of.replay(cut(STORY, 0, 5))
    const whole = fresh(STORY)
    whole.replay(cut(STORY, 0))
    assert.deepEqual(shape(of), shape(whole))
  })

  it('what begins with a turn is not drawn again for what was before', () => {
    const of = fresh(TURNS)
    of.replay(cut(TURNS, 45))
    const before = of.timeline.blocks.slice()
    const versions = () => before.map(it => it.version.value)
    const drawn = versions()
    of.replay(cut(TURNS, 0, 45))
    assert.equal(of.timeline.turns.size, 30)
    assert.ok(before.slice(1).every(it => of.timeline.blocks.includes(it)))
    assert.deepEqual(versions(), drawn)
  })

  it('a turn is not shown without its beginning, unless there is nothing else or it is looked for', () => {
    const kinds = (from, to, wanted) => {
      const of = fresh(TURNS)
      of.replay(cut(TURNS, from, to), wanted)
      return [of.first, of.timeline.blocks[0].kind]
    }
    assert.deepEqual(kinds(47), [49, 'turn'])
    assert.deepEqual(kinds(48), [49, 'turn'])
    assert.deepEqual(kinds(47, undefined, 48), [48, 'between'])
    assert.deepEqual(kinds(47, 48), [48, 'between'])
  })

  it('what was decided long ago does not wait, though its question is the first that is heard of it', () => {
    const of = fresh(STORY)
    of.replay(cut(STORY, 0))
    assert.deepEqual(of.waiting, [])
  })

  it('the last twenty turns stand open, and those that somebody opened, however they came', () => {
    const of = fresh(TURNS)
    of.replay(cut(TURNS, 45))
    const { timeline } = of
    const open = () => [...timeline.turns.values()].filter(it => it.open.value).length
    assert.equal(open(), 15)
    of.replay(cut(TURNS, 0, 45))
    assert.equal(open(), 20)
    const [old] = timeline.turns.values()
    timeline.fold(old, true)
    of.hear(log([...TURNS.map(({ type, payload }) => [type, payload]), ...turnOf('new')]).slice(-3))
    assert.equal(open(), 21)
    assert.ok(old.open.value)
  })
})
