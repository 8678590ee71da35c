// Style sheets that an element of the app always needs: in force when it is drawn for the first time.

/** @param {string[]} names Beside this module. @returns {Promise<string>} Their texts, one after another. */
export async function sheetText(...names) {
  const answers = await Promise.all(names.map((name) => fetch(new URL(name, import.meta.url))));
  return (await Promise.all(answers.map((answer) => answer.text()))).join("\n");
}
