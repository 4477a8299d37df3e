// What in a request deserves a second look, by plain rules. That none of them says anything does not make it safe, so
// nothing here ever says so.
import { callOf, readCall } from './request.js'

/** @type {[RegExp, string][]} */
const RULES = [
  [/(^|[\s;&|(`"'])(sudo|doas|su)\s/, 'runs with the rights of an administrator'],
  [
    /\brm\b[^\n;&|]*\s(-\w*[rRf]\w*|--recursive|--force)|\brm\s+-\w*[rRf]|\bfind\b[^\n]*\s-delete\b/,
    'deletes without asking',
  ],
  [
    /\b(curl|wget|fetch)\b[^\n]*\|\s*(sudo\s+)?((ba|z|da|k|fi)?sh|python\d?|perl|ruby|node)\b/,
    'runs what it loads from the network',
  ],
  [/\b((ba|z|da|k)?sh|eval|source)\b[^\n]*[<$]\(\s*(curl|wget)/, 'runs what it loads from the network'],
  [/\bgit\s+push\b[^\n]*(--force|-f\b|\s\+\w)/, 'overwrites the history of others (force push)'],
  [/\bgit\s+(reset\s+--hard|clean\s+-\w*f)/, 'throws away changes'],
  [/\b(mkfs|dd\s+[^\n]*of=|shred|wipefs|fdisk)\b/, 'writes to a disk'],
  [/\bchmod\s+(-\w+\s+)*[0-7]*7[0-7]*7\b|\bchown\b/, 'changes who may do what with files'],
  [/\b(kill|pkill|killall|shutdown|reboot|systemctl)\b/, 'ends processes or services'],
  [/\b(curl|wget|ssh|scp|rsync|nc|ncat|telnet|ftp)\b/, 'talks to other computers'],
  [/\b(npm|pnpm|yarn|pip|cargo|gem|go)\s+(publish|yank|upload)\b/, 'publishes'],
  [
    /(^|[\s'"=/])\.env(\.\w+)?\b|id_(rsa|ed25519)|\.pem\b|\.ssh\/|\.aws\/|credentials|secrets?\b/i,
    'touches keys or secrets',
  ],
  [/\b(eval|base64\s+(-d|--decode))\b/, 'runs what cannot be read here'],
]

/** Where a shell writes what a command says. */
const WRITES = /(?:>|\btee\s+(?:-a\s+)?)\s*["']?((?:\/|~|\.\.)[^\s"';|&)]*)/g

/** The texts in a value, wherever they stand; words that stand in a row as one. @param {unknown} value @returns {string[]} */
function texts(value) {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value) && value.every(it => typeof it === 'string')) return [value.join(' ')]
  return value && typeof value === 'object' ? Object.values(value).flatMap(texts) : []
}

/** @param {string} path @param {string | null} folder */
const isOutside = (path, folder) =>
  path.startsWith('~') ||
  path.split('/').includes('..') ||
  (folder !== null && path.startsWith('/') && !`${path}/`.startsWith(`${folder.replace(/\/$/, '')}/`))

/**
 * Why somebody should look twice.
 * @param {Pick<Schemas['Approval'], 'kind' | 'details' | 'prompt'> & { action?: string }} approval
 * @param {string | null} folder where the agent works
 * @returns {string[]}
 */
export function risks({ kind, action = '', details, prompt }, folder) {
  if (kind === 'prompt') return /^\s*\//.test(prompt ?? '') ? ['begins with a command of the agent’s (/)'] : []
  if (kind === 'action') return found([action, ...texts(details)].join('\n'))
  const call = callOf({ details })
  if (kind !== 'permission' || !call) return []
  const { changes, cwd, kind: does, paths, title } = readCall(call)
  const input = texts(call.rawInput).join('\n')
  const said = input || (title ?? '')
  const written = Array.from(said.matchAll(WRITES), ([, path]) => path).filter(it => !it.startsWith('/dev/'))
  const touched = ['edit', 'delete', 'move'].includes(does) ? paths : []
  const files = [...changes.map(it => it.path), ...touched]
  const why = found([said, ...files].join('\n'))
  if ([...files, ...written].some(it => isOutside(it, folder))) why.push('changes files outside of its folder')
  if (cwd !== null && isOutside(cwd, folder)) why.push('works outside of its folder')
  return why
}

/** @param {string} text */
const found = text => [...new Set(RULES.filter(([rule]) => rule.test(text)).map(([, why]) => why))]

/** Whether the agent said at all what it wants to do. @param {Pick<Schemas['Approval'], 'kind' | 'details'>} approval */
export function isUnsaid({ kind, details }) {
  if (kind !== 'permission') return false
  const { changes, kind: does, paths, rest, text } = readCall(callOf({ details }))
  const isPlace = ['read', 'search', 'delete'].includes(does) && paths.length > 0
  return !text?.trim() && rest === null && changes.length === 0 && !isPlace
}
