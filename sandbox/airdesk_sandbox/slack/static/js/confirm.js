// The confirmation dialog that an element may ask for before it acts.
import { h } from "./dom.js";
import { textObject } from "./mrkdwn.js";

export async function confirmFirst(element, work) {
  if (!element.confirm || (await asked(element.confirm))) await work();
}

function asked(confirm) {
  return new Promise((resolve) => {
    const done = (answer) => {
      layer.remove();
      resolve(answer);
    };
    const yes = h("button", {
      type: "button", class: `button button--${confirm.style ?? "primary"}`, onClick: () => done(true),
    }, textObject(confirm.confirm));
    const layer = h("div", { class: "layer layer--confirm" },
      h("div", { class: "dialog dialog--small", role: "alertdialog", "aria-label": confirm.title.text },
        h("div", { class: "dialog__head" }, h("h2", {}, textObject(confirm.title))),
        h("div", { class: "dialog__body" }, textObject(confirm.text)),
        h("div", { class: "dialog__foot" },
          h("button", { type: "button", class: "button", onClick: () => done(false) }, textObject(confirm.deny)),
          yes)));
    layer.addEventListener("keydown", (event) => event.key === "Escape" && done(false));
    document.body.append(layer);
    yes.focus();
  });
}
