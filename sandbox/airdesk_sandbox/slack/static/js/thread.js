// The panel on the right with one thread.
import { Composer } from "./composer.js";
import { h, icon, replace } from "./dom.js";
import { Feed } from "./feed.js";
import { currentChannel, openThread, store } from "./store.js";

const panel = document.getElementById("thread");
const feed = new Feed();
let drawn = null;

export function drawThread() {
  const channel = currentChannel();
  const parent = channel?.messages.find((one) => one.ts === store.thread);
  panel.hidden = !parent;
  if (!parent) {
    drawn = null;
    return;
  }
  const place = `${store.user}/${channel.id}/${parent.ts}`;
  if (place !== drawn) {
    drawn = place;
    const composer = new Composer(channel, { thread: parent.ts, label: "Reply…", key: place });
    replace(panel,
      h("header", { class: "thread__head" },
        h("h2", {}, "Thread"),
        h("span", { class: "thread__where" }, channel.is_direct ? channel.name : `# ${channel.name}`),
        h("button", {
          type: "button", class: "icon-button", "aria-label": "Close thread", onClick: () => openThread(null),
        }, icon("close"))),
      feed.node, composer.node);
    composer.field.focus();
  }
  const replies = channel.messages.filter((one) => one.thread_ts === parent.ts && one.ts !== parent.ts);
  feed.show(place, channel, [parent, ...replies], { inThread: true });
}
