// A list of messages with day dividers; messages that did not change keep their nodes, so that
// an open menu or a half-made choice survives an update elsewhere.
import { h } from "./dom.js";
import { renderMessage } from "./message.js";
import { dayKey, dayName } from "./time.js";

const COMPACT_SECONDS = 300;

export class Feed {
  constructor() {
    this.node = h("div", { class: "feed" });
    this.cache = new Map();
    this.key = null;
  }

  /** Show these messages; `key` names the place, a new place starts at its end. */
  show(key, channel, messages, { inThread = false, head = null } = {}) {
    const moved = key !== this.key;
    if (moved) this.cache.clear();
    this.key = key;
    const atEnd = this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < 60;
    const next = new Map();
    const nodes = [head];
    let last = null;
    for (const message of messages) {
      const newDay = last === null || dayKey(last.ts) !== dayKey(message.ts);
      if (newDay && !inThread) nodes.push(h("hr", { class: "day-line" }), dayPill(message.ts));
      const compact = !newDay && follows(last, message);
      const print = JSON.stringify([message, compact]);
      const old = this.cache.get(message.ts);
      const node = old?.print === print ? old.node : renderMessage(channel, message, { compact, inThread });
      if (old && old.print !== print) keepFocus(old.node, node);
      next.set(message.ts, { print, node });
      nodes.push(node);
      if (inThread && messages.length > 1 && message === messages[0]) nodes.push(count(messages.length - 1));
      last = message;
    }
    this.cache = next;
    reconcile(this.node, nodes.filter(Boolean));
    if (moved || atEnd) this.node.scrollTop = this.node.scrollHeight;
  }

  /** Bring a message into view and let it glow for a moment. */
  reveal(ts) {
    const node = this.cache.get(ts)?.node;
    if (!node) return;
    node.scrollIntoView({ block: "center" });
    node.classList.add("message--revealed");
    setTimeout(() => node.classList.remove("message--revealed"), 2500);
  }
}

function follows(last, message) {
  return last && last.user === message.user && last.username === message.username
    && !last.ephemeral && !message.ephemeral && last.subtype === message.subtype
    && !last.reply_count && message.ts - last.ts < COMPACT_SECONDS;
}

function dayPill(ts) {
  return h("div", { class: "day", role: "separator" }, h("span", {}, dayName(ts)));
}

function count(replies) {
  return h("div", { class: "reply-count" }, replies === 1 ? "1 reply" : `${replies} replies`);
}

function keepFocus(old, fresh) {
  const id = old.contains(document.activeElement) && document.activeElement.dataset.actionId;
  if (id) queueMicrotask(() => fresh.querySelector(`[data-action-id="${CSS.escape(id)}"]`)?.focus());
}

function reconcile(parent, nodes) {
  nodes.forEach((node, index) => {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  });
  while (parent.children.length > nodes.length) parent.lastChild.remove();
}
