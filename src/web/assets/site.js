// Adds to every page where scripts run: copy buttons, times in the reader's zone, and protection against a double submit.
const language = document.documentElement.lang

function showTimes(root) {
  for (const time of root.querySelectorAll('time[title]')) {
    time.title = new Date(time.dateTime).toLocaleString(language, { dateStyle: 'full', timeStyle: 'long' })
  }
}

async function copy(field) {
  field.select()
  try {
    await navigator.clipboard.writeText(field.value)
  } catch {
    // the clipboard API needs https
    document.execCommand('copy')
  }
}

function showCopyButtons(root) {
  for (const button of root.querySelectorAll('button[data-copy]')) button.hidden = false
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('button[data-copy]')
  if (!button) return
  await copy(document.getElementById(button.dataset.copy))
  const said = document.getElementById(button.getAttribute('aria-describedby'))
  if (said) said.textContent = button.dataset.copied
})

// links that look like buttons, and have that role, are pressed like buttons
document.addEventListener('keydown', (event) => {
  if (event.key !== ' ' || !event.target.matches?.('a[role=button]')) return
  event.preventDefault()
  event.target.click()
})

const again = (button) => {
  button.disabled = false
  delete button.dataset.sent
}

document.addEventListener('submit', (event) => {
  if (event.defaultPrevented) return
  // after the browser has gathered the fields, which may include the pressed button
  setTimeout(() => {
    for (const button of document.querySelectorAll('button[type=submit]')) {
      if (button.form !== event.target || button.disabled) continue
      button.disabled = true
      button.dataset.sent = ''
      setTimeout(again, 10000, button)
    }
  })
})

// back from the next page
window.addEventListener('pageshow', () => document.querySelectorAll('button[data-sent]').forEach(again))

// signed out, or signed in again, since the page was opened: sends the htmx request as a normal form, including the pressed button's value,
// and the resulting page keeps it until somebody signs in
document.addEventListener('htmx:responseError', (event) => {
  const { requestConfig, xhr } = event.detail
  if (requestConfig.verb !== 'post' || ![401, 403].includes(xhr.status)) return
  event.preventDefault()
  const form = document.createElement('form')
  form.method = 'post'
  form.action = requestConfig.path
  for (const [name, value] of requestConfig.formData) {
    const field = document.createElement('input')
    field.type = 'hidden'
    field.name = name
    field.value = value
    form.append(field)
  }
  document.body.append(form)
  form.submit()
})

document.addEventListener('htmx:afterSwap', (event) => {
  showTimes(event.target.parentElement ?? document)
  showCopyButtons(document)
})
showTimes(document)
showCopyButtons(document)
