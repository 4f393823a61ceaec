// The middle of the page: header, tabs of an app, messages, composer.
import { send } from "./api.js";
import { avatar } from "./avatar.js";
import { Composer } from "./composer.js";
import { h, icon, replace } from "./dom.js";
import { Feed } from "./feed.js";
import { renderHome } from "./home.js";
import { currentChannel, openChannel, partnerApp, store } from "./store.js";

const feed = new Feed();
const main = document.getElementById("main");
let drawn = null;
let head;
let body;

export function drawConversation() {
  const channel = currentChannel();
  if (!channel) return;
  const app = partnerApp(channel);
  const tab = app ? store.tab : "messages";
  const place = `${store.user}/${channel.id}/${tab}`;
  if (place !== drawn) build(channel, app, tab, place);
  replace(head, header(channel, app), app ? tabs(channel, app, tab) : null);
  if (tab === "home") {
    renderHome(body, app);
    return;
  }
  const messages = channel.messages.filter(inChannel);
  feed.show(place, channel, messages, { head: intro(channel, app) });
  if (store.target) {
    feed.reveal(store.target);
    store.target = null;
  }
}

const inChannel = (message) =>
  !message.thread_ts || message.thread_ts === message.ts || message.subtype === "thread_broadcast";

function build(channel, app, tab, place) {
  drawn = place;
  head = h("header", { class: "main__head" });
  body = h("div", { class: "main__body" });
  main.dataset.channel = channel.id;
  if (tab === "home") {
    replace(main, head, body);
    return;
  }
  const label = `Message ${channel.is_direct ? "" : "#"}${channel.name}`;
  const composer = new Composer(channel, { label, key: place });
  replace(body, feed.node);
  replace(main, head, body, composer.node);
  composer.field.focus();
}

function header(channel, app) {
  const sign = app ? avatar(app.bot_user_id, 24)
    : channel.is_direct ? avatar(channel.members.find((one) => one !== store.user), 24)
      : channel.is_private ? icon("lock") : "#";
  return h("div", { class: "main__title" },
    h("h1", {}, h("span", { class: "main__sign" }, sign), channel.name,
      app ? h("span", { class: "badge" }, "APP") : null),
    channel.topic ? h("span", { class: "main__topic" }, channel.topic) : null,
    channel.is_direct ? null : h("span", { class: "main__members", title: "Members" },
      icon("people", 16), String(channel.members.length)));
}

function tabs(channel, app, tab) {
  const names = [["home", "Home"], ["messages", "Messages"]];
  return h("div", { class: "tabs", role: "tablist" }, names.map(([name, label]) => h("button", {
    type: "button", role: "tab", class: `tabs__tab${name === tab ? " tabs__tab--on" : ""}`,
    "aria-selected": String(name === tab),
    onClick: () => {
      openChannel(channel.id, { tab: name });
      if (name === "home") send("home", { user: store.user, app: app.id, tab: name });
    },
  }, label)));
}

function intro(channel, app) {
  const text = app
    ? [`This is the very beginning of your direct message history with `, h("b", {}, app.name), "."]
    : channel.is_direct
      ? ["This conversation is just between you and ", h("b", {}, channel.name), "."]
      : ["This is the very beginning of the ", h("b", {}, `#${channel.name}`), " channel."];
  return h("div", { class: "intro" },
    h("h2", {}, channel.is_direct ? channel.name : `# ${channel.name}`), h("p", {}, text));
}
