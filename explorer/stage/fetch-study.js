// What stands around a graph, fetched with its style sheets when the first graph comes.

import { node } from "./dom.js";

const SHEETS = ["study.css", "graph.css"];

/** @param {HTMLElement} root Of the stage: it gets the style sheets. @returns {Promise<typeof import("./study.js")>} */
export async function fetchStudy(root) {
  const [study] = await Promise.all([import("./study.js"), ...SHEETS.map((name) => addSheet(root, name))]);
  return study;
}

/** @param {HTMLElement} root @param {string} name @returns {Promise<void>} When it is in force, or cannot be had. */
function addSheet(root, name) {
  return new Promise((done) => {
    root.append(node("link", { rel: "stylesheet", href: new URL(name, import.meta.url).href, onload: () => done(), onerror: () => done() }));
  });
}
