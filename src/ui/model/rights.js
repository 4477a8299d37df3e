// Who may do what: the matrix of the contract, as the page needs it to hide what would be refused, and to tell people.

/** What a mode is called, and what it means for those who take part. @type {Record<Schemas['Mode'], { name: string, means: string }>} */
export const MODES = {
  view_only: { name: 'View only', means: 'people watch' },
  comment_only: { name: 'Comments only', means: 'people comment' },
  prompt_with_approval: { name: 'Prompts with approval', means: 'prompts need a yes' },
  prompt_direct: { name: 'Direct prompts', means: 'prompts go at once' },
}

/** What can be done, and by whom: the host, a collaborator in each mode, a viewer. */
export const MATRIX = [
  { what: 'Watch, read the history', host: 'yes', modes: ['yes', 'yes', 'yes', 'yes'], viewer: 'yes' },
  { what: 'Comment', host: 'yes', modes: ['no', 'yes', 'yes', 'yes'], viewer: 'no' },
  { what: 'Prompt the agent', host: 'direct', modes: ['no', 'no', 'after a yes', 'direct'], viewer: 'no' },
  { what: 'Suggest a decision', host: '–', modes: ['no', 'yes', 'yes', 'yes'], viewer: 'no' },
  {
    what: 'Decide approvals',
    host: 'yes',
    modes: ['if granted', 'if granted', 'if granted', 'if granted'],
    viewer: 'no',
  },
  { what: 'Take back an own prompt', host: 'yes', modes: ['–', '–', 'yes', '–'], viewer: '–' },
  { what: 'Stop the running turn', host: 'yes', modes: ['no', 'no', 'no', 'of an own prompt'], viewer: 'no' },
  {
    what: 'Invite, remove, change the mode, close, hand over',
    host: 'yes',
    modes: ['no', 'no', 'no', 'no'],
    viewer: 'no',
  },
]

/** What a collaborator may not send in a mode. @type {Partial<Record<Schemas['Mode'], string[]>>} */
const CLOSED = { view_only: ['messages', 'prompts'], comment_only: ['prompts'] }

/**
 * @param {'messages' | 'prompts'} what
 * @param {Schemas['Participant'] | undefined} mine
 * @param {Schemas['Session']} session
 * @param {Schemas['AgentSession']} agentSession
 */
export function mayWrite(what, mine, session, { life, completing, allowHumanInput }) {
  const takesPrompts = allowHumanInput && !completing && (life === 'active' || life === 'paused')
  if (!mine || session.status !== 'active' || (what === 'prompts' && !takesPrompts)) return false
  return mine.role === 'host' || (mine.role === 'collaborator' && !CLOSED[session.mode]?.includes(what))
}

/**
 * Whether somebody may decide; the author of a prompt never, unless they are the host.
 * @param {Schemas['Participant'] | undefined} mine
 * @param {boolean} isAuthor
 */
export const mayDecide = (mine, isAuthor) => mine?.role === 'host' || Boolean(mine?.canDecide && !isAuthor)
