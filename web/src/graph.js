// Graphs: the neighbourhood of what a page describes, and answers that are graphs.
import cytoscape from "cytoscape";

const MOST = 1000; // nodes; beyond that nobody sees anything
const LARGE = 150; // nodes, from which on forces would take too long to come to rest

// cytoscape would put a style into the head, which the policy of our pages refuses; ours is in the
// style sheet. It looks for an element of this name before it does.
const STYLE = "__________cytoscape_stylesheet";
if (!document.getElementById(STYLE)) {
  const standing = document.createElement("meta");
  standing.id = STYLE;
  document.head.append(standing);
}

function style() {
  const of = getComputedStyle(document.documentElement);
  const token = (name) => of.getPropertyValue(`--${name}`).trim();
  return [
    {
      selector: "node",
      style: {
        label: "data(label)", color: token("ink"), "font-size": 12, "font-family": of.fontFamily,
        "text-wrap": "ellipsis", "text-max-width": 170, "text-valign": "bottom", "text-margin-y": 4,
        "text-background-color": token("paper"), "text-background-opacity": 0.8, "min-zoomed-font-size": 5,
        "background-color": token("band"), width: 18, height: 18, "border-width": 1, "border-color": token("dot"),
      },
    },
    { selector: "node[?first]", style: { "background-color": token("dot"), width: 30, height: 30, "font-weight": "bold" } },
    {
      selector: "edge",
      style: {
        label: "data(label)", "font-size": 10, color: token("soft"), "text-rotation": "autorotate", "min-zoomed-font-size": 6,
        "text-background-color": token("paper"), "text-background-opacity": 0.8,
        width: 1, "line-color": token("rule"), "target-arrow-color": token("rule"), "target-arrow-shape": "triangle", "arrow-scale": 0.8, "curve-style": "bezier",
      },
    },
    { selector: ":selected", style: { "border-width": 4, "border-color": token("focus"), "line-color": token("focus"), "target-arrow-color": token("focus") } },
  ];
}

/** Set out *graph*: rings around what a page describes, forces for a small graph, else rings by degree. */
function layout({ nodes }) {
  if (nodes.some(({ first }) => first) && nodes.length <= LARGE) {
    return { name: "concentric", concentric: (node) => (node.data("first") ? 2 : 1), levelWidth: () => 1, minNodeSpacing: 70, animate: false };
  }
  if (nodes.length > LARGE) {
    return { name: "concentric", concentric: (node) => node.degree(), levelWidth: () => 2, minNodeSpacing: 14, animate: false };
  }
  return { name: "cose", animate: false, randomize: false, nodeRepulsion: () => 50000, idealEdgeLength: () => 80, gravity: 1 };
}

/** Show all of *drawn*, but never larger than life. */
function fit(drawn) {
  drawn.fit(undefined, 40);
  if (drawn.zoom() > 1.1) {
    drawn.zoom(1.1);
    drawn.center();
  }
}

const elements = ({ nodes, edges }) => [
  ...nodes.map((data) => ({ data })),
  ...edges.map((data) => ({ data })),
];

/** Draw *graph* below *holder*, with words for what is chosen; *more* fetches what is around a node. */
export function drawGraph(holder, graph, more) {
  const place = document.createElement("div");
  place.className = "network";
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", `A graph of ${graph.nodes.length} nodes and ${graph.edges.length} links, also in the lists of this page`);
  const said = document.createElement("div");
  said.className = "chosen small";
  said.setAttribute("aria-live", "polite");
  holder.append(place, said);
  const drawn = cytoscape({
    container: place,
    elements: elements(graph),
    style: style(),
    layout: layout(graph),
    maxZoom: 3,
  });
  fit(drawn);
  drawn.on("tap", "node", ({ target }) => {
    said.replaceChildren();
    const anchor = document.createElement("a");
    anchor.href = target.data("page") ?? `/resolve?${new URLSearchParams({ iri: target.id() })}`;
    anchor.textContent = target.data("label");
    const line = document.createElement("p");
    line.append(anchor);
    said.append(line);
    if (more) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.textContent = "Show what is around it";
      button.addEventListener("click", async () => {
        if (drawn.nodes().length >= MOST) return;
        const found = await more(target.id());
        const fresh = elements({
          nodes: found.nodes.filter(({ id }) => drawn.getElementById(id).empty()),
          edges: found.edges.filter(({ id }) => drawn.getElementById(id).empty()),
        }).slice(0, 2 * MOST);
        drawn.add(fresh);
        drawn.layout(layout({ nodes: drawn.nodes().map((node) => ({ first: false, id: node.id() })) })).run();
        fit(drawn);
      });
      said.append(button);
    }
    const list = document.createElement("dl");
    list.className = "pairs";
    for (const [name, value] of (target.data("facts") ?? []).slice(0, 20)) {
      const term = document.createElement("dt");
      const words = document.createElement("dd");
      term.textContent = name;
      words.textContent = value;
      list.append(term, words);
    }
    if (list.children.length) said.append(list);
  });
  holder.drawn = drawn; // for tests
  return drawn;
}

const AROUND = `PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?from ?fromName ?fromKind ?link ?linkName ?to ?toName ?toKind WHERE {
  VALUES ?middle { <IRI> }
  { ?middle ?link ?to . BIND(?middle AS ?from) } UNION { ?from ?link ?middle . BIND(?middle AS ?to) }
  FILTER(ISIRI(?to) && ?link NOT IN (rdf:type, rdfs:isDefinedBy))
  OPTIONAL { ?from rdfs:label ?fromName FILTER(LANG(?fromName) IN ("en", "")) }
  OPTIONAL { ?to rdfs:label ?toName FILTER(LANG(?toName) IN ("en", "")) }
  OPTIONAL { ?from rdf:type/rdfs:label ?fromKind FILTER(!BOUND(?fromName)) }
  OPTIONAL { ?to rdf:type/rdfs:label ?toKind FILTER(!BOUND(?toName)) }
  OPTIONAL { ?link rdfs:label ?linkName FILTER(LANG(?linkName) IN ("en", "")) }
} ORDER BY ?from ?link ?to LIMIT 400`;

/** Return what links to and from *iri*, as /sparql answers. */
export async function around(iri) {
  const query = AROUND.replace("<IRI>", `<${iri}>`);
  const answer = await fetch(`/sparql?${new URLSearchParams({ query })}`, { headers: { Accept: "application/sparql-results+json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const nodes = new Map();
  const edges = new Map();
  const last = (name) => name.split(/[#/]/).filter(Boolean).pop();
  for (const row of (await answer.json()).results.bindings) {
    for (const each of ["from", "to"]) {
      const id = row[each].value;
      const label = (row[`${each}Name`] ?? row[`${each}Kind`])?.value ?? last(id);
      if (!nodes.has(id)) nodes.set(id, { id, label, first: id === iri });
    }
    const link = row.link.value;
    const id = `${row.from.value} ${link} ${row.to.value}`;
    edges.set(id, { id, source: row.from.value, target: row.to.value, label: row.linkName?.value ?? last(link) });
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}
