// Bundles what entry.js names into one ES module with a single name, `dagre`, so that it can be joined with others.

import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { build } from "esbuild";

const OUT = "../../explorer/stage/vendor/dagre.js";
// the first comes with a copy of the second inside
const PACKAGES = ["@dagrejs/dagre", "@dagrejs/graphlib"];

/** @param {string} name @returns {{line: string, permission: string}} */
function licenceOf(name) {
  const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  if (license !== "MIT") throw new Error(`${name} is ${license}, not MIT`);
  const text = readFileSync(`node_modules/${name}/LICENSE`, "utf8");
  const copyright = /^Copyright.*$/m.exec(text)?.[0] ?? "";
  return { line: `${name} ${version} · MIT License · ${copyright}`, permission: text.slice(text.indexOf("Permission is hereby granted")).trim() };
}

/** @returns {string} */
function header() {
  const licences = PACKAGES.map(licenceOf);
  return `/*!\ndagre, bundled by scripts/dagre: do not edit.\n\n${licences.map(({ line }) => line).join("\n")}\n\n${licences[0].permission}\n*/`;
}

await build({
  entryPoints: ["entry.js"], bundle: true, format: "iife", globalName: "dagreBundle", target: "es2022", minify: true,
  legalComments: "none", charset: "utf8", outfile: OUT, banner: { js: header() }, footer: { js: "export const dagre = dagreBundle;" },
});
const bytes = readFileSync(OUT);
console.log(`${OUT}: ${bytes.length} bytes, sha256 ${createHash("sha256").update(bytes).digest("hex")}`);
