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
  const context = viewContext(view, { submit: () => submit(view), problem: complain });
  const form = h("form", {
    class: "dialog", role: "dialog", "aria-modal": "true", "aria-label": view.title.text,
    novalidate: true, dataset: { viewId: view.id, callbackId: view.callback_id },
    onSubmit: (event) => {
      event.preventDefault();
      submit(view);
    },
  },
  head(view),
  h("div", { class: "dialog__body" },
    h("div", { class: "dialog__trouble", role: "alert", hidden: true }),
    renderBlocks(view.blocks, context)),
  foot(view));
  const node = h("div", { class: "layer" }, form);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(view, false);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(view);
  });
  return node;
}

const isStacked = () => store.state.views.length > 1;

function head(view) {
  const button = (label, sign, all) => h("button", {
    type: "button", class: "icon-button", "aria-label": label, onClick: () => close(view, all),
  }, icon(sign));
  const app = appOf(view.app_id);
  return h("div", { class: "dialog__head" },
    isStacked() ? button("Back", "back", false) : avatar(app.bot_user_id, 28),
    h("h2", {}, textObject(view.title)),
    button("Close", "close", true));
}

function foot(view) {
  const leave = isStacked() ? "Back" : view.submit ? "Cancel" : "Close";
  return h("div", { class: "dialog__foot" },
    h("button", {
      type: "button", class: "button", dataset: { role: "close" }, onClick: () => close(view, false),
    }, view.close ? textObject(view.close) : leave),
    view.submit ? h("button", {
      type: "submit", class: "button button--primary", dataset: { role: "submit" },
    }, textObject(view.submit)) : null);
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
  const field = document.activeElement;
  const node = field?.closest("#modal [data-action-id]");
  if (!node) return null;
  const block = node.closest("[data-block-id]")?.dataset.blockId;
  return { id: node.dataset.actionId, block, at: field.selectionStart };
}

/** Put the cursor back where it was before the view was drawn again, or into the first field. */
function refocus(body, focused) {
  const byId = (name, id) => `[data-${name}-id="${CSS.escape(id)}"]`;
  const kept = focused && body.querySelector(`${byId("block", focused.block)} ${byId("action", focused.id)}`);
  const first = body.querySelector("[autofocus]") ?? body.querySelector(".input .field, .input input");
  const chosen = kept ?? first;
  const field = chosen?.matches("input, textarea, button") ? chosen : chosen?.querySelector("input, textarea");
  if (!field) return;
  field.focus({ preventScroll: true });
  const isText = field.tagName === "TEXTAREA" || field.type === "text";
  if (kept && isText && focused.at !== null) field.setSelectionRange(focused.at, focused.at);
}
