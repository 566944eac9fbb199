// The editor of the query page: Yasgui, told to ask this server only. The plain form stays below.
import Yasgui from "@zazuko/yasgui";
import "@zazuko/yasgui/build/yasgui.min.css";
import "./query.css";
import { complete, known, ready } from "./complete.js";
import { problem } from "./problem.js";
import { ChartPlugin } from "./plugin-chart.js";
import { GraphPlugin } from "./plugin-graph.js";

const LONGEST_ADDRESS = 6000; // characters of a query that is asked by GET, and so kept by caches
const GRAPHS = ["ttl", "jsonld", "nt", "nq", "trig", "rdf"];
const TABLES = ["json", "csv", "tsv", "xml"];

const section = document.getElementById("ask");
const holder = document.getElementById("editor");
const after = document.getElementById("after");
const plain = document.getElementById("query");
const address = new URLSearchParams(location.search);

function shareLink(query) {
  return `${location.origin}/query?${new URLSearchParams({ query })}`;
}

function link(name, query) {
  const anchor = document.createElement("a");
  anchor.href = `/sparql?${new URLSearchParams({ query, format: name })}`;
  anchor.download = `answer.${name}`;
  anchor.textContent = name;
  return anchor;
}

/** Say below the answer how long the server took, what it changed, and where the whole answer is. */
function tell(yasqe, response, milliseconds) {
  after.replaceChildren();
  if (response instanceof Error || !response.ok) return;
  const kind = response.headers.get("content-type") ?? "";
  const names = kind.includes("sparql-results") ? TABLES : GRAPHS;
  const line = document.createElement("p");
  line.className = "small";
  line.append("Download: ");
  names.forEach((name, number) => line.append(number ? ", " : "", link(name, yasqe.getValue())));
  after.append(line);
  const notes = [`Answered in ${Math.round(milliseconds)} ms, with the way here and back.`];
  const timing = response.headers.get("server-timing");
  if (timing) notes.push(`Time in the server: ${timing}.`);
  const rewritten = response.headers.get("drugkg-rewritten") ?? response.headers.get("drugkg-plan");
  if (rewritten) notes.push(`The server ran an equal query that is faster: ${rewritten}.`);
  const told = document.createElement("p");
  told.className = "small muted";
  told.textContent = notes.join(" ");
  after.append(told);
}

/** Let names in the answer lead to the pages of this server where it has them. */
function lead(event) {
  const anchor = event.target.closest?.(".yasr a[href]");
  const iri = anchor?.getAttribute("href") ?? "";
  const ours = Object.values(known()).some((start) => iri.startsWith(start));
  if (ours) anchor.href = `/resolve?${new URLSearchParams({ iri })}`;
}

/** Name the buttons and tabs that Yasgui leaves without a name or a role. */
function name(root) {
  for (const area of root.querySelectorAll(".CodeMirror textarea")) {
    area.setAttribute("aria-label", "SPARQL query");
  }
  for (const input of root.querySelectorAll(".tab input")) input.setAttribute("aria-label", "Name of the tab");
}

function start() {
  Yasgui.Yasr.registerPlugin("graph", GraphPlugin);
  Yasgui.Yasr.registerPlugin("chart", ChartPlugin);
  Object.assign(Yasgui.Yasr.defaults, {
    pluginOrder: ["table", "graph", "chart", "response"],
    errorRenderers: [(error) => problem(error, yasgui.getTab()?.getYasqe())],
    prefixes: known,
  });
  complete(Yasgui.Yasqe);

  // Yasgui merges lists place by place, so what it has itself must go first.
  const completers = ["variables", "drugkg-prefixes", "drugkg"];
  Yasgui.Yasqe.defaults.autocompleters.splice(0, Infinity, ...completers);
  const requestConfig = {
    endpoint: `${location.origin}/sparql`,
    method: (yasgui) => (yasgui.getTab()?.getQuery().length > LONGEST_ADDRESS ? "POST" : "GET"),
    acceptHeaderSelect: "application/sparql-results+json",
    acceptHeaderGraph: "text/turtle",
    headers: {},
  };
  section.hidden = false;
  const yasgui = new Yasgui(holder, {
    autofocus: false,
    persistenceId: "drugkg",
    populateFromUrl: false, // the address could name another endpoint
    requestConfig,
    copyEndpointOnNewTab: false,
    endpointCatalogueOptions: { getData: () => [], keys: [] },
    yasqe: {
      ...Yasgui.Yasqe.defaults,
      value: plain.value,
      autocompleters: completers,
      createShortLink: undefined,
    },
    yasr: Yasgui.Yasr.defaults,
  });

  for (const event of ["pointerover", "focusin"]) holder.addEventListener(event, lead);
  yasgui.on("tabSelect", () => after.replaceChildren());
  const watched = new WeakSet();
  const watch = (tab) => {
    const yasqe = tab?.getYasqe();
    if (!yasqe || watched.has(yasqe)) return;
    watched.add(yasqe);
    tab.setRequestConfig({ endpoint: requestConfig.endpoint });
    yasqe.config.createShareableLink = () => shareLink(yasqe.getValue());
    yasqe.on("queryResponse", tell);
    yasqe.on("query", () => after.replaceChildren());
    name(holder);
  };
  for (const event of ["tabSelect", "tabAdd", "tabChange", "query"]) {
    yasgui.on(event, () => setTimeout(() => watch(yasgui.getTab())));
  }
  watch(yasgui.getTab());

  const asked = address.get("query");
  const example = address.get("example");
  if (asked !== null || example !== null) {
    const wanted = { name: example ?? "Shared query", yasqe: { value: plain.value } };
    const same = Object.values(yasgui._tabs).find((tab) => tab.getPersistedJson().yasqe.value === plain.value);
    const tab = same ?? yasgui.addTab(true, { ...Yasgui.Tab.getDefaults(yasgui), ...wanted, requestConfig });
    yasgui.selectTabId(tab.getId());
    watch(tab);
    if (asked !== null && !address.has("form")) {
      document.getElementById("answer")?.remove(); // the editor shows it
      tab.query().catch(() => {});
    }
  }
  window.drugkg = { yasgui }; // for tests, and for the curious
}

ready.finally(start);
