// One message: author, time, text or blocks, thread bar, hover actions.
import { send } from "./api.js";
import { avatar } from "./avatar.js";
import { renderBlocks } from "./blocks.js";
import { h, icon } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { appOfBot, nameOf, openThread, store } from "./store.js";
import { bareTimeOf, fullTimeOf, replyTimeOf, timeOf } from "./time.js";
import { toast } from "./toast.js";

/** `compact`: the same author wrote just before. `inThread`: shown in the thread panel. */
export function renderMessage(channel, message, { compact = false, inThread = false } = {}) {
  const classes = ["message"];
  if (compact) classes.push("message--compact");
  if (message.ephemeral) classes.push("message--ephemeral");
  return h("article", {
    class: classes.join(" "), dataset: { ts: message.ts, user: message.user },
    "aria-label": `${authorName(message)}, ${timeOf(message.ts)}`,
  },
  message.ephemeral ? h("div", { class: "message__only" }, icon("eye", 14), "Only visible to you") : null,
  h("div", { class: "message__gutter" }, compact
    ? h("time", { class: "message__gutter-time" }, bareTimeOf(message.ts))
    : avatar(message.user)),
  h("div", { class: "message__content" },
    compact ? null : author(message),
    message.subtype === "thread_broadcast" && !inThread ? broadcast(message) : null,
    body(channel, message),
    inThread || message.ephemeral ? null : threadBar(message)),
  inThread || message.ephemeral || message.subtype === "tombstone" ? null : tools(message));
}

const authorName = (message) => message.username ?? nameOf(message.user);

function author(message) {
  return h("div", { class: "message__author" },
    h("b", {}, authorName(message)),
    appOfBot(message.user) ? h("span", { class: "badge" }, "APP") : null,
    h("time", { title: fullTimeOf(message.ts) }, timeOf(message.ts)));
}

function broadcast(message) {
  return h("div", { class: "message__broadcast" }, "replied to a thread",
    h("button", { type: "button", class: "link", onClick: () => openThread(message.thread_ts) }, "View thread"));
}

function body(channel, message) {
  if (message.subtype === "tombstone") return h("div", { class: "message__gone" }, message.text);
  if (message.blocks.length) return renderBlocks(message.blocks, contextFor(channel, message));
  // Only changed text shows as edited; blocks change silently, as in Slack.
  const edited = message.edited ? h("span", { class: "message__edited" }, " (edited)") : null;
  const attachments = (message.attachments ?? []).map((one) => attachment(channel, message, one));
  return [h("div", { class: "message__text" }, mrkdwn(message.text), edited), attachments];
}

function attachment(channel, message, one) {
  const fields = (one.fields ?? []).map((field) =>
    h("div", { class: "section__field" }, h("b", {}, field.title), h("br"), mrkdwn(field.value ?? "")));
  return h("div", { class: "attachment", style: one.color ? `--bar:#${one.color.replace("#", "")}` : "" },
    one.pretext ? h("div", {}, mrkdwn(one.pretext)) : null,
    one.title ? h("b", {}, one.title) : null,
    one.text ? h("div", {}, mrkdwn(one.text)) : null,
    fields.length ? h("div", { class: "section__fields" }, fields) : null,
    one.blocks ? renderBlocks(one.blocks, contextFor(channel, message)) : null);
}

const entered = new Map(); // into the input blocks of messages, by message

function contextFor(channel, message) {
  const where = { user: store.user, channel: channel.id, ts: message.ts };
  const key = `${channel.id}/${message.ts}`;
  const values = entered.get(key) ?? {};
  return {
    values,
    errors: {},
    input: (block, element, value) => {
      values[block.block_id] = { [element.action_id]: value };
      entered.set(key, values);
    },
    act: async (block, element, given) => {
      const answer = await send("action", {
        ...where, block_id: block.block_id, action_id: element.action_id, action: given, values,
      });
      if (!answer.ok) toast(answer.error);
    },
    suggest: (block, element, typed) => send("suggest", {
      ...where, block_id: block.block_id, action_id: element.action_id, value: typed,
    }),
  };
}

function threadBar(message) {
  if (!message.reply_count) return null;
  const count = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  return h("button", { type: "button", class: "thread-bar", onClick: () => openThread(message.ts) },
    message.reply_users.slice(0, 4).map((user) => avatar(user, 24)),
    h("b", {}, count),
    h("span", { class: "thread-bar__last" }, `Last reply ${replyTimeOf(message.latest_reply)}`),
    h("span", { class: "thread-bar__view" }, "View thread"));
}

function tools(message) {
  return h("div", { class: "message__tools" },
    h("button", {
      type: "button", title: "Reply in thread", "aria-label": "Reply in thread",
      onClick: () => openThread(message.thread_ts ?? message.ts),
    }, icon("reply")));
}
