// Where windows were moved to, in the page's address: `at=0:5,1000;2:7`, grid and first index.

const PLACES_WRITTEN_AFTER = 250;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let writing;

/** @returns {Map<number, number[]>} */
export function readPlaces() {
  const text = new URLSearchParams(location.search).get("at") ?? "";
  const pairs = text.split(";").map((part) => /^(\d+):(\d+(?:,\d+)*)$/.exec(part)).filter((match) => match !== null);
  return new Map(pairs.map(([, id, first]) => [Number(id), first.split(",").map(Number)]));
}

/** Browsers refuse more than 100 changes of the address in 30 seconds. @param {Map<number, number[]>} places */
export function writePlaces(places) {
  clearTimeout(writing);
  writing = setTimeout(() => {
    const url = new URL(location.href);
    url.searchParams.delete("at");
    // commas, colons and semicolons need no escape in a query
    const at = [...places].map(([id, first]) => `${id}:${first.join(",")}`).join(";");
    if (at) url.search += `${url.search ? "&" : "?"}at=${at}`;
    if (url.href === location.href) return;
    try {
      history.replaceState(history.state, "", url);
    } catch {
      // a page from file: or a sandboxed frame has no address to write
    }
  }, PLACES_WRITTEN_AFTER);
}
