// Writes down whose work the bundles contain: every package of the lock file that is not only
// needed to build, with its licence in full. The licences ask for this, and so does courtesy.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const LICENCE = /^(licen[cs]e|copying|notice)([._-].*)?$/i;

export function licences() {
  return {
    name: "licences",
    apply: "build",
    generateBundle() {
      const source = JSON.stringify(bundled(), null, 1) + "\n";
      this.emitFile({ type: "asset", fileName: "licences.json", source });
    },
  };
}

function bundled() {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
  return Object.entries(lock.packages)
    .filter(([path, about]) => path && !about.dev && !about.optional && existsSync(path))
    .map(([path]) => described(path))
    .sort((one, other) => one.name.localeCompare(other.name, "en"));
}

function described(path) {
  const { name, version, license, licenses } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  const stated = license ?? licenses;
  const names = [stated].flat().map((each) => each?.type ?? each);
  const files = readdirSync(path).filter((file) => LICENCE.test(file)).sort();
  const text = files.map((file) => readFileSync(join(path, file), "utf8").trim()).join("\n\n");
  return { name, version, licence: names.filter(Boolean).join(" OR "), text };
}
