// What the page makes of hosts, of what happens at them, and of what programs send.
import assert from 'node:assert/strict'
import { test } from 'node:test'

globalThis.location = /** @type {any} */ (new URL('http://localhost/hosts'))
globalThis.addEventListener = () => {}
const { HostList, offers } = await import('../../../src/ui/model/host_list.js')
const { meet, nameOf, whose } = await import('../../../src/ui/model/hosts.js')

const host = (id, fields) => ({
  id,
  name: id,
  userId: 'ana',
  connected: true,
  since: '2026-11-22T10:00:00.000Z',
  ...fields,
})
const agent = (id, fields) => ({ id, name: id, hostId: 'h1', kind: 'script', status: 'idle', ...fields })
const event = (seq, kind, fields) => ({
  seq,
  kind,
  hostId: 'h1',
  agentId: null,
  message: null,
  payload: {},
  timestamp: '2026-11-22T10:30:00.000Z',
  ...fields,
})

/** A list as it is after loading. */
function loaded() {
  const list = new HostList()
  list.hosts.value = new Map([['h1', host('h1')]])
  list.agents.value = new Map([
    ['b', agent('b')],
    ['a', agent('a')],
    ['c', agent('c', { kind: 'acp' })],
  ])
  return list
}

test('events change what is listed, each once, and the newest stands first', () => {
  const list = loaded()
  const running = agent('a', { status: 'running' })
  const status = event(4, 'agent.status_changed', { agentId: 'a', message: 'copying', payload: { agent: running } })
  assert.equal(list.hear([status], '4'), false)
  assert.equal(list.agents.value.get('a').status, 'running')
  assert.equal(list.saidOf('a'), 'copying')
  assert.equal(list.saidOf('b'), null)
  list.hear([status, event(5, 'host.notification')], '5')
  assert.deepEqual(
    list.events.value.map(it => it.seq),
    [5, 4],
  )
  list.hear([event(6, 'agent.unregistered', { agentId: 'a', payload: { agent: running } })], '6')
  assert.deepEqual(
    list.agentsOf('h1', false).map(it => it.id),
    ['b'],
  )
  assert.equal(list.position, '6')
})

test('a host that goes away is away since then, and what no event tells is to be loaded', () => {
  const list = loaded()
  assert.equal(list.hear([event(1, 'host.disconnected')], '1'), true)
  const { connected, since } = list.hosts.value.get('h1')
  assert.deepEqual([connected, since], [false, '2026-11-22T10:30:00.000Z'])
  assert.equal(list.hear([event(2, 'host.notification', { hostId: 'h2' })], '2'), true, 'a host that was not listed')
  assert.equal(list.hear([], '9'), false)
  assert.equal(list.position, '9')
})

test('no more events are kept than are shown', () => {
  const list = loaded()
  list.hear(
    Array.from({ length: 80 }, (_, n) => event(n + 1, 'host.notification')),
    '80',
  )
  assert.deepEqual([list.events.value.length, list.events.value[0].seq, list.events.value.at(-1).seq], [50, 80, 31])
})

test('agents stand in the order of their names, those that can be started apart', () => {
  const list = loaded()
  assert.deepEqual(
    list.agentsOf('h1', false).map(it => it.id),
    ['a', 'b'],
  )
  assert.deepEqual(
    list.agentsOf('h1', true).map(it => it.id),
    ['c'],
  )
})

test('hosts with one name are told apart by the ends of their ids, and later news wins', () => {
  const one = host('0000-aaaaaa', { name: 'laptop' })
  meet(one)
  assert.equal(nameOf(one), 'laptop')
  meet(host('0000-bbbbbb', { name: 'laptop' }))
  assert.equal(nameOf(one), 'laptop (aaaaaa)')
  meet(host('0000-bbbbbb', { name: 'desk', since: '2026-11-22T11:00:00.000Z' }))
  meet(host('0000-bbbbbb', { name: 'laptop' }))
  assert.equal(nameOf(one), 'laptop')
  assert.equal(nameOf(host('0000-cccccc', { name: 'lap\u202etop' })), 'lap⟨U+202E⟩top')
})

test('a host says whose it is', () => {
  const me = { user: { id: 'ana' } }
  assert.equal(whose(host('x', { userId: null }), me), 'the server’s own')
  assert.equal(whose(host('x'), me), 'yours')
  assert.equal(whose(host('x', { userId: 'ben', ownerName: 'Ben' }), me), 'Ben’s')
  assert.equal(whose(host('x', { userId: 'ben' }), me), 'somebody’s')
})

test('what can be started is offered by its host, those that are there first', () => {
  const offering = (id, connected, startAgents = true) => host(id, { connected, may: { startAgents } })
  const offered = (hostId, kind = 'acp') => agent(`${hostId} ${kind}`, { hostId, kind })
  const agents = [
    offered('away'),
    offered('own'),
    offered('own', 'script'),
    offered('theirs'),
    offered('none', 'script'),
  ]
  const hosts = [
    offering('away', false),
    offering('own', true),
    offering('theirs', true, false),
    offering('none', true),
  ]
  assert.deepEqual(
    offers(hosts, agents).map(it => [it.host.id, it.agents.map(one => one.id)]),
    [
      ['own', ['own acp']],
      ['away', ['away acp']],
    ],
  )
})
