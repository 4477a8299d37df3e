// What agents do and ask in the scenes: a turn with everything in it, and a request of each kind.

const DIFF = {
  type: 'diff',
  path: '/srv/shop/src/checkout/settle.rs',
  oldText: 'fn settle(tx: Sender) {\n    tokio::spawn(flush(tx));\n    done();\n}\n',
  newText:
    'async fn settle(tx: Sender) -> Result {\n    let handle = tokio::spawn(flush(tx));\n    handle.await??;\n    done();\n}\n',
}
const TERMINAL =
  '\u001b[32m   Compiling\u001b[0m shop v0.4.1\n\u001b[1;33mwarning\u001b[0m: unused import\nrunning 41 tests\n\u001b[32mok\u001b[0m. 41 passed\n'
/** What an agent says. */
export const chunk = (text, kind = 'agent_message_chunk') => ({ sessionUpdate: kind, content: { type: 'text', text } })
/** What a tool of its does. */
export const call = (toolCallId, kind, title, status, rest) => ({
  sessionUpdate: 'tool_call',
  toolCallId,
  kind,
  title,
  status,
  ...rest,
})
const content = text => [{ type: 'content', content: { type: 'text', text } }]

/** A turn with everything in it. */
export const UPDATES = [
  {
    sessionUpdate: 'plan',
    entries: [
      { content: 'Reproduce the failure', status: 'completed', priority: 'high' },
      { content: 'Read the retry helper', status: 'completed', priority: 'low' },
      { content: 'Fix the race in settle()', status: 'in_progress', priority: 'high' },
      { content: 'Run the whole suite', status: 'pending', priority: 'low' },
    ],
  },
  chunk('The test races with the background task, I think.', 'agent_thought_chunk'),
  chunk('The test races with the background settle task. I will await the `settle()` handle before asserting.\n\n'),
  call('read-1', 'read', 'src/checkout/settle.rs', 'completed', { content: content('fn settle() {}') }),
  call('read-2', 'read', 'tests/checkout.rs', 'completed', { content: content('#[test]') }),
  call('edit-1', 'edit', 'src/checkout/settle.rs', 'completed', { content: [DIFF] }),
  call('run-1', 'execute', 'cargo test --workspace --locked', 'completed', { content: content(TERMINAL) }),
  call('run-2', 'execute', 'cargo clippy', 'failed', { content: content('error: could not compile `shop`') }),
  chunk('## Done\n\n1. The handle is awaited\n2. The order is kept\n\n'),
  chunk(
    '| file | lines |\n|---|---|\n| settle.rs | +3 −2 |\n\n```rust\nhandle.await??;\n```\n\nSee [the book](https://doc.example/tokio).',
  ),
  { sessionUpdate: 'usage_update', used: 53_000, size: 200_000, cost: { amount: 0.05, currency: 'USD' } },
]

const COMMAND = {
  kind: 'execute',
  title: 'Run the suite',
  rawInput: { command: 'cargo test --workspace --locked', cwd: '/srv/shop' },
}
const RISK = {
  kind: 'execute',
  title: 'Clean up',
  rawInput: { command: 'sudo rm -rf target && git push --force', cwd: '/srv/shop' },
}
const LONG = {
  kind: 'execute',
  title: 'A script',
  rawInput: { command: Array.from({ length: 60 }, (_, n) => `echo line ${n + 1}`).join('\n') },
}
const EDIT = { kind: 'edit', title: 'Edit settle.rs', content: [DIFF], rawInput: { path: DIFF.path } }
const QUESTION = {
  message: 'Which tests shall I run?',
  requestedSchema: {
    type: 'object',
    required: ['suite'],
    properties: {
      suite: {
        type: 'string',
        title: 'Suite',
        oneOf: [
          { const: 'unit', title: 'Unit tests' },
          { const: 'all', title: 'The whole workspace' },
        ],
      },
      retries: { type: 'integer', title: 'Retries', default: 1, description: 'At most 5' },
      systems: { type: 'array', title: 'Systems', items: { enum: ['linux', 'macos'] } },
      release: { type: 'boolean', title: 'In release mode' },
    },
  },
}

/** What an agent asks, by the title of the session. */
export const CARDS = {
  'Run the suite': { permission: COMMAND },
  'Clean up the build': { permission: RISK },
  'Run a script': { permission: LONG },
  'Edit a file': { permission: EDIT },
  'Use a tool': { permission: { kind: 'other', title: 'Do it' } },
  'Ask about the tests': { question: QUESTION },
}

/** Agents that a host registered, in every state that it says. */
export const AGENTS = [
  {
    name: 'deployer',
    display: { label: 'Deploy bot' },
    project: 'shop',
    capabilities: ['deploy', 'roll back'],
    pid: 4711,
    status: 'running',
    current_task: 'release 7: warming up the cache',
    message: 'two of five machines are done',
  },
  { name: 'reviewer', project: 'shop', status: 'idle' },
  { name: 'importer', project: 'ledger', status: 'paused', message: 'the disk is nearly full' },
  { name: 'linter', status: 'completed' },
  { name: 'fuzzer', project: 'parser', status: 'errored', message: 'ended with code 139' },
  { name: 'crawler', status: 'stopped' },
]

/** What one of them offers. */
export const TOOLS = [
  {
    name: 'roll_back',
    description: 'Back to the release before',
    parameters: { type: 'object', properties: { steps: { type: 'integer', default: 1 }, reason: { type: 'string' } } },
  },
  { name: 'status', description: 'What runs where', parameters: { type: 'object' } },
]

/** What it asks: of people, and of its host, which people tell what to answer. */
export const ACTIONS = [
  {
    action: 'Deploy release 7 to production?',
    details: {
      commit: '0dbc4f2',
      machines: ['web-1', 'web-2', 'web-3'],
      notes: 'Two fixes in checkout.\nNo migration.',
    },
    options: ['yes', 'after 18:00', 'no'],
    system_level: true,
  },
  { action: 'Delete the branch fix/settle?', details: { run: 'git push origin --delete fix/settle' } },
  {
    action: 'Clean up the build server?',
    details: { run: 'sudo rm -rf /srv/builds/old', note: 'fr\u202eee' },
    system_level: true,
  },
]
