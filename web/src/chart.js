// Interactive charts: Vega-Lite without eval (the expression interpreter stands in for it), in the
// colours of the page. Each chart is drawn from a specification that the API also answers with.
import embed from "vega-embed";
import { expressionInterpreter } from "vega-interpreter";

function colours() {
  const of = getComputedStyle(document.documentElement);
  const token = (name) => of.getPropertyValue(`--${name}`).trim();
  return {
    background: "transparent",
    font: of.fontFamily,
    mark: { color: token("dot") },
    point: { color: token("dot"), fill: token("dot") },
    rule: { color: token("band") },
    bar: { color: token("band") },
    axis: { labelColor: token("ink"), titleColor: token("soft"), gridColor: token("line"), domainColor: token("rule"), tickColor: token("rule"), labelFontSize: 13, titleFontSize: 13, titleFontWeight: "normal", labelOverlap: true, labelSeparation: 6 },
    legend: { labelColor: token("ink"), titleColor: token("soft"), labelLimit: 320 },
    header: { labelColor: token("ink"), titleColor: token("soft") },
    title: { color: token("ink") },
    view: { stroke: "transparent" },
  };
}

/** Draw *spec* in *holder*; returns the view, to be asked or taken down. */
export async function draw(holder, spec) {
  const { view } = await embed(holder, { $schema: "https://vega.github.io/schema/vega-lite/v6.json", ...spec, config: { ...colours(), ...spec.config } }, {
    mode: "vega-lite",
    ast: true,
    expr: expressionInterpreter,
    actions: false,
    defaultStyle: false,
    renderer: "svg",
    tooltip: { disableDefaultStyle: true },
  });
  return view;
}

/** Offer an interactive chart wherever a page names a specification: <div data-spec="address">. */
async function offer(holder) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = "Show the interactive chart";
  const place = document.createElement("div");
  place.className = "interactive";
  place.hidden = true;
  holder.append(button, place);
  let view;
  button.addEventListener("click", async () => {
    place.hidden = !place.hidden;
    button.setAttribute("aria-expanded", String(!place.hidden));
    button.textContent = place.hidden ? "Show the interactive chart" : "Hide the interactive chart";
    if (place.hidden || view) return;
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(holder.dataset.spec, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const spec = await answer.json();
      view = await draw(place, { ...spec, width: spec.width ?? "container" });
    } catch {
      place.textContent = "The chart could not be drawn. The table below holds the same.";
    }
    place.removeAttribute("aria-busy");
  });
}

document.querySelectorAll("[data-spec]").forEach(offer);
