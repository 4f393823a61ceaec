// A combobox as Slack's menus: type to filter, arrows and Enter to choose, chips when multiple.
import { h, icon, replace } from "./dom.js";
import { float, place } from "./floating.js";

/**
 * @param {object} options
 *   load(typed): promise of groups `[{label, options: [{value, label, note, raw}]}]`
 *   multiple, placeholder, label, chosen (list of options), most (how many), onChange(chosen)
 */
export function createPicker({ load, multiple, placeholder, label, chosen, most, onChange }) {
  let selected = [...chosen];
  let rows = [];
  let active = -1;
  let close = null;
  let asked = 0;

  const input = h("input", {
    class: "picker__input", role: "combobox", "aria-label": label, "aria-expanded": "false",
    autocomplete: "off", spellcheck: "false", type: "text",
  });
  const chips = h("span", { class: "picker__chips" });
  const node = h("div", { class: "picker" }, chips, input, icon("down", 16));
  const list = h("div", { class: "menu picker__list", role: "listbox", "aria-label": label });

  const draw = () => {
    input.placeholder = multiple && selected.length ? "" : (placeholder ?? "Select an item");
    if (multiple) replace(chips, selected.map(chip));
    else input.value = selected[0]?.label ?? "";
    node.classList.toggle("picker--filled", selected.length > 0);
  };
  const chip = (option) => h("span", { class: "chip" }, option.label,
    h("button", { type: "button", class: "chip__remove", "aria-label": `Remove ${option.label}`,
      onClick: () => change(selected.filter((one) => one.value !== option.value)) }, icon("close", 12)));
  const change = (next) => {
    selected = next;
    draw();
    onChange(selected);
  };
  const choose = (option) => {
    if (!multiple) {
      hide();
      change([option]);
      return;
    }
    const has = selected.some((one) => one.value === option.value);
    if (!has && most && selected.length >= most) return;
    input.value = "";
    change(has ? selected.filter((one) => one.value !== option.value) : [...selected, option]);
    show("");
  };
  const hide = () => {
    close?.();
    close = null;
  };
  const mark = (index) => {
    active = index;
    rows.forEach(({ row }, at) => row.classList.toggle("menu__row--active", at === index));
    rows[index]?.row.scrollIntoView({ block: "nearest" });
  };
  const fill = (groups) => {
    rows = [];
    const sections = groups.map((group) => [
      group.label ? h("div", { class: "menu__label" }, group.label) : null,
      group.options.map((option) => {
        const on = selected.some((one) => one.value === option.value);
        const row = h("div", {
          class: "menu__row", role: "option", "aria-selected": String(on), dataset: { value: option.value },
          onPointerdown: (event) => event.preventDefault(), onClick: () => choose(option),
        }, h("span", {}, option.label), option.note ? h("small", {}, option.note) : null,
        on && multiple ? icon("check", 16) : null);
        rows.push({ row, option });
        return row;
      }),
    ]);
    replace(list, rows.length ? sections : h("div", { class: "menu__empty" }, "No results"));
    mark(rows.findIndex(({ option }) => selected.some((one) => one.value === option.value)));
  };
  const show = async (typed) => {
    const number = ++asked;
    if (!close) {
      replace(list, h("div", { class: "menu__empty" }, "Loading…"));
      input.setAttribute("aria-expanded", "true");
      close = float(node, list, { width: true, onClose: () => {
        close = null;
        input.setAttribute("aria-expanded", "false");
        if (!multiple) draw();
      } });
    }
    try {
      const groups = await load(typed);
      if (number === asked && close) fill(groups);
    } catch (error) {
      if (number === asked && close) replace(list, h("div", { class: "menu__empty menu__empty--bad" }, error.message));
    }
    if (close) place(node, list, true);
  };

  node.addEventListener("click", (event) => {
    if (event.target.closest(".chip")) return;
    input.focus();
    if (!close) {
      if (!multiple) input.select();
      show("");
    }
  });
  input.addEventListener("input", () => show(input.value));
  input.addEventListener("blur", () => hide());
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!close) show("");
      else if (rows.length) mark((active + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (close && rows.length) choose(rows[Math.max(active, 0)].option);
    } else if (event.key === "Backspace" && multiple && !input.value) {
      change(selected.slice(0, -1));
    }
  });
  draw();
  return { node, input };
}

/** A `load` over options that are all known: keeps those whose label holds what was typed. */
export function filtering(groups) {
  return async (typed) => {
    const word = typed.trim().toLowerCase();
    return groups
      .map((group) => ({ ...group, options: group.options.filter((one) => one.label.toLowerCase().includes(word)) }))
      .filter((group) => group.options.length);
  };
}
