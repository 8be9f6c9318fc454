// Makes the existing list of jobs searchable: a combobox after the pattern of the ARIA Authoring Practices.
const folded = (text) => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()

function enhance(select) {
  if (select.hidden) return
  const label = document.querySelector(`label[for="${select.id}"]`)
  const box = document.createElement('div')
  box.className = 'combobox'
  const input = document.createElement('input')
  const list = document.createElement('ul')
  setUp(input, { id: `${select.id}-search`, type: 'text', role: 'combobox', autocomplete: 'off', spellcheck: 'false' })
  setUp(input, { 'aria-expanded': 'false', 'aria-controls': `${select.id}-list`, 'aria-autocomplete': 'list' })
  setUp(list, { id: `${select.id}-list`, role: 'listbox', 'aria-label': select.dataset.choices })
  const describedBy = select.getAttribute('aria-describedby')
  if (describedBy) input.setAttribute('aria-describedby', describedBy)
  list.hidden = true
  box.append(input, list)
  select.after(box)
  select.hidden = true
  label.htmlFor = input.id
  for (const hint of document.querySelectorAll('[data-hint]')) hint.hidden = false
  run(select, input, list)
}

function setUp(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
}

function run(select, input, list) {
  let active = -1
  let asked = 0
  const shown = () => [...list.querySelectorAll('[role=option]:not([aria-disabled])')]
  const chosenText = () => select.selectedOptions[0]?.text ?? ''

  function offer(options) {
    list.replaceChildren(...options.map((option, at) => toItem(option, at)))
    if (options.length === 0) list.append(noneFound())
    list.hidden = false
    input.setAttribute('aria-expanded', 'true')
    activate(-1)
  }

  function toItem({ value, text }, at) {
    const item = document.createElement('li')
    setUp(item, { role: 'option', id: `${list.id}-${at}`, 'aria-selected': String(value === select.value) })
    item.dataset.value = value
    item.textContent = text
    return item
  }

  function noneFound() {
    const item = document.createElement('li')
    setUp(item, { role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' })
    item.textContent = select.dataset.noneFound
    return item
  }

  function activate(at) {
    const items = shown()
    active = items.length === 0 ? -1 : Math.max(-1, Math.min(at, items.length - 1))
    items.forEach((item, index) => item.classList.toggle('active', index === active))
    const item = items[active]
    if (!item) return input.removeAttribute('aria-activedescendant')
    input.setAttribute('aria-activedescendant', item.id)
    item.scrollIntoView({ block: 'nearest' })
  }

  function close() {
    list.hidden = true
    input.setAttribute('aria-expanded', 'false')
    input.removeAttribute('aria-activedescendant')
    input.value = chosenText()
  }

  function choose(item) {
    const { value } = item.dataset
    if (![...select.options].some((option) => option.value === value)) select.add(new Option(item.textContent, value))
    const isOther = select.value !== value
    select.value = value
    close()
    if (isOther) select.dispatchEvent(new Event('change', { bubbles: true }))
  }

  async function search() {
    const words = folded(input.value).split(/\s+/).filter(Boolean)
    const [none, ...jobs] = [...select.options]
    const here = [none, ...jobs].filter(({ text }) => words.every((word) => folded(text).includes(word)))
    if (words.length === 0 || !select.dataset.search) return offer(here)
    const question = (asked += 1)
    const response = await fetch(`${select.dataset.search}?${new URLSearchParams({ q: input.value })}`, {
      headers: { 'HX-Request': 'true' },
    })
    if (!response.ok || question !== asked) return
    const found = document.createElement('select')
    found.innerHTML = await response.text()
    offer([...here.filter((option) => option === none), ...found.options])
  }

  let pause
  input.addEventListener('input', () => {
    clearTimeout(pause)
    if (select.dataset.search) pause = setTimeout(search, 150)
    else search()
  })
  input.addEventListener('click', () => list.hidden && offer([...select.options]))
  input.addEventListener('focus', () => input.select())
  input.addEventListener('change', (event) => event.stopPropagation())
  input.addEventListener('blur', () => {
    clearTimeout(pause)
    const typed = folded(input.value)
    const named =
      typed === '' ? [] : shown().filter(({ textContent }) => [folded(textContent), folded(textContent.split(' · ')[0])].includes(typed))
    if (!list.hidden && named.length === 1) choose(named[0])
    else close()
  })
  input.addEventListener('keydown', (event) => {
    const isOpen = !list.hidden
    const moves = { ArrowDown: active + 1, ArrowUp: active - 1 }
    if (event.key in moves) {
      if (isOpen) activate(moves[event.key])
      else offer([...select.options])
    } else if (event.key === 'Enter') {
      // never submits the form
      const items = isOpen ? shown() : []
      const item = items[active] ?? (items.length === 1 ? items[0] : null)
      if (item) choose(item)
    } else if (event.key === 'Escape' && isOpen) close()
    else return
    event.preventDefault()
    event.stopPropagation()
  })
  list.addEventListener('mousedown', (event) => event.preventDefault())
  list.addEventListener('click', (event) => {
    const item = event.target.closest('[role=option]:not([aria-disabled])')
    if (item) choose(item)
  })
  input.value = chosenText()
}

const enhanceAll = () => document.querySelectorAll('select[data-combobox]').forEach(enhance)
document.addEventListener('htmx:afterSwap', enhanceAll)
enhanceAll()
