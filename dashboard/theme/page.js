// What the page does besides Streamlit: the language of the document, links that open without a reload, and the
// marked row of a long chart scrolled into sight.
// Sent by frame.py as a component; Streamlit calls the function on every run.

// A move to another page from a callback (`state.go`) comes as two pushes: the old page with the new query, then
// the new page with it. One step of Back must undo both. A key or a click between them is a move of its own.
const SOON = 1500

function joinMoves() {
  const push = history.pushState.bind(history)
  const replace = history.replaceState.bind(history)
  let queried = 0
  for (const act of ["pointerdown", "keydown"]) addEventListener(act, () => (queried = 0), true)
  history.pushState = (state, title, url) => {
    const to = new URL(url ?? location.href, location.href)
    const samePage = to.pathname === location.pathname
    const sameQuery = to.search === location.search
    const joined = !samePage && sameQuery && Date.now() - queried < SOON
    queried = samePage && !sameQuery ? Date.now() : 0
    if (joined) replace(state, title, url)
    else push(state, title, url)
  }
}

export default function ({ data }) {
  document.documentElement.lang = data.lang
  if (window.zhengxinLinks) return
  window.zhengxinLinks = true
  joinMoves()
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest?.("a.zx-link")
    const plain = !event.button && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!anchor || !plain || event.defaultPrevented) return
    event.preventDefault()
    if (anchor.pathname !== location.pathname) {
      document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0)
    }
    // Streamlit follows the address on Back and Forward, so a link is a step of history that it is told of.
    history.pushState(null, "", anchor.href)
    dispatchEvent(new PopStateEvent("popstate"))
  })
  new MutationObserver(showMarked).observe(document.body, { childList: true, subtree: true })
  showMarked()
}

// Once for every new mark, when the chart has its height; a reader who has scrolled on is left alone.
function showMarked() {
  for (const mark of document.querySelectorAll(".zx-pane[data-row]:not([data-seen])")) {
    const pane = mark.closest("[class*=st-key-pane_]")
    const row = Number(mark.dataset.row)
    if (!pane || pane.scrollHeight < row) continue
    mark.dataset.seen = ""
    const sight = row - pane.scrollTop
    if (sight < 0 || sight > pane.clientHeight) pane.scrollTop = row - pane.clientHeight / 2
  }
}
