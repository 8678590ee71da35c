// Bundles what entry.js names into one ES module, with the versions and the licences of all that went into it.

import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { build } from "esbuild";

const OUT = "../../explorer/stage/vendor/codemirror.js";

/** @param {{inputs: Record<string, unknown>}} metafile @returns {string[]} Names of the packages in the bundle. */
function bundledPackages(metafile) {
  const names = Object.keys(metafile.inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

/** @param {string} name @returns {{version: string, copyright: string, permission: string}} */
function licenceOf(name) {
  const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  if (license !== "MIT") throw new Error(`${name} is ${license}, not MIT`);
  const text = readFileSync(`node_modules/${name}/LICENSE`, "utf8");
  const copyright = /^Copyright.*$/m.exec(text)?.[0].replace(/ <[^>]*>/, "") ?? "";
  return { version, copyright, permission: text.slice(text.indexOf("Permission is hereby granted")).trim() };
}

/** @param {string[]} names @returns {string} */
function header(names) {
  const licences = names.map((name) => ({ name, ...licenceOf(name) }));
  const lines = licences.map(({ name, version, copyright }) => `${name} ${version} · MIT License · ${copyright}`);
  const shown = licences[0].permission.replace(/https?:\S+/g, "");
  return `/*!\nCodeMirror 6, bundled by scripts/codemirror: do not edit.\n\n${lines.join("\n")}\n\n${shown}\n*/`;
}

const options = {
  entryPoints: ["entry.js"], bundle: true, format: /** @type {const} */ ("esm"), target: "es2022", minify: true,
  legalComments: /** @type {const} */ ("none"), charset: /** @type {const} */ ("utf8"), metafile: true,
};
const { metafile } = await build({ ...options, write: false, outfile: OUT });
await build({ ...options, outfile: OUT, banner: { js: header(bundledPackages(metafile)) } });
const bytes = readFileSync(OUT);
console.log(`${OUT}: ${bytes.length} bytes, sha256 ${createHash("sha256").update(bytes).digest("hex")}`);
