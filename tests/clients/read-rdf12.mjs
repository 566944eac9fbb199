// Read N-Quads 1.2 from standard input with N3.js; print how many quads and triple terms it holds.
import { readFileSync } from "node:fs";
import { Parser } from "n3";

const quads = new Parser({ format: "N-Quads" }).parse(readFileSync(0, "utf8"));
const terms = quads.filter((quad) => quad.object.termType === "Quad");
console.log(JSON.stringify({ quads: quads.length, terms: terms.length }));
