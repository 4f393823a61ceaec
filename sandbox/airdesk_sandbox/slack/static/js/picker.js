// A combobox as Slack's menus: type to filter, arrows and Enter to choose, chips when multiple.
import { h, icon, replace } from "./dom.js";
import { float, place } from "./floating.js";

/**
 * @param {object} options
 *   load(typed): promise of groups `[{label, options: [{value, label, note, raw}]}]`; its error's
 *     message is shown in place of the list
 *   multiple, placeholder, label, chosen (list of options), most (how many), onChange(chosen)
 */
export class Picker {
  constructor(options) {
    this.options = options;
    this.chosen = [...options.chosen];
    this.rows = [];
    this.active = -1;
    this.asked = 0; // answers to an older question come too late
    this.close = null;
    this.input = h("input", {
      class: "picker__input", role: "combobox", "aria-label": options.label, "aria-expanded": "false",
      autocomplete: "off", spellcheck: "false", type: "text",
    });
    this.chips = h("span", { class: "picker__chips" });
    this.node = h("div", { class: "picker" }, this.chips, this.input, icon("down", 16));
    this.list = h("div", { class: "menu picker__list", role: "listbox", "aria-label": options.label });
    this.listen();
    this.draw();
  }

  listen() {
    this.node.addEventListener("click", (event) => {
      if (event.target.closest(".chip")) return;
      this.input.focus();
      if (this.close) return;
      if (!this.options.multiple) this.input.select();
      this.show("");
    });
    this.input.addEventListener("input", () => this.show(this.input.value));
    this.input.addEventListener("blur", () => this.close?.());
    this.input.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!this.close) this.show("");
      else if (this.rows.length) this.mark((this.active + step + this.rows.length) % this.rows.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (this.close && this.rows.length) this.choose(this.rows[Math.max(this.active, 0)].option);
    } else if (event.key === "Backspace" && this.options.multiple && !this.input.value) {
      this.change(this.chosen.slice(0, -1));
    }
  }

  draw() {
    const { multiple, placeholder } = this.options;
    this.input.placeholder = multiple && this.chosen.length ? "" : (placeholder ?? "Select an item");
    if (multiple) replace(this.chips, this.chosen.map((option) => this.chip(option)));
    else this.input.value = this.chosen[0]?.label ?? "";
  }

  chip(option) {
    const rest = () => this.chosen.filter((one) => one.value !== option.value);
    return h("span", { class: "chip" }, option.label, h("button", {
      type: "button", class: "chip__remove", "aria-label": `Remove ${option.label}`,
      onClick: () => this.change(rest()),
    }, icon("close", 12)));
  }

  change(next) {
    this.chosen = next;
    this.draw();
    this.options.onChange(this.chosen);
  }

  isChosen(option) {
    return this.chosen.some((one) => one.value === option.value);
  }

  choose(option) {
    const { multiple, most } = this.options;
    if (!multiple) {
      this.close?.();
      this.change([option]);
      return;
    }
    const has = this.isChosen(option);
    if (!has && most && this.chosen.length >= most) return;
    this.input.value = "";
    this.change(has ? this.chosen.filter((one) => one.value !== option.value) : [...this.chosen, option]);
    this.show("");
  }

  async show(typed) {
    const number = ++this.asked;
    if (!this.close) this.open();
    try {
      const groups = await this.options.load(typed);
      if (number === this.asked && this.close) this.fill(groups);
    } catch (error) {
      if (number === this.asked && this.close) this.say(error.message, "menu__empty--bad");
    }
    if (this.close) place(this.node, this.list, true);
  }

  open() {
    this.say("Loading…");
    this.input.setAttribute("aria-expanded", "true");
    this.close = float(this.node, this.list, { width: true, onClose: () => {
      this.close = null;
      this.input.setAttribute("aria-expanded", "false");
      if (!this.options.multiple) this.draw();
    } });
  }

  say(sentence, kind = "") {
    this.rows = [];
    replace(this.list, h("div", { class: `menu__empty ${kind}` }, sentence));
  }

  fill(groups) {
    this.rows = [];
    const sections = groups.map((group) => [
      group.label ? h("div", { class: "menu__label" }, group.label) : null,
      group.options.map((option) => this.row(option)),
    ]);
    if (!this.rows.length) this.say("No results");
    else replace(this.list, sections);
    this.mark(this.rows.findIndex(({ option }) => this.isChosen(option)));
  }

  row(option) {
    const on = this.isChosen(option);
    const row = h("div", {
      class: "menu__row", role: "option", "aria-selected": String(on), dataset: { value: option.value },
      onPointerdown: (event) => event.preventDefault(), // keeps the focus, and so the list, open
      onClick: () => this.choose(option),
    }, h("span", {}, option.label), option.note ? h("small", {}, option.note) : null,
    on && this.options.multiple ? icon("check", 16) : null);
    this.rows.push({ row, option });
    return row;
  }

  mark(index) {
    this.active = index;
    this.rows.forEach(({ row }, at) => row.classList.toggle("menu__row--active", at === index));
    this.rows[index]?.row.scrollIntoView({ block: "nearest" });
  }
}

/** A `load` over options that are all known: keeps those whose label holds what was typed. */
export function filtering(groups) {
  return async (typed) => {
    const word = typed.trim().toLowerCase();
    const fits = (option) => option.label.toLowerCase().includes(word);
    return groups
      .map((group) => ({ ...group, options: group.options.filter(fits) }))
      .filter((group) => group.options.length);
  };
}
