// Interactive elements of sections and actions: they tell the app at once.
import { confirmFirst } from "./confirm.js";
import { createControl, isControl } from "./controls.js";
import { h, icon } from "./dom.js";
import { menu } from "./floating.js";
import { textObject } from "./mrkdwn.js";

export function interactive(block, element, context) {
  if (element.type === "image") {
    return h("img", { class: "accessory-image", src: element.image_url, alt: element.alt_text });
  }
  if (element.type === "button") return button(block, element, context);
  if (element.type === "overflow") return overflow(block, element, context);
  if (isControl(element)) return control(block, element, context);
  return h("span", {}, `This element cannot be shown here: ${element.type}`);
}

function button(block, element, context) {
  const style = element.style ? ` button--${element.style}` : "";
  const node = h("button", {
    type: "button", class: `button${style}`, "aria-label": element.accessibility_label,
    dataset: { actionId: element.action_id, value: element.value ?? "" },
    onClick: async () => {
      if (element.url) window.open(element.url, "_blank", "noopener");
      await confirmFirst(element, () => busy(node, () => context.act(block, element, {})));
    },
  }, textObject(element.text));
  return node;
}

function overflow(block, element, context) {
  const node = h("button", {
    type: "button", class: "button button--overflow", "aria-label": "More actions", "aria-haspopup": "menu",
    dataset: { actionId: element.action_id },
    onClick: () => menu(node, element.options.map((option) => ({
      label: textObject(option.text),
      note: option.description?.text,
      dataset: { value: option.value ?? "" },
      choose: () => {
        if (option.url) window.open(option.url, "_blank", "noopener");
        confirmFirst(element, () => busy(node, () => context.act(block, element, { selected_option: option })));
      },
    })), "More actions"),
  }, icon("more"));
  return node;
}

function control(block, element, context) {
  const value = context.values?.[block.block_id]?.[element.action_id] ?? initial(element);
  const made = createControl(element, value, {
    label: element.placeholder?.text ?? element.action_id,
    suggest: (typed) => context.suggest(block, element, typed),
    onEnter: () => {},
    onChange: () => confirmFirst(element, () => context.act(block, element, made.read())),
  });
  made.node.dataset.actionId = element.action_id;
  made.node.classList.add("control--inline");
  return made.node;
}

/** The value a message's element starts with; views bring theirs in their state. */
function initial(element) {
  const pairs = Object.entries(element)
    .filter(([name]) => name.startsWith("initial_"))
    .map(([name, value]) => [name.replace("initial_", "selected_"), value]);
  return Object.fromEntries(pairs);
}

async function busy(node, work) {
  node.classList.add("button--busy");
  node.disabled = true;
  await work();
  node.classList.remove("button--busy");
  node.disabled = false;
}
