// Elements with their content; text stays text, whatever is in it.

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function html(tag, attributes, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  element.append(...children)
  return element
}

/**
 * The element of the page with this id, which its HTML has.
 *
 * @param {string} id
 */
export function byId(id) {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`no #${id}`)
  return element
}

/**
 * Gives `parent` these children, and leaves alone each node that already is as it is to be: a focus stays, a click that has
 * begun, a selection, and the place of whoever has the page read aloud.
 *
 * @param {Element} parent
 * @param {Node[]} children
 */
export function renew(parent, children) {
  const were = [...parent.childNodes]
  for (const gone of were.slice(children.length)) gone.remove()
  for (const [i, child] of children.entries()) {
    const was = were[i]
    if (was === undefined) parent.append(child)
    else if (was instanceof Element && child instanceof Element && was.cloneNode().isEqualNode(child.cloneNode()))
      renew(was, [...child.childNodes])
    else if (!was.isEqualNode(child)) was.replaceWith(child)
  }
}
