// A view of an answer as a chart: one mark for each row, for any column of numbers.
const NUMBER = /#(integer|decimal|double|float|int|long|nonNegativeInteger|positiveInteger)$/;
const MOST = 200; // rows; more cannot be told apart

const title = (name) => name.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();

export class ChartPlugin {
  priority = 3;
  label = "Chart";

  constructor(yasr) {
    this.yasr = yasr;
  }

  numbers() {
    const rows = this.yasr.results?.getBindings() ?? [];
    const names = this.yasr.results?.getVariables() ?? [];
    return names.filter((name) => rows.some((row) => NUMBER.test(row[name]?.datatype ?? "")));
  }

  canHandleResults() {
    return this.numbers().length > 0;
  }

  getIcon() {
    const icon = document.createElement("span");
    icon.setAttribute("aria-hidden", "true");
    icon.textContent = "◍";
    return icon;
  }

  async draw() {
    const rows = this.yasr.results.getBindings();
    const columns = this.yasr.results.getVariables();
    const numbers = this.numbers();
    const texts = columns.filter((name) => !numbers.includes(name));
    const differs = (name) => new Set(rows.map((row) => row[name]?.value)).size;
    const names = texts.length ? texts : columns;
    const best = names.reduce((one, other) => (differs(other) > differs(one) && rows.every((row) => row[other]) ? other : one), names[0]);
    const wanted = ["proportion", "lowerBound", "difference"].find((name) => numbers.includes(name)) ?? numbers[0];

    const holder = document.createElement("div");
    holder.className = "drawn";
    const fields = document.createElement("div");
    fields.className = "fields";
    const chart = document.createElement("div");
    const value = choice("Number", numbers, wanted);
    const name = choice("Name", columns, best);
    const colour = choice("Colour", ["", ...texts], "");
    fields.append(value.parent, name.parent, colour.parent);
    holder.append(fields);
    if (rows.length > MOST) {
      const told = document.createElement("p");
      told.className = "unknown";
      told.textContent = `Only the first ${MOST} of ${rows.length} rows are drawn.`;
      holder.append(told);
    }
    holder.append(chart);
    this.yasr.resultsEl.append(holder);

    const { draw } = await import("./chart.js");
    if (!chart.isConnected) return; // another view was chosen meanwhile
    const prefixes = Object.entries(this.yasr.getPrefixes?.() ?? {});
    const short = (term) => {
      const [prefix, iri] = prefixes.find(([, each]) => term?.type === "uri" && term.value.startsWith(each)) ?? [];
      return iri ? `${prefix}:${term.value.slice(iri.length)}` : (term?.value ?? "");
    };
    const show = () => {
      const data = rows.slice(0, MOST).flatMap((row) => {
        const number = Number(row[value.select.value]?.value);
        if (row[value.select.value] === undefined || Number.isNaN(number)) return [];
        return [{ value: number, name: short(row[name.select.value]), colour: short(row[colour.select.value]) }];
      });
      return draw(chart, {
        description: `${title(value.select.value)} by ${title(name.select.value)}`,
        data: { values: data },
        height: { step: 20 },
        mark: { type: "point", filled: true, size: 70, tooltip: true },
        encoding: {
          y: { field: "name", type: "nominal", sort: null, title: null },
          x: { field: "value", type: "quantitative", title: title(value.select.value), axis: { tickCount: 8 } },
          ...(colour.select.value && { color: { field: "colour", type: "nominal", title: title(colour.select.value) } }),
        },
      });
    };
    for (const each of [value, name, colour]) each.select.addEventListener("change", show);
    await show();
  }
}

function choice(text, values, chosen) {
  const parent = document.createElement("div");
  const label = document.createElement("label");
  const select = document.createElement("select");
  select.id = `choose-${text.toLowerCase()}-${Math.random().toString(36).slice(2, 8)}`;
  label.htmlFor = select.id;
  label.textContent = text;
  for (const each of values) {
    const option = new Option(each ? title(each) : "none", each, false, each === chosen);
    select.append(option);
  }
  parent.append(label, select);
  return { parent, select };
}
