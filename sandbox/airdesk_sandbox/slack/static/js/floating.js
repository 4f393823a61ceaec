// Things that float above the page beside what opened them: menus and lists of choices.
import { h } from "./dom.js";

let closeOpen = () => {};

/**
 * Show `node` under (or above) `anchor`. Only one floats at a time; it follows when the page
 * scrolls; Escape and a click elsewhere close it. Returns the function that closes it.
 */
export function float(anchor, node, { width = false, onClose = () => {} } = {}) {
  closeOpen();
  document.body.append(node);
  node.classList.add("floating");
  place(anchor, node, width);
  const close = () => {
    if (!node.isConnected) return;
    node.remove();
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("scroll", scrolled, true);
    document.removeEventListener("keydown", pressed, true);
    closeOpen = () => {};
    onClose();
  };
  const outside = (event) => {
    if (!node.contains(event.target) && !anchor.contains(event.target)) close();
  };
  const scrolled = (event) => {
    if (!node.contains(event.target)) place(anchor, node, width);
  };
  const pressed = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  };
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("scroll", scrolled, true);
  document.addEventListener("keydown", pressed, true);
  closeOpen = close;
  return close;
}

export function place(anchor, node, width) {
  const box = anchor.getBoundingClientRect();
  if (width) node.style.width = `${box.width}px`;
  const below = window.innerHeight - box.bottom;
  const height = Math.min(node.offsetHeight, 320);
  const above = below < height + 12 && box.top > below;
  node.style.top = above ? `${box.top - height - 4}px` : `${box.bottom + 4}px`;
  const left = Math.min(box.left, window.innerWidth - node.offsetWidth - 8);
  node.style.left = `${Math.max(8, left)}px`;
}

/** A menu of `{label, note, selected, choose}` rows under `anchor`. */
export function menu(anchor, rows, label) {
  const list = h("div", { class: "menu", role: "menu", "aria-label": label },
    rows.map((row) => h("button", {
      class: "menu__row", role: "menuitem", type: "button", dataset: row.dataset ?? {},
      onClick: () => {
        close();
        row.choose();
      },
    }, h("span", {}, row.label), row.note ? h("small", {}, row.note) : null)));
  const close = float(anchor, list);
  list.querySelector("button")?.focus();
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...list.children];
    const next = all.indexOf(document.activeElement) + step;
    all[(next + all.length) % all.length].focus();
  });
  return close;
}
