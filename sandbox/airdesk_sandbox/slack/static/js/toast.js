// Short sentences that appear at the bottom and go by themselves.
import { h, icon } from "./dom.js";

export function toast(sentence) {
  const node = h("div", { class: "toast" }, icon("warning"), h("span", {}, sentence));
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), 7000);
}
