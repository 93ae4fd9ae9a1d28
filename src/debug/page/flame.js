import { byId, html } from './dom.js'

// Takes a profile and hands it to speedscope in a frame, by a name that only this page knows.

const form = byId('take')
const state = byId('state')

/** @type {{ url: string, title: string } | undefined} the profile that is shown */
let taken

byId('view').addEventListener('change', show)
form.addEventListener('submit', (event) => {
  event.preventDefault()
  void take()
})

async function take() {
  const { kind, name } = chosen()
  const seconds = Number(field('seconds', HTMLInputElement).value)
  const countdown = tellTime(seconds)
  setBusy(true)
  try {
    const answer = await fetch(`/debug/pprof/${kind}?seconds=${seconds}`)
    if (!answer.ok) throw new Error(await answer.text())
    taken = { url: URL.createObjectURL(await answer.blob()), title: `${name}, ${seconds} s` }
    show()
    state.textContent = taken.title
  } catch (error) {
    state.textContent = error instanceof Error ? error.message : 'no profile came'
  } finally {
    clearInterval(countdown)
    setBusy(false)
  }
}

function show() {
  if (taken === undefined) return
  const [url, title] = [taken.url, taken.title].map(encodeURIComponent)
  const { value: view } = field('view', HTMLSelectElement)
  const src = `/debug/clinic/speedscope/index.html#profileURL=${url}&title=${title}&view=${view}`
  byId('graph').replaceChildren(html('iframe', { title: 'Profile', src }))
}

/** @param {number} seconds */
function tellTime(seconds) {
  const end = performance.now() + seconds * 1000
  const tell = () => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000))
    state.textContent = left === 0 ? 'reading it …' : `taking it: ${left} s left`
  }
  tell()
  return setInterval(tell, 250)
}

/** @param {boolean} busy */
function setBusy(busy) {
  byId('button').toggleAttribute('disabled', busy)
}

function chosen() {
  const { value, selectedOptions } = field('kind', HTMLSelectElement)
  return { kind: value, name: selectedOptions[0]?.textContent ?? value }
}

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
function field(id, type) {
  const element = byId(id)
  if (!(element instanceof type)) throw new Error(`#${id} is no ${type.name}`)
  return element
}
