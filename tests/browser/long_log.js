// A session with a long log: one turn that really happened, written into the database again and again.
import { randomBytes, randomUUID } from 'node:crypto'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** The ids of what a turn makes: they are others in each turn. What was there before stays the same. */
function own(turn, before) {
  const known = new Set(JSON.stringify(before).match(UUID))
  return [...new Set(JSON.stringify(turn).match(UUID))].filter(it => !known.has(it))
}

/**
 * Fills the log of a session up to so many events, with the server stopped meanwhile.
 * @param {import('./server.js').Server} server
 * @param {{ id: string }} session
 * @param {object} before the session, before the turn
 * @param {{ type: string, payload: object }[]} turn
 * @param {{ seq: number, timestamp: string }} last event of the log
 * @param {number} count
 */
export async function fill(server, session, before, turn, last, count) {
  const ids = own(turn, before)
  const rows = []
  for (let { seq } = last, n = 0; seq < count; n++) {
    const others = new Map(ids.map(it => [it, randomUUID()]))
    for (const { type, payload } of turn) {
      const text = JSON.stringify(payload)
        .replace(UUID, it => others.get(it) ?? it)
        .replace(/"toolCallId":"([^"]+)"/g, `"toolCallId":"$1-${n}"`)
        .replaceAll("'", "''")
      const chain = randomBytes(32).toString('hex')
      rows.push(
        `insert into events values ('${session.id}', ${++seq}, '${last.timestamp}', '${type}', '${text}', x'${chain}');`,
      )
    }
  }
  await server.kill()
  server.sql(`begin; ${rows.join('\n')} commit`)
  await server.begin()
  return last.seq + rows.length
}
