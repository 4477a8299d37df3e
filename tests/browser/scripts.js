// Where the agent that follows scripts finds what to do at a prompt.
import { createHash } from 'node:crypto'
import { join } from 'node:path'

/** The file of a prompt. @param {string} folder @param {string} prompt */
export const scriptOf = (folder, prompt) => join(folder, `${createHash('sha256').update(prompt).digest('hex')}.json`)
