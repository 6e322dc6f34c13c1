// Small enhancements. Every page works without them.
document.body.classList.add('js-enabled')
if ('noModule' in HTMLScriptElement.prototype) document.body.classList.add('govuk-frontend-supported')

const summary = document.querySelector('[data-module="govuk-error-summary"]')
if (summary) import('./govuk/error-summary.js').then(({ ErrorSummary }) => new ErrorSummary(summary))

const writing = document.querySelector('[data-pf-saves-itself]')
if (writing) import('./autosave.js').then(({ saveItself }) => saveItself(writing))

const marking = document.querySelector('[data-pf-marking]')
if (marking) import('./marking.js').then(({ mark }) => mark(marking))

const progress = document.querySelector('[data-pf-progress]')
if (progress) import('./progress.js').then(({ follow }) => follow(progress))

// A form posted twice within a second was clicked twice, not meant twice.
document.addEventListener('submit', (event) => {
  const form = event.target
  const last = Number(form.dataset.pfSentAt || 0)
  if (form.method === 'post' && Date.now() - last < 1000) event.preventDefault()
  else form.dataset.pfSentAt = Date.now()
})

// The words of a text with a limit, counted as the server counts them.
for (const group of document.querySelectorAll('[data-pf-words]')) {
  const limit = Number(group.dataset.pfWords)
  const text = group.querySelector('textarea')
  const line = group.querySelector('.pf-words')
  const live = group.querySelector('.pf-words__live')
  const tell = () => {
    const left = limit - (text.value.match(/\S+/g) || []).length
    const words = (count) => `${count} ${count === 1 ? 'word' : 'words'}`
    line.textContent = left < 0 ? `${words(-left)} too many (at most ${limit})` : `${words(left)} left of ${limit}`
    line.classList.toggle('pf-words--over', left < 0)
  }
  let waiting
  text.addEventListener('input', () => {
    tell()
    clearTimeout(waiting)
    waiting = setTimeout(() => { live.textContent = line.textContent }, 1000)
  })
  tell()
}

// A file that is too large is named before it is sent.
for (const input of document.querySelectorAll('input[type="file"][data-max-bytes]')) {
  const most = Number(input.dataset.maxBytes)
  const warning = document.createElement('p')
  warning.className = 'govuk-error-message'
  warning.setAttribute('role', 'alert')
  input.before(warning)
  input.addEventListener('change', () => {
    const large = [...input.files].filter((file) => file.size > most).map((file) => file.name)
    const megabytes = Math.floor(most / 1048576)
    warning.textContent = large.length ? `${large.join(', ')}: larger than ${megabytes} MB, which is the most we take.` : ''
  })
}
