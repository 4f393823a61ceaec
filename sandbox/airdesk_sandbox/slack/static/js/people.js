// Who one is: the picker in the corner, and the welcome page of a browser nobody has used yet.
import { avatar } from "./avatar.js";
import { h, icon, replace } from "./dom.js";
import { menu } from "./floating.js";
import { become, store, userOf } from "./store.js";

export function drawPerson() {
  const me = userOf(store.user);
  const button = h("button", {
    type: "button", class: "person", "aria-haspopup": "menu", "aria-label": `You are: ${me.real_name}`,
    onClick: () => menu(button, store.state.users.map((user) => ({
      label: [avatar(user.id, 24), user.real_name], note: user.title,
      dataset: { user: user.id }, choose: () => become(user.id),
    })), "Who are you?"),
  }, avatar(me.id, 24), h("span", {}, "You are: ", h("b", {}, me.real_name)), icon("down", 15));
  replace(document.getElementById("person"), button);
}

/** Ask who is there; resolves once a person was picked. */
export function welcome(people, team) {
  const place = document.getElementById("welcome");
  return new Promise((resolve) => {
    replace(place, h("div", { class: "welcome" },
      h("img", { src: "/static/icon.svg", alt: "", width: 56, height: 56 }),
      h("h1", {}, `Welcome to ${team}`),
      h("p", {}, "This is a Slack for one machine. Pick who you are; you can change your mind at any time."),
      h("div", { class: "welcome__people" }, people.map((one) => h("button", {
        type: "button", class: "welcome__person", dataset: { user: one.id },
        onClick: () => {
          replace(place);
          resolve(one.id);
        },
      }, h("b", {}, one.real_name), h("small", {}, one.title))))));
  });
}
