// Keeps pages that are about something unfinished up to date, and draws Mermaid's graphs.
const main = document.querySelector("main");
let shown = main.innerHTML;  // as the server wrote it, before graphs were drawn

function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

let mermaidScript = null;
async function draw() {
  const graphs = [...main.querySelectorAll("pre.mermaid:not([data-processed])")]
    .filter(graph => graph.offsetParent !== null);
  if (!graphs.length) return;
  try {
    mermaidScript ??= load("/-/assets/mermaid.js");
    await mermaidScript;
    // strict: text of a merge request must not become script or markup
    mermaid.initialize({startOnLoad: false, securityLevel: "strict", theme: "neutral"});
    await mermaid.run({nodes: graphs, suppressErrors: true});
  } catch {
    // without Mermaid, or with a graph it does not understand, the text stays
  }
}

async function refresh() {
  const typing = document.activeElement && document.activeElement.matches("textarea, input");
  if (!typing) {
    const page = await fetch(location.href).then(r => r.ok ? r.text() : null).catch(() => null);
    const fresh = page && new DOMParser().parseFromString(page, "text/html").querySelector("main");
    if (fresh && fresh.innerHTML !== shown) {
      const trace = main.querySelector(".trace");
      const atEnd = !trace || window.innerHeight + window.scrollY >= document.body.scrollHeight - 40;
      const before = [...main.querySelectorAll("details")].map(part => part.open);
      shown = main.innerHTML = fresh.innerHTML;
      const after = [...main.querySelectorAll("details")];
      if (after.length === before.length) after.forEach((part, at) => { part.open = before[at]; });
      draw();
      if (trace && atEnd) window.scrollTo(0, document.body.scrollHeight);
    }
    if (fresh && !fresh.hasAttribute("data-live")) return;
  }
  setTimeout(refresh, 1500);
}

main.addEventListener("toggle", draw, true);
draw();
if (main.hasAttribute("data-live")) setTimeout(refresh, 1500);
