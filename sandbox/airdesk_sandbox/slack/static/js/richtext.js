// The rich_text block.
import { h } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { channelLink, link, mention } from "./mrkdwn.js";
import { formatDate } from "./time.js";

export function richText(block) {
  return h("div", { class: "rich-text" }, block.elements.map(part));
}

function part(element) {
  switch (element.type) {
    case "rich_text_list":
      return list(element);
    case "rich_text_quote":
      return h("blockquote", {}, element.elements.map(inline));
    case "rich_text_preformatted":
      return h("pre", { class: "code-block" }, element.elements.map((one) => one.text ?? one.url));
    default:
      return h("div", {}, element.elements.map(inline));
  }
}

function list(element) {
  const ordered = element.style === "ordered";
  return h(
    ordered ? "ol" : "ul",
    { class: `indent-${element.indent ?? 0}`, start: ordered ? (element.offset ?? 0) + 1 : null },
    element.elements.map((item) => h("li", {}, item.elements.map(inline))),
  );
}

function inline(element) {
  return styled(bare(element), element.style ?? {});
}

function bare(element) {
  switch (element.type) {
    case "text":
      return element.text.split("\n").flatMap((row, index) => (index ? [h("br"), row] : [row]));
    case "link":
      return link(element.url, element.text ?? null);
    case "emoji":
      return emojiOf(element.name) ?? `:${element.name}:`;
    case "user":
      return mention(element.user_id);
    case "channel":
      return channelLink(element.channel_id);
    case "broadcast":
      return h("span", { class: "mention mention--wide" }, `@${element.range}`);
    case "date":
      return h("time", { title: element.fallback }, formatDate(element.timestamp, element.format));
    case "color":
      return h("span", { class: "color" }, h("i", { style: `background:${element.value}` }), element.value);
    default:
      return `@${element.usergroup_id}`;
  }
}

function styled(content, style) {
  const tags = { code: "code", bold: "b", italic: "i", strike: "s", underline: "u" };
  return Object.entries(tags).reduce(
    (inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner),
    content,
  );
}
