// An app's Home tab.
import { h, replace } from "./dom.js";
import { renderBlocks } from "./blocks.js";
import { store } from "./store.js";
import { viewContext } from "./view_context.js";

let drawn = null;

export function renderHome(parent, app) {
  const view = store.state.homes[app.id];
  const print = view ? `${view.id}/${view.hash}` : `none/${app.id}`;
  if (print === drawn && parent.childNodes.length) return;
  drawn = print;
  const content = view
    ? renderBlocks(view.blocks, viewContext(view))
    : h("p", { class: "home__empty" }, `${app.name} has put nothing on its Home tab for you yet.`);
  replace(parent, h("div", { class: "home" }, content));
}
