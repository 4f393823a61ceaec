// Small helpers to make and change DOM nodes.

/**
 * Make an element. `props`: `class`, `dataset` (object), `on…` (listeners), anything else is an
 * attribute (false and null leave it out). Children: nodes, texts, lists, null.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "class") node.className = value;
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2).toLowerCase(), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...flat(children));
  return node;
}

export function replace(parent, ...children) {
  parent.replaceChildren(...flat(children));
}

function flat(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false);
}

/** A line icon by name; drawn with strokes in the text's colour. */
export function icon(name, size = 18) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = {
    viewBox: "0 0 20 20", width: size, height: size, fill: "none", stroke: "currentColor",
    "stroke-width": 1.6, "stroke-linecap": "round", "stroke-linejoin": "round",
    "aria-hidden": "true", class: "icon",
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  for (const d of ICONS[name]) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

const ICONS = {
  bold: ["M6 4h5a3 3 0 0 1 0 6H6zM6 10h6a3 3 0 0 1 0 6H6z"],
  italic: ["M8 4h6M6 16h6M11.5 4l-3 12"],
  strike: ["M4 10h12", "M13.5 6.5C13 5 11.7 4 10 4 8 4 6.5 5 6.5 6.800c0 .9.4 1.600 1.100 2.100", "M6.5 13.5C7 15 8.300 16 10 16c2 0 3.5-1 3.5-2.800 0-.4-.1-.8-.3-1.200"],
  code: ["M7 6l-4 4 4 4M13 6l4 4-4 4"],
  send: ["M3.5 4l13 6-13 6 2-6zM5.5 10h6"],
  close: ["M5 5l10 10M15 5L5 15"],
  back: ["M12 4l-6 6 6 6"],
  down: ["M5.5 8l4.5 4.5L14.5 8"],
  reply: ["M10 4c4 0 7 2.5 7 5.7s-3 5.7-7 5.7c-.8 0-1.600-.1-2.300-.3L4 16.5l.8-3C3.7 12.5 3 11.200 3 9.7 3 6.5 6 4 10 4z"],
  eye: ["M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5z", "M10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z"],
  warning: ["M10 3.5l7.5 13h-15zM10 8.5v3.5M10 14.300v.1"],
  more: ["M4.5 10h.01M10 10h.01M15.5 10h.01"],
  check: ["M4.5 10.5l3.7 3.7 7.300-8"],
  people: ["M7.5 9.5a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM2.5 16c0-2.7 2.200-4.5 5-4.5s5 1.800 5 4.5M13 4.5a2.5 2.5 0 0 1 0 4.800M14.5 11.800c1.800.6 3 2.100 3 4.200"],
  lock: ["M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9"],
};
