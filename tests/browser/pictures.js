// Pictures of every view and state, wide and narrow, light and dark, for people to look at: into the folder that PICTURES
// names, or a new one. Arguments are parts of the names of scenes; without any, all are shown.
import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LOOKS, SCENES, look } from './scenes.js'
import { Stage } from './stage.js'

const wanted = process.argv.slice(2)
const folder = process.env.PICTURES ?? (await mkdtemp(join(tmpdir(), 'wardroom-pictures-')))
await mkdir(folder, { recursive: true })
const stage = await Stage.set()
try {
  for (const [name, scene] of Object.entries(SCENES)) {
    if (wanted.length > 0 && !wanted.some(it => name.includes(it))) continue
    const { page } = await scene(stage)
    for (const it of LOOKS) {
      await look(page, it)
      await page.screenshot({ path: join(folder, `${name.replaceAll(/[^a-z]+/g, '-')}.${it.name}.png`) })
    }
    await look(page, LOOKS[0])
    console.log(name)
  }
} finally {
  await stage.end().catch(() => null)
}
console.log(`The pictures are in ${folder}`)
