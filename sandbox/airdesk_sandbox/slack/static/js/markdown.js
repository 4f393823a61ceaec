// The markdown block: the standard Markdown that Slack takes there.
import { h } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { link } from "./mrkdwn.js";

export function markdown(text) {
  const rows = text.split("\n");
  const nodes = [];
  while (rows.length) {
    const taken = READERS.map((read) => read(rows)).find(Boolean);
    nodes.push(taken ?? paragraph(rows));
  }
  return h("div", { class: "markdown" }, nodes.filter((node) => node.childNodes.length));
}

const READERS = [fence, heading, rule, table, quote, bullets, numbers];

function fence(rows) {
  if (!/^```/.test(rows[0])) return null;
  rows.shift();
  const end = rows.findIndex((row) => /^```/.test(row));
  const code = rows.splice(0, end < 0 ? rows.length : end);
  rows.shift();
  return h("pre", { class: "code-block" }, code.join("\n"));
}

function heading(rows) {
  const found = rows[0].match(/^(#{1,6})\s+(.*)$/);
  if (!found) return null;
  rows.shift();
  return h(`h${Math.min(found[1].length + 2, 6)}`, {}, inline(found[2]));
}

function rule(rows) {
  if (!/^(-{3,}|\*{3,})\s*$/.test(rows[0])) return null;
  rows.shift();
  return h("div", { class: "markdown__rule" }, h("hr"));
}

function table(rows) {
  if (!/^\s*\|/.test(rows[0]) || !/^\s*\|[\s:|-]+\|?\s*$/.test(rows[1] ?? "")) return null;
  const cells = (row) => row.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  const head = cells(rows.shift());
  rows.shift();
  const body = takeWhile(rows, (row) => /^\s*\|/.test(row)).map(cells);
  return h("table", { class: "table" },
    h("thead", {}, h("tr", {}, head.map((cell) => h("th", {}, inline(cell))))),
    h("tbody", {}, body.map((row) => h("tr", {}, row.map((cell) => h("td", {}, inline(cell)))))));
}

function quote(rows) {
  const taken = takeWhile(rows, (row) => row.startsWith(">"));
  if (!taken.length) return null;
  return h("blockquote", {}, joined(taken.map((row) => row.replace(/^>\s?/, ""))));
}

function bullets(rows) {
  return items(rows, /^\s*[-*+]\s+(.*)$/, "ul");
}

function numbers(rows) {
  return items(rows, /^\s*\d+[.)]\s+(.*)$/, "ol");
}

function items(rows, pattern, tag) {
  const taken = takeWhile(rows, (row) => pattern.test(row));
  if (!taken.length) return null;
  return h(tag, {}, taken.map((row) => h("li", {}, inline(row.match(pattern)[1]))));
}

function paragraph(rows) {
  const taken = [rows.shift()];
  while (rows.length && rows[0].trim() && !/^(#{1,6}\s|```|>|\s*[-*+]\s|\s*\d+[.)]\s|\s*\|)/.test(rows[0])) {
    taken.push(rows.shift());
  }
  return h("p", {}, taken[0].trim() ? joined(taken) : []);
}

function takeWhile(rows, test) {
  const taken = [];
  while (rows.length && test(rows[0])) taken.push(rows.shift());
  return taken;
}

const joined = (rows) => rows.flatMap((row, index) => (index ? [h("br"), ...inline(row)] : inline(row)));

const PATTERNS = [
  [/`([^`]+)`/, (found) => h("code", {}, found[1])],
  [/\[([^\]]+)\]\(([^)\s]+)\)/, (found) => link(found[2], inline(found[1]))],
  [/(\*\*|__)(?=\S)(.+?\S?)\1/, (found) => h("b", {}, inline(found[2]))],
  [/(?<!\w)([*_])(?=\S)(.+?)\1(?!\w)/, (found) => h("i", {}, inline(found[2]))],
  [/~~(.+?)~~/, (found) => h("s", {}, inline(found[1]))],
  [/:([\w+-]+):/, (found) => emojiOf(found[1]) ?? found[0]],
];

function inline(text) {
  let first = null;
  for (const [pattern, make] of PATTERNS) {
    const found = text.match(pattern);
    if (found && (first === null || found.index < first.found.index)) first = { found, make };
  }
  if (first === null) return text ? [text] : [];
  const after = text.slice(first.found.index + first.found[0].length);
  return [text.slice(0, first.found.index), first.make(first.found), ...inline(after)].filter((n) => n !== "");
}
