import { byId, html } from './dom.js'

// Takes a profile and hands it to speedscope in a frame, by a name that only this page knows.

const form = byId('take')
const state = byId('state')
const left = byId('left')

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
  state.textContent = 'taking it'
  setBusy(true)
  try {
    const answer = await fetch(`/debug/pprof/${kind}?seconds=${seconds}`)
    if (!answer.ok) throw new Error(await answer.text())
    const profile = await answer.blob()
    if (taken !== undefined) URL.revokeObjectURL(taken.url)
    taken = { url: URL.createObjectURL(profile), title: `${name}, ${seconds} s` }
    show()
    state.textContent = taken.title
  } catch (error) {
    state.textContent = error instanceof Error ? error.message : 'no profile came'
  } finally {
    clearInterval(countdown)
    left.textContent = ''
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

/**
 * Beside the state, which is read aloud.
 *
 * @param {number} seconds
 */
function tellTime(seconds) {
  const end = performance.now() + seconds * 1000
  const tell = () => {
    left.textContent = `${Math.max(0, Math.ceil((end - performance.now()) / 1000))} s left`
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
