// Lists of the server's, page by page.
import { api } from './api.js'

/** All rows of a list. @param {string} path @param {string} name what the answer calls them @returns {Promise<any[]>} */
export async function everyRow(path, name) {
  const all = []
  for (let cursor = ''; cursor !== null;) {
    const page = await api(`${path}${cursor && `?cursor=${encodeURIComponent(cursor)}`}`)
    all.push(...page[name])
    cursor = page.nextCursor
  }
  return all
}
