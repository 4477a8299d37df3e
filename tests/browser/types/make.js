// Makes tests/browser/types/api.d.ts: the shapes of the API, from the document that the server publishes of itself.
// With --check it says whether the committed file is what it makes.
import { readFile, writeFile } from 'node:fs/promises'
import openapi, { astToString } from 'openapi-typescript'
import { Server } from '../server.js'

const target = new URL('api.d.ts', import.meta.url)

const server = await Server.start('10')
const made = await fetch(`${server.origin}/api/openapi.json`)
  .then(answer => answer.json())
  .then(document => openapi({ ...document, paths: {} }, { alphabetize: true }))
  .then(ast => `// Made by tests/browser/types/make.js: npm run types\n${astToString(ast)}`)
  .finally(() => server.end())

if (process.argv.includes('--check')) {
  const kept = await readFile(target, 'utf8').catch(() => '')
  if (kept !== made) {
    console.error('tests/browser/types/api.d.ts is not what the server says of itself: npm run types in tests/browser')
    process.exitCode = 1
  }
} else {
  await writeFile(target, made)
}
