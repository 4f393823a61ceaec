// Talks to the server: the page's own HTTP interface under /ui/.

/** POST to /ui/{name}. Always resolves to an object with `ok`; a lost connection is an error too. */
export async function send(name, body) {
  try {
    const response = await fetch(`/ui/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return await response.json();
  } catch {
    return { ok: false, error: "We had some trouble connecting. Try again?" };
  }
}

export async function fetchState(user) {
  const response = await fetch(`/ui/state?user=${encodeURIComponent(user)}`);
  const state = await response.json();
  if (!state.ok) throw new Error(state.error);
  return state;
}

export async function fetchMe() {
  return (await (await fetch("/ui/me")).json()).user;
}

/** Call `changed` whenever the server says that something changed; reconnects by itself. */
export function watch(changed) {
  const source = new EventSource("/ui/events");
  source.addEventListener("changed", changed);
  return source;
}
