/*
 * Asks for the list of stations while the scripts of the page are still on their way: on a weak line that is a round trip less.
 * `scripts/gen-headstart.mjs` puts it into the head of the built page. It asks what stores/stations.ts asks on a first visit at the
 * list, without a place and without a session; `early.ts` hands the answer over. Should the two differ one day, the page asks
 * again by itself, and the test of the first two calls says so.
 */
(function () {
  function keeps(name) {
    try {
      return localStorage.getItem('wb.' + name) !== null
    } catch (_refused) {
      return false
    }
  }

  if (location.hash !== '#/pages/stations/stations' || keeps('session') || keeps('place')) return
  var url = '/api/v1/stations?open=now&limit=20'
  window.warmbeeEarly = { url: url, answer: fetch(url, { headers: { Accept: 'application/json' } }) }
  window.warmbeeEarly.answer.catch(function () {})
})()
