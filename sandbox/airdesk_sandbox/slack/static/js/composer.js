// Where one types: messages, replies, slash commands.
import { send } from "./api.js";
import { Completion } from "./completion.js";
import { h, icon } from "./dom.js";
import { store } from "./store.js";
import { toast } from "./toast.js";

const drafts = new Map();

const MARKS = [
  ["bold", "Bold", "*"],
  ["italic", "Italic", "_"],
  ["strike", "Strikethrough", "~"],
  ["code", "Code", "`"],
];

/** A composer for a conversation, or for a thread in it. `key` keeps its draft apart. */
export class Composer {
  constructor(channel, { thread = null, label, key }) {
    Object.assign(this, { channel, thread, key });
    this.field = h("textarea", {
      class: "composer__field", rows: "1", placeholder: label, "aria-label": label, spellcheck: "false",
    });
    this.field.value = drafts.get(key) ?? "";
    this.completion = new Completion(this.field, { commands: thread === null });
    this.button = h("button", {
      type: "button", class: "composer__send", "aria-label": "Send now", onClick: () => this.submit(),
    }, icon("send"));
    this.node = h("div", { class: "composer" }, this.completion.node,
      h("div", { class: "composer__box" },
        h("div", { class: "composer__marks" }, MARKS.map((mark) => this.markButton(...mark))),
        this.field,
        h("div", { class: "composer__foot" },
          h("span", { class: "composer__tip" }, "Shift + Enter to add a new line"), this.button)));
    for (const name of ["input", "resize"]) this.field.addEventListener(name, () => this.fit());
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    queueMicrotask(() => this.fit());
  }

  markButton(name, title, mark) {
    return h("button", {
      type: "button", title, "aria-label": title, onPointerdown: (event) => event.preventDefault(),
      onClick: () => this.wrap(mark),
    }, icon(name));
  }

  /** Grow with the text, and remember it. */
  fit() {
    drafts.set(this.key, this.field.value);
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 280)}px`;
    this.button.classList.toggle("composer__send--ready", this.field.value.trim() !== "");
  }

  async submit() {
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    this.completion.hide();
    this.fit();
    const answer = await this.deliver(text);
    if (answer.ok || answer.told) return; // `told`: Slackbot says in the channel what is wrong
    toast(answer.error);
    this.field.value ||= text;
    this.fit();
  }

  deliver(text) {
    const body = { user: store.user, channel: this.channel.id, text };
    if (/^\/\w/.test(text)) {
      if (this.thread === null) return send("command", body);
      return { ok: false, error: `${text.split(" ")[0]} is not supported in threads. Sorry!` };
    }
    return send("post", this.thread === null ? body : { ...body, thread_ts: this.thread });
  }

  pressed(event) {
    if (this.completion.key(event) || event.isComposing) return;
    const mark = (event.ctrlKey || event.metaKey) && { b: "*", i: "_" }[event.key];
    if (mark) {
      event.preventDefault();
      this.wrap(mark);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    }
  }

  /** Put a mark around what is selected, or around the cursor. */
  wrap(mark) {
    const { selectionStart: from, selectionEnd: to, value } = this.field;
    this.field.setRangeText(mark + value.slice(from, to) + mark, from, to, "end");
    if (from === to) this.field.setSelectionRange(from + 1, from + 1);
    this.field.focus();
    this.fit();
  }
}
