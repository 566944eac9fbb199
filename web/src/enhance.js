// Offers what a page can do where scripts run. The large parts are fetched when somebody asks for them.

function button(holder, words) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "quiet";
  made.textContent = words;
  holder.append(made);
  return made;
}

/** <div data-spec="address of a Vega-Lite specification"> gets an interactive chart. */
function offerChart(holder) {
  const words = ["Show the interactive chart", "Hide the interactive chart"];
  const opener = button(holder, words[0]);
  const place = document.createElement("div");
  place.className = "interactive";
  place.hidden = true;
  holder.append(place);
  opener.setAttribute("aria-expanded", "false");
  let view;
  opener.addEventListener("click", async () => {
    place.hidden = !place.hidden;
    opener.setAttribute("aria-expanded", String(!place.hidden));
    opener.textContent = words[Number(!place.hidden)];
    if (place.hidden || view) return;
    place.setAttribute("aria-busy", "true");
    try {
      const [{ draw }, answer] = await Promise.all([
        import("./chart.js"),
        fetch(holder.dataset.spec, { headers: { Accept: "application/json" } }),
      ]);
      if (!answer.ok) throw new Error(String(answer.status));
      view = await draw(place, await answer.json());
      const told = document.createElement("p");
      told.className = "small muted";
      told.textContent = "Point at a mark to read it; drag to move, Shift and scroll to zoom.";
      place.append(told);
    } catch (error) {
      place.textContent = "The chart could not be drawn. The table holds the same.";
      console.warn(error);
    }
    place.removeAttribute("aria-busy");
  });
}

/** <div data-around="IRI"> gets a graph of what links to that IRI and from it. */
function offerGraph(holder) {
  const opener = button(holder, "Draw what is around it");
  opener.addEventListener("click", async () => {
    opener.disabled = true;
    try {
      const { around, drawGraph } = await import("./graph.js");
      const graph = await around(holder.dataset.around);
      opener.remove();
      drawGraph(holder, graph, around);
    } catch (error) {
      opener.disabled = false;
      opener.textContent = "That did not work; try again";
      console.warn(error);
    }
  });
}

document.querySelectorAll("[data-spec]").forEach(offerChart);
document.querySelectorAll("[data-around]").forEach(offerGraph);
