// @ts-check
/** Shows the correlation id that the page was opened with: the `instance` of problem details ends in it. */

const id = decodeURIComponent(location.hash.slice(1))
const yours = document.getElementById('yours')
const shown = yours?.querySelector('code')
if (yours && shown && /^[A-Za-z0-9][A-Za-z0-9._:-]{7,127}$/.test(id)) {
  shown.textContent = id
  yours.hidden = false
}
