// Slack's mrkdwn: *bold* _italic_ ~strike~ `code` ```block``` > quote, <links> and mentions.
import { h, icon } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { channelOf, nameOf, openChannel, store } from "./store.js";
import { formatDate } from "./time.js";

/** Render mrkdwn text into a list of nodes. */
export function mrkdwn(text) {
  const nodes = [];
  const parts = text.split(/```\n?([\s\S]+?)\n?```\n?/);
  parts.forEach((part, index) => {
    if (index % 2) nodes.push(h("pre", { class: "code-block" }, codeText(part)));
    else if (part) nodes.push(...lines(part));
  });
  return nodes;
}

/** Render plain text: only emoji and line breaks mean something. */
export function plainText(text, { emoji = true } = {}) {
  const whole = emoji ? text.replace(/:([\w+-]+):/g, (all, name) => emojiOf(name) ?? all) : text;
  return broken(whole);
}

/** A composition object: `plain_text` or `mrkdwn`. */
export function textObject(object) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text);
  return plainText(object.text, { emoji: object.emoji !== false });
}

function lines(text) {
  const nodes = [];
  let quote = [];
  const flush = () => {
    if (quote.length) nodes.push(h("blockquote", {}, withBreaks(quote)));
    quote = [];
  };
  const rows = text.replace(/\n$/, "").split("\n");
  let plain = [];
  const flushPlain = () => {
    if (plain.length) nodes.push(...withBreaks(plain));
    plain = [];
  };
  for (const row of rows) {
    const quoted = row.match(/^(?:&gt;|>)\s?(.*)$/);
    if (quoted) {
      flushPlain();
      quote.push(quoted[1]);
    } else {
      flush();
      plain.push(row);
    }
  }
  flush();
  flushPlain();
  return nodes;
}

function withBreaks(rows) {
  return rows.flatMap((row, index) => (index ? [h("br"), ...inline(row)] : inline(row)));
}

function broken(text) {
  return text.split("\n").flatMap((row, index) => (index ? [h("br"), row] : [row]));
}

const PATTERNS = [
  [/`([^`\n]+)`/u, (found) => h("code", {}, codeText(found[1]))],
  [/<([^<>\n]+)>/u, (found) => angle(found[1])],
  [/(?<![\w*])\*(?=\S)([^*\n]*?\S)\*(?![\w*])/u, (found) => h("b", {}, inline(found[1]))],
  [/(?<![\w_])_(?=\S)([^_\n]*?\S)_(?![\w_])/u, (found) => h("i", {}, inline(found[1]))],
  [/(?<![\w~])~(?=\S)([^~\n]*?\S)~(?![\w~])/u, (found) => h("s", {}, inline(found[1]))],
  [/:([\w+-]+):/u, (found) => emojiOf(found[1]) ?? found[0]],
  [/https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)\]'"]/u, (found) => link(unescape(found[0]))],
];

function inline(text) {
  const nodes = [];
  let rest = text;
  while (rest) {
    let first = null;
    for (const [pattern, make] of PATTERNS) {
      const found = rest.match(pattern);
      if (found && (first === null || found.index < first.found.index)) first = { found, make };
    }
    if (first === null) break;
    nodes.push(unescape(rest.slice(0, first.found.index)), first.make(first.found));
    rest = rest.slice(first.found.index + first.found[0].length);
  }
  nodes.push(unescape(rest));
  return nodes.filter((node) => node !== "");
}

function codeText(text) {
  // Inside code only links keep a meaning, and they show as their text.
  return unescape(text.replace(/<([^<>|\n]+)\|([^<>\n]+)>/g, "$2").replace(/<(https?:[^<>\n]+)>/g, "$1"));
}

function angle(inner) {
  const [target, ...labels] = inner.split("|");
  const label = labels.join("|");
  if (target.startsWith("@")) return mention(target.slice(1));
  if (target.startsWith("#")) return channelLink(target.slice(1), label);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!")) {
    const word = target.slice(1).split("^")[0];
    return h("span", { class: "mention mention--wide" }, label || `@${word}`);
  }
  return link(unescape(target), label ? inline(label) : null);
}

export function link(url, label = null) {
  const safe = /^(https?|mailto):/i.test(url);
  if (!safe) return h("span", {}, label ?? url);
  return h("a", { href: url, target: "_blank", rel: "noopener" }, label ?? url);
}

export function mention(id) {
  const mine = id === store.user;
  return h("span", { class: `mention${mine ? " mention--me" : ""}`, dataset: { user: id } }, `@${nameOf(id)}`);
}

export function channelLink(id, label = "") {
  const channel = channelOf(id);
  const name = channel?.name ?? (label || id);
  if (!channel) return h("span", { class: "mention" }, icon("lock", 13), label || "private channel");
  return h("a", { class: "mention", href: `/?channel=${id}`, onClick: (event) => {
    event.preventDefault();
    openChannel(id);
  } }, `#${name}`);
}

function date(target, fallback) {
  const [, timestamp, format, url] = target.split("^");
  const text = Number(timestamp) ? formatDate(timestamp, format) : fallback;
  const node = h("time", { title: fallback }, text);
  return url ? link(unescape(url), node) : node;
}

function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
