// Where somebody reads, kept while the timeline around it is drawn anew.

/** What stands on the screen: its element's id, and where. */
function reading() {
  const top = document.querySelector('.top')?.getBoundingClientRect().bottom ?? 0
  for (const node of document.querySelectorAll('.block')) {
    if (node.getBoundingClientRect().bottom <= top) continue
    for (const item of node.querySelectorAll('.item[id], .prompt[id], p[id^="h-"]')) {
      const box = item.getBoundingClientRect()
      if (box.bottom > top) return { id: item.id, at: box.top }
    }
  }
  return null
}

/** The next time that something is painted. */
const painted = () => new Promise(done => requestAnimationFrame(done))

/** Does something that draws the timeline anew, and then shows the same as before. @param {() => Promise<unknown>} work */
export async function keepPlace(work) {
  const before = reading()
  const wasAt = scrollY
  await work()
  await painted()
  const node = before && document.getElementById(before.id)
  if (node && (wasAt !== scrollY || node.getBoundingClientRect().top !== before.at)) {
    scrollBy({ top: node.getBoundingClientRect().top - before.at, behavior: 'instant' })
  }
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
