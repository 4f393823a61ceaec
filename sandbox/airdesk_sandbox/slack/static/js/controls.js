// One control per kind of Block Kit input. Each gives `{node, read()}`; `read` returns the value
// as Slack writes it into a view's state.
import { h } from "./dom.js";
import { textObject } from "./mrkdwn.js";
import { Picker, filtering } from "./picker.js";
import { channelOf, nameOf, store } from "./store.js";

/** Make the control for `element`. `context`: label, onChange(), onEnter(), suggest(typed). */
export function createControl(element, value, context) {
  const make = MAKERS[element.type];
  return make ? make(element, value ?? {}, context) : null;
}

export const isControl = (element) => element.type in MAKERS;

const MAKERS = {
  plain_text_input: textInput,
  number_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  datepicker: nativePicker("date", "selected_date"),
  timepicker: nativePicker("time", "selected_time"),
  datetimepicker: dateTimePicker,
  checkboxes: checkboxes,
  radio_buttons: radioButtons,
  static_select: optionPicker(false),
  multi_static_select: optionPicker(true),
  external_select: optionPicker(false),
  multi_external_select: optionPicker(true),
  users_select: idPicker(false, "selected_user", people),
  multi_users_select: idPicker(true, "selected_users", people),
  conversations_select: idPicker(false, "selected_conversation", conversations),
  multi_conversations_select: idPicker(true, "selected_conversations", conversations),
  channels_select: idPicker(false, "selected_channel", channels),
  multi_channels_select: idPicker(true, "selected_channels", channels),
};

function textInput(element, value, { label, onChange, onEnter }) {
  const node = h(element.multiline ? "textarea" : "input", {
    class: "field", "aria-label": label, placeholder: element.placeholder?.text,
    maxlength: element.type === "plain_text_input" ? (element.max_length ?? 3000) : null,
    inputmode: element.type === "number_input" ? "decimal" : null,
    autocomplete: "off", spellcheck: element.multiline ? "false" : null,
    rows: element.multiline ? "4" : null, autofocus: element.focus_on_load,
  });
  node.value = value.value ?? "";
  node.addEventListener("input", () => onChange("typed"));
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || element.multiline) return;
    event.preventDefault();
    onEnter();
  });
  return { node, read: () => ({ type: element.type, value: node.value || null }) };
}

function nativePicker(type, key) {
  return (element, value, { label, onChange }) => {
    const node = h("input", { class: "field field--short", type, "aria-label": label });
    node.value = value[key] ?? "";
    node.addEventListener("change", () => onChange("chosen"));
    return { node, read: () => ({ type: element.type, [key]: node.value || null }) };
  };
}

function dateTimePicker(element, value, { label, onChange }) {
  const node = h("input", { class: "field field--short", type: "datetime-local", "aria-label": label });
  if (value.selected_date_time) {
    const date = new Date(value.selected_date_time * 1000);
    node.value = new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  }
  node.addEventListener("change", () => onChange("chosen"));
  const read = () => (node.value ? Math.floor(new Date(node.value) / 1000) : null);
  return { node, read: () => ({ type: element.type, selected_date_time: read() }) };
}

function checkboxes(element, value, context) {
  const chosen = new Set((value.selected_options ?? []).map((one) => one.value));
  const { node, picked } = choices("checkbox", element, chosen, context);
  return { node, read: () => ({ type: element.type, selected_options: picked() }) };
}

function radioButtons(element, value, context) {
  const chosen = new Set(value.selected_option ? [value.selected_option.value] : []);
  const { node, picked } = choices("radio", element, chosen, context);
  return { node, read: () => ({ type: element.type, selected_option: picked()[0] ?? null }) };
}

let groups = 0;

function choices(type, element, chosen, { label, onChange }) {
  const name = `choice-${++groups}`;
  const boxes = element.options.map((option) => {
    const box = h("input", { type, name, value: option.value, onChange: () => onChange("chosen") });
    box.checked = chosen.has(option.value);
    return box;
  });
  const node = h("div", { class: "choices", role: type === "radio" ? "radiogroup" : "group", "aria-label": label },
    element.options.map((option, index) => h("label", { class: "choice" }, boxes[index],
      h("span", {}, textObject(option.text), option.description
        ? h("small", { class: "choice__note" }, textObject(option.description)) : null))));
  const picked = () => element.options.filter((_, index) => boxes[index].checked);
  return { node, picked };
}

const row = (option) => ({
  value: option.value, label: option.text.text, note: option.description?.text, raw: option,
});

function optionPicker(multiple) {
  return (element, value, { label, onChange, suggest }) => {
    const key = multiple ? "selected_options" : "selected_option";
    let chosen = (multiple ? (value[key] ?? []) : [value[key]].filter(Boolean)).map(row);
    const known = element.option_groups
      ? element.option_groups.map((group) => ({ label: group.label.text, options: group.options.map(row) }))
      : [{ options: (element.options ?? []).map(row) }];
    const load = element.type.endsWith("external_select") ? external(element, suggest) : filtering(known);
    const picker = new Picker({
      load, multiple, label, chosen, most: element.max_selected_items,
      placeholder: element.placeholder?.text ?? (multiple ? "Select items" : "Select an item"),
      onChange: (next) => {
        chosen = next;
        onChange("chosen");
      },
    });
    const read = () => (multiple ? chosen.map((one) => one.raw) : (chosen[0]?.raw ?? null));
    return { node: picker.node, read: () => ({ type: element.type, [key]: read() }) };
  };
}

function external(element, suggest) {
  return async (typed) => {
    const least = element.min_query_length ?? 3;
    if (typed.length < least) {
      return Promise.reject(new Error(`Type ${least} or more characters to see options.`));
    }
    const answer = await suggest(typed);
    if (!answer.ok) throw new Error(answer.error);
    if (answer.option_groups) {
      return answer.option_groups.map((group) => ({ label: group.label.text, options: group.options.map(row) }));
    }
    return [{ options: answer.options.map(row) }];
  };
}

function idPicker(multiple, key, list) {
  return (element, value, { label, onChange }) => {
    const ids = multiple ? (value[key] ?? []) : [value[key]].filter(Boolean);
    const options = list();
    let chosen = ids.map((id) => options.find((one) => one.value === id) ?? {
      value: id, label: channelOf(id)?.name ?? nameOf(id),
    });
    const picker = new Picker({
      load: filtering([{ options }]), multiple, label, chosen, most: element.max_selected_items,
      placeholder: element.placeholder?.text,
      onChange: (next) => {
        chosen = next;
        onChange("chosen");
      },
    });
    const read = () => (multiple ? chosen.map((one) => one.value) : (chosen[0]?.value ?? null));
    return { node: picker.node, read: () => ({ type: element.type, [key]: read() }) };
  };
}

function people() {
  return store.state.users.map((user) => ({ value: user.id, label: user.real_name, note: user.title }));
}

function channels() {
  return store.state.channels
    .filter((one) => !one.is_direct)
    .map((one) => ({ value: one.id, label: `# ${one.name}` }));
}

function conversations() {
  const directs = store.state.channels
    .filter((one) => one.is_direct)
    .map((one) => ({ value: one.id, label: one.name }));
  return [...channels(), ...directs];
}
