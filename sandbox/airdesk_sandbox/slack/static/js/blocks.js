// Layout blocks. A context says where they stand and what happens when somebody acts on them:
//   act(block, element, given), suggest(block, element, typed), values, errors,
//   input(block, element, value): something was entered into an input block
import { h } from "./dom.js";
import { interactive } from "./elements.js";
import { markdown } from "./markdown.js";
import { mrkdwn, plainText, textObject } from "./mrkdwn.js";
import { inputBlock } from "./inputs.js";
import { richText } from "./richtext.js";

export function renderBlocks(blocks, context) {
  return h("div", { class: "blocks" }, blocks.map((block) => renderBlock(block, context)));
}

function renderBlock(block, context) {
  const node = (BLOCKS[block.type] ?? unknown)(block, context);
  node.classList.add("block", `block--${block.type}`);
  node.dataset.blockId = block.block_id ?? "";
  return node;
}

const BLOCKS = {
  section,
  header: (block) => h("div", { role: "heading", "aria-level": "3" }, textObject(block.text)),
  divider: () => h("div", { role: "separator" }, h("hr")),
  context: (block) => h("div", {}, block.elements.map(contextElement)),
  actions: (block, context) => h("div", {}, block.elements.map((one) => interactive(block, one, context))),
  image,
  input: inputBlock,
  rich_text: richText,
  markdown: (block) => markdown(block.text),
  table,
};

function section(block, context) {
  const fields = block.fields?.map((field) => h("div", { class: "section__field" }, textObject(field)));
  return h("div", {},
    h("div", { class: "section__body" },
      block.text ? h("div", { class: "section__text" }, textObject(block.text)) : null,
      fields ? h("div", { class: "section__fields" }, fields) : null),
    block.accessory ? h("div", { class: "section__accessory" }, interactive(block, block.accessory, context)) : null);
}

function contextElement(element) {
  if (element.type === "image") {
    return h("img", { src: element.image_url, alt: element.alt_text, title: element.alt_text });
  }
  const nodes = element.type === "mrkdwn" ? mrkdwn(element.text) : plainText(element.text);
  return h("span", { class: "context__text" }, nodes);
}

function image(block) {
  return h("figure", {},
    block.title ? h("figcaption", {}, textObject(block.title)) : null,
    h("img", { src: block.image_url, alt: block.alt_text }));
}

function table(block) {
  const align = (index) => block.column_settings?.[index]?.align ?? "left";
  const wraps = (index) => block.column_settings?.[index]?.is_wrapped;
  const cell = (tag) => (one, index) => h(tag, {
    style: `text-align:${align(index)}`, class: wraps(index) ? "table__wrapped" : "",
  }, one.type === "rich_text" ? richText(one) : plainText(one.text));
  const [head, ...body] = block.rows;
  return h("div", { class: "table-frame" }, h("table", { class: "table" },
    h("thead", {}, h("tr", {}, head.map(cell("th")))),
    h("tbody", {}, body.map((row) => h("tr", {}, row.map(cell("td")))))));
}

function unknown(block) {
  return h("div", {}, `This block cannot be shown here: ${block.type}`);
}
