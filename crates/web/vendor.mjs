// Copies the pinned packages of tests/browser/package.json that pages use into vendor/, without the brand that is not ours.
//
// Run `npm ci` in tests/browser, then `node crates/web/vendor.mjs`. The result is committed: building needs no Node.
// What is changed, and nothing else: the licensed typeface's @font-face rules and name go (a system font stack stands in),
// and so do the pictures of the crown's coat of arms.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = process.argv[2] ?? join(here, "../../tests/browser/node_modules");
const out = join(here, "assets/vendor");
mkdirSync(out, { recursive: true });

const version = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const rows = [];

function vendor({ name, licence, from, to, mend = (text) => text, licenceText }) {
  const original = readFileSync(join(modules, name, from), "utf8");
  const text = mend(original);
  writeFileSync(join(out, to), text);
  const licenceFile = `LICENCE.${name.replace(".org", "")}.txt`;
  writeFileSync(join(out, licenceFile), licenceText);
  rows.push([to, name, version(name), licence, sha256(original), sha256(text)]);
}

const MIT_GOVUK = `The MIT License (MIT)

Copyright (c) 2017 Crown Copyright (Government Digital Service)

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;

function ownBrand(css) {
  const mended = css
    .replace(/@font-face\{[^}]*GDS Transport[^}]*\}/g, "")
    .replaceAll("GDS Transport,arial,sans-serif", "var(--g-font,sans-serif)")
    .replace(/background-image:url\(\/assets\/images\/govuk-crest\.svg\)/g, "background-image:none")
    .replace(/url\(\/assets\/images\/govuk-crest\.svg\)/g, "none");
  for (const rest of ["GDS Transport", "govuk-crest", "/assets/"]) {
    if (mended.includes(rest)) throw new Error(`govuk-frontend: \`${rest}\` is still there`);
  }
  return mended;
}

const withoutMap = (text) => text.replace(/\n?(\/\/|\/\*)# sourceMappingURL=[^\n]*\n?$/, "\n");
const govuk = { name: "govuk-frontend", licence: "MIT", licenceText: MIT_GOVUK };
vendor({ ...govuk, from: "dist/govuk/govuk-frontend.min.css", to: "govuk-frontend.css", mend: (css) => withoutMap(ownBrand(css)) });
vendor({ ...govuk, from: "dist/govuk/govuk-frontend.min.js", to: "govuk-frontend.js", mend: withoutMap });
vendor({
  name: "htmx.org", licence: "0BSD", from: "dist/htmx.min.js", to: "htmx.js",
  licenceText: readFileSync(join(modules, "htmx.org/LICENSE"), "utf8"),
});

writeFileSync(join(out, "VENDOR.md"), `# Files of other projects

Written by \`crates/web/vendor.mjs\`; do not edit by hand. "original" is the SHA-256 of the file in the package, "here" of the file beside
this page. They differ where \`vendor.mjs\` takes out a typeface, a coat of arms or a source map line.

| file | package | version | licence | original | here |
|---|---|---|---|---|---|
${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}
`);
