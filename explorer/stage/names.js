// What can be written where: the names that programs may use, with their signatures, and the names of this program.

const MODULE_IMPORT = /^[ \t]*import[ \t]+([\w.]+)(?:[ \t]+as[ \t]+(\w+))?/gm;
const NAME_IMPORT = /^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?([\w, \t]+)/gm;
const MODULE_CLASS = /^class[ \t]+(\w+)\((?:\w+\.)*Module\)/gm;

/**
 * A name with its signature ("" for what is not called) and what it does, in a line.
 * @typedef {[name: string, signature: string, summary: string]} NameEntry
 * @typedef {{owners: Record<string, NameEntry[]>, aliases: Record<string, string>}} NameData What the server sends.
 */

export class NameTable {
  /**
   * @param {string | undefined} address Where the names are; without one, only the program's own are known.
   * @param {() => string[]} tensors Names that hold tensors.
   * @param {() => void} onArrival Called when the names have come.
   */
  constructor(address, tensors, onArrival) {
    this.address = address;
    this.tensors = tensors;
    this.onArrival = onArrival;
    /** @type {NameData} */
    this.data = { owners: {}, aliases: {} };
    /** @type {Promise<void> | null} */
    this.loading = null;
  }

  /** Ask for the names, once. @returns {Promise<void>} */
  load() {
    this.loading ??= this.fetchNames();
    return this.loading;
  }

  async fetchNames() {
    if (!this.address) return;
    try {
      const answer = await fetch(this.address);
      if (!answer.ok) return;
      this.data = await answer.json();
    } catch {
      this.loading = null; // no connection: the next word asks again
      return;
    }
    this.onArrival();
  }

  /** @param {string} owner @returns {NameEntry[]} What a module or a type offers. */
  members(owner) { return this.data.owners[owner] ?? []; }

  /** @returns {string[]} Modules that can be imported. */
  modules() { return Object.keys(this.data.owners).filter((owner) => /^[a-z]/.test(owner) && owner !== "builtins"); }

  /** @param {string} source @returns {Map<string, string>} Full names of what the program imports, or may use without. */
  aliases(source) {
    const found = new Map(Object.entries(this.data.aliases));
    for (const [, module, alias] of source.matchAll(MODULE_IMPORT)) found.set(alias ?? module.split(".")[0], alias ? module : module.split(".")[0]);
    for (const [, module, names] of source.matchAll(NAME_IMPORT))
      for (const item of names.split(",")) {
        const [name, , alias] = item.trim().split(/\s+/);
        if (name) found.set(alias ?? name, `${module}.${name}`);
      }
    return found;
  }

  /**
   * @param {string[]} path Names with dots between: `["torch", "nn"]`.
   * @param {string} source The program.
   * @returns {string} The module or type whose names can follow; what is not known is taken for a tensor.
   */
  ownerOf(path, source) {
    const full = [this.aliases(source).get(path[0]) ?? path[0], ...path.slice(1)].join(".");
    if (full in this.data.owners) return full;
    if (path.length > 1) return path[path.length - 1] === "shape" ? "Size" : path[0] === "self" ? "Module" : "Tensor";
    if (this.tensors().includes(path[0])) return "Tensor";
    if (path[0] === "self") return "Module";
    const made = [...source.matchAll(new RegExp(`^[ \\t]*${path[0]}[ \\t]*=[ \\t]*([\\w.]+)\\(`, "gm"))].pop();
    return made ? this.madeBy(made[1], source) : "Tensor";
  }

  /** @param {string} callee @param {string} source @returns {string} The type of what a call returns, by the look of it. */
  madeBy(callee, source) {
    const path = callee.split(".");
    const full = [this.aliases(source).get(path[0]) ?? path[0], ...path.slice(1)].join(".");
    const own = [...source.matchAll(MODULE_CLASS)].some((match) => match[1] === callee);
    if (own || /^torch\.nn\.[A-Z]\w*$/.test(full)) return "Module";
    if (/^torch\.optim\.[A-Z]\w*$/.test(full)) return "Optimizer";
    return full.startsWith("numpy.") ? "ndarray" : "Tensor";
  }

  /** @param {string} callee As it is written. @param {string} source @returns {NameEntry | null} */
  entry(callee, source) {
    const path = callee.split(".");
    const own = new RegExp(`^[ \\t]*def[ \\t]+${path[0]}[ \\t]*(\\([^)]*\\))`, "m").exec(source);
    if (own && path.length === 1) return [callee, own[1], ""];
    const full = this.aliases(source).get(path[0]);
    const whole = path.length === 1 ? (full ?? `builtins.${callee}`).split(".") : null;
    const name = whole?.[whole.length - 1] ?? path[path.length - 1];
    const owner = whole?.slice(0, -1).join(".") ?? this.ownerOf(path.slice(0, -1), source);
    return this.members(owner).find((entry) => entry[0] === name) ?? null;
  }
}

/** @param {string} signature `(input, dim=None, *, keepdim=False) -> Tensor` @returns {string[]} Its parameters as they are written. */
export function parametersOf(signature) {
  const end = signature.indexOf(") ->");
  const inside = signature.slice(signature.indexOf("(") + 1, end < 0 ? signature.lastIndexOf(")") : end);
  /** @type {string[]} */
  const parts = [""];
  let depth = 0;
  for (const character of inside) {
    if ("([{".includes(character)) depth += 1;
    if (")]}".includes(character)) depth -= 1;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/** @param {string} parameter `dim: int = 0` @returns {string} Its name; "" for what cannot be passed by name. */
export function parameterName(parameter) {
  return /^[A-Za-z_]\w*/.exec(parameter)?.[0] ?? "";
}
