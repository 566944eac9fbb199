// Enhances pages that are whole without it: completion of the search, a chart that filters and
// sorts, dates without a reload. One file, no dependency, nothing inline, no other host.
"use strict";

// Completion: WAI-ARIA 1.2 combobox with a list, asked from /search as programs ask it.
for (const input of document.querySelectorAll("input[data-complete]")) complete(input);

function complete(input) {
  const list = document.createElement("ul");
  list.className = "choices";
  list.id = `${input.id}-choices`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  input.after(list);
  const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  let timer = 0, asked = "", chosen = -1;

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  input.addEventListener("keydown", (event) => {
    const options = list.children;
    if (event.key === "Escape") { close(); return; }
    if (list.hidden || !options.length) return;
    if (event.key === "ArrowDown") choose((chosen + 1) % options.length);
    else if (event.key === "ArrowUp") choose(chosen <= 0 ? options.length - 1 : chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) location.assign(options[chosen].dataset.address);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => setTimeout(close, 150));

  async function ask() {
    const text = input.value.trim();
    if (text.length < 2) { close(); return; }
    asked = text;
    try {
      const answer = await fetch(`/search?${new URLSearchParams({ q: text, limit: "8" })}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || asked !== input.value.trim()) return;
      show((await answer.json()).results);
    } catch { close(); } // the form still works
  }

  function show(results) {
    chosen = -1;
    list.replaceChildren(...results.map((result, position) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${position}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.address = result.document;
      item.textContent = result.label;
      const kind = document.createElement("span");
      kind.className = "kind";
      const same = result.matched.toLowerCase() === result.label.toLowerCase();
      kind.textContent = (result["@type"].find((name) => !name.includes(":")) ?? "") + (same ? "" : `, found as “${result.matched}”`);
      item.append(kind);
      item.addEventListener("mousedown", () => location.assign(item.dataset.address));
      return item;
    }));
    list.hidden = !results.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  }

  function choose(position) {
    chosen = position;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === position)));
    input.setAttribute("aria-activedescendant", list.children[position].id);
    list.children[position].scrollIntoView({ block: "nearest" });
  }

  function close() {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
}

// The chart: style hides the form where there are no scripts, since it would do nothing.
const tools = document.querySelector("[data-chart-tools]");
const chart = document.querySelector("[data-chart] [data-rows]");
if (tools && chart) {
  const [filter, source, order] = ["#filter", "#by-source", "#order"].map((name) => tools.querySelector(name));
  const rows = [...chart.children];
  const orders = {
    share: (a, b) => b.dataset.share - a.dataset.share || b.dataset.low - a.dataset.low,
    name: (a, b) => a.dataset.name.localeCompare(b.dataset.name, "en"),
    count: (a, b) => b.dataset.count - a.dataset.count,
  };
  const draw = () => {
    const text = filter.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      row.hidden = !row.dataset.name.includes(text) || (source.value !== "" && !row.dataset.sources.split(" ").includes(source.value));
      for (const lane of row.querySelectorAll("[data-source]")) lane.hidden = source.value !== "" && lane.dataset.source !== source.value;
      shown += row.hidden ? 0 : 1;
    }
    chart.append(...rows.toSorted(orders[order.value]));
    tools.querySelector("[data-chart-count]").textContent = shown === rows.length ? "" : `${shown} of ${rows.length} effects shown`;
  };
  tools.addEventListener("input", draw);
  tools.addEventListener("submit", (event) => event.preventDefault());
}

// Dates: asked from the named query; without scripts the form asks for the page anew.
const dates = document.querySelector("form[data-dates]");
if (dates) {
  dates.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = new FormData(dates);
    const asked = { product: dates.dataset.product, source: given.get("source"), start: given.get("start"), format: "json" };
    const place = document.querySelector("[data-dates-answer]");
    try {
      const answer = await fetch(`${dates.dataset.dates}?${new URLSearchParams(asked)}`);
      const document_ = await answer.json();
      if (!answer.ok) { place.textContent = document_.detail; return; }
      place.replaceChildren(table(document_.rows));
    } catch { dates.submit(); }
  });
}

function table(rows) {
  const made = document.createElement("table");
  const head = made.createTHead().insertRow();
  for (const name of ["Dose", "Date", "Phase", "By which rule"]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = name;
    head.append(cell);
  }
  const body = made.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const value of [row.dose, row.date, row.phaseKind, row.dateRule]) line.insertCell().textContent = value;
  }
  const room = document.createElement("div");
  room.className = "scroll";
  room.tabIndex = 0;
  room.setAttribute("role", "group");
  room.setAttribute("aria-label", "Dates of doses");
  room.append(made);
  return room;
}

// Drawings, with the bundles that web/ is built into; each is fetched when somebody asks for it.
for (const holder of document.querySelectorAll("[data-spec]")) offerChart(holder);
for (const holder of document.querySelectorAll("[data-around]")) offerGraph(holder);

function opener(holder, words) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = words;
  holder.append(button);
  return button;
}

// <div data-spec="address of a Vega-Lite specification" data-script="address"> gets a chart.
function offerChart(holder) {
  const words = ["Show the interactive chart", "Hide the interactive chart"];
  const button = opener(holder, words[0]);
  const place = document.createElement("div");
  place.className = "interactive";
  place.hidden = true;
  holder.append(place);
  button.setAttribute("aria-expanded", "false");
  let drawn = false;
  button.addEventListener("click", async () => {
    place.hidden = !place.hidden;
    button.setAttribute("aria-expanded", String(!place.hidden));
    button.textContent = words[Number(!place.hidden)];
    if (place.hidden || drawn) return;
    drawn = true;
    place.setAttribute("aria-busy", "true");
    try {
      const [{ draw }, answer] = await Promise.all([
        import(holder.dataset.script),
        fetch(holder.dataset.spec, { headers: { Accept: "application/json" } }),
      ]);
      if (!answer.ok) throw new Error(String(answer.status));
      await draw(place, await answer.json());
      const told = document.createElement("p");
      told.className = "small muted";
      told.textContent = "Point at a mark to read it; drag to move, Shift and scroll to zoom.";
      place.append(told);
    } catch {
      place.textContent = "The chart could not be drawn. The table holds the same.";
    }
    place.removeAttribute("aria-busy");
  });
}

// <div data-around="IRI" data-script="address"> gets a graph of what links to that IRI and from it.
function offerGraph(holder) {
  const button = opener(holder, "Draw what is around it");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const { around, drawGraph } = await import(holder.dataset.script);
      const graph = await around(holder.dataset.around);
      button.remove();
      drawGraph(holder, graph, around);
    } catch {
      button.disabled = false;
      button.textContent = "That did not work; try again";
    }
  });
}
