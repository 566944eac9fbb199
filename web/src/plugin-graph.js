// A view of an answer as a graph, if it is one.
const MOST = 1000; // nodes
const LABEL = "http://www.w3.org/2000/01/rdf-schema#label";
const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

export class GraphPlugin {
  priority = 4;
  label = "Graph";

  constructor(yasr) {
    this.yasr = yasr;
  }

  canHandleResults() {
    return (this.yasr.results?.getStatements()?.length ?? 0) > 0;
  }

  getIcon() {
    const icon = document.createElement("span");
    icon.setAttribute("aria-hidden", "true");
    icon.textContent = "⚯";
    return icon;
  }

  async draw() {
    const prefixes = Object.entries(this.yasr.getPrefixes?.() ?? {});
    const short = (iri) => {
      const [prefix, start] = prefixes.find(([, each]) => iri.startsWith(each)) ?? [];
      return start ? `${prefix}:${iri.slice(start.length)}` : iri;
    };
    const statements = this.yasr.results.getStatements();
    const labels = new Map();
    const kinds = new Map();
    for (const { subject, predicate, object } of statements) {
      if (predicate.value === LABEL) labels.set(subject.value, object.value);
      if (predicate.value === TYPE) kinds.set(subject.value, object.value);
    }
    // A node without a name is called by its class: to draw each class as a node would tie up all.
    const called = (iri) => labels.get(iri) ?? labels.get(kinds.get(iri)) ?? short(iri);
    const nodes = new Map();
    const edges = [];
    const node = (iri) => {
      if (!nodes.has(iri)) nodes.set(iri, { id: iri, label: called(iri), facts: [] });
      return nodes.get(iri);
    };
    const classes = new Set(kinds.values());
    for (const { subject, predicate, object } of statements) {
      if (predicate.value === LABEL && classes.has(subject.value)) continue;
      const from = node(subject.value);
      if (object.termType === "Literal") from.facts.push([short(predicate.value), object.value]);
      else if (predicate.value === TYPE) from.facts.push(["class", called(object.value)]);
      else {
        node(object.value);
        edges.push({ source: subject.value, target: object.value, label: short(predicate.value).replace(/^\w+:/, "") });
      }
    }
    const holder = document.createElement("div");
    holder.className = "drawn";
    const told = document.createElement("p");
    told.className = "small muted";
    told.textContent = "The table and the files hold the same. Drag to move, scroll to zoom; choose a node to read what is said of it.";
    const kept = new Set([...nodes.keys()].slice(0, MOST));
    if (nodes.size > MOST) told.textContent = `Only the first ${MOST} of ${nodes.size} nodes are drawn. ${told.textContent}`;
    holder.append(told);
    this.yasr.resultsEl.append(holder);
    const { drawGraph } = await import("./graph.js");
    if (!holder.isConnected) return; // another view was chosen meanwhile
    this.destroy();
    this.drawn = drawGraph(holder, {
      nodes: [...nodes.values()].filter(({ id }) => kept.has(id)),
      edges: edges.filter(({ source, target }) => kept.has(source) && kept.has(target)),
    });
  }

  destroy() {
    this.drawn?.destroy();
    this.drawn = undefined;
  }
}
