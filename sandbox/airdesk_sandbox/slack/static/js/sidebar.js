// The left side: the workspace, its channels, people and apps.
import { send } from "./api.js";
import { avatar } from "./avatar.js";
import { h, icon, replace } from "./dom.js";
import { openChannel, partnerApp, refresh, store, unreadCount } from "./store.js";

const sidebar = document.getElementById("sidebar");

export function drawSidebar() {
  const { channels, apps, users, team } = store.state;
  const directs = channels.filter((one) => one.is_direct);
  const withUser = (id) => directs.find((one) => one.members.length === 2 && one.members.includes(id));
  replace(sidebar,
    h("div", { class: "sidebar__team" }, team.name),
    group("Channels", channels.filter((one) => !one.is_direct).map((one) =>
      row({
        channel: one, label: one.name, sign: one.is_private ? icon("lock", 15) : "#",
        open: () => openChannel(one.id),
      }))),
    group("Direct messages", users.map((user) => {
      const you = user.id === store.user;
      const channel = you ? directs.find((one) => one.members.length === 1) : withUser(user.id);
      return row({
        channel, label: user.real_name, note: you ? "you" : null, sign: avatar(user.id, 20),
        open: () => openDirect(channel, user.id),
      });
    })),
    group("Apps", apps.map((app) => {
      const channel = directs.find((one) => partnerApp(one) === app);
      return row({
        channel, label: app.name, sign: avatar(app.bot_user_id, 20), away: !app.connected,
        open: () => openApp(channel, app),
      });
    })));
}

function group(title, rows) {
  return h("section", { class: "sidebar__group", "aria-label": title }, h("h3", {}, title), rows);
}

function row({ channel, label, note, sign, open, away }) {
  const on = channel && channel.id === store.channel;
  const unread = channel && !on ? unreadCount(channel) : 0;
  const classes = ["sidebar__row", on && "sidebar__row--on", unread && "sidebar__row--unread"];
  return h("button", {
    type: "button", class: classes.filter(Boolean).join(" "), dataset: { channel: channel?.id ?? "" },
    "aria-current": on ? "page" : null, title: away ? `${label} is not connected` : null, onClick: open,
  },
  h("span", { class: "sidebar__sign" }, sign), h("span", { class: "sidebar__name" }, label),
  note ? h("small", {}, note) : null,
  away ? h("span", { class: "sidebar__away", "aria-label": "not connected" }) : null,
  unread && channel.is_direct ? h("span", { class: "sidebar__count" }, String(unread)) : null);
}

async function openDirect(channel, userId) {
  const id = channel?.id ?? (await send("direct", { user: store.user, with: userId })).channel;
  await refresh();
  openChannel(id);
}

async function openApp(channel, app) {
  const tab = store.state.homes[app.id] && !channel?.messages.length ? "home" : "messages";
  const answer = await send("home", { user: store.user, app: app.id, tab });
  await refresh();
  openChannel(channel?.id ?? answer.channel, { tab });
}
