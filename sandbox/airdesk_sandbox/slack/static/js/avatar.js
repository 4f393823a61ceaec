// Square avatars: initials for people, an emoji or a letter for apps.
import { h } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { appOfBot, nameOf, store } from "./store.js";

const COLOURS = ["#2f6f73", "#8a4fa0", "#b4552d", "#35618e", "#5b7a2b", "#a33a5c", "#6b5bb3", "#8a6d1d"];

export function avatar(userId, size = 36) {
  const app = appOfBot(userId);
  const name = nameOf(userId);
  const style = `--size:${size}px;--colour:${app ? "#4a154b" : colour(userId)}`;
  const glyph = app?.icon ? (emojiOf(app.icon.replaceAll(":", "")) ?? name[0]) : initials(name, app);
  const kind = app ? " avatar--app" : userId === "USLACKBOT" ? " avatar--slackbot" : "";
  return h("span", { class: `avatar${kind}`, style, "aria-hidden": "true" }, glyph);
}

function initials(name, app) {
  const words = name.split(/\s+/);
  return app || words.length === 1 ? words[0][0] : words[0][0] + words.at(-1)[0];
}

function colour(id) {
  const place = store.state.users.findIndex((user) => user.id === id);
  return COLOURS[(place + COLOURS.length) % COLOURS.length];
}
