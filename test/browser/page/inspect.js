// Runs in the page, as `inspect`: what a person would see to be wrong with it, measured.

const inspect = {
  /** Texts that are too faint on what is behind them (WCAG 2.1, 1.4.3), each with its ratio. */
  faintTexts() {
    return textNodes()
      .map(({ text, element }) => {
        const style = getComputedStyle(element)
        const color = element instanceof SVGElement ? style.fill : style.color
        const size = Number.parseFloat(style.fontSize)
        const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
        return { text, ratio: contrast(rgb(color), behind(element)), least: isLarge ? 3 : 4.5 }
      })
      .filter(({ ratio, least }) => ratio < least)
  },

  /** How many texts there are to see. */
  texts() {
    return textNodes().length
  },

  /** What the page is wider than its window by, in pixels. */
  overflow() {
    const { scrollWidth, clientWidth } = document.documentElement
    return scrollWidth - clientWidth
  },

  /** Pairs of boxes that lie over each other, and texts that reach out of their box. */
  collisions() {
    const found = []
    const boxes = [...document.querySelectorAll('header, h2, #findings, .facts, .panel, .wide, .take, #graph, dl, p')]
    for (const [a, b] of pairs(boxes)) {
      if (!a.contains(b) && !b.contains(a) && overlap(a, b)) found.push(`${nameOf(a)} lies over ${nameOf(b)}`)
    }
    for (const panel of document.querySelectorAll('.panel')) {
      const parts = [...panel.querySelectorAll('h3, svg text, .legend li')]
      for (const [a, b] of pairs(parts)) if (overlap(a, b)) found.push(`${nameOf(a)} lies over ${nameOf(b)}`)
      for (const part of parts) if (!within(part, panel)) found.push(`${nameOf(part)} reaches out of ${nameOf(panel)}`)
      for (const [a, b] of pairs([...panel.querySelectorAll('.legend span')])) {
        if (overlap(a, b)) found.push(`${nameOf(a)} lies over ${nameOf(b)}`)
      }
    }
    return found
  },

  /** Each chart with how many of its lines rise above 0, the values beside their names, and what it tells who cannot see it. */
  charts() {
    return [...document.querySelectorAll('.panel')].map((panel) => ({
      title: panel.querySelector('h3')?.firstChild?.textContent ?? '',
      drawn: [...panel.querySelectorAll('path')].filter((path) => rises(path, panel)).length,
      values: [...panel.querySelectorAll('.value')].map((value) => value.textContent ?? ''),
      told: panel.querySelector('svg title')?.textContent ?? '',
    }))
  },
}

/**
 * Whether a line leaves the mark of 0, which is the lowest.
 *
 * @param {Element} path
 * @param {Element} panel
 */
function rises(path, panel) {
  const zero = Math.max(...[...panel.querySelectorAll('.grid')].map((line) => Number(line.getAttribute('y1'))))
  const heights = [...(path.getAttribute('d') ?? '').matchAll(/ (-?[\d.]+)/g)].map(([, y]) => Number(y))
  return heights.some((y) => y < zero - 0.5)
}

/** @typedef {[red: number, green: number, blue: number, alpha: number]} Color */

function textNodes() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const found = []
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.textContent?.trim() ?? ''
    const element = node.parentElement
    if (text === '' || element === null || element.tagName === 'title' || element.tagName === 'OPTION') continue
    if (element.getClientRects().length > 0) found.push({ text, element })
  }
  return found
}

/** @param {Element} element */
function behind(element) {
  for (let at = /** @type {Element | null} */ (element); at !== null; at = at.parentElement) {
    const color = rgb(getComputedStyle(at).backgroundColor)
    if (color[3] === 1) return color
  }
  // Nothing is painted: what the browser paints is said by the colour scheme, and the page must not rely on it.
  throw new Error(`nothing is behind ${nameOf(element)}`)
}

/**
 * @param {string} text
 * @returns {Color}
 */
function rgb(text) {
  const [red = 0, green = 0, blue = 0, alpha = 1] = text.match(/[\d.]+/g)?.map(Number) ?? []
  return [red, green, blue, alpha]
}

/**
 * @param {Color} a
 * @param {Color} b
 */
function contrast(a, b) {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

/** @param {Color} color */
function luminance([red, green, blue]) {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((part) => {
    const share = part / 255
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/**
 * @template T
 * @param {T[]} all
 * @returns {[T, T][]}
 */
function pairs(all) {
  return all.flatMap((a, i) => all.slice(i + 1).map((b) => /** @type {[T, T]} */ ([a, b])))
}

/**
 * @param {Element} a
 * @param {Element} b
 */
function overlap(a, b) {
  const [one, other] = [a.getBoundingClientRect(), b.getBoundingClientRect()]
  if (one.width * one.height === 0 || other.width * other.height === 0) return false
  // Letters have room above and below, so that boxes of lines may touch.
  const slack = 2
  return (
    one.left < other.right - slack &&
    other.left < one.right - slack &&
    one.top < other.bottom - slack &&
    other.top < one.bottom - slack
  )
}

/**
 * @param {Element} inner
 * @param {Element} outer
 */
function within(inner, outer) {
  const [one, other] = [inner.getBoundingClientRect(), outer.getBoundingClientRect()]
  return (
    one.left >= other.left && one.right <= other.right && one.top >= other.top && one.bottom <= other.bottom + 1
  )
}

/** @param {Element} element */
function nameOf(element) {
  return `<${element.tagName.toLowerCase()}> ${element.textContent?.trim().slice(0, 30)}`
}

Object.assign(globalThis, { inspect })
