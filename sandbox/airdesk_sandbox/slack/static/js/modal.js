// The modal on top of the person's stack of views.
import { send } from "./api.js";
import { avatar } from "./avatar.js";
import { renderBlocks } from "./blocks.js";
import { h, icon, replace } from "./dom.js";
import { textObject } from "./mrkdwn.js";
import { appOf, store } from "./store.js";
import { validEntries, viewContext } from "./view_context.js";

const place = document.getElementById("modal");
let drawn = null;
let busy = false;

export function drawModal() {
  const view = store.state?.views.at(-1);
  const print = view ? `${view.id}/${view.hash}/${JSON.stringify(view.errors)}` : null;
  if (print === drawn) return;
  const scroll = view && drawn?.startsWith(`${view.id}/`) ? place.querySelector(".dialog__body")?.scrollTop : 0;
  const focused = focusedAction();
  drawn = print;
  busy = false;
  replace(place, view ? layer(view) : null);
  if (!view) return;
  const body = place.querySelector(".dialog__body");
  body.scrollTop = scroll ?? 0;
  const bad = body.querySelector(".input--bad");
  if (bad) bad.scrollIntoView({ block: "nearest" });
  refocus(body, focused);
}

function layer(view) {
  const app = appOf(view.app_id);
  const context = viewContext(view, { submit: () => submit(view), problem: (text) => complain(text) });
  const many = store.state.views.length > 1;
  const node = h("div", { class: "layer" },
    h("form", {
      class: "dialog", role: "dialog", "aria-modal": "true", "aria-label": view.title.text, novalidate: true,
      dataset: { viewId: view.id, callbackId: view.callback_id },
      onSubmit: (event) => {
        event.preventDefault();
        submit(view);
      },
    },
    h("div", { class: "dialog__head" },
      many ? h("button", { type: "button", class: "icon-button", "aria-label": "Back", onClick: () => close(view, false) }, icon("back")) : avatar(app.bot_user_id, 28),
      h("h2", {}, textObject(view.title)),
      h("button", { type: "button", class: "icon-button", "aria-label": "Close", onClick: () => close(view, true) }, icon("close"))),
    h("div", { class: "dialog__body" }, h("div", { class: "dialog__trouble", role: "alert", hidden: true }), renderBlocks(view.blocks, context)),
    h("div", { class: "dialog__foot" },
      h("button", { type: "button", class: "button", dataset: { role: "close" }, onClick: () => close(view, false) },
        view.close ? textObject(view.close) : many ? "Back" : view.submit ? "Cancel" : "Close"),
      view.submit ? h("button", { type: "submit", class: "button button--primary", dataset: { role: "submit" } }, textObject(view.submit)) : null)));
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(view, false);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(view);
  });
  return node;
}

async function submit(view) {
  if (busy) return;
  setBusy(true);
  complain("");
  const answer = await send("submit", { user: store.user, view_id: view.id, values: validEntries(view) });
  setBusy(false);
  if (answer.error) complain(answer.error);
}

async function close(view, all) {
  const answer = await send("close", { user: store.user, view_id: view.id, all });
  if (!answer.ok) complain(answer.error);
}

function setBusy(now) {
  busy = now;
  const button = place.querySelector('[data-role="submit"]');
  if (button) button.disabled = now;
  button?.classList.toggle("button--busy", now);
}

function complain(sentence) {
  const node = place.querySelector(".dialog__trouble");
  if (!node) return;
  node.hidden = !sentence;
  replace(node, sentence ? [icon("warning"), h("span", {}, sentence)] : null);
}

function focusedAction() {
  const node = document.activeElement?.closest("#modal [data-action-id]");
  if (!node) return null;
  const field = document.activeElement;
  return { id: node.dataset.actionId, block: node.closest("[data-block-id]")?.dataset.blockId, at: field.selectionStart };
}

function refocus(body, focused) {
  const inBlock = focused && body.querySelector(`[data-block-id="${CSS.escape(focused.block)}"]`);
  const kept = inBlock?.querySelector(`[data-action-id="${CSS.escape(focused.id)}"]`);
  const chosen = kept ?? body.querySelector("[autofocus]") ?? body.querySelector(".block--input .field, .block--input input");
  const field = chosen?.matches("input, textarea, button") ? chosen : chosen?.querySelector("input, textarea");
  if (!field) return;
  // A menu would open under a focused combobox's first click anyway; focusing it shows nothing.
  field.focus({ preventScroll: true });
  if (kept && focused.at !== null && field.setSelectionRange && field.type === "text") field.setSelectionRange(focused.at, focused.at);
}
