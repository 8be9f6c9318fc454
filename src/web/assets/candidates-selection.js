// Counts the selection across all pages of the list. The tab keeps it until it is exported or cleared, or the user signs out. It survives
// an expired session; another person who signs in has a separate selection.
const key = `fulcrum-selection ${document.querySelector('form[data-selection]')?.dataset.selection}`
const chosen = new Set(JSON.parse(sessionStorage.getItem(key) ?? '[]'))

const formOf = () => document.querySelector('form[data-selection]')
const boxesOf = (form) => [...form.querySelectorAll('input[type=checkbox][name=id]')]

function show() {
  const form = formOf()
  if (!form) return
  const boxes = boxesOf(form)
  for (const box of boxes) box.checked = chosen.has(box.value)
  const all = form.querySelector('[data-select-all]')
  all.checked = boxes.every((box) => box.checked)
  all.indeterminate = !all.checked && boxes.some((box) => box.checked)
  const count = form.querySelector('[data-count]')
  count.textContent = chosen.size === 0 ? '' : `${chosen.size} ${count.dataset.count}`
  form.querySelector('[data-clear]').hidden = chosen.size === 0
  form.querySelector('[data-chosen]').hidden = false
  form.querySelector('button[type=submit]').disabled = chosen.size === 0
  carryOthers(form, boxes)
}

function carryOthers(form, boxes) {
  form.querySelector('input[name=chosen]')?.remove()
  const here = new Set(boxes.map((box) => box.value))
  const others = [...chosen].filter((id) => !here.has(id))
  if (others.length === 0) return
  const field = document.createElement('input')
  field.type = 'hidden'
  field.name = 'chosen'
  field.value = others.join(',')
  form.append(field)
}

async function selectMatching(button) {
  button.disabled = true
  const response = await fetch(button.dataset.selectMatching)
  button.disabled = false
  // signed out since: go to the sign-in page
  if (!response.ok || response.redirected) return location.reload()
  const { ids, hasMore } = await response.json()
  chosen.clear()
  for (const id of ids) chosen.add(id)
  keep()
  if (hasMore) document.querySelector('[data-count]').textContent += ` · ${button.dataset.most}`
}

function keep() {
  sessionStorage.setItem(key, JSON.stringify([...chosen]))
  show()
}

document.addEventListener('change', ({ target }) => {
  const form = target.closest('form[data-selection]')
  if (!form) return
  const changed = target.matches('[data-select-all]') ? boxesOf(form) : target.name === 'id' ? [target] : []
  for (const box of changed) {
    if (target.checked) chosen.add(box.value)
    else chosen.delete(box.value)
  }
  keep()
})

document.addEventListener('click', ({ target }) => {
  const matching = target.closest('[data-select-matching]')
  if (matching) return void selectMatching(matching)
  if (!target.closest('[data-clear]')) return
  chosen.clear()
  keep()
})

document.addEventListener('fulcrum:exported', ({ detail }) => {
  for (const id of detail) chosen.delete(id)
  keep()
})

document.addEventListener('htmx:afterSwap', show)
show()
