// Interactive charts: Vega-Lite without eval (the expression interpreter stands in for it), in the
// colours of the page. Each chart is drawn from a specification that the API also answers with.
import embed from "vega-embed";
import { expressionInterpreter } from "vega-interpreter";

const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"; // a name; nothing is fetched

function colours() {
  const of = getComputedStyle(document.documentElement);
  const token = (name) => of.getPropertyValue(`--${name}`).trim();
  return {
    background: "transparent",
    font: of.fontFamily,
    mark: { color: token("dot") },
    point: { color: token("dot") },
    rule: { color: token("band") },
    bar: { color: token("band") },
    axis: { labelColor: token("ink"), titleColor: token("soft"), gridColor: token("line"), domainColor: token("rule"), tickColor: token("rule"), labelFontSize: 13, titleFontSize: 13, titleFontWeight: "normal", labelOverlap: true, labelLimit: Math.min(420, innerWidth / 3), labelSeparation: 6 },
    legend: { labelColor: token("ink"), titleColor: token("soft"), labelLimit: 320 },
    header: { labelColor: token("ink"), titleColor: token("soft") },
    title: { color: token("ink") },
    text: { color: token("ink") },
    view: { stroke: "transparent" },
  };
}

// Scrolling alone stays with the page.
const ZOOM = { name: "zoom", select: { type: "interval", encodings: ["x"], zoom: "wheel![event.shiftKey]" }, bind: "scales" };

/** Let the first layer of *spec* be moved and zoomed. */
function movable(spec) {
  if (!spec.layer) return { ...spec, params: [...(spec.params ?? []), ZOOM] };
  const [first, ...others] = spec.layer;
  return { ...spec, layer: [{ ...first, params: [...(first.params ?? []), ZOOM] }, ...others] };
}

/** Draw *spec* in *holder*; returns the view, to be asked or taken down. */
export async function draw(holder, spec) {
  const drawn = {
    ...movable(spec),
    $schema: SCHEMA,
    width: "container",
    autosize: { type: "fit-x", contains: "padding" },
    config: { ...colours(), ...spec.config },
  };
  const { view } = await embed(holder, drawn, {
    mode: "vega-lite",
    ast: true,
    expr: expressionInterpreter,
    actions: false,
    defaultStyle: false,
    renderer: "svg",
    logLevel: 1, // errors: Vega-Lite warns of a size that the width of the page decides
    tooltip: { disableDefaultStyle: true },
  });
  return view;
}
