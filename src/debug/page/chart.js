import { html, svg } from './dom.js'
import { span, ticks } from './scale.js'

/**
 * @typedef {object} Line
 * @property {string} name
 * @property {import('../row.ts').Column} column
 *
 * @typedef {object} ChartOptions
 * @property {string} title
 * @property {string} [unit] what the axis counts, where the numbers do not say it
 * @property {import('./format.js').Format} format
 * @property {import('./scale.js').Steps} steps
 * @property {Line[]} lines
 *
 * @typedef {object} Samples
 * @property {number[]} at in milliseconds, ascending
 * @property {(column: import('../row.ts').Column) => (number | null)[]} series
 */

const HEIGHT = 132
const TOP = 8
const BOTTOM = 20
const LEFT = 58
const RIGHT = 14
const NONE = '–'
/** How many moments each key goes back or on. */
const KEYS = new Map([
  ['ArrowLeft', -1],
  ['ArrowRight', 1],
  ['PageUp', -60],
  ['PageDown', 60],
])

/** Lines over time, with their values beside their names: those of the last moment, or of the one that is pointed at. */
export class Chart {
  #options
  #drawing
  #legend
  #values
  /** @type {Samples | undefined} */
  #samples
  /** @type {number | undefined} index of the moment that is pointed at */
  #cursor

  /**
   * @param {ChartOptions} options
   * @param {(cursor: number | undefined) => void} onPoint
   */
  constructor(options, onPoint) {
    this.#options = options
    this.#values = options.lines.map(() => html('span', { class: 'value' }, NONE))
    this.#legend = html(
      'ul',
      { class: 'legend' },
      ...options.lines.map(({ name }, i) =>
        html('li', {}, html('span', { class: `swatch line-${i + 1}` }), html('span', {}, name), this.#values[i] ?? ''),
      ),
    )
    this.#drawing = svg('svg', { role: 'img', height: HEIGHT, tabindex: 0 })
    this.#drawing.addEventListener('pointermove', ({ offsetX }) => onPoint(this.#momentAt(offsetX)))
    this.#drawing.addEventListener('pointerleave', () => onPoint(undefined))
    this.#drawing.addEventListener('keydown', (event) => {
      const step = KEYS.get(event.key)
      if (step === undefined) return
      event.preventDefault()
      onPoint(this.#momentFrom(step))
    })
    this.#drawing.addEventListener('blur', () => onPoint(undefined))
    const unit = options.unit === undefined ? [] : [html('span', { class: 'unit' }, options.unit)]
    this.element = html(
      'section',
      { class: 'panel' },
      html('h3', {}, options.title, ...unit),
      this.#drawing,
      this.#legend,
    )
    new ResizeObserver(() => this.#draw()).observe(this.#drawing)
  }

  /** @param {Samples} samples */
  show(samples) {
    this.#samples = samples
    this.#draw()
  }

  /** @param {number | undefined} cursor */
  point(cursor) {
    this.#cursor = cursor
    this.#draw()
  }

  #draw() {
    const samples = this.#samples
    const width = this.#drawing.clientWidth
    if (samples === undefined || samples.at.length === 0 || width === 0) return
    const { lines, format, steps, title } = this.#options
    const series = lines.map(({ column }) => samples.series(column))
    const marks = ticks(Math.max(0, ...series.flat().map((value) => value ?? 0)), steps)
    const x = this.#across(samples, width)
    const most = marks.at(-1) ?? 1
    const y = (/** @type {number} */ value) => TOP + (1 - value / most) * (HEIGHT - TOP - BOTTOM)
    const at = this.#cursor ?? samples.at.length - 1
    const told = lines.map(({ name }, i) => `${name} ${shown(series[i]?.[at], format)}`)
    this.#drawing.replaceChildren(
      svg('title', {}, `${title}: ${told.join(', ')}`),
      ...marks.map((value) => yMark(value, y(value), width, format)),
      ...xMarks(samples, x),
      ...series.map((values, i) => svg('path', { class: `line line-${i + 1}`, d: path(values, samples.at, x, y) })),
      ...(this.#cursor === undefined ? [] : [cursorAt(x(samples.at[at] ?? 0))]),
    )
    for (const [i, value] of this.#values.entries()) value.textContent = shown(series[i]?.[at], format)
  }

  /**
   * @param {Samples} samples
   * @param {number} width
   * @returns {(at: number) => number}
   */
  #across({ at }, width) {
    const end = at.at(-1) ?? 0
    const from = end - spanMs(at)
    return (time) => LEFT + ((time - from) / (end - from)) * (width - LEFT - RIGHT)
  }

  /**
   * The moment so many after the one that is pointed at; none where that is the latest, which is shown then.
   *
   * @param {number} step
   */
  #momentFrom(step) {
    const latest = (this.#samples?.at.length ?? 0) - 1
    const moment = Math.max(0, (this.#cursor ?? latest) + step)
    return moment < latest ? moment : undefined
  }

  /** @param {number} offset */
  #momentAt(offset) {
    const samples = this.#samples
    if (samples === undefined) return undefined
    const x = this.#across(samples, this.#drawing.clientWidth)
    const distances = samples.at.map((time) => Math.abs(x(time) - offset))
    return distances.indexOf(Math.min(...distances))
  }
}

/** @param {number[]} at */
function spanMs(at) {
  return span(((at.at(-1) ?? 0) - (at[0] ?? 0)) / 1000) * 1000
}

/**
 * @param {number | null | undefined} value
 * @param {import('./format.js').Format} format
 */
function shown(value, format) {
  return value === null || value === undefined ? NONE : format(value)
}

/**
 * @param {number} value
 * @param {number} y
 * @param {number} width
 * @param {import('./format.js').Format} format
 */
function yMark(value, y, width, format) {
  return svg(
    'g',
    {},
    svg('line', { class: 'grid', x1: LEFT, x2: width - RIGHT, y1: y, y2: y }),
    svg('text', { class: 'mark', x: LEFT - 6, y: y + 4, 'text-anchor': 'end' }, format(value)),
  )
}

/**
 * @param {Samples} samples
 * @param {(at: number) => number} x
 */
function xMarks({ at }, x) {
  const end = at.at(-1) ?? 0
  const seconds = spanMs(at) / 1000
  return [1, 0.5, 0].map((part) => {
    const ago = seconds * part
    const text = ago === 0 ? 'now' : ago >= 60 ? `−${ago / 60} min` : `−${ago} s`
    const anchor = part === 1 ? 'start' : part === 0 ? 'end' : 'middle'
    return svg('text', { class: 'mark', x: x(end - ago * 1000), y: HEIGHT - 5, 'text-anchor': anchor }, text)
  })
}

/** @param {number} x */
function cursorAt(x) {
  return svg('line', { class: 'cursor', x1: x, x2: x, y1: TOP, y2: HEIGHT - BOTTOM })
}

/**
 * A line with gaps where there is no value; a value between two gaps is a dot.
 *
 * @param {(number | null)[]} values
 * @param {number[]} at
 * @param {(at: number) => number} x
 * @param {(value: number) => number} y
 */
function path(values, at, x, y) {
  let drawn = ''
  let pen = false
  for (const [i, value] of values.entries()) {
    if (value !== null)
      drawn += `${pen ? 'L' : 'M'}${x(at[i] ?? 0).toFixed(1)} ${y(value).toFixed(1)}${pen ? '' : 'h0'}`
    pen = value !== null
  }
  return drawn
}
