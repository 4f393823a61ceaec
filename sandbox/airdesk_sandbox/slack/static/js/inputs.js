// Input blocks: label, control, hint, the error under it, and `dispatch_action`.
import { createControl } from "./controls.js";
import { h, icon } from "./dom.js";
import { textObject } from "./mrkdwn.js";

export function inputBlock(block, context) {
  const element = block.element;
  const value = context.values?.[block.block_id]?.[element.action_id];
  const error = context.errors?.[block.block_id];
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const dispatch = () => block.dispatch_action && context.act(block, element, control.read());
  const control = createControl(element, value, {
    label: block.label.text,
    suggest: (typed) => context.suggest(block, element, typed),
    onEnter: () => {
      if (block.dispatch_action) {
        if (triggers.includes("on_enter_pressed")) dispatch();
      } else {
        context.submit?.();
      }
    },
    onChange: (how) => {
      context.input(block, element, control.read());
      clearError(node);
      if (how === "chosen" || triggers.includes("on_character_entered")) dispatch();
    },
  });
  control.node.dataset.actionId = element.action_id;
  const node = h("div", { class: error ? "input input--bad" : "input" },
    h("div", { class: "input__label" }, textObject(block.label),
      block.optional ? h("span", { class: "input__optional" }, " (optional)") : null),
    control.node,
    error ? h("div", { class: "input__error", role: "alert" }, icon("warning", 16), error) : null,
    block.hint ? h("div", { class: "input__hint" }, textObject(block.hint)) : null);
  return node;
}

function clearError(node) {
  node.classList.remove("input--bad");
  node.querySelector(".input__error")?.remove();
}
