// Where one types: messages, replies, slash commands.
import { send } from "./api.js";
import { Completion } from "./completion.js";
import { h, icon } from "./dom.js";
import { store } from "./store.js";
import { toast } from "./toast.js";

const drafts = new Map();

/** A composer for a conversation, or for a thread in it. `key` keeps its draft apart. */
export function createComposer(channel, { thread = null, label, key }) {
  const field = h("textarea", {
    class: "composer__field", rows: "1", placeholder: label, "aria-label": label, spellcheck: "false",
  });
  field.value = drafts.get(key) ?? "";
  const completion = new Completion(field, { commands: thread === null });
  const button = h("button", { type: "button", class: "composer__send", "aria-label": "Send now", onClick: submit }, icon("send"));

  const fit = () => {
    drafts.set(key, field.value);
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 280)}px`;
    button.classList.toggle("composer__send--ready", field.value.trim() !== "");
  };

  async function submit() {
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    completion.hide();
    fit();
    const answer = await deliver(channel, thread, text);
    if (!answer.ok && !answer.told) {
      toast(answer.error);
      if (!field.value) field.value = text;
      fit();
    }
  }

  field.addEventListener("input", fit);
  field.addEventListener("resize", fit);
  field.addEventListener("keydown", (event) => {
    if (completion.key(event) || event.isComposing) return;
    const mark = (event.ctrlKey || event.metaKey) && { b: "*", i: "_" }[event.key];
    if (mark) {
      event.preventDefault();
      wrap(field, mark);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  });
  queueMicrotask(fit);
  const node = h("div", { class: "composer" }, completion.node,
    h("div", { class: "composer__box" },
      h("div", { class: "composer__marks" }, MARKS.map(([name, title, mark]) => h("button", {
        type: "button", title, "aria-label": title, onPointerdown: (event) => event.preventDefault(),
        onClick: () => wrap(field, mark),
      }, icon(name)))),
      field,
      h("div", { class: "composer__foot" },
        h("span", { class: "composer__tip" }, "Shift + Enter to add a new line"), button)));
  return { node, field };
}

const MARKS = [
  ["bold", "Bold", "*"],
  ["italic", "Italic", "_"],
  ["strike", "Strikethrough", "~"],
  ["code", "Code", "`"],
];

function deliver(channel, thread, text) {
  const body = { user: store.user, channel: channel.id, text };
  if (/^\/\w/.test(text)) {
    if (thread === null) return send("command", body);
    return { ok: false, error: `${text.split(" ")[0]} is not supported in threads. Sorry!` };
  }
  return send("post", thread === null ? body : { ...body, thread_ts: thread });
}

function wrap(field, mark) {
  const { selectionStart: from, selectionEnd: to, value } = field;
  field.setRangeText(mark + value.slice(from, to) + mark, from, to, "end");
  if (from === to) field.setSelectionRange(from + 1, from + 1);
  field.focus();
  field.dispatchEvent(new Event("input"));
}
