// The marking screen: passages quoted by selecting them, and keys for those who want them. Without this, passages are
// pasted, and Tab, Space and Enter do the rest.
const SWITCH = 'pf-shortcuts'
const LONGEST = 2000 // characters of a passage, as on the server

const characters = (text) => [...text].length

// Where the selected words stand in the answer, white space around them left out; null when nothing of it is selected.
const selected = () => {
  const selection = document.getSelection()
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null
  const range = selection.getRangeAt(0)
  const inside = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest('[data-pf-quotable]')
  const source = inside(range.startContainer)
  if (!source || source !== inside(range.endContainer)) return null
  const before = range.cloneRange()
  before.selectNodeContents(source)
  before.setEnd(range.startContainer, range.startOffset)
  const words = range.toString()
  const text = words.trim()
  const start = characters(before.toString()) + characters(words.slice(0, words.length - words.trimStart().length))
  return text ? { text, place: `${source.dataset.pfQuotable}:${start}-${start + characters(text)}` } : null
}

const quoting = (form, box) => {
  const [button, line] = [box.querySelector('button'), box.querySelector('p')]
  const group = form.querySelector('.govuk-checkboxes')
  let last = null
  box.hidden = false

  // A press on the button ends the selection in some browsers, so the last one is kept.
  document.addEventListener('selectionchange', () => { last = selected() || (document.activeElement === button ? last : null) })
  button.addEventListener('mousedown', (event) => event.preventDefault())

  const add = ({ text, place }) => {
    const item = document.createElement('div')
    item.className = 'govuk-checkboxes__item'
    const input = Object.assign(document.createElement('input'), {
      className: 'govuk-checkboxes__input', type: 'checkbox', name: 'quote', value: place, checked: true, id: `quote-${place}`,
    })
    const label = Object.assign(document.createElement('label'), {
      className: 'govuk-label govuk-checkboxes__label', htmlFor: input.id, textContent: `“${text}”`,
    })
    item.append(input, label)
    group.append(item)
    input.dispatchEvent(new Event('change', { bubbles: true }))
  }

  const quote = () => {
    const passage = selected() || last
    const there = passage && [...form.querySelectorAll('[name="quote"]')].find((input) => input.value === passage.place)
    if (!passage) line.textContent = 'Select words in the answer first.'
    else if (characters(passage.text) > LONGEST) line.textContent = 'This passage is too long: select what matters in it.'
    else if (there?.checked) line.textContent = 'You quote this passage already.'
    else {
      if (there) there.click()
      else add(passage)
      line.textContent = `Quoted: “${passage.text.slice(0, 60)}${passage.text.length > 60 ? '…' : ''}”.`
    }
  }
  button.addEventListener('click', quote)
  return quote
}

const isSending = (event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.repeat

// A digit gives the mark that begins with it; pressed again, the next mark that does: 1, 1.5, 10.
const give = (form, digit) => {
  const marks = [...form.querySelectorAll('input[type="radio"][name="mark"]')].filter((input) => input.value.startsWith(digit))
  if (!marks.length) return
  const next = marks[(marks.findIndex((input) => input.checked) + 1) % marks.length]
  next.click()
  next.focus()
}

const keys = (form, quote) => {
  const box = document.querySelector('[data-pf-shortcuts]')
  const button = box.querySelector('button')
  const say = (isOn) => {
    button.setAttribute('aria-pressed', String(isOn))
    button.textContent = isOn ? 'Shortcuts are on: switch them off' : 'Use shortcuts'
  }
  // Only the choice is kept in this browser, nothing of an answer or a mark.
  const isOn = () => localStorage.getItem(SWITCH) === 'on'
  box.hidden = false
  say(isOn())
  button.addEventListener('click', () => {
    localStorage.setItem(SWITCH, isOn() ? 'off' : 'on')
    say(isOn())
  })

  const follow = (link) => link?.click()
  const doing = {
    r: () => form.querySelector('[name="rationale"]').focus(),
    q: quote,
    n: () => form.querySelector('[data-pf-key="n"]').click(),
    p: () => follow(document.querySelector('.pf-pagination__link[rel="prev"]')),
    l: () => follow(document.querySelector('.govuk-back-link')),
  }
  document.addEventListener('keydown', (event) => {
    const leaves = event.key === 'Escape'
    if (isOn() && !event.isComposing && form.contains(event.target) && (leaves || isSending(event))) {
      if (leaves) event.target.blur()
      else doing.n()
      event.preventDefault()
      return
    }
    const isWriting = event.target.closest('input:not([type="radio"]):not([type="checkbox"]), textarea, select, [contenteditable]')
    if (!isOn() || isWriting || event.isComposing || event.repeat) return
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return
    if (/^[0-9]$/.test(event.key)) give(form, event.key)
    else if (Object.hasOwn(doing, event.key)) doing[event.key]()
    else return
    event.preventDefault()
  })
}

export const mark = (screen) => {
  const form = screen.querySelector('form')
  const box = screen.querySelector('[data-pf-quote]')
  keys(form, quoting(form, box))
}
