// What in a request deserves a second look, by plain rules. That none of them says anything does not make it safe, so
// nothing here ever says so.

/** @type {[RegExp, string][]} */
const RULES = [
  [/(^|[\s;&|(`])(sudo|doas|su)\s/, 'runs with the rights of an administrator'],
  [/\brm\s+(-\w*[rRf]\w*|--recursive|--force)/, 'deletes without asking'],
  [/\b(curl|wget|fetch)\b[^\n]*\|\s*(sudo\s+)?(ba|z|da|k)?sh\b/, 'runs what it loads from the network'],
  [/\bgit\s+push\b[^\n]*(--force|-f\b|\+\w)/, 'overwrites the history of others (force push)'],
  [/\bgit\s+(reset\s+--hard|clean\s+-\w*f)/, 'throws away changes'],
  [/\b(mkfs|dd\s+[^\n]*of=|shred|wipefs|fdisk)\b/, 'writes to a disk'],
  [/\bchmod\s+(-\w+\s+)*[0-7]*7[0-7]*7\b|\bchown\b/, 'changes who may do what with files'],
  [/\b(kill|pkill|killall|shutdown|reboot|systemctl)\b/, 'ends processes or services'],
  [/\b(curl|wget|ssh|scp|rsync|nc|ncat|telnet|ftp)\b/, 'talks to other computers'],
  [/\b(npm|pnpm|yarn|pip|cargo|gem|go)\s+(publish|yank|upload)\b/, 'publishes'],
  [/(^|[\s'"=/])\.env(\.\w+)?\b|id_(rsa|ed25519)|\.pem\b|\.ssh\/|\.aws\/|credentials|secrets?\b/i, 'touches keys or secrets'],
  [/\b(eval|base64\s+(-d|--decode))\b/, 'runs what cannot be read here'],
]

/** The texts in a value, wherever they stand. @param {unknown} value @returns {string[]} */
function texts(value) {
  if (typeof value === 'string') return [value]
  return value && typeof value === 'object' ? Object.values(value).flatMap(texts) : []
}

/** Where files are changed. @param {any} call @returns {string[]} */
function paths({ kind, content, locations }) {
  const writes = ['edit', 'delete', 'move'].includes(kind)
  const of = (/** @type {any[]} */ list) => (list ?? []).flatMap(it => it.path ?? [])
  return [...of(content?.filter((/** @type {any} */ it) => it.type === 'diff')), ...(writes ? of(locations) : [])]
}

/** @param {string} path @param {string | null} folder */
const isOutside = (path, folder) =>
  path.split('/').includes('..') || (folder !== null && path.startsWith('/') && !`${path}/`.startsWith(`${folder}/`))

/**
 * Why somebody should look twice.
 * @param {Pick<Schemas['Approval'], 'kind' | 'details' | 'prompt'>} approval
 * @param {string | null} folder where the agent works
 * @returns {string[]}
 */
export function risks({ kind, details, prompt }, folder) {
  if (kind === 'prompt') return /^\s*\//.test(prompt ?? '') ? ['begins with a command of the agent’s (/)'] : []
  const call = /** @type {any} */ (details)?.toolCall
  if (kind !== 'permission' || !call) return []
  const said = texts(call.rawInput).join('\n') || String(call.title ?? '')
  const found = RULES.filter(([rule]) => rule.test(said)).map(([, why]) => why)
  if (paths(call).some(it => isOutside(it, folder))) found.push('changes files outside of its folder')
  return found
}

/** Whether the agent said at all what it wants to do. @param {Pick<Schemas['Approval'], 'kind' | 'details'>} approval */
export function isUnsaid({ kind, details }) {
  if (kind !== 'permission') return false
  const { rawInput, content } = /** @type {any} */ (details)?.toolCall ?? {}
  const hasInput = typeof rawInput === 'string' ? rawInput !== '' : Object.keys(rawInput ?? {}).length > 0
  return !hasInput && !(content ?? []).some((/** @type {any} */ it) => it.type === 'diff')
}
