// A running pilot's progress, asked again while somebody looks: at most once a minute, ever less often while nothing
// changes, never from a hidden page. The server answers "unchanged" to whoever knows the last answer's tag.
const MINUTE = 60000

export function follow (place) {
  let wait = MINUTE
  let last = ''
  const again = () => setTimeout(ask, wait * (0.9 + 0.2 * Math.random()))
  async function ask () {
    if (document.hidden) {
      document.addEventListener('visibilitychange', ask, { once: true })
      return
    }
    try {
      const answer = await fetch(place.dataset.pfProgress, { cache: 'no-cache' })
      const words = answer.ok ? await answer.text() : last
      wait = words === last ? Math.min(wait * 2, 16 * MINUTE) : MINUTE
      if (words !== last && answer.ok) place.innerHTML = last = words
    } catch {
      wait = Math.min(wait * 2, 16 * MINUTE)
    }
    again()
  }
  again()
}
