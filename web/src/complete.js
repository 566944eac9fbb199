// Completion in the editor from this server alone: /vocab for words, /search for names. Yasgui's own
// completers ask Linked Open Vocabularies and know the prefixes of prefix.cc; neither is used.
const FEW = 30; // suggestions at once
const LEAST = 2; // characters before names are searched

const labels = new Map(); // of each suggestion that was made
let prefixes = {};
let words = { classes: [], properties: [] };

async function read(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json, application/ld+json" } });
  return answer.ok ? answer.json() : {};
}

/** Load prefixes and words; the editor works while they are not there. */
async function load() {
  const [context, vocabulary] = await Promise.all([read("/context/v1.jsonld"), read("/vocab.jsonld")]);
  prefixes = Object.fromEntries(
    Object.entries(context["@context"] ?? {})
      .filter(([, term]) => term?.["@prefix"])
      .map(([name, term]) => [name, term["@id"]]),
  );
  const named = (vocabulary["@graph"] ?? []).filter((node) => node.label && /^\w+:/.test(node["@id"]));
  const of = (kind) =>
    named.filter((node) => (node["@type"] ?? []).some((type) => kind.test(type))).map(({ "@id": id, label }) => ({ id, label }));
  words = { classes: of(/^(owl|rdfs):Class$/), properties: of(/Property$/) };
}
export const ready = load().catch(console.warn);

/** Return the prefixes that this server uses. */
export const known = () => prefixes;

function position(yasqe) {
  const token = yasqe.getCompleteToken();
  if (/^[?$"'#\d]/.test(token.string) || token.state.inPrefixDecl) return undefined;
  const before = yasqe.getPreviousNonWsToken(yasqe.getDoc().getCursor().line, token);
  if (before.string?.toUpperCase() === "PREFIX") return undefined;
  if (["a", "rdf:type", "rdfs:subClassOf"].includes(before.state?.lastProperty) && !before.state.possibleCurrent?.includes("a")) {
    return "class";
  }
  if (["a", "rdf:type"].includes(before.string)) return "class";
  return token.state.possibleCurrent?.includes("a") ? "property" : "name";
}

function fitting(list, text) {
  const wanted = text.toLowerCase().replace(/[<>]/g, "");
  const score = ({ id, label }) => {
    const local = id.slice(id.indexOf(":") + 1).toLowerCase();
    const name = label.toLowerCase();
    if (id.toLowerCase().startsWith(wanted) || local.startsWith(wanted) || name.startsWith(wanted)) return 0;
    return local.includes(wanted) || name.includes(wanted) ? 1 : 2;
  };
  return list
    .map((each) => [score(each), each])
    .filter(([rank]) => rank < 2)
    .sort(([one, { id: a }], [other, { id: b }]) => one - other || a.localeCompare(b, "en"))
    .map(([, each]) => each);
}

async function names(text) {
  const plain = text.replace(/^(<|\w*:)/, "").replaceAll(/[_-]/g, " ");
  if (plain.length < LEAST) return [];
  const found = await read(`/search?${new URLSearchParams({ q: plain.slice(0, 200), limit: FEW })}`);
  return (found.results ?? []).map(({ "@id": id, label }) => ({ id, label }));
}

async function suggestions(yasqe, token) {
  await ready;
  const text = token?.string?.trim() ?? "";
  const kind = position(yasqe);
  let found = [];
  if (kind === "class") found = fitting(words.classes, text);
  else if (kind === "property") found = fitting(words.properties, text);
  else found = [...(await names(text)), ...(text.length < LEAST ? [] : fitting(words.classes, text))];
  for (const { id, label } of found) labels.set(id, label);
  return [...new Set(found.map(({ id }) => id))].slice(0, FEW);
}

/** Put *hint* in, and declare its prefix if the query does not. */
function pick(yasqe, hint) {
  yasqe.replaceRange(hint.text, hint.from, hint.to, "complete");
  const prefix = hint.text.slice(0, hint.text.indexOf(":"));
  if (prefixes[prefix] && !(prefix in yasqe.getPrefixesFromQuery())) yasqe.addPrefixes({ [prefix]: prefixes[prefix] });
}

/** Give the editor class *Yasqe* the completers of this server in the place of its own. */
export function complete(Yasqe) {
  Yasqe.forkAutocompleter(
    "prefixes",
    {
      name: "drugkg-prefixes",
      bulk: false,
      get: async (_, token) => {
        await ready;
        const begun = (token?.autocompletionString ?? token?.string ?? "").toLowerCase();
        return Object.entries(prefixes)
          .map(([name, iri]) => `${name}: <${iri}>`)
          .filter((each) => each.startsWith(begun));
      },
    },
    false,
  );
  Yasqe.registerAutocompleter(
    {
      name: "drugkg",
      bulk: false,
      isValidCompletionPosition: (yasqe) => position(yasqe) !== undefined,
      get: suggestions,
      postprocessHints: (yasqe, hints) =>
        hints.map((hint) => ({
          ...hint,
          render: (element) => {
            const label = document.createElement("span");
            label.className = "hint-label";
            label.textContent = labels.get(hint.text) ?? "";
            element.append(hint.text, label);
          },
          hint: (editor, data) => pick(editor, { ...hint, from: hint.from ?? data.from, to: hint.to ?? data.to }),
        })),
    },
    false,
  );
}
