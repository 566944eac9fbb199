// Read lines of {"path", "document"} and write lines of {"path", "nquads"}, as a client would that
// knows the context and fetches nothing.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import jsonld from "jsonld";

const context = JSON.parse(readFileSync(process.argv[2], "utf8"));
const documentLoader = async (url) => {
  if (url !== "https://example.org/context/v1.jsonld") throw new Error(`${url} is not fetched`);
  return { contextUrl: null, documentUrl: url, document: context };
};

for await (const line of createInterface({ input: process.stdin })) {
  const { path, document } = JSON.parse(line);
  const nquads = await jsonld.toRDF(document, {
    base: `https://example.org${path}`,
    documentLoader,
    format: "application/n-quads",
  });
  process.stdout.write(`${JSON.stringify({ path, nquads })}\n`);
}
