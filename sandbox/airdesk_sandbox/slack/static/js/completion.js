// Completion above the composer: commands after a slash at the start, people and apps after @.
import { h, replace } from "./dom.js";
import { avatar } from "./avatar.js";
import { store } from "./store.js";

export class Completion {
  constructor(field, { commands = true } = {}) {
    this.field = field;
    this.commands = commands;
    this.rows = [];
    this.active = 0;
    this.node = h("div", { class: "completion", role: "listbox", "aria-label": "Suggestions", hidden: true });
    field.addEventListener("input", () => this.update());
    field.addEventListener("click", () => this.update());
    field.addEventListener("blur", () => this.hide());
  }

  update() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    this.rows = this.commandsFor(before) ?? this.peopleFor(before) ?? [];
    this.active = 0;
    this.draw();
  }

  hide() {
    this.rows = [];
    this.draw();
  }

  /** Handle a key; true when it was meant for the list. */
  key(event) {
    if (!this.rows.length) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.active = (this.active + step + this.rows.length) % this.rows.length;
      this.draw();
    } else if (event.key === "Tab" || event.key === "Enter") {
      const row = this.rows[this.active];
      const typed = this.field.value.trim() === row.text.trim();
      if (row.done || (typed && event.key === "Enter")) return false; // typed in full: it is sent
      this.take(row);
    } else if (event.key === "Escape") {
      this.hide();
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  take(row) {
    const end = this.field.selectionStart;
    this.field.setRangeText(row.text, row.from, end, "end");
    this.field.focus();
    this.update();
    this.field.dispatchEvent(new Event("resize"));
  }

  commandsFor(before) {
    if (!this.commands || !before.startsWith("/") || before.includes("\n")) return null;
    const [word, ...rest] = before.split(" ");
    const known = store.state.apps.flatMap((app) => app.commands.map((one) => ({ ...one, app })));
    if (rest.length) {
      const command = known.find((one) => one.command === word);
      return command ? [commandRow(command, true)] : [];
    }
    return known.filter((one) => one.command.startsWith(word)).map((one) => commandRow(one, false));
  }

  peopleFor(before) {
    const found = before.match(/(?:^|\s)@([\p{L}\d. ]{0,30})$/u);
    if (!found) return null;
    const word = found[1].toLowerCase();
    const everybody = [
      ...store.state.users.map((user) => ({ id: user.id, name: user.real_name, note: user.title })),
      ...store.state.apps.map((app) => ({ id: app.bot_user_id, name: app.name, note: "App" })),
    ];
    return everybody
      .filter((one) => one.name.toLowerCase().startsWith(word))
      .map((one) => ({
        text: `@${one.name} `, from: before.length - found[1].length - 1,
        content: [avatar(one.id, 20), h("b", {}, one.name), h("small", {}, one.note)],
      }));
  }

  draw() {
    this.node.hidden = this.rows.length === 0;
    replace(this.node, this.rows.map((row, index) => h("div", {
      class: `completion__row${index === this.active ? " completion__row--active" : ""}`, role: "option",
      "aria-selected": String(index === this.active),
      onPointerdown: (event) => {
        event.preventDefault();
        if (!row.done) this.take(row);
      },
    }, row.content)));
  }
}

function commandRow(command, done) {
  return {
    text: `${command.command} `, from: 0, done,
    content: [avatar(command.app.bot_user_id, 20), h("b", {}, command.command),
      h("span", { class: "completion__hint" }, command.usage_hint),
      h("small", {}, command.description || command.app.name)],
  };
}
