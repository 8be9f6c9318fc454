// The dialog of "Export to ATS" opens at once, and htmx fills it. When it closes after an export, the list behind it is reloaded.
const dialog = document.getElementById('export-dialog')
let opener = null
/** Ids of candidates whose export was requested while the dialog was open. */
let sent = []
/** The exports have started, so the list behind the dialog needs a reload. */
let isSent = false

function say(text) {
  const article = document.createElement('article')
  const words = document.createElement('p')
  words.textContent = text
  words.setAttribute('role', 'status')
  const close = document.createElement('button')
  close.type = 'button'
  close.className = 'quiet'
  close.dataset.close = ''
  close.textContent = dialog.dataset.closeWord
  article.append(words, close)
  dialog.replaceChildren(article)
}

const concerns = (event) => dialog !== null && event.detail.target instanceof Element && dialog.contains(event.detail.target)

document.addEventListener('htmx:beforeRequest', (event) => {
  if (!concerns(event)) return
  const ids = event.detail.requestConfig.parameters.candidateIds
  if (event.detail.requestConfig.path === '/candidates/export' && event.detail.requestConfig.verb === 'post') sent = ids.split(',')
  if (dialog.open) return
  opener = document.activeElement
  say(dialog.dataset.loading)
  dialog.showModal()
})

document.addEventListener('htmx:afterSettle', (event) => {
  if (sent.length > 0 && dialog?.querySelector('#progress-summary')) {
    isSent = true
    document.dispatchEvent(new CustomEvent('fulcrum:exported', { detail: sent }))
    sent = []
  }
  const hasFocus = document.activeElement !== dialog && dialog?.contains(document.activeElement)
  if (hasFocus || !dialog?.contains(event.target)) return
  const first = dialog.querySelector('[data-focus]') ?? dialog.querySelector('#export-title')
  first?.focus()
})

for (const failure of ['htmx:responseError', 'htmx:sendError', 'htmx:timeout']) {
  document.addEventListener(failure, (event) => {
    if (concerns(event) && !event.defaultPrevented) say(dialog.dataset.failed)
  })
}

dialog?.addEventListener('click', (event) => {
  const closes = event.target.closest('[data-close]')
  const leads = event.target.closest('a[data-dialog]')
  if (!closes && !leads) return
  event.preventDefault()
  if (closes) dialog.close()
  else htmx.ajax('GET', leads.href, { target: dialog })
})

dialog?.addEventListener('close', () => {
  dialog.replaceChildren()
  opener?.focus()
  sent = []
  if (!isSent) return
  isSent = false
  const behind = document.querySelector('[data-refresh]')
  if (behind) htmx.ajax('GET', location.href, { target: behind, select: `#${behind.id}`, swap: 'outerHTML' })
})
