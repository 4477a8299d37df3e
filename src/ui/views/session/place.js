// Where somebody reads, kept while the timeline around it is drawn anew.

/** What stands on the screen, the uppermost first: the ids of elements, and where they are. */
function reading() {
  const top = document.querySelector('.top')?.getBoundingClientRect().bottom ?? 0
  const found = []
  for (const node of document.querySelectorAll('.block')) {
    const block = node.getBoundingClientRect()
    if (block.bottom <= top) continue
    if (block.top > innerHeight) break
    for (const item of node.querySelectorAll('.item[id], .prompt[id], p[id^="h-"]')) {
      const box = item.getBoundingClientRect()
      if (box.bottom > top) found.push({ id: item.id, at: box.top })
    }
  }
  return found
}

/** The next time that something is painted. */
const painted = () => new Promise(done => requestAnimationFrame(done))

/** Does something that draws the timeline anew, and then shows the same as before. @param {() => Promise<unknown>} work */
export async function keepPlace(work) {
  const before = reading()
  await work()
  await painted()
  // What was there may be folded now.
  const kept = before.find(it => document.getElementById(it.id))
  const top = kept && document.getElementById(kept.id)?.getBoundingClientRect().top
  if (kept && top !== undefined && top !== kept.at) scrollBy({ top: top - kept.at, behavior: 'instant' })
}

/** Shows an element of the timeline, and moves the focus there. @param {string} id */
export async function showPlace(id) {
  await painted()
  const node = document.getElementById(id)
  if (!node) return
  node.tabIndex = -1
  node.scrollIntoView({ block: 'center' })
  node.focus({ preventScroll: true })
  // What was never on the screen had a height that was guessed.
  await painted()
  node.scrollIntoView({ block: 'center' })
}
