// Shows how the chosen file will be read and, during the upload, how much has been sent.
const form = document.querySelector('form[data-import]')
const field = form.querySelector('input[type=file]')
const place = document.getElementById('import-preview')
/** Enough for the header and the first rows. A workbook is needed in full. */
const HEAD_BYTES = 512 * 1024
const LARGEST_WORKBOOK_BYTES = 10 * 1024 * 1024

const token = document.querySelector('meta[name=csrf-token]').content

async function showPreview() {
  place.replaceChildren()
  const [file] = field.files
  if (!file) return
  const head = file.slice(0, /\.xlsx$/i.test(file.name) ? LARGEST_WORKBOOK_BYTES + 1 : HEAD_BYTES)
  const response = await fetch('/candidates/import/preview', {
    method: 'POST',
    body: head,
    headers: { 'Content-Type': 'text/csv', 'X-CSRF-Token': token },
  })
  if (file !== field.files[0]) return
  if (response.ok) place.innerHTML = await response.text()
}

field.addEventListener('change', () => void showPreview())

form.addEventListener('submit', () => {
  const bar = form.querySelector('[data-sending]')
  bar.removeAttribute('value')
  bar.hidden = false
})
