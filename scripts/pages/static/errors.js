// @ts-check
/** Narrows the list to what is searched for, and keeps that in the address. */

const form = /** @type {HTMLFormElement} */ (document.getElementById('find'))
const found = /** @type {HTMLOutputElement} */ (document.getElementById('found'))
const nothing = /** @type {HTMLElement} */ (document.getElementById('nothing'))
const about = /** @type {HTMLElement} */ (document.getElementById('about'))
const items = /** @type {HTMLLIElement[]} */ ([...document.querySelectorAll('.codes > li')])
const chapters = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('.chapter')])

const NAMES = ['q', 'status', 'category']

/** @param {string} name */
function field(name) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (form.elements.namedItem(name))
}

function narrow() {
  const [text = '', status, category] = NAMES.map((name) => field(name).value.trim())
  const words = text.toLowerCase().split(/\s+/)
  for (const item of items) {
    const { dataset } = item
    item.hidden = !(
      (!status || dataset.status === status) &&
      (!category || dataset.category === category) &&
      words.every((word) => dataset.words?.includes(word))
    )
  }
  for (const chapter of chapters) {
    chapter.hidden = !chapter.querySelector('li:not([hidden])')
  }
  const shown = items.filter((item) => !item.hidden).length
  const isWhole = !text && !status && !category
  found.textContent = `${shown} of ${items.length} codes`
  nothing.hidden = shown > 0
  about.hidden = !isWhole
}

function remember() {
  const wanted = NAMES.map((name) => [name, field(name).value.trim()]).filter(([, value]) => value)
  const query = new URLSearchParams(wanted).toString()
  history.replaceState(null, '', `${location.pathname}${query && `?${query}`}${location.hash}`)
}

const asked = new URLSearchParams(location.search)
for (const name of NAMES) field(name).value = asked.get(name) ?? ''
form.hidden = false
narrow()

form.addEventListener('input', () => {
  narrow()
  remember()
})
form.addEventListener('submit', (event) => {
  event.preventDefault()
  const first = items.find((item) => !item.hidden)
  first?.querySelector('a')?.click()
})
form.addEventListener('reset', () => {
  setTimeout(() => {
    narrow()
    remember()
    field('q').focus()
  })
})
document.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof Element && event.target.closest('input, select')
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  field('q').focus()
})
