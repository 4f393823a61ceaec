// What happens when somebody acts inside a modal or a Home tab; keeps what was entered.
import { send } from "./api.js";
import { store } from "./store.js";
import { toast } from "./toast.js";

const entered = new Map();

/** Everything entered into this view since it opened, by block and action id. */
export function enteredIn(view) {
  if (!entered.has(view.id)) entered.set(view.id, {});
  return entered.get(view.id);
}

/** What was entered and still fits the view's present blocks. */
export function validEntries(view) {
  const values = {};
  for (const [blockId, actions] of Object.entries(enteredIn(view))) {
    for (const [actionId, value] of Object.entries(actions)) {
      if (view.state.values[blockId]?.[actionId]?.type === value.type) {
        values[blockId] = { ...values[blockId], [actionId]: value };
      }
    }
  }
  return values;
}

export function viewContext(view, { submit, problem = toast } = {}) {
  const drafts = enteredIn(view);
  const values = structuredClone(view.state.values);
  for (const [blockId, actions] of Object.entries(validEntries(view))) Object.assign(values[blockId], actions);
  const remember = (block, element, value) => {
    drafts[block.block_id] = { ...drafts[block.block_id], [element.action_id]: value };
  };
  const where = { user: store.user, view_id: view.id };
  return {
    values,
    errors: view.errors ?? {},
    submit,
    input: remember,
    act: async (block, element, given) => {
      if (given.type) remember(block, element, given);
      const answer = await send("view_action", {
        ...where, block_id: block.block_id, action_id: element.action_id, action: given,
        values: validEntries(view),
      });
      if (!answer.ok) problem(answer.error);
    },
    suggest: (block, element, typed) => send("suggest", {
      ...where, block_id: block.block_id, action_id: element.action_id, value: typed,
    }),
  };
}
