// Starts the page: finds out who is there, then draws whatever changes.
import { fetchMe } from "./api.js";
import { drawConversation } from "./conversation.js";
import { drawModal } from "./modal.js";
import { drawPerson, welcome } from "./people.js";
import { drawSidebar } from "./sidebar.js";
import { drawThread } from "./thread.js";
import { become, openChannel, startWatching, store, subscribe } from "./store.js";

subscribe(() => {
  if (!store.state) return;
  document.getElementById("app").hidden = false;
  drawPerson();
  drawSidebar();
  drawConversation();
  drawThread();
  drawModal();
  const channel = store.state.channels.find((one) => one.id === store.channel);
  document.title = channel ? `${channel.name} | ${store.state.team.name} | Slack` : "Slack";
});

async function start() {
  const query = new URLSearchParams(location.search);
  const { people, team } = await (await fetch("/ui/people")).json();
  const known = (id) => people.some((one) => one.id === id) && id;
  const user = known(query.get("user")) || known(sessionStorage.getItem("user"))
    || (await fetchMe())?.id || (await welcome(people, team));
  startWatching();
  await become(user);
  const channel = query.get("channel");
  if (channel && store.state?.channels.some((one) => one.id === channel)) {
    store.target = query.get("thread") ? null : query.get("ts");
    openChannel(channel, { thread: query.get("thread") });
  }
  history.replaceState(null, "", "/");
}

start();
