// Says in words what the browser said no to; the ceremony itself is allauth's script.
const trouble = document.querySelector('[data-pf-passkey-trouble]')
const buttons = document.querySelectorAll('[data-pf-passkey]')

const say = (words) => { trouble.textContent = words }

if (window.PublicKeyCredential) for (const button of buttons) button.hidden = false
else if (buttons.length) say('This browser cannot use passkeys.')

document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  const name = event.detail.exception?.name
  if (name === 'InvalidStateError') say('This device already holds a passkey for your account.')
  else if (name === 'NotAllowedError') say('No passkey was used: it was cancelled, or it took too long. Try again.')
  else say('The passkey did not work. Try again, or use another way.')
})
