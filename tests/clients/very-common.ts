// List the very common side effects in a document of a medicine, with the sources that say so.
import { readFileSync } from "node:fs";
import type { Drug } from "./drug.js";

const drug: Drug = JSON.parse(readFileSync(process.argv[2]!, "utf8"));
for (const claim of drug.sideEffects ?? []) {
  for (const frequency of claim.frequency ?? []) {
    if (frequency.category?.label?.startsWith("very common")) {
      const source = frequency.statedBy.wasDerivedFrom[0]!;
      console.log(`${claim.effect[0]!.label} | ${source.label}`);
    }
  }
}
