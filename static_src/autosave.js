// Saves a section of an answer while it is written. Without this the page's button saves it. Nothing is kept in the
// browser's own storage: on a shared computer the next person could read it there.
const PAUSE = 3000 // milliseconds from the first unsaved key to the save
const AGAIN = 15000 // milliseconds until the next attempt when the marketplace was not reached
const LONGEST = 60000 // milliseconds that a save may take: the page's button waits for it

const isTouched = ({ type, value, defaultValue, checked, defaultChecked }) =>
  checked !== defaultChecked || (type !== 'hidden' && defaultValue !== undefined && value !== defaultValue)

export const saveItself = (form) => {
  const line = document.querySelector('[data-pf-saved]')
  const field = (name) => form.querySelector(`input[name="${name}"]`)
  let waiting = 0
  let isDirty = false
  let isOver = false
  let isLeaving = false
  let hasNewToken = false
  let sending = null

  const say = (text, href, words) => {
    const link = href ? ` ${words}` : ''
    if (line.textContent === text + link) return
    line.textContent = text
    if (!href) return
    const anchor = document.createElement('a')
    Object.assign(anchor, { className: 'govuk-link', href, textContent: words })
    line.append(' ', anchor)
  }

  const body = () => {
    const values = new URLSearchParams(new FormData(form))
    values.set('autosave', '1')
    return values
  }

  const post = (more = { signal: AbortSignal.timeout?.(LONGEST) }) => fetch(window.location.href, {
    method: 'POST', body: body(), redirect: 'manual', ...more,
  })

  const later = (pause) => {
    if (!waiting && !isOver && !isLeaving) waiting = setTimeout(save, pause)
  }

  // Somebody who signed in again in another tab has a new token there; a fresh copy of this page carries it.
  const renewToken = async () => {
    const page = await fetch(window.location.href, { redirect: 'manual' })
    if (!page.ok) return false
    const fresh = new DOMParser().parseFromString(await page.text(), 'text/html')
    const token = fresh.querySelector('main input[name="csrfmiddlewaretoken"]')
    if (token) for (const input of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) input.value = token.value
    return Boolean(token)
  }

  const saved = ({ saved_at: at, version, problems }) => {
    field('version').value = version
    hasNewToken = false
    const time = new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/London' })
    say(problems.length ? `Saved at ${time}, but: ${problems.join(' ')}` : `Saved at ${time}.`)
  }

  const refused = ({ refused: sentence, is_kept: isKept }) => {
    isOver = !isKept
    say(sentence, isKept ? window.location.pathname : '', 'See both texts')
  }

  const signedOut = ({ sign_in: address }) => {
    say('You have been signed out. What you typed is kept.', address, 'Sign in and go on')
  }

  const heard = async (answer) => {
    if (answer.ok) return saved(await answer.json())
    if (answer.status === 409) return refused(await answer.json())
    if (answer.status === 401) return signedOut(await answer.json())
    if (answer.status === 403 && !hasNewToken) {
      hasNewToken = true
      if (await renewToken()) return heard(await post())
    }
    throw new Error(`not saved: ${answer.status}`)
  }

  const attempt = async () => {
    isDirty = false
    try {
      await heard(await post())
    } catch {
      isDirty = true
      say('Not saved: the marketplace does not answer. Keep this page open; we try again.')
    }
  }

  async function save () {
    waiting = 0
    if (sending) return
    sending = attempt()
    await sending
    sending = null
    if (isDirty) later(line.textContent.startsWith('Not saved') ? AGAIN : PAUSE)
  }

  const changed = () => {
    isDirty = true
    later(PAUSE)
  }
  form.addEventListener('input', changed)
  form.addEventListener('change', changed)

  // The button waits for a save that is under way, or the answer would meet its own older text.
  form.addEventListener('submit', async (event) => {
    clearTimeout(waiting)
    waiting = 0
    if (!sending) {
      isLeaving = true
      return
    }
    event.preventDefault()
    event.stopImmediatePropagation()
    await sending
    form.requestSubmit(event.submitter)
  })

  window.addEventListener('pagehide', () => {
    if (isDirty && !isLeaving && !isOver && !sending) post({ keepalive: true })
    isDirty = false
  })
  window.addEventListener('online', () => {
    clearTimeout(waiting)
    if (isDirty && !isOver) save()
  })
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) window.location.reload()
  })

  // Somebody may have written before this script was there.
  if (form.dataset.pfSavesItself === 'now' || [...form.elements].some(isTouched)) changed()
}
