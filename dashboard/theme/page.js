// What the page does besides Streamlit: the language of the document, and links that open without a reload.
// Sent by frame.py as a component; Streamlit calls the function on every run.

export default function ({ data }) {
  document.documentElement.lang = data.lang
  if (window.zhengxinLinks) return
  window.zhengxinLinks = true
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
}
