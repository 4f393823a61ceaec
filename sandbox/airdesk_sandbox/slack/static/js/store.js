// What the page knows: the server's state for this person, and where the person is looking.
import { fetchState, send, watch } from "./api.js";

export const store = {
  user: null,
  state: null,
  channel: null, // id of the open conversation
  thread: null, // ts of the open thread's parent
  tab: "messages", // of an app's direct message: home or messages
  target: null, // ts of a message to scroll to, from a permalink
};

const listeners = new Set();
let pending = null;
let again = false;

/** Call `listener` after every change of the store. */
export function subscribe(listener) {
  listeners.add(listener);
}

export function changed() {
  for (const listener of listeners) listener(store);
}

/** Ask for the state again; calls that come meanwhile lead to one more request, not many. */
export async function refresh() {
  if (!store.user) return;
  if (pending) {
    again = true;
    await pending;
    return;
  }
  pending = load();
  await pending;
  pending = null;
  if (again) {
    again = false;
    await refresh();
  }
}

async function load() {
  const user = store.user;
  try {
    const state = await fetchState(user);
    if (user === store.user) store.state = state;
  } catch {
    return; // the server is away; the event stream brings the page back with it
  }
  if (!store.state.channels.some((one) => one.id === store.channel)) {
    store.channel = store.state.channels[0]?.id ?? null;
    store.thread = null;
  }
  markRead();
  changed();
}

/** Become a person in this tab, and in the browser's cookie that signing in to apps uses. */
export async function become(user) {
  sessionStorage.setItem("user", user);
  await send("login", { user });
  const other = store.user !== null && store.user !== user;
  store.user = user;
  if (other) Object.assign(store, { channel: null, thread: null, state: null, tab: "messages" });
  await refresh();
}

export function startWatching() {
  watch(() => refresh());
  // With two people in two tabs, signing in to an app means the one whose tab is in front.
  window.addEventListener("focus", () => store.user && send("login", { user: store.user }));
}

export function openChannel(id, { thread = null, tab = "messages" } = {}) {
  Object.assign(store, { channel: id, thread, tab });
  markRead();
  changed();
}

export function openThread(ts) {
  store.thread = ts;
  changed();
}

export const channelOf = (id) => store.state.channels.find((one) => one.id === id);
export const currentChannel = () => channelOf(store.channel);
export const userOf = (id) => store.state.users.find((one) => one.id === id);
export const appOf = (id) => store.state.apps.find((one) => one.id === id);
export const appOfBot = (id) => store.state.apps.find((one) => one.bot_user_id === id);

/** The app on the other side of a direct message, or undefined. */
export function partnerApp(channel) {
  if (!channel?.is_direct) return undefined;
  return store.state.apps.find((app) => channel.members.includes(app.bot_user_id));
}

/** How a person or an app is called, by user id. */
export function nameOf(id) {
  if (id === "USLACKBOT") return "Slackbot";
  return userOf(id)?.real_name ?? appOfBot(id)?.name ?? id;
}

const readKey = (channel) => `read:${store.user}:${channel}`;

function markRead() {
  const last = currentChannel()?.messages.at(-1)?.ts;
  if (last) localStorage.setItem(readKey(store.channel), last);
}

/** How many messages of others came since the person last looked. */
export function unreadCount(channel) {
  const read = localStorage.getItem(readKey(channel.id)) ?? "0";
  return channel.messages.filter((one) => one.ts > read && one.user !== store.user).length;
}
